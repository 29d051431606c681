//! Fits all stages of a block model, each on out-of-fold scores of the one before, split by site.

use super::binned::Binned;
use super::boost::Boost;
use super::fit_blend::fit_blend;
use super::fit_choice::fit_choice;
use super::fit_words::{WordParams, WordRow, fit_words};
use super::phrases::{self, Phrases};
use super::sample::Sample;
use crate::corpus::folds_by_site;
use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::model::{
    BlockModel, Class, Layout, TREES, Trees, WordScores, WordStage, blend_rows, sigmoid, stage_rows,
    tree_scores,
};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};
use rayon::prelude::*;

/// How a block model is fitted.
#[derive(Debug, Clone)]
pub struct FitParams {
    /// Folds within the training pages, by site.
    pub folds: usize,
    /// Stage 1 on all tokens.
    pub words: WordParams,
    /// Stage 1 on the blocks' own words.
    pub wording: WordParams,
    /// Model to train on top of: its word scores are where stage 1 starts from, its trees get company, its
    /// blend stays. Base rows then ask to be scored as it scores them, whatever their labels: they are there
    /// so that it stays as it is elsewhere (Li & Hoiem 2018, "Learning without Forgetting"), and their labels
    /// learned once more, from a part of the pages, would bend it.
    pub start: Option<BlockModel>,
    /// Stage 2.
    pub boost: Boost,
    /// Seed of the blend's sample.
    pub seed: u64,
}

impl Default for FitParams {
    fn default() -> Self {
        FitParams {
            folds: 4,
            words: WordParams::default(),
            wording: WordParams {
                rate: [0.1, 0.5],
                ..WordParams::default()
            },
            start: None,
            boost: Boost::default(),
            seed: 1,
        }
    }
}

impl FitParams {
    /// The defaults with one seed for every sample.
    pub fn seeded(seed: u64) -> FitParams {
        let mut params = FitParams {
            seed,
            ..FitParams::default()
        };
        params.words.seed = seed;
        params.wording.seed = seed;
        params.boost.seed = seed;
        params
    }
}

/// Fits a block model.
///
/// # Errors
/// [`Error::Training`] without labelled blocks, with pages of a single site only where folds are needed,
/// or when a stage fails.
pub fn fit_block_model(samples: &[&Sample], params: &FitParams) -> Result<BlockModel> {
    fit_with_scores(samples, params).map(|(model, _)| model)
}

/// Like [`fit_block_model`], with the out-of-fold word scores of every sample.
///
/// # Errors
/// As [`fit_block_model`].
pub fn fit_with_scores(samples: &[&Sample], params: &FitParams) -> Result<(BlockModel, Vec<WordStage>)> {
    if samples.iter().all(|s| s.labels.iter().all(Option::is_none)) {
        return Err(Error::Training {
            reason: "no block is labelled".to_owned(),
        });
    }
    if samples.len() < 2 {
        let reason = "at least two labelled pages are needed, or the base rows beside one".to_owned();
        return Err(Error::Training { reason });
    }
    let groups = groups(samples);
    let folds = folds_by_site(groups.iter().map(String::as_str), params.folds);
    let used = folds.iter().max().map_or(1, |m| m + 1);
    // stage 1: one fit without each fold, and one on all
    let phrases = match params.start {
        // what the phrases teach is in the model that training starts from
        Some(_) => Phrases::default(),
        None => Phrases::embedded()?,
    };
    let mut fits: Vec<[WordScores; 2]> = (0..=used)
        .into_par_iter()
        .map(|left_out| fit_stage_words(samples, &phrases, &folds, left_out, params))
        .collect();
    let [words, wording] = fits.pop().unwrap_or_default();
    let scores: Vec<WordStage> = samples
        .par_iter()
        .zip(&folds)
        .map(|(s, f)| {
            s.stage.clone().unwrap_or_else(|| WordStage {
                words: fits[*f][0].predict(&s.features.tokens),
                wording: fits[*f][1].predict_own_words(&s.features.tokens),
            })
        })
        .collect();
    drop(fits);
    // stage 2: the same, on rows that hold out-of-fold word scores
    let rows: Vec<Matrix> = samples
        .par_iter()
        .zip(&scores)
        .map(|(s, w)| stage_rows(&s.features, w))
        .collect();
    if let Some(start) = &params.start {
        let boost = Boost {
            rounds: MORE_ROUNDS,
            ..params.boost
        };
        let model = BlockModel {
            words: words.quantised(),
            wording: wording.quantised(),
            trees: fit_trees(samples, &rows, |_| true, &boost, Some(&start.trees))?,
            blend: start.blend.clone(),
            choice: start.choice.clone(),
            layout: Layout::default(),
        };
        return Ok((model, scores));
    }
    let mut held_out: Vec<Matrix> = vec![Matrix::default(); samples.len()];
    for left_out in 0..used {
        let trees = fit_trees(samples, &rows, |i| folds[i] != left_out, &params.boost, None)?;
        let part: Vec<(usize, Matrix)> = (0..samples.len())
            .into_par_iter()
            .filter(|i| folds[*i] == left_out)
            .map(|i| (i, tree_scores(&trees, &rows[i])))
            .collect();
        for (i, m) in part {
            held_out[i] = m;
        }
    }
    let trees = fit_trees(samples, &rows, |_| true, &params.boost, None)?;
    drop(rows);
    // stage 3, on out-of-fold tree scores
    let blend_input: Vec<Matrix> = (0..samples.len())
        .into_par_iter()
        .map(|i| blend_rows(&held_out[i]))
        .collect();
    let table = Table::build(samples, &blend_input, |_| true);
    let blend = fit_blend(&table.x, &table.classes, &table.weights, params.seed)?;
    // stage 4, on probabilities from those
    let probabilities: Vec<Matrix> = blend_input.par_iter().map(|rows| blend.predict(rows)).collect();
    let choice = if samples.iter().all(|s| s.plain) {
        // lines of text are few and stand each for itself
        Trees::default()
    } else {
        fit_choice(samples, &probabilities, params.seed)?
    };
    Ok((
        BlockModel {
            words: words.quantised(),
            wording: wording.quantised(),
            trees,
            blend,
            choice,
            layout: Layout::default(),
        },
        scores,
    ))
}

/// Trees that training on top of a model adds to each ensemble.
const MORE_ROUNDS: usize = 40;

/// What must stay together in a fold: the site, or the page where all pages are of one site.
fn groups(samples: &[&Sample]) -> Vec<String> {
    let one_site = samples.iter().all(|s| s.site == samples[0].site);
    samples
        .iter()
        .map(|s| if one_site { s.name.clone() } else { s.site.clone() })
        .collect()
}

fn fit_stage_words(
    samples: &[&Sample],
    phrases: &Phrases,
    folds: &[usize],
    left_out: usize,
    params: &FitParams,
) -> [WordScores; 2] {
    let [words, wording] = params
        .start
        .as_ref()
        .map_or_else(Default::default, |m| [m.words.clone(), m.wording.clone()]);
    let rows = |own: bool| -> Vec<WordRow<'_>> {
        samples
            .iter()
            .zip(folds)
            .filter(|(s, f)| **f != left_out && s.stage.is_none())
            .flat_map(|(s, _)| {
                let weight =
                    s.weight.min(2.0) * (200.0 / s.labels.len().max(1) as f32).sqrt().clamp(0.3, 3.0);
                s.labels.iter().enumerate().filter_map(move |(i, l)| {
                    let tokens = &s.features.tokens;
                    l.map(|l| WordRow {
                        tokens: if own {
                            tokens.own_words_of(i).into()
                        } else {
                            tokens.of(i).into()
                        },
                        label: l.label,
                        weight,
                    })
                })
            })
            .collect()
    };
    let mut own = rows(true);
    own.extend(phrases.labels.iter().enumerate().map(|(i, label)| WordRow {
        tokens: phrases.tokens.own_words_of(i).into(),
        label: *label,
        weight: phrases::WEIGHT,
    }));
    [
        fit_words(&rows(false), words, &params.words),
        fit_words(&own, wording, &params.wording),
    ]
}

/// Labelled rows of many pages in one matrix.
struct Table {
    x: Matrix,
    classes: Vec<Class>,
    weights: Vec<f32>,
    /// Whether each row is of the base rows.
    of_base: Vec<bool>,
}

impl Table {
    fn build(samples: &[&Sample], rows: &[Matrix], take: impl Fn(usize) -> bool) -> Table {
        let cols = rows.iter().map(|m| m.cols).max().unwrap_or(0);
        let mut t = Table {
            x: Matrix {
                data: Vec::new(),
                cols,
            },
            classes: Vec::new(),
            weights: Vec::new(),
            of_base: Vec::new(),
        };
        for (i, s) in samples.iter().enumerate().filter(|(i, _)| take(*i)) {
            let weights = s.block_weights();
            for (b, l) in s.labels.iter().enumerate() {
                if let Some(l) = l {
                    t.x.data.extend_from_slice(rows[i].row(b));
                    t.classes.push(Class::of(l.label, l.head));
                    t.weights.push(weights[b]);
                    t.of_base.push(s.stage.is_some());
                }
            }
        }
        t
    }
}

fn fit_trees(
    samples: &[&Sample],
    rows: &[Matrix],
    take: impl Fn(usize) -> bool,
    boost: &Boost,
    start: Option<&[Trees; TREES]>,
) -> Result<[Trees; TREES]> {
    let t = Table::build(samples, rows, take);
    let fault = |e: String| Error::Training {
        reason: format!("trees: {e}"),
    };
    let view =
        ArrayView2::from_shape((t.classes.len(), t.x.cols), &t.x.data).map_err(|e| fault(e.to_string()))?;
    let binned = Binned::new(&view, boost.seed);
    let weights = Array1::from(t.weights);
    let fit = |classes: &[Class], ensemble: usize| {
        let mut targets: Array1<f32> = t
            .classes
            .iter()
            .map(|c| f32::from(u8::from(classes.contains(c))))
            .collect();
        let from = start.map(|start| {
            let start = &start[ensemble];
            let rows = t.x.data.par_chunks_exact(t.x.cols.max(1));
            let scores: Vec<f32> = rows.map(|row| start.score(row)).collect();
            for ((target, score), of_base) in targets.iter_mut().zip(&scores).zip(&t.of_base) {
                if *of_base {
                    *target = sigmoid(*score);
                }
            }
            (start, scores)
        });
        let data = DatasetBase::new(&binned, targets).with_weights(weights.clone());
        match from {
            Some((start, scores)) => boost.fit_more(start, scores, &data),
            None => boost.fit(&data),
        }
        .map_err(|e| fault(e.to_string()))
    };
    // side by side, since growing a tree is done in part by one thread
    let (content, (prompt, body)) = rayon::join(
        || fit(&[Class::Body, Class::Head], 0),
        || rayon::join(|| fit(&[Class::Subscription], 1), || fit(&[Class::Body], 2)),
    );
    Ok([content?, prompt?, body?])
}
