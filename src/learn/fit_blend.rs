//! Fits the blend: scaler and linfa multinomial regression, in f64 (in f32 it predicts the majority on
//! large data sets), on rows drawn by weight, since the regression takes no weights.

use super::rng::Rng;
use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::label::Label;
use crate::model::{Blend, Class, scaled};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};

/// Rows that the regression is fitted on.
const DRAWN: usize = 120_000;
/// Pull towards zero and tolerance; linfa's loss is a sum over rows, so both scale with their number.
const ALPHA: f64 = 1e-5;
const TOLERANCE: f64 = 1e-5;
const ITERATIONS: u64 = 80;

/// Fits scaler and regression.
///
/// # Errors
/// [`Error::Training`] when a label has no row or the optimiser fails.
pub fn fit_blend(rows: &Matrix, classes: &[Class], weights: &[f32], seed: u64) -> Result<Blend> {
    let mut pick = draw(weights, seed);
    for class in [Class::Body, Class::Subscription, Class::Navigation, Class::Head] {
        let Some(row) = classes.iter().position(|c| *c == class) else {
            let name = match class {
                // labels by hand seldom tell head matter; the model then doesn't either
                Class::Head => continue,
                Class::Body => Label::Content,
                Class::Subscription => Label::Subscription,
                Class::Navigation => Label::Navigation,
            }
            .name();
            let reason = format!("no block is labelled {name}; label some, or train with the base rows");
            return Err(Error::Training { reason });
        };
        // a rare class that the draw missed still needs a row
        if !pick.iter().any(|r| classes[*r] == class) {
            pick.push(row);
        }
    }
    let (n, cols) = (pick.len() as f64, rows.cols);
    let mut mean = vec![0.0; cols];
    let mut deviation = vec![0.0; cols];
    for r in &pick {
        for (m, x) in mean.iter_mut().zip(rows.row(*r)) {
            *m += f64::from(*x) / n;
        }
    }
    for r in &pick {
        for ((d, m), x) in deviation.iter_mut().zip(&mean).zip(rows.row(*r)) {
            *d += (f64::from(*x) - m).powi(2) / n;
        }
    }
    for d in &mut deviation {
        *d = if *d > 1e-12 { d.sqrt() } else { 1.0 };
    }
    let mut data = Vec::with_capacity(pick.len() * cols);
    for r in &pick {
        data.extend(scaled(rows.row(*r), &mean, &deviation));
    }
    let fault = |e: String| Error::Training { reason: e };
    let records = Array2::from_shape_vec((pick.len(), cols), data).map_err(|e| fault(e.to_string()))?;
    let targets: Array1<usize> = pick.iter().map(|r| classes[*r] as usize).collect();
    let regression = MultiLogisticRegression::default()
        .alpha(ALPHA * n)
        .gradient_tolerance(TOLERANCE * n)
        .max_iterations(ITERATIONS)
        .fit(&DatasetBase::new(records, targets))
        .map_err(|e| fault(format!("regression: {e}")))?;
    Ok(Blend {
        mean,
        deviation,
        regression,
    })
}

/// Row numbers drawn in proportion to the weights, evenly spaced over their sum from a seeded start.
fn draw(weights: &[f32], seed: u64) -> Vec<usize> {
    let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
    let count = DRAWN.min(weights.len());
    let step = total / count.max(1) as f64;
    let mut next = step * f64::from(Rng::new(seed).unit());
    let mut sum = 0.0;
    let mut pick = Vec::with_capacity(count);
    for (i, w) in weights.iter().enumerate() {
        sum += f64::from(*w);
        while next < sum && pick.len() < count {
            pick.push(i);
            next += step;
        }
    }
    pick
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_drawn_by_weight() {
        let pick = draw(&[1.0, 3.0, 0.0, 4.0], 5);
        assert_eq!(pick.len(), 4);
        assert!(!pick.contains(&2));
        assert!(pick.iter().filter(|p| **p == 3).count() >= 2);
    }

    #[test]
    fn a_missing_label_is_an_error_that_says_which() {
        let rows = Matrix {
            data: vec![0.0, 1.0],
            cols: 1,
        };
        let error = fit_blend(&rows, &[Class::Body, Class::Navigation], &[1.0, 1.0], 1).unwrap_err();
        assert!(error.to_string().contains("subscription"), "{error}");
    }

    #[test]
    fn probabilities_follow_the_columns() {
        let mut rng = Rng::new(2);
        let mut data = Vec::new();
        let mut classes = Vec::new();
        let all = [Class::Body, Class::Subscription, Class::Navigation];
        for i in 0..600 {
            let k = i % 3;
            data.extend((0..3).map(|c| if c == k { 2.0 } else { 0.0 } + rng.unit()));
            classes.push(all[k]);
        }
        let rows = Matrix { data, cols: 3 };
        let blend = fit_blend(&rows, &classes, &[1.0; 600], 1).unwrap();
        let p = blend.predict(&rows);
        assert!((0..600).all(|i| p.row(i)[i % 3] > 0.8));
        assert!((0..600).all(|i| (p.row(i)[..3].iter().sum::<f32>() - 1.0).abs() < 1e-5));
    }
}
