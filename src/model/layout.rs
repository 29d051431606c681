//! A block model laid out for speed beside its plain form. Made from it, equal to it in every score.

use super::block_model::TREES;
use super::flat::Flat;
use super::trees::Trees;
use super::word_scores::{OUTPUTS, WordScores, scale};
use std::sync::OnceLock;

/// Word weights as the model file has them: a quarter of the memory, so that more of it is at hand.
#[derive(Debug, Clone)]
pub(super) struct PackedWords {
    /// By token bucket.
    pub(super) bytes: Vec<[i8; OUTPUTS]>,
    /// Weights are bytes times this.
    pub(super) step: [f32; OUTPUTS],
}

impl PackedWords {
    /// As [`WordScores::logits`] of the scores that these are.
    pub(super) fn logits(&self, scores: &WordScores, tokens: &[u32]) -> [f32; OUTPUTS] {
        let mut sum = [0.0; OUTPUTS];
        for t in tokens {
            let bytes = self.bytes[*t as usize];
            for k in 0..OUTPUTS {
                sum[k] += f32::from(bytes[k]) * self.step[k];
            }
        }
        let s = scale(tokens.len());
        [0, 1].map(|k: usize| scores.bias[k] + s * sum[k])
    }
}

/// The layout. It is no part of what a model says: any two are equal, and a clone starts anew.
#[derive(Debug, Default)]
pub struct Layout {
    pub(super) flat: OnceLock<Option<Flat>>,
    /// All tokens and own words, as they came from a model file.
    pub(super) words: Option<[PackedWords; 2]>,
}

impl Layout {
    /// The trees by feature, made when they are first asked for.
    pub(super) fn flat(&self, trees: &[Trees; TREES]) -> Option<&Flat> {
        let flat = self.flat.get_or_init(|| Flat::new(trees)).as_ref()?;
        // trees that were added since are not in there
        (flat.sizes == [0, 1, 2].map(|k: usize| trees[k].trees.len())).then_some(flat)
    }
}

impl Clone for Layout {
    fn clone(&self) -> Layout {
        Layout::default()
    }
}

impl PartialEq for Layout {
    fn eq(&self, _: &Layout) -> bool {
        true
    }
}
