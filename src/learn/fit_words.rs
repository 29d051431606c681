//! Fits word scores: two logistic regressions over hashed tokens by AdaGrad (Duchi et al. 2011), row by
//! row in a seeded order. linfa's models take dense rows, which 262,144 columns rule out.

use super::rng::Rng;
use crate::label::Label;
use crate::model::{OUTPUTS, WordScores, scale, sigmoid};
use std::borrow::Cow;

/// One labelled block.
#[derive(Debug, Clone)]
pub struct WordRow<'a> {
    /// Token buckets.
    pub tokens: Cow<'a, [u32]>,
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
    /// Step size by output.
    pub rate: [f32; OUTPUTS],
    /// Pull of every touched weight towards zero, a step, by output.
    pub decay: [f32; OUTPUTS],
    /// Seed of the order.
    pub seed: u64,
}

impl Default for WordParams {
    fn default() -> Self {
        WordParams {
            epochs: 3,
            // subscription is rare, and its words need larger steps to be learned at all
            rate: [0.05, 0.5],
            decay: [1e-4, 1e-5],
            seed: 1,
        }
    }
}

/// What each token's sums of squared slopes begin with. A token that the start model knows has been seen on
/// far more pages than the new ones: it moves slowly, while unknown tokens are learned at once.
const NEW_SQUARE: f32 = 1e-2;
const KNOWN_SQUARE: f32 = 1e3;

/// Fits from `start` (all zero for a new model).
pub fn fit_words(rows: &[WordRow<'_>], start: WordScores, params: &WordParams) -> WordScores {
    let mut model = start;
    let known = |w: &[f32; OUTPUTS]| w.iter().any(|w| *w != 0.0);
    let start_of = |known: bool| [if known { KNOWN_SQUARE } else { NEW_SQUARE }; OUTPUTS];
    let mut squares: Vec<[f32; OUTPUTS]> = model.weights.iter().map(|w| start_of(known(w))).collect();
    // a few pages of one site say nothing of how frequent labels are elsewhere
    let bias_is_free = !known(&model.bias);
    let mut bias_squares = [NEW_SQUARE; OUTPUTS];
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut rng = Rng::new(params.seed);
    for _ in 0..params.epochs {
        rng.shuffle(&mut order);
        for &at in &order {
            let row = &rows[at as usize];
            let logits = model.logits(&row.tokens);
            let s = scale(row.tokens.len());
            let target = [Label::Content, Label::Subscription].map(|l| f32::from(u8::from(row.label == l)));
            let mut slope = [0.0; OUTPUTS];
            for k in 0..OUTPUTS {
                slope[k] = (sigmoid(logits[k]) - target[k]) * row.weight;
                if bias_is_free {
                    bias_squares[k] += slope[k] * slope[k];
                    model.bias[k] -= params.rate[k] * slope[k] / bias_squares[k].sqrt();
                }
            }
            if slope.iter().all(|g| g.abs() < 1e-3) {
                continue;
            }
            for t in row.tokens.iter() {
                let w = &mut model.weights[*t as usize];
                let q = &mut squares[*t as usize];
                for k in 0..OUTPUTS {
                    let g = slope[k] * s + params.decay[k] * w[k];
                    q[k] += g * g;
                    w[k] -= params.rate[k] * g / q[k].sqrt();
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
    fn on_top_of_a_model_new_tokens_are_learned_and_known_ones_hardly_move() {
        let mut start = WordScores::default();
        start.weights[1] = [1.0, -1.0];
        start.bias = [0.1, -2.0];
        let tokens = [1, 2];
        let rows = vec![
            WordRow {
                tokens: (&tokens).into(),
                label: Label::Subscription,
                weight: 1.0,
            };
            40
        ];
        let m = fit_words(&rows, start.clone(), &WordParams::default());
        let moved = |t: usize| (m.weights[t][1] - start.weights[t][1]).abs();
        assert!(moved(2) > 2.0 * moved(1), "{} {}", moved(1), moved(2));
        assert_eq!(m.bias, start.bias);
    }

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
                tokens: t.into(),
                label: *l,
                weight: 1.0,
            })
            .collect();
        let params = WordParams {
            rate: [0.25; OUTPUTS],
            ..WordParams::default()
        };
        let m = fit_words(&rows, WordScores::default(), &params);
        let p = |t: u32| m.logits(&[t, 999]).map(sigmoid);
        assert!(p(1)[0] > 0.7 && p(1)[1] < 0.3, "{:?}", p(1));
        assert!(p(2)[1] > 0.7 && p(2)[0] < 0.3, "{:?}", p(2));
        assert!(p(3)[0] < 0.3 && p(3)[1] < 0.3, "{:?}", p(3));
        assert_eq!(m, fit_words(&rows, WordScores::default(), &params));
    }
}
