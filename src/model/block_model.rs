//! The model of one kind of input: from features to a probability of each label for each block.
//!
//! Stage 1 scores hashed tokens, stage 2 boosts trees over the dense features and the scores around the
//! block, stage 3 calibrates their scores in a linfa regression, stage 4 chooses the body text of the page.
//! Training builds its rows with the same functions, so that no stage sees other columns in use than in
//! training.

use super::blend::Blend;
use super::choice::{body, choose};
use super::flat::{FlatScores, LANES};
use super::layout::Layout;
use super::trees::Trees;
use super::word_scores::{WordScores, normalised, sigmoid};
use crate::features::{
    CONTEXT_COLUMNS, Features, Matrix, RowWriter, Schema, Surroundings, TokenLists, context_columns,
};
use crate::label::Label;
use crate::number::ln;
use crate::pipeline::Prepared;
use rayon::prelude::*;
use std::ops::Range;

/// Column of the probability that a block is head matter (title, byline, date, caption); the content
/// column includes it.
pub const HEAD: usize = Label::COUNT;
/// Tree ensembles: content, subscription, body text, each against the rest.
pub const TREES: usize = 3;
/// Blocks of a large page whose rows are made at a time, and whose tokens are.
pub(super) const SLICE: usize = 4096;
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
    /// Stage 4: which doubtful blocks are body text.
    pub choice: Trees,
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
    /// Probabilities of the labels, one row a block, columns as in [`Label::ALL`], then [`HEAD`], and the score
    /// of taking the block as body text ([`super::CHOICE`]). Large pages are scored in slices on all threads of
    /// the pool; the scores are the same.
    pub fn predict_page(&self, page: &Prepared) -> Matrix {
        let (rows, n) = (&page.rows, page.rows.len());
        let stages = in_slices(n, WORD_SLICE, |blocks| self.word_stage(&rows.tokens(blocks)));
        let (words, wording): (Vec<Matrix>, Vec<Matrix>) =
            stages.into_iter().map(|s| (s.words, s.wording)).unzip();
        let words = Surroundings::read(&page.around, &Matrix::stacked(words));
        let wording = Surroundings::read(&page.around, &Matrix::stacked(wording));
        let slices = in_slices(n, SLICE, |blocks| {
            let mut scores = TreeScores::new(&self.trees, &self.layout);
            let (mut dense, mut words, mut wording) = (rows.writer(), words.writer(), wording.writer());
            let mut tile = Matrix::zeros(LANES, stage_columns());
            for from in blocks.clone().step_by(LANES) {
                let blocks = from..(from + LANES).min(blocks.end);
                tile.data.truncate(blocks.len() * tile.cols);
                for (row, i) in blocks.enumerate() {
                    let mut w = RowWriter::new(tile.row_mut(row));
                    dense.write(i, &mut w);
                    words.write(i, &mut w);
                    wording.write(i, &mut w);
                }
                scores.add(&tile);
            }
            scores.finish()
        });
        let probabilities = self.blend.predict(&blend_rows(&Matrix::stacked(slices)));
        choose(&self.choice, &probabilities, &page.around, rows.page_values())
    }

    /// The same from features that are in memory as a whole.
    pub fn predict(&self, features: &Features) -> Matrix {
        let rows = stage_rows(features, &self.word_stage(&features.tokens));
        let mut scores = TreeScores::new(&self.trees, &self.layout);
        scores.add(&rows);
        let probabilities = self.blend.predict(&blend_rows(&scores.finish()));
        choose(
            &self.choice,
            &probabilities,
            &features.around,
            features.page_values(),
        )
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
}

/// What `make` makes of each slice of `n` blocks, in their order.
pub(super) fn in_slices<T: Send>(n: usize, size: usize, make: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    if n <= size {
        return vec![make(0..n)];
    }
    let starts: Vec<usize> = (0..n).step_by(size).collect();
    starts
        .into_par_iter()
        .map(|from| make(from..(from + size).min(n)))
        .collect()
}

/// The rows that the trees see, from a page's features and its word scores.
pub fn stage_rows(features: &Features, stage: &WordStage) -> Matrix {
    Matrix::side_by_side(&[
        &features.dense,
        &context_columns(&features.around, &stage.words),
        &context_columns(&features.around, &stage.wording),
    ])
}

/// Label probabilities and head matter from the trees alone.
pub fn tree_scores(trees: &[Trees; TREES], rows: &Matrix) -> Matrix {
    let layout = Layout::default();
    let mut scores = TreeScores::new(trees, &layout);
    scores.add(rows);
    scores.finish()
}

/// The trees' scores of rows that come in parts.
struct TreeScores<'a> {
    trees: &'a [Trees; TREES],
    flat: Option<FlatScores<'a>>,
    sums: [Vec<f32>; TREES],
}

impl<'a> TreeScores<'a> {
    fn new(trees: &'a [Trees; TREES], layout: &'a Layout) -> TreeScores<'a> {
        TreeScores {
            trees,
            flat: layout.flat(trees).map(FlatScores::new),
            sums: Default::default(),
        }
    }

    fn add(&mut self, rows: &Matrix) {
        let bases = [0, 1, 2].map(|k: usize| self.trees[k].base);
        if let Some(flat) = &mut self.flat {
            flat.add(bases, rows, &mut self.sums);
            return;
        }
        for (trees, sums) in self.trees.iter().zip(&mut self.sums) {
            sums.extend((0..rows.rows()).map(|i| trees.score(rows.row(i))));
        }
    }

    fn finish(self) -> Matrix {
        let [content, subscription, body] = self.sums;
        let mut out = Matrix::zeros(content.len(), HEAD + 1);
        for (i, sums) in content.iter().zip(&subscription).zip(&body).enumerate() {
            let ((content, subscription), body) = sums;
            let [c, s, body] = [content, subscription, body].map(|sum| sigmoid(*sum));
            let [content, subscription, navigation] = normalised(c, s);
            out.row_mut(i)
                .copy_from_slice(&[content, subscription, navigation, (content - body).max(0.0)]);
        }
        out
    }
}

/// The rows that the blend sees, from tree scores. It calibrates: given more columns (word scores, the
/// surroundings' tree scores) it did worse on unseen sites than the trees alone.
pub fn blend_rows(scores: &Matrix) -> Matrix {
    let logit = |p: f32| {
        let p = p.clamp(0.001, 0.999);
        ln(p / (1.0 - p))
    };
    let mut rows = Matrix::zeros(scores.rows(), BLEND_COLUMNS);
    for i in 0..scores.rows() {
        let s = scores.row(i);
        let body = body(s);
        rows.row_mut(i)
            .copy_from_slice(&[s[0], s[1], s[2], body, s[HEAD]].map(logit));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::embedded;
    use crate::pipeline::{InputKind, Limits, prepare};
    use std::fmt::Write;

    #[test]
    fn pages_scored_in_slices_score_as_pages_scored_at_once() {
        let model = embedded().unwrap().page;
        for blocks in [0, 1, LANES, LANES + 1, 300, WORD_SLICE + 1] {
            let mut page = String::from("<title>Long list</title>");
            for i in 0..blocks {
                let text = ["Subscribe now", "A longer line of text, with words.", "Home"][i % 3];
                let _ = write!(page, "<div class=c{}><p>{text} {i}</p></div>", i % 7);
            }
            let page = prepare(page.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
            let whole = page.rows.whole_features();
            assert_eq!(whole.dense.rows(), blocks);
            assert_eq!(model.predict_page(&page), model.predict(&whole));
        }
    }
}
