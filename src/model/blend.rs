//! The last stage: a linfa multinomial regression over scaled columns, giving calibrated probabilities.

use super::file::fits;
use crate::features::Matrix;
use crate::label::Label;
use linfa_logistic::MultiFittedLogisticRegression;
use serde::{Deserialize, Serialize};

/// Scaled values are clipped here, so that no odd page throws the regression.
const CLIP: f64 = 4.0;

/// What the regression tells apart: the labels, with head matter split from the rest of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Content other than head matter.
    Body,
    /// Subscription.
    Subscription,
    /// Navigation.
    Navigation,
    /// Title, byline, date, caption. Absent from models whose training labels don't tell it.
    Head,
}

impl Class {
    /// Number of classes.
    pub const COUNT: usize = 4;

    /// The class of a label.
    pub fn of(label: Label, head: bool) -> Class {
        match label {
            Label::Content if head => Class::Head,
            Label::Content => Class::Body,
            Label::Subscription => Class::Subscription,
            Label::Navigation => Class::Navigation,
        }
    }
}

/// Scaler and regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blend {
    /// Mean of each column over the training rows.
    pub mean: Vec<f64>,
    /// Standard deviation of each column.
    pub deviation: Vec<f64>,
    /// The fitted linfa model; its classes are [`Class`] numbers.
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

    /// Probabilities of the labels and of head matter for every row.
    ///
    /// Summed here in a fixed order instead of by a matrix product, whose kernels differ by processor.
    pub fn predict(&self, rows: &Matrix) -> Matrix {
        let mut out = Matrix::zeros(rows.rows(), Class::COUNT);
        let params = self.regression.params();
        let classes = self.regression.classes().len().min(Class::COUNT);
        for i in 0..rows.rows() {
            let mut sums = [f64::NEG_INFINITY; Class::COUNT];
            for (sum, b) in sums.iter_mut().zip(self.regression.intercept()) {
                *sum = *b;
            }
            for (c, x) in self.scaled(rows.row(i)).enumerate() {
                for (k, sum) in sums.iter_mut().take(classes).enumerate() {
                    *sum += x * params[[c, k]];
                }
            }
            let top = sums.iter().copied().fold(f64::MIN, f64::max);
            let parts = sums.map(|s| libm::exp(s - top));
            let total: f64 = parts.iter().sum();
            let p = parts.map(|part| (part / total) as f32);
            let (body, head) = (p[Class::Body as usize], p[Class::Head as usize]);
            out.row_mut(i).copy_from_slice(&[
                body + head,
                p[Class::Subscription as usize],
                p[Class::Navigation as usize],
                head,
            ]);
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
        let classes = self.regression.classes();
        if classes != [0, 1, 2] && classes != [0, 1, 2, 3] {
            return Some("regression has other classes than the labels".to_owned());
        }
        if p.dim() != (columns, classes.len()) || self.regression.intercept().len() != classes.len() {
            return Some(format!(
                "regression has shape {:?}, expected {:?}",
                p.dim(),
                (columns, classes.len())
            ));
        }
        let finite = p
            .iter()
            .chain(self.regression.intercept())
            .chain(&self.mean)
            .all(|v| fits(*v));
        if !finite || !self.deviation.iter().all(|d| d.is_finite() && *d > 0.0) {
            return Some("regression or scaler has a number that is too large or not finite".to_owned());
        }
        None
    }
}
