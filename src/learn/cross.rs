//! Cross-validation by site: every page is labelled by a model that saw no page of its site.

use super::fit::{FitParams, fit_block_model};
use super::sample::Sample;
use crate::corpus::folds_by_site;
use crate::error::{Error, Result};
use crate::features::Matrix;
use rayon::prelude::*;

/// Out-of-fold probabilities, one matrix a page.
#[derive(Debug, Clone)]
pub struct OutOfFold {
    /// Fold of each page.
    pub folds: Vec<usize>,
    /// Probabilities of the blocks of each page.
    pub probabilities: Vec<Matrix>,
}

/// Cross-validates over `folds` folds of sites. `always` are samples that every fit may use, such as the
/// base rows; pages of `always` whose site is held out are left out of that fit. `progress` is called
/// before each fold with its number.
///
/// # Errors
/// [`Error::Training`] with fewer than two sites or when a fit fails.
pub fn cross_validate(
    samples: &[Sample],
    always: &[&Sample],
    folds: usize,
    params: &FitParams,
    mut progress: impl FnMut(usize),
) -> Result<OutOfFold> {
    let fold_of = folds_by_site(samples.iter().map(|s| s.site.as_str()), folds);
    let used = fold_of.iter().max().map_or(0, |m| m + 1);
    if used < 2 {
        let reason = "cross-validation needs pages of at least two sites".to_owned();
        return Err(Error::Training { reason });
    }
    let mut probabilities = vec![Matrix::default(); samples.len()];
    for fold in 0..used {
        progress(fold);
        let held: Vec<&str> = samples
            .iter()
            .zip(&fold_of)
            .filter(|(_, f)| **f == fold)
            .map(|(s, _)| s.site.as_str())
            .collect();
        let base = always
            .iter()
            .copied()
            .filter(|s| !held.contains(&s.site.as_str()));
        let own = samples
            .iter()
            .zip(&fold_of)
            .filter(|(_, f)| **f != fold)
            .map(|(s, _)| s);
        let model = fit_block_model(&base.chain(own).collect::<Vec<_>>(), params)?;
        let part: Vec<(usize, Matrix)> = (0..samples.len())
            .into_par_iter()
            .filter(|i| fold_of[*i] == fold)
            .map(|i| (i, model.predict(&samples[i].features)))
            .collect();
        for (i, m) in part {
            probabilities[i] = m;
        }
    }
    Ok(OutOfFold {
        folds: fold_of,
        probabilities,
    })
}
