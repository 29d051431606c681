//! A table with each value replaced by the number of its bin: what trees are grown on.
//! Knows nothing of trees or losses.

use super::rng::Rng;
use linfa::dataset::Records;
use ndarray::ArrayView2;
use rayon::prelude::*;

/// Most values that a column is cut into.
pub(super) const BINS: usize = 64;
/// Rows that the cuts are found on.
const CUT_SAMPLE: usize = 60_000;

/// A table of bins.
pub struct Binned {
    pub(super) rows: usize,
    /// By row, the bin of each column.
    bins: Vec<u8>,
    /// By column, the values between bins, rising.
    pub(super) cuts: Vec<Vec<f32>>,
}

impl Records for &Binned {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.rows
    }

    fn nfeatures(&self) -> usize {
        self.cuts.len()
    }
}

impl Binned {
    /// Cuts the columns of `x`, of shape (rows, columns), at values of a seeded sample of its rows.
    pub fn new(x: &ArrayView2<'_, f32>, seed: u64) -> Binned {
        let n = x.nrows();
        let mut rng = Rng::new(seed ^ 0xb115);
        let sample: Vec<usize> = if n <= CUT_SAMPLE {
            (0..n).collect()
        } else {
            (0..CUT_SAMPLE).map(|_| rng.below(n)).collect()
        };
        let cuts: Vec<Vec<f32>> = (0..x.ncols())
            .into_par_iter()
            .map(|c| cut_points(sample.iter().map(|r| x[[*r, c]]).collect()))
            .collect();
        let mut bins = vec![0; n * x.ncols()];
        bins.par_chunks_mut(x.ncols().max(1))
            .enumerate()
            .with_min_len(256)
            .for_each(|(r, bins)| {
                for ((bin, cuts), v) in bins.iter_mut().zip(&cuts).zip(x.row(r)) {
                    *bin = cuts.partition_point(|cut| cut < v) as u8;
                }
            });
        Binned { rows: n, bins, cuts }
    }

    /// The bins of a row.
    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.bins[row * self.cuts.len()..][..self.cuts.len()]
    }
}

/// At most `BINS - 1` cut points between distinct values, close to equal counts.
fn cut_points(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_unstable_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    if distinct.len() <= BINS {
        return distinct.windows(2).map(|w| w[0] + (w[1] - w[0]) / 2.0).collect();
    }
    let mut cuts: Vec<f32> = (1..BINS).map(|q| values[q * values.len() / BINS]).collect();
    cuts.dedup();
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn a_bin_says_between_which_cuts_a_value_lies() {
        let x = Array2::from_shape_fn((500, 7), |(r, c)| ((r * 7919 + c * 31) % 500) as f32);
        let binned = Binned::new(&x.view(), 1);
        for ((r, c), v) in x.indexed_iter() {
            let (bin, cuts) = (usize::from(binned.row(r)[c]), &binned.cuts[c]);
            assert_eq!(cuts.len(), BINS - 1);
            assert!(cuts.is_sorted());
            assert!(
                bin == 0 || cuts[bin - 1] < *v,
                "{v} is not above the cut before bin {bin}"
            );
            assert!(bin == cuts.len() || *v <= cuts[bin], "{v} is above bin {bin}");
        }
    }

    #[test]
    fn a_column_of_one_value_has_no_cut() {
        let binned = Binned::new(&Array2::from_elem((9, 2), 4.0).view(), 1);
        assert_eq!(binned.cuts, [Vec::<f32>::new(), Vec::new()]);
    }
}
