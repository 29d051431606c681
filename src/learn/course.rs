//! A training run from labelled folders to a model and its score, as the command line and the Python package
//! both start it. Prints and writes nothing.

use super::cross::cross_validate;
use super::fit::FitParams;
use super::metrics::{Answer, Scorecard, scorecard};
use super::rows::base_rows;
use super::sample::{Sample, as_lines};
use super::train::{Trained, fit_model, score_by_site, train_on_top};
use crate::classifier::decide_page;
use crate::corpus::LabelledPage;
use crate::error::Result;
use crate::features::Matrix;
use crate::model::Model;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What to train, and from what.
#[derive(Debug)]
pub struct Course {
    /// Name of the model.
    pub name: String,
    /// The model to go on from; `None` learns from the given pages alone.
    pub start: Option<Model>,
    /// The base rows that are learned beside the pages.
    pub base: Vec<Sample>,
    /// Settings of the fit.
    pub params: FitParams,
}

/// A score on pages that were held out.
#[derive(Debug)]
pub struct HeldOut {
    /// The score.
    pub card: Scorecard,
    /// Folds in use.
    pub folds: usize,
    /// Whether whole sites were held out; with pages of a single site, pages were.
    pub by_site: bool,
}

impl Course {
    /// A run that goes on from a model with the base rows, or without one learns from the pages alone.
    ///
    /// # Errors
    /// When the base rows of the program can't be read.
    pub fn new(name: &str, start: Option<Model>, seed: u64) -> Result<Course> {
        Ok(Course {
            name: name.to_owned(),
            base: if start.is_some() { base_rows()? } else { Vec::new() },
            start,
            params: FitParams::seeded(seed),
        })
    }

    /// Trains the model.
    ///
    /// # Errors
    /// [`crate::Error::Training`].
    pub fn train(&self, pages: &[LabelledPage]) -> Result<Trained> {
        match &self.start {
            Some(start) => train_on_top(&self.name, start, &self.base, pages, &self.params),
            None => fit_model(&self.name, pages, &self.params),
        }
    }

    /// Scores such a model on pages that it didn't see. `progress` is called before each fold.
    ///
    /// # Errors
    /// [`crate::Error::Training`] with fewer than two pages or when a fit fails.
    pub fn score(
        &self,
        pages: &[LabelledPage],
        folds: usize,
        progress: impl FnMut(usize),
    ) -> Result<HeldOut> {
        let start = self.start.as_ref();
        let out = score_by_site(start, &self.base, pages, folds, &self.params, progress)?;
        let sites: BTreeSet<&str> = pages.iter().map(|p| p.site.as_str()).collect();
        Ok(HeldOut {
            card: scorecard(pages, &answers(pages, out.probabilities)),
            folds: out.folds.iter().max().map_or(0, |m| m + 1),
            by_site: sites.len() > 1,
        })
    }
}

/// What a model makes of the blocks of pages.
pub fn probabilities(model: &Model, pages: &[LabelledPage]) -> Vec<Matrix> {
    let of_page = |p: &LabelledPage| {
        let model = if p.prepared.outline.plain {
            &model.text
        } else {
            &model.page
        };
        model.predict_page(&p.prepared)
    };
    pages.par_iter().map(of_page).collect()
}

/// What models make of the blocks of pages of sites that they didn't see, one matrix a page. `others` are pages that
/// every fold learns from too, except for those of the sites that it labels; beside lines of text they are read as
/// lines. `progress` is called before each fold.
///
/// # Errors
/// [`crate::Error::Training`] with pages of fewer than two sites or when a fit fails.
pub fn cross_probabilities(
    pages: &[LabelledPage],
    others: &[LabelledPage],
    folds: usize,
    params: &FitParams,
    progress: impl FnMut(usize),
) -> Result<Vec<Matrix>> {
    let plain = pages.iter().all(|p| p.prepared.outline.plain);
    let samples: Vec<Sample> = pages.par_iter().map(Sample::of_page).collect();
    let others: Vec<Sample> = others
        .par_iter()
        .map(if plain { as_lines } else { Sample::of_page })
        .collect();
    let others: Vec<&Sample> = others.iter().collect();
    Ok(cross_validate(&samples, &others, folds, params, progress)?.probabilities)
}

/// The answers for pages from their blocks' probabilities.
pub fn answers(pages: &[LabelledPage], probabilities: Vec<Matrix>) -> Vec<Answer> {
    let of_page = |(page, probabilities): (&LabelledPage, Matrix)| {
        let (decision, parts) = decide_page(&page.prepared, &probabilities);
        Answer {
            decision,
            parts,
            probabilities,
        }
    };
    pages.par_iter().zip(probabilities).map(of_page).collect()
}
