//! The linear model over hashed tokens: how much each word or class name speaks for a label.

use crate::features::{Matrix, TOKEN_BITS, TokenLists};
use crate::number::exp;

/// Labels that get a score of their own; navigation is what neither claims.
pub const OUTPUTS: usize = 2;

/// Weights by token bucket, for content and for subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct WordScores {
    /// `1 << TOKEN_BITS` pairs of weights.
    pub weights: Vec<[f32; OUTPUTS]>,
    /// Intercepts.
    pub bias: [f32; OUTPUTS],
}

impl Default for WordScores {
    fn default() -> Self {
        WordScores {
            weights: vec![[0.0; OUTPUTS]; 1 << TOKEN_BITS],
            bias: [0.0; OUTPUTS],
        }
    }
}

/// Scale of a list of tokens, so that long blocks don't outweigh short ones.
pub fn scale(tokens: usize) -> f32 {
    1.0 / (tokens.max(1) as f32).sqrt()
}

impl WordScores {
    /// Log-odds of content and of subscription for one list of tokens.
    pub fn logits(&self, tokens: &[u32]) -> [f32; OUTPUTS] {
        let mut sum = [0.0; OUTPUTS];
        for t in tokens {
            let w = &self.weights[*t as usize];
            for k in 0..OUTPUTS {
                sum[k] += w[k];
            }
        }
        let s = scale(tokens.len());
        [0, 1].map(|k| self.bias[k] + s * sum[k])
    }

    /// Probabilities of all labels for every block of a page, from all its tokens.
    pub fn predict(&self, tokens: &TokenLists) -> Matrix {
        label_rows(
            tokens.len(),
            (0..tokens.len()).map(|i| self.logits(&tokens.of(i))),
        )
    }

    /// The same from the blocks' own words.
    pub fn predict_own_words(&self, tokens: &TokenLists) -> Matrix {
        let logits = (0..tokens.len()).map(|i| self.logits(tokens.own_words_of(i)));
        label_rows(tokens.len(), logits)
    }
}

/// Rows of probabilities of all labels, from log-odds of content and of subscription.
pub(super) fn label_rows(blocks: usize, logits: impl Iterator<Item = [f32; OUTPUTS]>) -> Matrix {
    let mut out = Matrix::zeros(blocks, 3);
    for (i, logits) in logits.take(blocks).enumerate() {
        let [c, s] = logits.map(sigmoid);
        out.row_mut(i).copy_from_slice(&normalised(c, s));
    }
    out
}

/// The logistic function.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Three probabilities that sum to 1 from two one-against-rest probabilities.
pub fn normalised(content: f32, subscription: f32) -> [f32; 3] {
    let navigation = (1.0 - content) * (1.0 - subscription);
    let (c, s) = (content * (1.0 - subscription), subscription * (1.0 - content));
    let sum = (c + s + navigation).max(1e-9);
    [c / sum, s / sum, navigation / sum]
}
