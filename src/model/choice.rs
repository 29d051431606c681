//! The last step from probabilities to the body text of a page: which of the doubtful blocks to take.
//!
//! A fixed threshold is wrong for pages on which the model is unsure throughout. The set of blocks that
//! maximises the expected word F1 of a page takes all blocks above half of the best F1 that can be
//! expected (Lewis 1995; Lipton, Elkan, Naryanaswamy 2014). That holds for blocks that are right or wrong
//! each by itself; those of one page are so together. Boosted trees that were fitted to the word F1 itself
//! (`learn/fit_choice.rs`) therefore move each doubtful block above or below that threshold.

use super::blend::Class;
use super::block_model::{HEAD, SLICE, in_slices};
use super::trees::Trees;
use crate::features::{
    Around, CONTEXT_COLUMNS, Matrix, PAGE_COLUMNS, RowWriter, STANDING_COLUMNS, Standing, Surroundings, logit,
};
use crate::label::Label;

/// Column of the score of taking a block as body text: it is taken above 0.
pub const CHOICE: usize = Class::COUNT;
/// Columns of the trees: the context of the probabilities, how the block stands, the page's features.
pub const CHOICE_COLUMNS: usize = CONTEXT_COLUMNS + STANDING_COLUMNS + PAGE_COLUMNS;

/// Blocks less likely, or likelier, than this are out of doubt.
const DOUBT: (f32, f32) = (0.1, 0.9);
/// Bounds of a page's threshold for body text, and what is added to the optimum to favour precision.
const LOWEST: f32 = 0.3;
const HIGHEST: f32 = 0.6;
const MARGIN: f32 = 0.05;

/// The doubtful blocks of a page.
pub struct Doubtful<'a> {
    /// Numbers of the blocks, ascending.
    pub blocks: Vec<usize>,
    /// For every block of the page the log-odds of body text against the page's threshold.
    pub above: Vec<f32>,
    probabilities: &'a Matrix,
    around: &'a Around,
    page: &'a [f32],
    body: Vec<f32>,
    /// All blocks, the likeliest body text first.
    order: Vec<usize>,
    threshold: f32,
}

impl<'a> Doubtful<'a> {
    /// Reads a page from the probabilities of its blocks (columns as [`super::Blend::predict`] gives them)
    /// and its [`PAGE_COLUMNS`] values.
    pub fn read(probabilities: &'a Matrix, around: &'a Around, page: &'a [f32]) -> Doubtful<'a> {
        let n = probabilities.rows();
        let body: Vec<f32> = (0..n).map(|i| body(probabilities.row(i))).collect();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| body[*b].total_cmp(&body[*a]).then(a.cmp(b)));
        let threshold = body_threshold(&order, &body, &around.words);
        Doubtful {
            blocks: (0..n)
                .filter(|i| (DOUBT.0..=DOUBT.1).contains(&body[*i]))
                .collect(),
            above: body.iter().map(|p| logit(*p) - logit(threshold)).collect(),
            probabilities,
            around,
            page,
            body,
            order,
            threshold,
        }
    }

    /// What the rows of the doubtful blocks are made of.
    pub fn sums(&self) -> ChoiceSums<'_> {
        let mut seen = Matrix::zeros(self.body.len(), Label::COUNT);
        let mut head = Vec::with_capacity(self.body.len());
        for (i, body) in self.body.iter().enumerate() {
            let p = self.probabilities.row(i);
            let prompt = p[Label::Subscription.index()];
            seen.row_mut(i)
                .copy_from_slice(&[*body, prompt, 1.0 - body - prompt]);
            head.push(p[HEAD]);
        }
        ChoiceSums {
            surroundings: Surroundings::read(self.around, &seen),
            standing: Standing::read(self.around, &self.body, head, self.threshold, &self.order),
            page: self.page,
        }
    }
}

/// Sums over a page that the rows of its doubtful blocks are made of.
pub struct ChoiceSums<'a> {
    surroundings: Surroundings<'a>,
    standing: Standing<'a>,
    page: &'a [f32],
}

impl ChoiceSums<'_> {
    /// Makes the rows of some blocks in ascending order, [`CHOICE_COLUMNS`] wide, one at a time: on a large page all
    /// of them would take more memory than the page.
    pub fn each(&self, blocks: &[usize], mut visit: impl FnMut(usize, &[f32])) {
        let mut context = self.surroundings.writer();
        let mut row = [0.0; CHOICE_COLUMNS];
        for block in blocks {
            let mut w = RowWriter::new(&mut row);
            context.write(*block, &mut w);
            self.standing.write(*block, &mut w);
            w.put_all(self.page);
            debug_assert_eq!(w.written(), CHOICE_COLUMNS);
            visit(*block, &row);
        }
    }
}

/// Probability that a block is body text: content, but no head matter.
pub(super) fn body(p: &[f32]) -> f32 {
    (p[Label::Content.index()] - p[HEAD]).max(0.0)
}

/// The probabilities of a page with the column [`CHOICE`] beside them.
pub(super) fn choose(trees: &Trees, probabilities: &Matrix, around: &Around, page: &[f32]) -> Matrix {
    let mut doubtful = Doubtful::read(probabilities, around, page);
    let mut scores = std::mem::take(&mut doubtful.above);
    let blocks = &doubtful.blocks;
    if !trees.trees.is_empty() && !blocks.is_empty() {
        let sums = doubtful.sums();
        let parts = in_slices(blocks.len(), SLICE, |range| {
            let mut moved = Vec::with_capacity(range.len());
            sums.each(&blocks[range], |_, row| moved.push(trees.score(row)));
            moved
        });
        for (block, moved) in blocks.iter().zip(parts.into_iter().flatten()) {
            scores[*block] += moved;
        }
    }
    Matrix::side_by_side(&[
        probabilities,
        &Matrix {
            data: scores,
            cols: 1,
        },
    ])
}

/// Half of the best expected F1 over the sets of most probable blocks, within bounds.
fn body_threshold(order: &[usize], body: &[f32], words: &[f32]) -> f32 {
    let expected: f32 = order.iter().map(|i| body[*i] * words[*i]).sum();
    let (mut hits, mut taken, mut best) = (0.0, 0.0, 0.0_f32);
    for i in order {
        hits += body[*i] * words[*i];
        taken += words[*i];
        best = best.max(2.0 * hits / (taken + expected).max(1e-6));
    }
    (best / 2.0 + MARGIN).clamp(LOWEST, HIGHEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Node, Tree};

    fn around(words: &[f32]) -> Around {
        let n = words.len();
        Around {
            containers: vec![[(0, n as u32); crate::features::CONTAINERS]; n],
            headings: vec![0; n],
            path_group: vec![0; n],
            class_group: vec![0; n],
            words: words.to_vec(),
            first_copy: (0..n as u32).collect(),
        }
    }

    fn page(content: &[f32]) -> Matrix {
        Matrix {
            data: content.iter().flat_map(|c| [*c, 0.0, 1.0 - c, 0.0]).collect(),
            cols: 4,
        }
    }

    fn taken(trees: &Trees, content: &[f32], words: &[f32]) -> Vec<bool> {
        let chosen = choose(trees, &page(content), &around(words), &[0.0; PAGE_COLUMNS]);
        (0..content.len()).map(|i| chosen.row(i)[CHOICE] > 0.0).collect()
    }

    #[test]
    fn a_sure_page_uses_the_plain_threshold_and_an_unsure_page_a_lower_one() {
        let none = Trees::default();
        assert_eq!(
            taken(&none, &[0.99, 0.45, 0.01], &[100.0, 5.0, 5.0]),
            [true, false, false]
        );
        assert_eq!(
            taken(&none, &[0.42, 0.41, 0.05], &[50.0, 50.0, 50.0]),
            [true, true, false]
        );
        assert!(taken(&none, &[], &[]).is_empty());
    }

    #[test]
    fn trees_move_doubtful_blocks_alone() {
        let leaf = |value| Node {
            feature: Node::LEAF,
            value,
            left: 0,
        };
        let lift = |value| Trees {
            base: 0.0,
            trees: vec![Tree {
                nodes: vec![leaf(value)],
            }],
        };
        let (content, words) = ([0.95, 0.5, 0.3, 0.02], [40.0; 4]);
        assert_eq!(taken(&lift(9.0), &content, &words), [true, true, true, false]);
        assert_eq!(taken(&lift(-9.0), &content, &words), [true, false, false, false]);
    }
}
