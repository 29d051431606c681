//! The model of one kind of input: from features to a probability of each label for each block.
//!
//! Stage 1 scores hashed tokens, stage 2 boosts trees over the dense features and the scores around the
//! block, stage 3 blends both with the surroundings' tree scores in a linfa regression. Training builds
//! its rows with the same functions, so that no stage sees other columns in use than in training.

use super::blend::Blend;
use super::trees::Trees;
use super::word_scores::{OUTPUTS, WordScores, normalised, sigmoid};
use crate::features::{CONTEXT_COLUMNS, Context, Features, Matrix, Schema, log1p};

/// Own columns of the blend beside the context of the tree scores.
const OWN_COLUMNS: usize = 6;
/// Columns of the blend.
pub const BLEND_COLUMNS: usize = OWN_COLUMNS + CONTEXT_COLUMNS;

/// Columns of the trees: the schema's and the context of the word scores.
pub fn stage_columns() -> usize {
    Schema::get().len() + CONTEXT_COLUMNS
}

/// All stages for one kind of input.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockModel {
    /// Stage 1.
    pub words: WordScores,
    /// Stage 2: content against the rest, subscription against the rest.
    pub trees: [Trees; OUTPUTS],
    /// Stage 3.
    pub blend: Blend,
}

impl BlockModel {
    /// Probabilities of the labels, one row a block, columns as in [`crate::label::Label::ALL`].
    pub fn predict(&self, features: &Features) -> Matrix {
        let words = self.words.predict(&features.tokens);
        let scores = tree_scores(&self.trees, &stage_rows(features, &words));
        self.blend.predict(&blend_rows(features, &words, &scores))
    }
}

fn context(f: &Features) -> Context<'_> {
    Context {
        containers: &f.containers,
        path_group: &f.path_group,
        class_group: &f.class_group,
        words: &f.words,
    }
}

/// The rows that the trees see, from a page's features and its word scores.
pub fn stage_rows(features: &Features, words: &Matrix) -> Matrix {
    features.dense.beside(&context(features).columns(words))
}

/// Label probabilities from the trees alone.
pub fn tree_scores(trees: &[Trees; OUTPUTS], rows: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(rows.rows(), 3);
    for i in 0..rows.rows() {
        let [c, s] = [0, 1].map(|k: usize| sigmoid(trees[k].score(rows.row(i))));
        out.row_mut(i).copy_from_slice(&normalised(c, s));
    }
    out
}

/// The rows that the blend sees, from word scores and tree scores.
pub fn blend_rows(features: &Features, words: &Matrix, scores: &Matrix) -> Matrix {
    let logit = |p: f32| {
        let p = p.clamp(0.001, 0.999);
        (p / (1.0 - p)).ln()
    };
    let mut own = Matrix::zeros(words.rows(), OWN_COLUMNS);
    for i in 0..words.rows() {
        let (w, s) = (words.row(i), scores.row(i));
        let size = log1p(features.words[i]);
        own.row_mut(i).copy_from_slice(&[
            logit(w[0]),
            logit(w[1]),
            size,
            logit(s[0]) * size * 0.3,
            logit(s[1]) * size * 0.3,
            logit(s[2]),
        ]);
    }
    own.beside(&context(features).columns(scores))
}
