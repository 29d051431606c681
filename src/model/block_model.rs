//! The model of one kind of input: from features to a probability of each label for each block.
//!
//! Stage 1 scores hashed tokens, stage 2 boosts trees over the dense features and the scores around the
//! block, stage 3 calibrates their scores in a linfa regression. Training builds its rows with the same
//! functions, so that no stage sees other columns in use than in training.

use super::blend::Blend;
use super::layout::Layout;
use super::trees::Trees;
use super::word_scores::{WordScores, normalised, sigmoid};
use crate::features::{CONTEXT_COLUMNS, Context, Features, Matrix, PageRows, Schema, TokenLists};
use crate::label::Label;
use crate::pipeline::Prepared;
use rayon::prelude::*;
use std::ops::Range;

/// Column of the probability that a block is head matter (title, byline, date, caption); the content
/// column includes it.
pub const HEAD: usize = Label::COUNT;
/// Tree ensembles: content, subscription, body text, each against the rest.
pub const TREES: usize = 3;
/// Blocks of a large page whose rows are made at a time, and whose tokens are.
const SLICE: usize = 4096;
const WORD_SLICE: usize = 32_768;
/// Columns of the blend: the tree scores as log-odds.
pub const BLEND_COLUMNS: usize = 5;

/// Columns of the trees: the schema's and the contexts of both word scores.
pub fn stage_columns() -> usize {
    Schema::get().len() + 2 * CONTEXT_COLUMNS
}

/// All stages for one kind of input.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockModel {
    /// Stage 1: all tokens of a block, its markup and its neighbours' words included.
    pub words: WordScores,
    /// Stage 1 again on the block's own words, so that a prompt is heard in any markup.
    pub wording: WordScores,
    /// Stage 2.
    pub trees: [Trees; TREES],
    /// Stage 3.
    pub blend: Blend,
    /// Stages 1 and 2 laid out for scoring.
    pub layout: Layout,
}

/// What stage 1 says of a page: label probabilities from all tokens and from the blocks' own words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WordStage {
    /// From all tokens.
    pub words: Matrix,
    /// From the own words.
    pub wording: Matrix,
}

impl BlockModel {
    /// Probabilities of the labels, one row a block, columns as in [`Label::ALL`], then [`HEAD`].
    pub fn predict_page(&self, page: &Prepared) -> Matrix {
        if page.features.are_sliced() {
            self.blend.predict(&blend_rows(&self.sliced_scores(page)))
        } else {
            self.predict(&page.features)
        }
    }

    /// The same from features alone, which must have their dense rows.
    pub fn predict(&self, features: &Features) -> Matrix {
        let stage = self.word_stage(&features.tokens);
        let context = context(features);
        let (words, wording) = (context.columns(&stage.words), context.columns(&stage.wording));
        let parts = [&features.dense, &words, &wording];
        let scores = scores_laid_out(&self.trees, &self.layout, &parts);
        self.blend.predict(&blend_rows(&scores))
    }

    fn word_stage(&self, tokens: &TokenLists) -> WordStage {
        match &self.layout.words {
            Some([words, wording]) => WordStage {
                words: words.predict(&self.words, tokens),
                wording: wording.predict_own_words(&self.wording, tokens),
            },
            None => WordStage {
                words: self.words.predict(tokens),
                wording: self.wording.predict_own_words(tokens),
            },
        }
    }

    /// Tree scores of a page too large to have its rows in memory at once. They are made by slices, on all
    /// threads of the pool; the same scores as of a smaller page.
    fn sliced_scores(&self, page: &Prepared) -> Matrix {
        let rows = PageRows::read(&page.outline, &page.meta);
        let n = page.features.len();
        let stages = in_slices(n, WORD_SLICE, |blocks| self.word_stage(&rows.tokens(blocks)));
        let (words, wording): (Vec<Matrix>, Vec<Matrix>) =
            stages.into_iter().map(|s| (s.words, s.wording)).unzip();
        let context = context(&page.features);
        let words = context.surroundings(&Matrix::stacked(words));
        let wording = context.surroundings(&Matrix::stacked(wording));
        Matrix::stacked(in_slices(n, SLICE, |blocks| {
            let parts = [
                &rows.rows(blocks.clone()),
                &words.rows(blocks.clone()),
                &wording.rows(blocks),
            ];
            scores_laid_out(&self.trees, &self.layout, &parts)
        }))
    }
}

/// What `make` makes of each slice of `n` blocks, in their order.
fn in_slices<T: Send>(n: usize, size: usize, make: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let starts: Vec<usize> = (0..n).step_by(size).collect();
    starts
        .into_par_iter()
        .map(|from| make(from..(from + size).min(n)))
        .collect()
}

fn context(f: &Features) -> Context<'_> {
    Context {
        containers: &f.containers,
        headings: &f.headings,
        path_group: &f.path_group,
        class_group: &f.class_group,
        words: &f.words,
    }
}

/// The rows that the trees see, from a page's features and its word scores.
pub fn stage_rows(features: &Features, stage: &WordStage) -> Matrix {
    let context = context(features);
    Matrix::side_by_side(&[
        &features.dense,
        &context.columns(&stage.words),
        &context.columns(&stage.wording),
    ])
}

/// Label probabilities and head matter from the trees alone.
pub fn tree_scores(trees: &[Trees; TREES], rows: &Matrix) -> Matrix {
    scores_laid_out(trees, &Layout::default(), &[rows])
}

/// From rows whose columns are those of the matrices one after the other.
fn scores_laid_out(trees: &[Trees; TREES], layout: &Layout, rows: &[&Matrix]) -> Matrix {
    let n = rows.iter().map(|m| m.rows()).min().unwrap_or(0);
    let mut out = Matrix::zeros(n, HEAD + 1);
    let [content, subscription, body] = if let Some(flat) = layout.flat(trees) {
        flat.scores([0, 1, 2].map(|k: usize| trees[k].base), rows)
    } else {
        let rows = Matrix::side_by_side(rows);
        [0, 1, 2].map(|k: usize| (0..n).map(|i| trees[k].score(rows.row(i))).collect())
    };
    for (i, sums) in content.iter().zip(&subscription).zip(&body).enumerate() {
        let ((content, subscription), body) = sums;
        let [c, s, body] = [content, subscription, body].map(|sum| sigmoid(*sum));
        let [content, subscription, navigation] = normalised(c, s);
        out.row_mut(i)
            .copy_from_slice(&[content, subscription, navigation, (content - body).max(0.0)]);
    }
    out
}

/// The rows that the blend sees, from tree scores. It calibrates: given more columns (word scores, the
/// surroundings' tree scores) it did worse on unseen sites than the trees alone.
pub fn blend_rows(scores: &Matrix) -> Matrix {
    let logit = |p: f32| {
        let p = p.clamp(0.001, 0.999);
        (p / (1.0 - p)).ln()
    };
    let mut rows = Matrix::zeros(scores.rows(), BLEND_COLUMNS);
    for i in 0..scores.rows() {
        let s = scores.row(i);
        let body = (s[0] - s[HEAD]).max(0.0);
        rows.row_mut(i)
            .copy_from_slice(&[s[0], s[1], s[2], body, s[HEAD]].map(logit));
    }
    rows
}

#[cfg(test)]
mod tests {
    use crate::features::MOST_KEPT;
    use crate::model::embedded;
    use crate::pipeline::{InputKind, Limits, prepare};
    use std::fmt::Write;

    #[test]
    fn a_page_scored_in_slices_scores_as_one_scored_at_once() {
        let mut page = String::from("<h1>Long list</h1>");
        for i in 0..MOST_KEPT {
            let text = ["Subscribe now", "A longer line of text, with words.", "Home"][i % 3];
            let _ = write!(page, "<div class=c{}><p>{text} {i}</p></div>", i % 7);
        }
        let page = prepare(page.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        assert!(page.features.are_sliced());
        let model = embedded().unwrap().page;
        let whole = page.whole_features();
        assert_eq!(whole.dense.rows(), whole.len());
        assert_eq!(model.predict_page(&page), model.predict(&whole));
    }
}
