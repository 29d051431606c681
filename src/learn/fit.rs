//! Fits all stages of a block model, each on out-of-fold scores of the one before, split by site.

use super::boost::Boost;
use super::fit_blend::fit_blend;
use super::fit_words::{WordParams, WordRow, fit_words};
use super::sample::Sample;
use crate::corpus::folds_by_site;
use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::label::Label;
use crate::model::{BlockModel, OUTPUTS, Trees, WordScores, blend_rows, stage_rows, tree_scores};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};
use rayon::prelude::*;

/// How a block model is fitted.
#[derive(Debug, Clone)]
pub struct FitParams {
    /// Folds within the training pages, by site.
    pub folds: usize,
    /// Stage 1.
    pub words: WordParams,
    /// Where stage 1 starts from, for training on top of a model.
    pub start: Option<WordScores>,
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
pub fn fit_with_scores(samples: &[&Sample], params: &FitParams) -> Result<(BlockModel, Vec<Matrix>)> {
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
    let mut fits: Vec<WordScores> = (0..=used)
        .into_par_iter()
        .map(|left_out| fit_stage_words(samples, &folds, left_out, params))
        .collect();
    let words = fits.pop().unwrap_or_default();
    let scores: Vec<Matrix> = samples
        .par_iter()
        .zip(&folds)
        .map(|(s, f)| {
            s.words
                .clone()
                .unwrap_or_else(|| fits[*f].predict(&s.features.tokens))
        })
        .collect();
    // stage 2: the same, on rows that hold out-of-fold word scores
    let rows: Vec<Matrix> = samples
        .par_iter()
        .zip(&scores)
        .map(|(s, w)| stage_rows(&s.features, w))
        .collect();
    let mut held_out: Vec<Matrix> = vec![Matrix::default(); samples.len()];
    for left_out in 0..used {
        let trees = fit_trees(samples, &rows, |i| folds[i] != left_out, &params.boost)?;
        let part: Vec<(usize, Matrix)> = (0..samples.len())
            .into_par_iter()
            .filter(|i| folds[*i] == left_out)
            .map(|i| (i, tree_scores(&trees, &rows[i])))
            .collect();
        for (i, m) in part {
            held_out[i] = m;
        }
    }
    let trees = fit_trees(samples, &rows, |_| true, &params.boost)?;
    // stage 3, on out-of-fold tree scores
    let blend_input: Vec<Matrix> = (0..samples.len())
        .into_par_iter()
        .map(|i| blend_rows(&samples[i].features, &scores[i], &held_out[i]))
        .collect();
    let table = Table::build(samples, &blend_input, |_| true);
    let blend = fit_blend(&table.x, &table.labels, &table.weights, params.seed)?;
    Ok((
        BlockModel {
            words: words.quantised(),
            trees,
            blend,
        },
        scores,
    ))
}

/// What must stay together in a fold: the site, or the page where all pages are of one site.
fn groups(samples: &[&Sample]) -> Vec<String> {
    let one_site = samples.iter().all(|s| s.site == samples[0].site);
    samples
        .iter()
        .map(|s| if one_site { s.name.clone() } else { s.site.clone() })
        .collect()
}

fn fit_stage_words(samples: &[&Sample], folds: &[usize], left_out: usize, params: &FitParams) -> WordScores {
    let start = params.start.clone().unwrap_or_default();
    let rows: Vec<WordRow<'_>> = samples
        .iter()
        .zip(folds)
        .filter(|(s, f)| **f != left_out && s.words.is_none())
        .flat_map(|(s, _)| {
            let weight = s.weight.min(2.0) * (200.0 / s.labels.len().max(1) as f32).sqrt().clamp(0.3, 3.0);
            s.labels.iter().enumerate().filter_map(move |(i, l)| {
                l.map(|l| WordRow {
                    tokens: s.features.tokens.of(i),
                    label: l.label,
                    weight,
                })
            })
        })
        .collect();
    fit_words(&rows, start, &params.words)
}

/// Labelled rows of many pages in one matrix.
struct Table {
    x: Matrix,
    labels: Vec<Label>,
    weights: Vec<f32>,
}

impl Table {
    fn build(samples: &[&Sample], rows: &[Matrix], take: impl Fn(usize) -> bool) -> Table {
        let cols = rows.iter().map(|m| m.cols).max().unwrap_or(0);
        let mut t = Table {
            x: Matrix {
                data: Vec::new(),
                cols,
            },
            labels: Vec::new(),
            weights: Vec::new(),
        };
        for (i, s) in samples.iter().enumerate().filter(|(i, _)| take(*i)) {
            let weights = s.block_weights();
            for (b, l) in s.labels.iter().enumerate() {
                if let Some(l) = l {
                    t.x.data.extend_from_slice(rows[i].row(b));
                    t.labels.push(l.label);
                    t.weights.push(weights[b]);
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
) -> Result<[Trees; OUTPUTS]> {
    let t = Table::build(samples, rows, take);
    let fault = |e: String| Error::Training {
        reason: format!("trees: {e}"),
    };
    let view =
        ArrayView2::from_shape((t.labels.len(), t.x.cols), &t.x.data).map_err(|e| fault(e.to_string()))?;
    let weights = Array1::from(t.weights);
    let fit = |label: Label| {
        let targets: Array1<f32> = t
            .labels
            .iter()
            .map(|l| f32::from(u8::from(*l == label)))
            .collect();
        let data = DatasetBase::new(view, targets).with_weights(weights.clone());
        boost.fit(&data).map_err(|e| fault(e.to_string()))
    };
    Ok([fit(Label::Content)?, fit(Label::Subscription)?])
}
