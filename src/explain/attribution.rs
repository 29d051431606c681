//! What each column adds to the score of a tree ensemble, by the path of the row through the trees
//! (Saabas 2014): at every split, the column that is compared gets the change of the expected score.
//!
//! The model file holds no expectations for inner nodes. They are taken from the page at hand: the mean over
//! the blocks of the page that pass the node. So the base is the page's average block, and a contribution
//! tells what sets this block apart from the others. What all blocks of a page share is in the base.

use crate::features::Matrix;
use crate::model::{Node, Tree, Trees};

/// Blocks of a page that are looked at; evenly spaced when there are more.
const MOST_ROWS: usize = 1_000;
/// Weight of the plain mean of both branches beside the page's blocks, for nodes that few blocks pass.
const PLAIN: f32 = 2.0;

/// A score taken apart: `base` and the columns' shares sum to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// Expected score on this page.
    pub base: f32,
    /// What each column adds.
    pub columns: Vec<f32>,
}

impl Attribution {
    /// The score.
    pub fn score(&self) -> f32 {
        self.base + self.columns.iter().sum::<f32>()
    }

    /// What is left when the other score is taken away: what speaks for one label rather than another.
    pub fn minus(&self, other: &Attribution) -> Attribution {
        Attribution {
            base: self.base - other.base,
            columns: self
                .columns
                .iter()
                .zip(&other.columns)
                .map(|(a, b)| a - b)
                .collect(),
        }
    }

    /// The score 0, of the label that the others are measured against.
    pub fn zero(columns: usize) -> Attribution {
        Attribution {
            base: 0.0,
            columns: vec![0.0; columns],
        }
    }
}

/// The expected score of every node of an ensemble, over the blocks of a page.
#[derive(Debug)]
pub struct Background<'a> {
    trees: &'a Trees,
    values: Vec<Vec<f32>>,
}

impl<'a> Background<'a> {
    /// Sends the rows of a page through the trees.
    pub fn of(trees: &'a Trees, rows: &Matrix) -> Background<'a> {
        let step = rows.rows().div_ceil(MOST_ROWS).max(1);
        let picked: Vec<usize> = (0..rows.rows()).step_by(step).collect();
        let values = trees
            .trees
            .iter()
            .map(|t| node_values(t, rows, &picked))
            .collect();
        Background { trees, values }
    }

    /// Takes the score of one row apart.
    pub fn attribute(&self, row: &[f32]) -> Attribution {
        let mut out = Attribution::zero(row.len());
        out.base = self.trees.base;
        for (tree, values) in self.trees.trees.iter().zip(&self.values) {
            let mut at = 0;
            out.base += values[0];
            for next in path(tree, row).skip(1) {
                out.columns[tree.nodes[at].feature as usize] += values[next] - values[at];
                at = next;
            }
        }
        out
    }
}

/// The nodes that a row passes, the root first and a leaf last.
fn path<'a>(tree: &'a Tree, row: &'a [f32]) -> impl Iterator<Item = usize> + 'a {
    std::iter::successors(Some(0_usize), move |at| {
        let node = tree.nodes[*at];
        (node.feature != Node::LEAF)
            .then(|| node.left as usize + usize::from(row[node.feature as usize] > node.value))
    })
}

/// Expected value of each node. Children stand behind their parent, so that one walk from the end suffices.
fn node_values(tree: &Tree, rows: &Matrix, picked: &[usize]) -> Vec<f32> {
    let n = tree.nodes.len();
    let (mut seen, mut sums) = (vec![0.0_f32; n], vec![0.0_f32; n]);
    for i in picked {
        let row = rows.row(*i);
        let value = tree.score(row);
        for at in path(tree, row) {
            seen[at] += 1.0;
            sums[at] += value;
        }
    }
    let mut values = vec![0.0; n];
    for at in (0..n).rev() {
        let node = tree.nodes[at];
        values[at] = if node.feature == Node::LEAF {
            node.value
        } else {
            let left = node.left as usize;
            let plain = f32::midpoint(values[left], values[left + 1]);
            (sums[at] + PLAIN * plain) / (seen[at] + PLAIN)
        };
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(value: f32) -> Node {
        Node {
            feature: Node::LEAF,
            value,
            left: 0,
        }
    }

    fn split(feature: u16, value: f32, left: u16) -> Node {
        Node { feature, value, left }
    }

    #[test]
    fn base_and_columns_sum_to_the_score_and_an_unread_column_gets_nothing() {
        let trees = Trees {
            base: 0.5,
            trees: vec![
                Tree {
                    nodes: vec![
                        split(0, 1.0, 1),
                        leaf(-1.0),
                        split(2, 0.0, 3),
                        leaf(1.0),
                        leaf(3.0),
                    ],
                },
                Tree {
                    nodes: vec![leaf(0.25)],
                },
            ],
        };
        let rows = Matrix {
            data: vec![0.0, 7.0, 0.0, 2.0, 7.0, 0.0, 2.0, 7.0, 5.0],
            cols: 3,
        };
        let background = Background::of(&trees, &rows);
        for i in 0..3 {
            let a = background.attribute(rows.row(i));
            assert!((a.score() - trees.score(rows.row(i))).abs() < 1e-6);
            assert_eq!(a.columns[1], 0.0);
        }
        let top = background.attribute(rows.row(2));
        assert!(top.columns[0] > 0.0 && top.columns[2] > 0.0);
        assert!(background.attribute(rows.row(0)).columns[0] < 0.0);
    }
}
