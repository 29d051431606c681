//! Boosted trees laid out for scoring: one list of nodes, several rows walked at once without branches.
//! Gives the very sums of [`super::Trees::score`]; holds no training.

use super::trees::{Node, Trees};
use crate::features::Matrix;
use std::sync::OnceLock;

/// Rows that are walked down a tree together, so that the loads of one hide those of the others.
const LANES: usize = 16;

/// An inner node, or a leaf that leads to itself.
#[derive(Debug, Clone, Copy)]
struct Step {
    value: f32,
    feature: u16,
    left: u16,
}

#[derive(Debug)]
struct Shape {
    first: usize,
    nodes: usize,
    depth: usize,
}

/// Trees in one list.
#[derive(Debug)]
pub(super) struct Flat {
    steps: Vec<Step>,
    leaves: Vec<f32>,
    shapes: Vec<Shape>,
    columns: usize,
}

impl Flat {
    pub(super) fn new(trees: &Trees) -> Flat {
        let mut flat = Flat {
            steps: Vec::new(),
            leaves: Vec::new(),
            shapes: Vec::with_capacity(trees.trees.len()),
            columns: 1,
        };
        for tree in &trees.trees {
            let first = flat.steps.len();
            let mut depths = vec![0; tree.nodes.len()];
            for (i, n) in tree.nodes.iter().enumerate() {
                if n.feature == Node::LEAF {
                    flat.steps.push(Step {
                        value: f32::INFINITY,
                        feature: 0,
                        left: i as u16,
                    });
                    flat.leaves.push(n.value);
                } else {
                    for child in [n.left as usize, n.left as usize + 1] {
                        depths[child] = depths[i] + 1;
                    }
                    flat.columns = flat.columns.max(n.feature as usize + 1);
                    flat.steps.push(Step {
                        value: n.value,
                        feature: n.feature,
                        left: n.left,
                    });
                    flat.leaves.push(0.0);
                }
            }
            flat.shapes.push(Shape {
                first,
                nodes: tree.nodes.len(),
                depth: depths.into_iter().max().unwrap_or(0),
            });
        }
        flat
    }

    /// Log-odds of every row, in the order of the rows.
    pub(super) fn scores(&self, base: f32, rows: &Matrix) -> Vec<f32> {
        let n = rows.rows();
        let mut sums = vec![base; n];
        if rows.cols < self.columns {
            return sums;
        }
        for (chunk, sums) in sums.chunks_mut(LANES).enumerate() {
            // the last lanes of the last chunk walk with its first row, for nothing
            let at = |lane: usize| rows.row(chunk * LANES + if lane < sums.len() { lane } else { 0 });
            let lanes: [&[f32]; LANES] = std::array::from_fn(at);
            for shape in &self.shapes {
                let steps = &self.steps[shape.first..shape.first + shape.nodes];
                let leaves = &self.leaves[shape.first..shape.first + shape.nodes];
                let mut nodes = [0_usize; LANES];
                for _ in 0..shape.depth {
                    for (node, row) in nodes.iter_mut().zip(&lanes) {
                        let step = steps[*node];
                        *node = step.left as usize + usize::from(row[step.feature as usize] > step.value);
                    }
                }
                for (sum, node) in sums.iter_mut().zip(nodes) {
                    *sum += leaves[node];
                }
            }
        }
        sums
    }
}

/// The flat form of trees, made when it is first asked for. Two trees are equal whatever is in here.
#[derive(Debug, Default)]
pub struct FlatCache(OnceLock<Flat>);

impl FlatCache {
    pub(super) fn get(&self, trees: &Trees) -> Option<&Flat> {
        let flat = self.0.get_or_init(|| Flat::new(trees));
        // trees that were added since are not in there
        (flat.shapes.len() == trees.trees.len()).then_some(flat)
    }
}

impl Clone for FlatCache {
    fn clone(&self) -> FlatCache {
        FlatCache::default()
    }
}

impl PartialEq for FlatCache {
    fn eq(&self, _: &FlatCache) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::trees::Tree;
    use super::*;

    #[test]
    fn rows_walked_together_score_as_rows_walked_alone() {
        let mut state = 7_u32;
        let mut number = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let mut trees = Trees {
            base: 0.3,
            ..Trees::default()
        };
        for k in 0..9 {
            // a list of inner nodes whose right child is the next, each left child a leaf
            let mut nodes = Vec::new();
            for i in 0..k {
                nodes.push(Node {
                    feature: (i % 5) as u16,
                    value: number(),
                    left: 2 * i as u16 + 1,
                });
                nodes.push(Node {
                    feature: Node::LEAF,
                    value: number(),
                    left: 0,
                });
            }
            nodes.push(Node {
                feature: Node::LEAF,
                value: number(),
                left: 0,
            });
            trees.trees.push(Tree { nodes });
        }
        for rows in [0, 1, 15, 16, 37] {
            let matrix = Matrix {
                data: (0..rows * 5).map(|_| number()).collect(),
                cols: 5,
            };
            let alone: Vec<f32> = (0..rows).map(|i| trees.score(matrix.row(i))).collect();
            assert_eq!(trees.scores(&matrix), alone);
        }
    }
}
