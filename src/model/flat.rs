//! Boosted trees laid out for scoring: no walk, but every node looked at once for sixteen rows
//! (QuickScorer; Lucchese and others 2015). Gives the very sums of [`super::Trees::score`]; no training.
//!
//! The leaves of a tree are bits, the leftmost first. A node that a row passes to the right takes away
//! the leaves on its left. The first leaf that is left when all nodes are done is the row's leaf.

use super::block_model::TREES;
use super::trees::{Node, Tree, Trees};
use crate::features::Matrix;

/// Rows that are scored together.
pub(super) const LANES: usize = 16;
/// Leaves that fit a mask.
const MAX_LEAVES: usize = 32;

/// A node of some tree.
#[derive(Debug, Clone, Copy)]
struct Test {
    /// The [`key`] of the value; values above go right.
    value: i32,
    tree: u32,
    /// The leaves that stay for a row that goes right.
    stay: u32,
}

/// The nodes of all trees by feature.
#[derive(Debug)]
pub(super) struct Flat {
    /// Feature, and its range in `tests`.
    features: Vec<(usize, usize, usize)>,
    /// By feature, then by value.
    tests: Vec<Test>,
    leaves: Vec<[f32; MAX_LEAVES]>,
    /// Trees of each set.
    pub(super) sizes: [usize; TREES],
}

impl Flat {
    /// `None` for trees with more leaves than fit.
    pub(super) fn new(trees: &[Trees; TREES]) -> Option<Flat> {
        let mut found: Vec<(u16, Test)> = Vec::new();
        let mut leaves = Vec::new();
        for (k, tree) in trees.iter().flat_map(|t| &t.trees).enumerate() {
            leaves.push(leaves_in_order(tree, k as u32, &mut found)?);
        }
        found.sort_by(|(f, a), (g, b)| f.cmp(g).then(a.value.cmp(&b.value)));
        let mut features: Vec<(usize, usize, usize)> = Vec::new();
        for (i, (feature, _)) in found.iter().enumerate() {
            match features.last_mut() {
                Some((last, _, to)) if *last == *feature as usize => *to = i + 1,
                _ => features.push((*feature as usize, i, i + 1)),
            }
        }
        Some(Flat {
            features,
            tests: found.into_iter().map(|(_, test)| test).collect(),
            leaves,
            sizes: [0, 1, 2].map(|k: usize| trees[k].trees.len()),
        })
    }

    /// Takes the leaves that sixteen rows pass by out of the masks; `columns` holds the keys of their values.
    #[expect(clippy::inline_always, reason = "see Scoring")]
    #[inline(always)]
    fn test(&self, columns: &[[i32; LANES]], masks: &mut [[u32; LANES]]) {
        for (feature, from, to) in &self.features {
            let Some(x) = columns.get(*feature) else { return };
            let most = greatest(x);
            for test in &self.tests[*from..*to] {
                let Test { value, tree, stay } = *test;
                if value >= most {
                    break;
                }
                let mask = &mut masks[tree as usize];
                for lane in 0..LANES {
                    // all ones where the row goes left; no branch, so that lanes become vectors
                    mask[lane] &= stay | ((x[lane] > value) as u32).wrapping_sub(1);
                }
            }
        }
    }
}

/// The greatest of sixteen numbers, halves against each other, which vectors can do.
#[expect(clippy::inline_always, reason = "see Scoring")]
#[inline(always)]
fn greatest(x: &[i32; LANES]) -> i32 {
    let mut most = *x;
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            most[lane] = most[lane].max(most[lane + half]);
        }
        half /= 2;
    }
    most[0]
}

/// Scores rows with [`Flat`] trees; its buffers are used again.
#[derive(Debug)]
pub(super) struct FlatScores<'a> {
    flat: &'a Flat,
    masks: Vec<[u32; LANES]>,
    /// Keys of the values of sixteen rows, by column.
    columns: Vec<[i32; LANES]>,
}

impl FlatScores<'_> {
    pub(super) fn new(flat: &Flat) -> FlatScores<'_> {
        FlatScores {
            masks: vec![[u32::MAX; LANES]; flat.leaves.len()],
            columns: Vec::new(),
            flat,
        }
    }

    /// Adds the log-odds of every row by each set of trees to `sums`, in the order of the rows. Compiled for
    /// several widths of vectors, of which the processor's is taken: whole numbers compare alike in all of them.
    pub(super) fn add(&mut self, bases: [f32; TREES], rows: &Matrix, sums: &mut [Vec<f32>; TREES]) {
        self.columns.resize(rows.cols, [i32::MIN; LANES]);
        pulp::Arch::new().dispatch(Scoring {
            scores: self,
            bases,
            rows,
            sums,
        });
    }
}

/// The scoring of some rows. What isn't inlined into it isn't compiled for the wider vectors.
struct Scoring<'a, 'b> {
    scores: &'a mut FlatScores<'b>,
    bases: [f32; TREES],
    rows: &'a Matrix,
    sums: &'a mut [Vec<f32>; TREES],
}

impl pulp::WithSimd for Scoring<'_, '_> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "the trait asks for it")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Scoring {
            scores,
            bases,
            rows,
            sums,
        } = self;
        let FlatScores { flat, masks, columns } = scores;
        let n = rows.rows();
        for start in (0..n).step_by(LANES) {
            let filled = (n - start).min(LANES);
            masks.fill([u32::MAX; LANES]);
            if filled < LANES {
                // lanes without a row pass no node to the right
                columns.fill([i32::MIN; LANES]);
            }
            for lane in 0..filled {
                for (column, value) in columns.iter_mut().zip(rows.row(start + lane)) {
                    column[lane] = key(*value);
                }
            }
            flat.test(columns, masks);
            let mut tree = 0;
            for ((all, size), base) in sums.iter_mut().zip(flat.sizes).zip(bases) {
                let mut sums = [base; LANES];
                for (mask, leaves) in masks[tree..].iter().zip(&flat.leaves[tree..]).take(size) {
                    for (sum, m) in sums.iter_mut().zip(mask) {
                        *sum += leaves[m.trailing_zeros() as usize % MAX_LEAVES];
                    }
                }
                all.extend_from_slice(&sums[..filled]);
                tree += size;
            }
        }
    }
}

/// A whole number in the order of the floats: whole numbers compare in vectors on any processor.
#[expect(clippy::inline_always, reason = "see Scoring")]
#[inline(always)]
fn key(value: f32) -> i32 {
    // 0 for -0, since they are equal
    let bits = (value + 0.0).to_bits() as i32;
    bits ^ (((bits >> 31) as u32) >> 1) as i32
}

/// The values of a tree's leaves from left to right; its inner nodes are added to `found`.
fn leaves_in_order(tree: &Tree, number: u32, found: &mut Vec<(u16, Test)>) -> Option<[f32; MAX_LEAVES]> {
    let mut values = [0.0; MAX_LEAVES];
    let mut count = 0;
    // a node, and when its left side is done, the leaves counted before that side
    let mut todo: Vec<(usize, Option<usize>)> = vec![(0, None)];
    while let Some((at, before)) = todo.pop() {
        let node = tree.nodes.get(at)?;
        match before {
            _ if node.feature == Node::LEAF => {
                *values.get_mut(count)? = node.value;
                count += 1;
            }
            None => {
                todo.push((at, Some(count)));
                todo.push((node.left as usize, None));
            }
            Some(before) => {
                let left = (1_u64 << count) - (1_u64 << before);
                found.push((
                    node.feature,
                    Test {
                        value: key(node.value),
                        tree: number,
                        stay: !(left as u32),
                    },
                ));
                todo.push((node.left as usize + 1, None));
            }
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trees that grow by splitting any leaf, with few values so that ties are met.
    fn grown(seed: u32, leaves: usize) -> (Trees, Matrix) {
        let mut state = seed;
        let mut below = |n: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % n
        };
        let mut trees = Trees {
            base: 0.3,
            ..Trees::default()
        };
        for _ in 0..9 {
            let leaf = |v: u32| Node {
                feature: Node::LEAF,
                value: v as f32 / 7.0,
                left: 0,
            };
            let mut nodes = vec![leaf(below(99))];
            while nodes.len() < 2 * leaves - 1 {
                let at = below(nodes.len() as u32) as usize;
                if nodes[at].feature != Node::LEAF {
                    continue;
                }
                nodes[at] = Node {
                    feature: below(5) as u16,
                    value: below(6) as f32,
                    left: nodes.len() as u16,
                };
                nodes.push(leaf(below(99)));
                nodes.push(leaf(below(99)));
            }
            trees.trees.push(Tree { nodes });
        }
        let data = (0..5 * 37)
            .map(|_| below(7) as f32 - 0.5 * below(2) as f32)
            .collect();
        (trees, Matrix { data, cols: 5 })
    }

    #[test]
    fn keys_are_in_the_order_of_the_floats() {
        let floats = [
            f32::NEG_INFINITY,
            -2.5,
            -1.0,
            -1e-30,
            0.0,
            1e-30,
            1.0,
            2.5,
            f32::INFINITY,
        ];
        assert!(floats.windows(2).all(|w| key(w[0]) < key(w[1])));
        assert_eq!(key(-0.0), key(0.0));
    }

    #[test]
    fn rows_scored_together_score_as_rows_scored_alone() {
        for (seed, leaves) in [(1, 1), (2, 2), (3, 24), (4, 32), (5, 33)] {
            let (one, all) = grown(seed, leaves);
            let trees = [one, grown(seed + 9, leaves).0, Trees::default()];
            let Some(flat) = Flat::new(&trees) else {
                assert!(leaves > MAX_LEAVES);
                continue;
            };
            for rows in [0, 1, 15, 16, 37] {
                let matrix = Matrix {
                    data: all.data[..rows * 5].to_vec(),
                    cols: 5,
                };
                let alone = [0, 1, 2].map(|k: usize| -> Vec<f32> {
                    (0..rows).map(|i| trees[k].score(matrix.row(i))).collect()
                });
                let bases = [0, 1, 2].map(|k: usize| trees[k].base);
                let mut scores = FlatScores::new(&flat);
                let mut sums: [Vec<f32>; TREES] = Default::default();
                for part in [0..rows / 3, rows / 3..rows] {
                    let part = Matrix {
                        data: matrix.data[part.start * 5..part.end * 5].to_vec(),
                        cols: 5,
                    };
                    scores.add(bases, &part, &mut sums);
                }
                assert_eq!(sums, alone, "{leaves} leaves, {rows} rows");
            }
        }
    }
}
