//! A block model laid out for speed beside its plain form. Made from it, equal to it in every score.

use super::block_model::TREES;
use super::flat::Flat;
use super::trees::Trees;
use super::word_scores::{OUTPUTS, WordScores, label_rows, scale};
use crate::features::{Matrix, TokenLists};
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
    /// The weights of a bucket, in steps: whole numbers, whose sum is the same in any order.
    pub(super) fn weights(&self, bucket: u32) -> [i32; OUTPUTS] {
        self.bytes[bucket as usize].map(i32::from)
    }

    /// Log-odds from a list's sum in steps and its number of tokens.
    pub(super) fn logits(&self, scores: &WordScores, sum: [i32; OUTPUTS], tokens: usize) -> [f32; OUTPUTS] {
        let s = scale(tokens);
        [0, 1].map(|k: usize| scores.bias[k] + s * (sum[k] as f32 * self.step[k]))
    }

    /// Probabilities of all labels from all tokens of every block.
    pub(super) fn predict(&self, scores: &WordScores, tokens: &TokenLists) -> Matrix {
        let sums = tokens.sums(|bucket| self.weights(bucket));
        let logits = sums
            .into_iter()
            .enumerate()
            .map(|(i, sum)| self.logits(scores, sum, tokens.count(i)));
        label_rows(tokens.len(), logits)
    }

    /// The same from the blocks' own words.
    pub(super) fn predict_own_words(&self, scores: &WordScores, tokens: &TokenLists) -> Matrix {
        let logits = (0..tokens.len()).map(|i| {
            let own = tokens.own_words_of(i);
            let mut sum = [0; OUTPUTS];
            for bucket in own {
                let weights = self.weights(*bucket);
                for k in 0..OUTPUTS {
                    sum[k] += weights[k];
                }
            }
            self.logits(scores, sum, own.len())
        });
        label_rows(tokens.len(), logits)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Node, Tree};

    #[test]
    fn trees_are_laid_out_once_and_no_longer_used_after_others_came() {
        let leaf = Tree {
            nodes: vec![Node {
                feature: Node::LEAF,
                value: 1.0,
                left: 0,
            }],
        };
        let mut trees: [Trees; TREES] = Default::default();
        trees[0].trees.push(leaf.clone());
        let layout = Layout::default();
        assert!(layout.flat(&trees).is_some());
        assert!(layout.flat(&trees).is_some());
        trees[2].trees.push(leaf);
        assert!(layout.flat(&trees).is_none());
        assert!(Layout::default().flat(&trees).is_some());
    }
}
