//! Fits the verdict's model on judged pages, each stage on scores of pages that the stage before didn't see,
//! split by site; and cross-validates the whole.

use super::fit_purpose::{PromptsOfPage, fit_purposes};
use super::purpose_rows::purpose_rows;
use crate::corpus::folds_by_site;
use crate::error::{Error, Result};
use crate::label::{Gate, Label, Part};
use crate::pipeline::Prepared;
use crate::verdict::{
    COLUMNS, LabelledView, PageFacts, PurposeModel, Regression, VerdictModel, VerdictProvenance, tokens,
};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use rayon::prelude::*;

/// Who judged a page's gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// The gold.
    Gold,
    /// We did, reading a saved page.
    Reader,
    /// We did, writing the page.
    Author,
}

impl Judge {
    /// How often such a page counts beside one that nobody judged.
    fn weight(self) -> usize {
        match self {
            Judge::Gold => 6,
            Judge::Author => 2,
            Judge::Reader => 1,
        }
    }
}

/// A page with the labels of a model that didn't see its site, and the gate a person gave it.
#[derive(Debug, Clone)]
pub struct VerdictPage<'a> {
    /// Site that it belongs to.
    pub site: &'a str,
    /// The prepared page.
    pub page: &'a Prepared,
    /// Label of each block.
    pub labels: Vec<Label>,
    /// Part of each content block.
    pub parts: Vec<Option<Part>>,
    /// Probability of each block that it is a subscription block.
    pub subscription: Vec<f32>,
    /// The gate, where it was judged.
    pub gate: Option<Gate>,
    /// Who judged it.
    pub judge: Judge,
}

impl VerdictPage<'_> {
    /// The page as the verdict sees it.
    pub fn view(&self) -> LabelledView<'_> {
        LabelledView {
            page: self.page,
            labels: &self.labels,
            parts: &self.parts,
            subscription: &self.subscription,
        }
    }

    fn prompts(&self) -> PromptsOfPage {
        let own = |i: &usize| self.labels[*i] == Label::Subscription;
        PromptsOfPage {
            prompts: (0..self.labels.len())
                .filter(own)
                .map(|i| tokens(&self.page.outline.blocks[i].text))
                .collect(),
            gated: matches!(self.gate, Some(Gate::Soft | Gate::Hard)),
        }
    }
}

/// Pull towards zero of the two regressions.
const GATED_ALPHA: f64 = 12.0;
const HARD_ALPHA: f64 = 8.0;
const FOLDS: usize = 5;

/// Fits a model on the judged ones of `pages`.
///
/// # Errors
/// [`Error::Training`] when a kind of gate is missing or a regression fails.
pub fn fit_verdict(name: &str, pages: &[&VerdictPage<'_>], seed: u64) -> Result<VerdictModel> {
    let (pages, others): (Vec<&VerdictPage<'_>>, Vec<&VerdictPage<'_>>) =
        pages.iter().copied().partition(|p| p.gate.is_some());
    let mut counts = [0; 3];
    for p in &pages {
        counts[p.gate.map_or(0, |g| g as usize)] += 1;
    }
    if counts.contains(&0) {
        let reason = format!(
            "the verdict needs open, soft and hard pages; there are {}, {} and {}",
            counts[0], counts[1], counts[2]
        );
        return Err(Error::Training { reason });
    }
    let phrases = purpose_rows()?;
    let folds = folds_by_site(pages.iter().map(|p| p.site), FOLDS);
    // pages that nobody judged and that don't plainly speak of access are open, most of them
    let others: Vec<&VerdictPage<'_>> = others.into_iter().filter(|p| !says_gate(&p.view())).collect();
    let spoken: Vec<(&str, PromptsOfPage)> = others.iter().map(|p| (p.site, p.prompts())).collect();
    let purposes = |left_out: Option<usize>| -> PurposeModel {
        let mut own: Vec<PromptsOfPage> = Vec::new();
        let mut held: Vec<&str> = Vec::new();
        for (p, f) in pages.iter().zip(&folds) {
            if Some(*f) == left_out {
                held.push(p.site);
            } else {
                own.push(p.prompts());
            }
        }
        let elsewhere = spoken.iter().filter(|(site, _)| !held.contains(site));
        own.extend(elsewhere.map(|(_, p)| p.clone()));
        fit_purposes(&phrases, &own, seed)
    };
    let held_out: Vec<PurposeModel> = (0..FOLDS).into_par_iter().map(|f| purposes(Some(f))).collect();
    let rows: Vec<Vec<f32>> = pages
        .par_iter()
        .zip(&folds)
        .map(|(p, f)| {
            let view = p.view();
            PageFacts::read(&view, &held_out[*f]).columns(&view)
        })
        .collect();
    let whole = purposes(None);
    let more: Vec<Vec<f32>> = others
        .par_iter()
        .map(|p| {
            let view = p.view();
            PageFacts::read(&view, &whole).columns(&view)
        })
        .collect();
    let is_gated: Vec<bool> = pages.iter().map(|p| p.gate != Some(Gate::Open)).collect();
    let is_hard: Vec<bool> = pages.iter().map(|p| p.gate == Some(Gate::Hard)).collect();
    let all: Vec<usize> = (0..pages.len()).collect();
    let only_gated: Vec<usize> = all.iter().copied().filter(|i| is_gated[*i]).collect();
    let times: Vec<usize> = pages.iter().map(|p| p.judge.weight()).collect();
    let gated = fit_calibrated(&rows, &is_gated, &all, &folds, &more, &times, GATED_ALPHA)?;
    let hard = fit_calibrated(
        &rows,
        &is_hard,
        &only_gated,
        &folds,
        &[],
        &vec![1; pages.len()],
        HARD_ALPHA,
    )?;
    let sites: std::collections::BTreeSet<&str> = pages.iter().map(|p| p.site).collect();
    Ok(VerdictModel {
        name: name.to_owned(),
        purposes: whole,
        gated,
        hard,
        provenance: VerdictProvenance {
            pages: counts,
            sites: sites.len(),
            phrases: phrases.len(),
            seed,
        },
    })
}

/// Whether any prompt plainly speaks of access.
fn says_gate(view: &LabelledView<'_>) -> bool {
    let facts = PageFacts::read(view, &PurposeModel::default());
    let units = facts.prompts.units.iter().flat_map(|u| &u.prompts);
    units
        .chain(&facts.prompts.missed)
        .any(crate::verdict::Prompt::plain)
}

/// Cross-validates by site: the model that each of `pages` is to be judged with. `always` are pages that every
/// fit may use.
///
/// # Errors
/// As [`fit_verdict`].
pub fn cross_verdict(
    pages: &[VerdictPage<'_>],
    always: &[VerdictPage<'_>],
    folds: usize,
    seed: u64,
) -> Result<(Vec<usize>, Vec<VerdictModel>)> {
    let fold_of = folds_by_site(pages.iter().map(|p| p.site), folds);
    let used = fold_of.iter().max().map_or(0, |m| m + 1);
    let models: Result<Vec<VerdictModel>> = (0..used)
        .into_par_iter()
        .map(|fold| {
            let own = pages
                .iter()
                .zip(&fold_of)
                .filter(|(_, f)| **f != fold)
                .map(|(p, _)| p);
            fit_verdict("fold", &always.iter().chain(own).collect::<Vec<_>>(), seed)
        })
        .collect();
    Ok((fold_of, models?))
}

/// A regression on `which` rows, calibrated on rows that were held out.
fn fit_calibrated(
    rows: &[Vec<f32>],
    truth: &[bool],
    which: &[usize],
    folds: &[usize],
    open: &[Vec<f32>],
    times: &[usize],
    alpha: f64,
) -> Result<Regression> {
    let mut held_out: Vec<(f64, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let inside: Vec<usize> = which.iter().copied().filter(|i| folds[*i] != fold).collect();
        let some = |want: bool| inside.iter().any(|i| truth[*i] == want);
        if !some(true) || !some(false) {
            continue;
        }
        let r = fit_regression(&weighted(rows, truth, &inside, open, times), alpha)?;
        held_out.extend(
            which
                .iter()
                .filter(|i| folds[**i] == fold)
                .map(|i| (r.raw(&rows[*i]), truth[*i])),
        );
    }
    let mut r = fit_regression(&weighted(rows, truth, which, open, times), alpha)?;
    r.calibration = calibrate(&held_out);
    Ok(r)
}

/// The rows to fit on: judged ones some times over, and open ones that nobody judged.
fn weighted<'a>(
    rows: &'a [Vec<f32>],
    truth: &[bool],
    which: &[usize],
    open: &'a [Vec<f32>],
    times: &[usize],
) -> Vec<(&'a [f32], bool)> {
    let judged = which
        .iter()
        .flat_map(|i| std::iter::repeat_n((rows[*i].as_slice(), truth[*i]), times[*i]));
    judged
        .chain(open.iter().map(|row| (row.as_slice(), false)))
        .collect()
}

fn fit_regression(rows: &[(&[f32], bool)], alpha: f64) -> Result<Regression> {
    let cols = COLUMNS.len();
    let n = rows.len() as f64;
    let mut r = Regression {
        mean: vec![0.0; cols],
        deviation: vec![0.0; cols],
        weights: vec![1.0; cols],
        intercept: 0.0,
        calibration: [1.0, 0.0],
    };
    for c in 0..cols {
        let values = || rows.iter().map(|(row, _)| f64::from(row[c]));
        r.mean[c] = values().sum::<f64>() / n;
        let variance = values().map(|v| (v - r.mean[c]).powi(2)).sum::<f64>() / n;
        r.deviation[c] = if variance > 1e-9 { variance.sqrt() } else { 1.0 };
    }
    let mut data: Vec<f64> = Vec::with_capacity(rows.len() * cols);
    for (row, _) in rows {
        data.extend(r.scaled(row));
    }
    let fault = |e: String| Error::Training {
        reason: format!("verdict: {e}"),
    };
    let records = Array2::from_shape_vec((rows.len(), cols), data).map_err(|e| fault(e.to_string()))?;
    let targets: Array1<bool> = rows.iter().map(|(_, truth)| *truth).collect();
    let fitted = LogisticRegression::default()
        .alpha(alpha)
        .gradient_tolerance(1e-6)
        .max_iterations(500)
        .fit(&DatasetBase::new(records, targets))
        .map_err(|e| fault(e.to_string()))?;
    // which of the two classes counts as positive is linfa's choice
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    r.weights = fitted.params().iter().map(|w| sign * w).collect();
    r.intercept = sign * fitted.intercept();
    Ok(r)
}

/// Slope and shift (Platt 1999) by Newton's method, pulled towards leaving the log-odds as they are.
fn calibrate(held_out: &[(f64, bool)]) -> [f64; 2] {
    let [mut slope, mut shift] = [1.0_f64, 0.0_f64];
    for _ in 0..50 {
        // pull with the weight of a few pages
        let (mut g, mut h) = ([4.0 * (slope - 1.0), shift], [4.0, 0.0, 1.0]);
        for (x, truth) in held_out {
            let p = 1.0 / (1.0 + libm::exp(-(slope * x + shift)));
            let error = p - f64::from(u8::from(*truth));
            let w = p * (1.0 - p);
            g[0] += error * x;
            g[1] += error;
            h[0] += w * x * x;
            h[1] += w * x;
            h[2] += w;
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        if determinant.abs() < 1e-12 {
            break;
        }
        // small steps within bounds: far out the curvature vanishes, and a whole step would leap away
        let step = [h[2] * g[0] - h[1] * g[1], h[0] * g[1] - h[1] * g[0]]
            .map(|d| (d / determinant).clamp(-0.2, 0.2));
        slope = (slope - step[0]).clamp(0.4, 2.5);
        shift = (shift - step[1]).clamp(-3.0, 3.0);
    }
    if slope.is_finite() && shift.is_finite() && slope > 0.05 {
        [slope, shift]
    } else {
        [1.0, 0.0]
    }
}
