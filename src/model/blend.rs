//! The last stage: a linfa multinomial regression over scaled columns, giving calibrated probabilities.

use crate::features::Matrix;
use crate::label::Label;
use linfa_logistic::MultiFittedLogisticRegression;
use serde::{Deserialize, Serialize};

/// Scaled values are clipped here, so that no odd page throws the regression.
const CLIP: f64 = 4.0;

/// Scaler and regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blend {
    /// Mean of each column over the training rows.
    pub mean: Vec<f64>,
    /// Standard deviation of each column.
    pub deviation: Vec<f64>,
    /// The fitted linfa model; classes are columns of [`Label::ALL`].
    pub regression: MultiFittedLogisticRegression<f64, usize>,
}

/// Z-scores of a row, clipped.
pub fn scaled(row: &[f32], mean: &[f64], deviation: &[f64]) -> impl Iterator<Item = f64> {
    row.iter()
        .zip(mean.iter().zip(deviation))
        .map(|(x, (m, d))| ((f64::from(*x) - m) / d).clamp(-CLIP, CLIP))
}

impl Blend {
    /// Scales one row as the regression was trained on it.
    fn scaled(&self, row: &[f32]) -> impl Iterator<Item = f64> {
        scaled(row, &self.mean, &self.deviation)
    }

    /// Probabilities of the labels for every row.
    ///
    /// Summed here in a fixed order instead of by a matrix product, whose kernels differ by processor.
    pub fn predict(&self, rows: &Matrix) -> Matrix {
        let mut out = Matrix::zeros(rows.rows(), Label::COUNT);
        let params = self.regression.params();
        for i in 0..rows.rows() {
            let mut sums = [0.0_f64; Label::COUNT];
            for (sum, b) in sums.iter_mut().zip(self.regression.intercept()) {
                *sum = *b;
            }
            for (c, x) in self.scaled(rows.row(i)).enumerate() {
                for (k, sum) in sums.iter_mut().enumerate() {
                    *sum += x * params[[c, k]];
                }
            }
            let top = sums.iter().copied().fold(f64::MIN, f64::max);
            let parts = sums.map(|s| libm::exp(s - top));
            let total: f64 = parts.iter().sum();
            for (cell, part) in out.row_mut(i).iter_mut().zip(parts) {
                *cell = (part / total) as f32;
            }
        }
        out
    }

    /// Why this blend can't be used with `columns` columns, if it can't.
    pub fn fault(&self, columns: usize) -> Option<String> {
        let p = self.regression.params();
        if self.mean.len() != columns || self.deviation.len() != columns {
            return Some(format!(
                "scaler has {} columns, the schema {columns}",
                self.mean.len()
            ));
        }
        if p.dim() != (columns, Label::COUNT) || self.regression.intercept().len() != Label::COUNT {
            return Some(format!(
                "regression has shape {:?}, expected {:?}",
                p.dim(),
                (columns, Label::COUNT)
            ));
        }
        if self.regression.classes() != [0, 1, 2] {
            return Some("regression has other classes than the labels".to_owned());
        }
        let finite = p
            .iter()
            .chain(self.regression.intercept())
            .chain(&self.mean)
            .all(|v| v.is_finite());
        if !finite || !self.deviation.iter().all(|d| d.is_finite() && *d > 0.0) {
            return Some("regression or scaler has a number that is not finite".to_owned());
        }
        None
    }
}
