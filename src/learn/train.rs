//! Trains whole models: from scratch on labelled pages, or on top of a model with its base rows.

use super::cross::{OutOfFold, cross_validate};
use super::fit::{FitParams, fit_block_model, fit_with_scores};
use super::sample::{Sample, as_lines, data_hash};
use crate::corpus::LabelledPage;
use crate::error::{Error, Result};
use crate::label::Label;
use crate::model::{Model, Provenance, WordStage};
use std::collections::BTreeSet;

/// A trained model and how it was scored.
#[derive(Debug)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// What it learned from, by label, and the score by held-out site.
    pub report: TrainReport,
    /// The user's pages as they were trained on.
    pub samples: Vec<Sample>,
    /// Out-of-fold word scores of each sample; empty when trained on top of a model.
    pub word_scores: Vec<WordStage>,
}

/// What a training run learned from.
#[derive(Debug, Clone, Default)]
pub struct TrainReport {
    /// The user's pages.
    pub pages: usize,
    /// Their sites.
    pub sites: usize,
    /// Their labelled blocks by label.
    pub blocks: [usize; Label::COUNT],
    /// Pages of the base rows.
    pub base_pages: usize,
}

/// Share of all weight that the user's pages get beside the base rows. What is special about a site is
/// learned by its class names; a larger share would bend the trees for all other sites.
const OWN_SHARE: f32 = 0.08;
/// Most that one page of the user's counts beside one of the base rows.
const MAX_WEIGHT: f32 = 12.0;

fn report(samples: &[Sample], base: usize) -> TrainReport {
    let mut r = TrainReport {
        pages: samples.len(),
        base_pages: base,
        ..TrainReport::default()
    };
    r.sites = samples
        .iter()
        .map(|s| s.site.as_str())
        .collect::<BTreeSet<_>>()
        .len();
    for s in samples {
        for (total, n) in r.blocks.iter_mut().zip(s.counts()) {
            *total += n;
        }
    }
    r
}

fn provenance(all: &[&Sample], seed: u64, base: Option<String>) -> Provenance {
    let mut blocks = [0; Label::COUNT];
    for s in all {
        for (total, n) in blocks.iter_mut().zip(s.counts()) {
            *total += n;
        }
    }
    Provenance {
        pages: all.len(),
        sites: all.iter().map(|s| s.site.as_str()).collect::<BTreeSet<_>>().len(),
        blocks,
        seed,
        base,
        data_hash: data_hash(all.iter().copied()),
    }
}

/// Trains a model on labelled pages alone.
///
/// # Errors
/// [`Error::Training`].
pub fn fit_model(name: &str, pages: &[LabelledPage], params: &FitParams) -> Result<Trained> {
    let samples: Vec<Sample> = pages.iter().map(Sample::of_page).collect();
    let lines: Vec<Sample> = pages.iter().map(as_lines).collect();
    let all: Vec<&Sample> = samples.iter().collect();
    let (page, word_scores) = fit_with_scores(&all, params)?;
    let model = Model {
        name: name.to_owned(),
        page,
        text: fit_block_model(&lines.iter().collect::<Vec<_>>(), params)?,
        provenance: provenance(&all, params.seed, None),
    };
    Ok(Trained {
        model,
        report: report(&samples, 0),
        word_scores,
        samples,
    })
}

/// Samples of the user's pages with the weight that they get beside `base`.
fn weighted(pages: &[LabelledPage], base: &[Sample]) -> Vec<Sample> {
    let rows = |list: &[Sample]| {
        list.iter()
            .map(|s| s.block_weights().iter().sum::<f32>())
            .sum::<f32>()
    };
    let mut own: Vec<Sample> = pages.iter().map(Sample::of_page).collect();
    let (own_weight, base_weight) = (rows(&own), rows(base));
    let wanted = OWN_SHARE / (1.0 - OWN_SHARE) * base_weight;
    let weight = (wanted / own_weight.max(1e-6)).clamp(1.0, MAX_WEIGHT);
    for s in &mut own {
        s.weight = weight;
    }
    own
}

/// Trains on the user's pages, starting from a model, together with base rows, which keep the model as it is
/// elsewhere. The model for plain text is taken over as it is, since base rows hold no text.
///
/// # Errors
/// [`Error::Training`].
pub fn train_on_top(
    name: &str,
    start: &Model,
    base: &[Sample],
    pages: &[LabelledPage],
    params: &FitParams,
) -> Result<Trained> {
    let own = weighted(pages, base);
    if own.is_empty() {
        return Err(Error::Training {
            reason: "no labelled page".to_owned(),
        });
    }
    let params = FitParams {
        start: Some(start.page.clone()),
        ..params.clone()
    };
    let all: Vec<&Sample> = base.iter().chain(&own).collect();
    let model = Model {
        name: name.to_owned(),
        page: fit_block_model(&all, &params)?,
        text: start.text.clone(),
        provenance: provenance(&all, params.seed, Some(start.name.clone())),
    };
    Ok(Trained {
        model,
        report: report(&own, base.len()),
        word_scores: Vec::new(),
        samples: own,
    })
}

/// Cross-validates what [`train_on_top`] does (with `start` and `base`) or what [`fit_model`] does. Pages
/// of a single site are held out page by page: there is no other site to learn from.
///
/// # Errors
/// [`Error::Training`] with fewer than two pages.
pub fn score_by_site(
    start: Option<&Model>,
    base: &[Sample],
    pages: &[LabelledPage],
    folds: usize,
    params: &FitParams,
    progress: impl FnMut(usize),
) -> Result<OutOfFold> {
    let mut own = weighted(pages, base);
    let sites: BTreeSet<String> = own.iter().map(|s| s.site.clone()).collect();
    // base rows of the user's own sites would tell what is held out
    let base: Vec<&Sample> = base.iter().filter(|s| !sites.contains(&s.site)).collect();
    if sites.len() < 2 {
        for s in &mut own {
            s.site.clone_from(&s.name);
        }
    }
    let params = FitParams {
        start: start.map(|m| m.page.clone()),
        ..params.clone()
    };
    cross_validate(&own, &base, folds, &params, progress)
}
