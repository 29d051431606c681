//! Fits word scores: two logistic regressions over hashed tokens by AdaGrad (Duchi et al. 2011), row by
//! row in a seeded order. linfa's models take dense rows, which 262,144 columns rule out.

use super::rng::Rng;
use crate::label::Label;
use crate::model::{OUTPUTS, WordScores, scale, sigmoid};

/// One labelled block.
#[derive(Debug, Clone, Copy)]
pub struct WordRow<'a> {
    /// Token buckets.
    pub tokens: &'a [u32],
    /// Its label.
    pub label: Label,
    /// How much it counts.
    pub weight: f32,
}

/// How word scores are fitted.
#[derive(Debug, Clone, Copy)]
pub struct WordParams {
    /// Passes over the rows.
    pub epochs: usize,
    /// Step size.
    pub rate: f32,
    /// Pull of every touched weight towards zero, a step.
    pub decay: f32,
    /// Seed of the order.
    pub seed: u64,
}

impl Default for WordParams {
    fn default() -> Self {
        WordParams {
            epochs: 3,
            rate: 0.25,
            decay: 1e-4,
            seed: 1,
        }
    }
}

/// Fits from `start` (all zero for a new model).
pub fn fit_words(rows: &[WordRow<'_>], start: WordScores, params: &WordParams) -> WordScores {
    let mut model = start;
    let mut squares = vec![[1e-2_f32; OUTPUTS]; model.weights.len()];
    let mut bias_squares = [1e-2_f32; OUTPUTS];
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut rng = Rng::new(params.seed);
    for _ in 0..params.epochs {
        rng.shuffle(&mut order);
        for &at in &order {
            let row = &rows[at as usize];
            let logits = model.logits(row.tokens);
            let s = scale(row.tokens.len());
            let target = [Label::Content, Label::Subscription].map(|l| f32::from(u8::from(row.label == l)));
            let mut slope = [0.0; OUTPUTS];
            for k in 0..OUTPUTS {
                slope[k] = (sigmoid(logits[k]) - target[k]) * row.weight;
                bias_squares[k] += slope[k] * slope[k];
                model.bias[k] -= params.rate * slope[k] / bias_squares[k].sqrt();
            }
            if slope.iter().all(|g| g.abs() < 1e-3) {
                continue;
            }
            for t in row.tokens {
                let w = &mut model.weights[*t as usize];
                let q = &mut squares[*t as usize];
                for k in 0..OUTPUTS {
                    let g = slope[k] * s + params.decay * w[k];
                    q[k] += g * g;
                    w[k] -= params.rate * g / q[k].sqrt();
                }
            }
        }
    }
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_label_get_weights_for_it() {
        let lists: Vec<(Vec<u32>, Label)> = (0..300)
            .map(|i| match i % 3 {
                0 => (vec![1, 10 + i], Label::Content),
                1 => (vec![2, 10 + i], Label::Subscription),
                _ => (vec![3, 10 + i], Label::Navigation),
            })
            .collect();
        let rows: Vec<WordRow<'_>> = lists
            .iter()
            .map(|(t, l)| WordRow {
                tokens: t,
                label: *l,
                weight: 1.0,
            })
            .collect();
        let m = fit_words(&rows, WordScores::default(), &WordParams::default());
        let p = |t: u32| m.logits(&[t, 999]).map(sigmoid);
        assert!(p(1)[0] > 0.7 && p(1)[1] < 0.3, "{:?}", p(1));
        assert!(p(2)[1] > 0.7 && p(2)[0] < 0.3, "{:?}", p(2));
        assert!(p(3)[0] < 0.3 && p(3)[1] < 0.3, "{:?}", p(3));
        assert_eq!(m, fit_words(&rows, WordScores::default(), &WordParams::default()));
    }
}
