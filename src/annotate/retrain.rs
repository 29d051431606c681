//! Training in the background: from the label file as `train` reads it, with scores on held-out sites before
//! and after. Scores of the model that training started from stand beside those of models that learned from
//! the other sites alone.

use super::app::{App, lock};
use super::queue::read_all;
use crate::corpus::load_label_file;
use crate::error::{Error, Result};
use crate::label::Label;
use crate::learn::{Course, Scorecard, answers, probabilities, scorecard};
use crate::output::write_file;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// Folds by site of the score.
const FOLDS: usize = 4;
/// Seed of all samples, as in `train`.
const SEED: u64 = 1;

/// What the training is doing.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Training {
    /// Nothing has been trained yet.
    #[default]
    Idle,
    /// At work.
    Running {
        /// What is being done.
        step: String,
        /// Steps done.
        done: usize,
        /// Steps to do.
        of: usize,
    },
    /// Done.
    Done(Report),
    /// It failed.
    Failed {
        /// Why.
        reason: String,
    },
}

/// How a training came out.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Labelled pages.
    pub pages: usize,
    /// Their sites.
    pub sites: usize,
    /// Labelled blocks.
    pub blocks: u64,
    /// What was held out: `sites`, `pages` of a single site, or nothing (`none`), and then there are no scores.
    pub held: &'static str,
    /// Scores of the model that training started from.
    pub before: Option<Scores>,
    /// Scores of models that learned from the other sites.
    pub after: Option<Scores>,
    /// Labelled pages that could not be read, each with the reason.
    pub failed: Vec<String>,
    /// Where the model is.
    pub file: String,
    /// Time it took.
    pub seconds: f64,
}

/// Scores on labelled blocks.
#[derive(Debug, Clone, Serialize)]
pub struct Scores {
    /// Blocks that were labelled right.
    pub right: u64,
    /// F1 of each label, in the order of [`Label::ALL`]; `null` for a label that no block has.
    pub f1: Vec<Option<f64>>,
    /// Mean F1 over the labels that blocks have.
    pub macro_f1: f64,
}

impl Scores {
    fn of(card: &Scorecard) -> Scores {
        let f1: Vec<Option<f64>> = Label::ALL
            .into_iter()
            .map(|l| (card.confusion.truth(l) > 0).then(|| card.confusion.of(l).f1))
            .collect();
        let known: Vec<f64> = f1.iter().flatten().copied().collect();
        Scores {
            right: Label::ALL
                .into_iter()
                .map(|l| card.confusion.0[l.index()][l.index()])
                .sum(),
            macro_f1: known.iter().sum::<f64>() / known.len().max(1) as f64,
            f1,
        }
    }
}

/// Starts training unless it is at work already; false then.
pub fn start(app: &Arc<App>) -> bool {
    {
        let mut training = lock(&app.training);
        if matches!(*training, Training::Running { .. }) {
            return false;
        }
        *training = running("reading the labelled pages", 0, 1);
    }
    let app = Arc::clone(app);
    std::thread::spawn(move || {
        let work = std::panic::AssertUnwindSafe(|| train(&app));
        let end = match std::panic::catch_unwind(work) {
            Ok(Ok(report)) => Training::Done(report),
            Ok(Err(error)) => Training::Failed {
                reason: error.to_string(),
            },
            Err(_) => Training::Failed {
                reason: "training stopped by a fault of the program".to_owned(),
            },
        };
        let retrained = matches!(end, Training::Done(_));
        *lock(&app.training) = end;
        if retrained {
            read_all(&app);
        }
    });
    true
}

fn running(step: &str, done: usize, of: usize) -> Training {
    Training::Running {
        step: step.to_owned(),
        done,
        of,
    }
}

fn train(app: &App) -> Result<Report> {
    let begun = Instant::now();
    let (start, options) = (&app.options.model, &app.options);
    let labelled = load_label_file(app.label_file(), &options.folder, &options.limits)?;
    let failed = labelled
        .failed
        .iter()
        .map(|(page, error)| format!("{page}: {error}"))
        .collect();
    let mut pages = labelled.pages;
    pages.retain(|p| p.labels.iter().any(Option::is_some));
    if pages.is_empty() {
        return Err(Error::Training {
            reason: "no block is labelled yet".to_owned(),
        });
    }
    let course = Course::new("annotated", Some((**start).clone()), SEED)?;
    let sites: BTreeSet<&str> = pages.iter().map(|p| p.site.as_str()).collect();
    let sites = sites.len();
    let folds = if sites < 2 { pages.len() } else { sites }.min(FOLDS);
    let (mut before, mut after) = (None, None);
    let mut blocks = 0;
    if pages.len() > 1 {
        let card = scorecard(&pages, &answers(&pages, probabilities(start, &pages)));
        before = Some(Scores::of(&card));
        blocks = Label::ALL.into_iter().map(|l| card.confusion.truth(l)).sum();
        let held = course.score(&pages, FOLDS, |fold| {
            *lock(&app.training) = running("scoring on held-out sites", fold, folds + 1);
        })?;
        after = Some(Scores::of(&held.card));
    }
    *lock(&app.training) = running("training the model on all labelled pages", folds, folds + 1);
    let trained = course.train(&pages)?;
    let bytes = trained.model.to_bytes()?;
    write_file(&options.model_file, &bytes).map_err(|e| Error::io(&options.model_file, e))?;
    app.use_model(Arc::new(trained.model));
    Ok(Report {
        pages: pages.len(),
        sites,
        blocks,
        held: match (pages.len(), sites) {
            (1, _) => "none",
            (_, 1) => "pages",
            _ => "sites",
        },
        before,
        after,
        failed,
        file: options.model_file.display().to_string(),
        seconds: begun.elapsed().as_secs_f64(),
    })
}
