//! Fits boosted trees on histograms: gradient boosting of the logistic loss with Newton leaf values
//! (Friedman 2001; histograms and leaf-wise growth as in Ke et al. 2017), as a linfa estimator.
//!
//! linfa-trees can't carry this: version 0.8.1 grows classification trees only, scans every row of the
//! data set for each node and column, and keeps class counts in a hash map.

use super::binned::{BINS, Binned};
use super::rng::Rng;
use crate::model::{Node, Tree, Trees, sigmoid};
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;

/// How trees are fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boost {
    /// Number of trees.
    pub rounds: usize,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Factor on every leaf value.
    pub rate: f32,
    /// Share of the columns that a tree sees.
    pub columns: f32,
    /// Share of the rows that a tree sees.
    pub rows: f32,
    /// Least sum of second derivatives in a leaf.
    pub min_leaf: f32,
    /// Pull of leaf values towards zero.
    pub ridge: f32,
    /// Seed of the samples.
    pub seed: u64,
}

impl Default for Boost {
    fn default() -> Self {
        Boost {
            rounds: 120,
            leaves: 24,
            rate: 0.12,
            columns: 0.3,
            rows: 0.5,
            min_leaf: 8.0,
            ridge: 5.0,
            seed: 1,
        }
    }
}

/// Columns whose sums are made together: they fit the nearest cache.
const COLUMNS_TOGETHER: usize = 36;
/// Fewer rows are summed faster by one thread.
const FEW_ROWS: usize = 512;

impl<'a> Fit<&'a Binned, Array1<f32>, linfa::Error> for Boost {
    type Object = Trees;

    /// Fits targets 0 and 1; the data set's weights are honoured.
    fn fit(&self, data: &DatasetBase<&'a Binned, Array1<f32>>) -> linfa::error::Result<Trees> {
        let n = data.records.nsamples();
        if n == 0 || data.records.nfeatures() == 0 || data.targets.len() != n {
            return Err(linfa::Error::NotEnoughSamples);
        }
        let ones;
        let weights = match data.weights() {
            Some(w) if w.len() == n => w,
            _ => {
                ones = vec![1.0; n];
                &ones
            }
        };
        let base = log_odds(data.targets.as_slice().unwrap_or(&[]), weights);
        let model = Trees {
            base,
            trees: Vec::with_capacity(self.rounds),
        };
        Ok(self.grow_all(data, weights, model, vec![base; n]))
    }
}

impl Boost {
    /// Adds trees to fitted ones on other data, `rounds` of them, each correcting the sum of those before.
    /// `scores` are what `start` gives the rows; targets may be probabilities.
    ///
    /// # Errors
    /// As [`Fit::fit`].
    pub fn fit_more(
        &self,
        start: &Trees,
        scores: Vec<f32>,
        data: &DatasetBase<&Binned, Array1<f32>>,
    ) -> linfa::error::Result<Trees> {
        let n = data.records.nsamples();
        let weights = data.weights().unwrap_or(&[]);
        if n == 0 || data.targets.len() != n || weights.len() != n || scores.len() != n {
            return Err(linfa::Error::NotEnoughSamples);
        }
        Ok(self.grow_all(data, weights, start.clone(), scores))
    }

    /// Fits trees to any loss of the rows' scores: `slopes` gives its first and second derivative by each
    /// score, which starts from `scores`. The trees give what is to be added to those.
    ///
    /// # Errors
    /// Without rows or columns, or when there are not as many scores as rows.
    pub fn fit_slopes(
        &self,
        data: &Binned,
        scores: Vec<f32>,
        slopes: impl Fn(&[f32]) -> Vec<Slope>,
    ) -> linfa::error::Result<Trees> {
        if data.nsamples() == 0 || data.nfeatures() == 0 || scores.len() != data.nsamples() {
            return Err(linfa::Error::NotEnoughSamples);
        }
        Ok(self.grow_on(data, Trees::default(), scores, slopes))
    }
}

/// First and second derivative of a loss.
pub type Slope = [f32; 2];
type Cell = Slope;

struct Leaf {
    from: usize,
    to: usize,
    node: usize,
    sums: Cell,
    cells: Vec<Cell>,
    split: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f32,
    column: usize,
    bin: usize,
    left: Cell,
}

impl Boost {
    /// Adds `rounds` trees of the logistic loss to `model`, whose scores of the rows are `scores`.
    fn grow_all(
        &self,
        data: &DatasetBase<&Binned, Array1<f32>>,
        weights: &[f32],
        model: Trees,
        scores: Vec<f32>,
    ) -> Trees {
        let slope = |((score, target), weight): ((&f32, &f32), &f32)| {
            let p = sigmoid(*score);
            [weight * (p - target), (weight * p * (1.0 - p)).max(1e-9)]
        };
        let targets = data.targets.as_slice().unwrap_or(&[]);
        self.grow_on(data.records, model, scores, |scores| {
            scores.par_iter().zip(targets).zip(weights).map(slope).collect()
        })
    }

    /// Adds `rounds` trees to `model`, whose scores of the rows are `scores`.
    fn grow_on(
        &self,
        data: &Binned,
        mut model: Trees,
        mut scores: Vec<f32>,
        slopes: impl Fn(&[f32]) -> Vec<Slope>,
    ) -> Trees {
        let n = data.rows;
        let mut rng = Rng::new(self.seed);
        let mut columns: Vec<usize> = (0..data.cuts.len())
            .filter(|c| !data.cuts[*c].is_empty())
            .collect();
        if columns.is_empty() {
            return model;
        }
        let take = ((columns.len() as f32 * self.columns).ceil() as usize).clamp(1, columns.len());
        for _ in 0..self.rounds {
            let rows: Vec<u32> = (0..n as u32)
                .filter(|_| self.rows >= 1.0 || rng.unit() < self.rows)
                .collect();
            rng.shuffle(&mut columns);
            let mut seen = columns[..take].to_vec();
            seen.sort_unstable();
            let (tree, values) = self.grow(data, &Drawn::new(data, &slopes(&scores), &rows, seen));
            let mut known = vec![None; n];
            for (r, value) in rows.iter().zip(values) {
                known[*r as usize] = Some(value);
            }
            scores
                .par_iter_mut()
                .zip(known)
                .enumerate()
                .for_each(|(i, (s, known))| *s += known.unwrap_or_else(|| binned_score(&tree, data, i)));
            model.trees.push(finish(tree, data));
        }
        model
    }

    /// Grows one tree on the drawn rows and columns, always splitting the leaf that gains most; also gives what
    /// it says of each drawn row.
    fn grow(&self, data: &Binned, drawn: &Drawn) -> (Vec<BinNode>, Vec<f32>) {
        let mut nodes = vec![BinNode::leaf(0.0)];
        let columns = &drawn.columns;
        let mut rows: Vec<u32> = (0..drawn.slopes.len() as u32).collect();
        let cells = drawn.histogram(&rows);
        let sums = column_sum(&cells);
        let mut leaves = vec![Leaf {
            from: 0,
            to: rows.len(),
            node: 0,
            sums,
            split: None,
            cells,
        }];
        leaves[0].split = self.best_split(&leaves[0], data, columns);
        while leaves.len() < self.leaves {
            let Some(at) = (0..leaves.len())
                .filter(|i| leaves[*i].split.is_some())
                .max_by(|a, b| gain(&leaves[*a]).total_cmp(&gain(&leaves[*b])).then(b.cmp(a)))
            else {
                break;
            };
            let parent = leaves.swap_remove(at);
            let Some(split) = parent.split else { break };
            let column = columns[split.column];
            let slice = &mut rows[parent.from..parent.to];
            let middle = parent.from + partition(slice, |r| drawn.bin(r, split.column) <= split.bin);
            let left_node = nodes.len();
            nodes[parent.node] = BinNode {
                column: Some(column),
                bin: split.bin,
                left: left_node,
                value: 0.0,
            };
            nodes.push(BinNode::leaf(0.0));
            nodes.push(BinNode::leaf(0.0));
            let right_sums = [parent.sums[0] - split.left[0], parent.sums[1] - split.left[1]];
            let small_left = middle - parent.from <= parent.to - middle;
            let small = if small_left {
                &rows[parent.from..middle]
            } else {
                &rows[middle..parent.to]
            };
            let small_cells = drawn.histogram(small);
            let mut large_cells = parent.cells;
            for (l, s) in large_cells.iter_mut().zip(&small_cells) {
                l[0] -= s[0];
                l[1] -= s[1];
            }
            let (left_cells, right_cells) = if small_left {
                (small_cells, large_cells)
            } else {
                (large_cells, small_cells)
            };
            for (from, to, node, sums, cells) in [
                (parent.from, middle, left_node, split.left, left_cells),
                (middle, parent.to, left_node + 1, right_sums, right_cells),
            ] {
                let mut leaf = Leaf {
                    from,
                    to,
                    node,
                    sums,
                    cells,
                    split: None,
                };
                leaf.split = self.best_split(&leaf, data, columns);
                leaves.push(leaf);
            }
        }
        let mut values = vec![0.0; rows.len()];
        for leaf in &leaves {
            let value = -self.rate * leaf.sums[0] / (leaf.sums[1] + self.ridge);
            nodes[leaf.node].value = value;
            for r in &rows[leaf.from..leaf.to] {
                values[*r as usize] = value;
            }
        }
        (nodes, values)
    }

    fn best_split(&self, leaf: &Leaf, data: &Binned, columns: &[usize]) -> Option<Split> {
        let [g, h] = leaf.sums;
        if h < 2.0 * self.min_leaf {
            return None;
        }
        let whole = g * g / (h + self.ridge);
        let mut best: Option<Split> = None;
        for (c, column) in columns.iter().enumerate() {
            let mut left = [0.0_f32; 2];
            for bin in 0..data.cuts[*column].len() {
                let cell = leaf.cells[c * BINS + bin];
                left[0] += cell[0];
                left[1] += cell[1];
                let right = [g - left[0], h - left[1]];
                if left[1] < self.min_leaf {
                    continue;
                }
                if right[1] < self.min_leaf {
                    break;
                }
                let gain = left[0] * left[0] / (left[1] + self.ridge)
                    + right[0] * right[0] / (right[1] + self.ridge)
                    - whole;
                if gain > best.map_or(1e-3, |b| b.gain) {
                    best = Some(Split {
                        gain,
                        column: c,
                        bin,
                        left,
                    });
                }
            }
        }
        best
    }
}

/// Log-odds of the weighted share of targets that are 1.
fn log_odds(targets: &[f32], weights: &[f32]) -> f32 {
    let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
    let positive: f64 = weights.iter().zip(targets).map(|(w, t)| f64::from(w * t)).sum();
    let share = (positive / total.max(1e-9)).clamp(1e-6, 1.0 - 1e-6);
    (share / (1.0 - share)).ln() as f32
}

fn gain(leaf: &Leaf) -> f32 {
    leaf.split.map_or(0.0, |s| s.gain)
}

fn column_sum(cells: &[Cell]) -> Cell {
    cells[..BINS]
        .iter()
        .fold([0.0; 2], |a, c| [a[0] + c[0], a[1] + c[1]])
}

/// What one tree is grown on: the drawn rows and columns of a table, row by row, since a leaf deep in the tree has
/// few rows far apart.
struct Drawn {
    columns: Vec<usize>,
    slopes: Vec<Cell>,
    /// Bins of the drawn columns of each drawn row.
    bins: Vec<u8>,
}

impl Drawn {
    fn new(data: &Binned, slopes: &[Cell], rows: &[u32], columns: Vec<usize>) -> Drawn {
        let width = columns.len();
        let mut bins = vec![0; rows.len() * width];
        bins.par_chunks_mut(width)
            .zip(rows)
            .with_min_len(256)
            .for_each(|(bins, r)| {
                let row = data.row(*r as usize);
                for (bin, column) in bins.iter_mut().zip(&columns) {
                    *bin = row[*column];
                }
            });
        Drawn {
            slopes: rows.iter().map(|r| slopes[*r as usize]).collect(),
            columns,
            bins,
        }
    }

    fn bin(&self, row: u32, column: usize) -> usize {
        usize::from(self.bins[row as usize * self.columns.len() + column])
    }

    /// Sums of first and second derivatives by column and bin.
    fn histogram(&self, rows: &[u32]) -> Vec<Cell> {
        let width = self.columns.len();
        let mut cells = vec![[0.0_f32; 2]; width * BINS];
        let add_up = |(part, cells): (usize, &mut [Cell])| {
            let from = part * COLUMNS_TOGETHER;
            let (cells, _) = cells.as_chunks_mut::<BINS>();
            for r in rows {
                let [g, h] = self.slopes[*r as usize];
                let row = *r as usize * width + from;
                for (cells, bin) in cells.iter_mut().zip(&self.bins[row..]) {
                    let cell = &mut cells[usize::from(*bin) % BINS];
                    cell[0] += g;
                    cell[1] += h;
                }
            }
        };
        if rows.len() < FEW_ROWS {
            let parts = cells.chunks_mut(COLUMNS_TOGETHER * BINS);
            parts.enumerate().for_each(add_up);
        } else {
            let parts = cells.par_chunks_mut(COLUMNS_TOGETHER * BINS);
            parts.enumerate().for_each(add_up);
        }
        cells
    }
}

/// Stable partition; returns how many rows go left.
fn partition(rows: &mut [u32], goes_left: impl Fn(u32) -> bool) -> usize {
    let mut right = Vec::new();
    let mut kept = 0;
    for i in 0..rows.len() {
        let r = rows[i];
        if goes_left(r) {
            rows[kept] = r;
            kept += 1;
        } else {
            right.push(r);
        }
    }
    rows[kept..].copy_from_slice(&right);
    kept
}

/// A node that still speaks of bins.
#[derive(Clone, Copy)]
struct BinNode {
    column: Option<usize>,
    bin: usize,
    left: usize,
    value: f32,
}

impl BinNode {
    fn leaf(value: f32) -> BinNode {
        BinNode {
            column: None,
            bin: 0,
            left: 0,
            value,
        }
    }
}

fn binned_score(tree: &[BinNode], data: &Binned, row: usize) -> f32 {
    let mut at = 0;
    while let Some(column) = tree[at].column {
        at = tree[at].left + usize::from(usize::from(data.row(row)[column]) > tree[at].bin);
    }
    tree[at].value
}

fn finish(tree: Vec<BinNode>, data: &Binned) -> Tree {
    let nodes = tree
        .into_iter()
        .map(|n| match n.column {
            Some(c) => Node {
                feature: c as u16,
                value: data.cuts[c][n.bin],
                left: n.left as u16,
            },
            None => Node {
                feature: Node::LEAF,
                value: n.value,
                left: 0,
            },
        })
        .collect();
    Tree { nodes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn rings() -> (Array2<f32>, Array1<f32>) {
        let mut rng = Rng::new(3);
        let x = Array2::from_shape_fn((3000, 3), |_| rng.unit() * 2.0 - 1.0);
        let y = x
            .rows()
            .into_iter()
            .map(|r| f32::from(u8::from(r[0] * r[0] + r[1] * r[1] < 0.5)))
            .collect();
        (x, y)
    }

    #[test]
    fn learns_what_no_line_can_separate_and_gives_the_same_trees_again() {
        let (x, y) = rings();
        let fit = || {
            let binned = Binned::new(&x.view(), 1);
            let data = DatasetBase::new(&binned, y.clone());
            Boost {
                rounds: 60,
                columns: 1.0,
                min_leaf: 1.0,
                ..Boost::default()
            }
            .fit(&data)
            .unwrap()
        };
        let trees = fit();
        let right = x
            .rows()
            .into_iter()
            .zip(&y)
            .filter(|(r, y)| (trees.score(&r.to_vec()) > 0.0) == (**y > 0.5))
            .count();
        assert!(right > 2850, "{right} of 3000");
        assert_eq!(trees, fit());
    }

    #[test]
    fn weights_count() {
        let x = Array2::from_shape_vec((4, 1), vec![0.0_f32, 0.0, 1.0, 1.0]).unwrap();
        let y = Array1::from(vec![0.0_f32, 1.0, 1.0, 0.0]);
        let binned = Binned::new(&x.view(), 1);
        let data = DatasetBase::new(&binned, y).with_weights(Array1::from(vec![10.0_f32, 1.0, 10.0, 1.0]));
        let boost = Boost {
            rounds: 20,
            columns: 1.0,
            rows: 1.0,
            min_leaf: 0.1,
            ridge: 0.1,
            ..Boost::default()
        };
        let t = boost.fit(&data).unwrap();
        assert!(t.score(&[0.0]) < 0.0 && t.score(&[1.0]) > 0.0);
    }

    #[test]
    fn an_empty_data_set_is_an_error() {
        let binned = Binned::new(&Array2::<f32>::zeros((0, 3)).view(), 1);
        let data = DatasetBase::new(&binned, Array1::zeros(0));
        assert!(Boost::default().fit(&data).is_err());
    }
}
