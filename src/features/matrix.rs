//! A plain row-major matrix of features, and the writer that fills one row in schema order.

use crate::number::ln;
use std::sync::LazyLock;

/// Rows of `f32` features, one row a block.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    /// Row-major values, `rows * cols` of them.
    pub data: Vec<f32>,
    /// Number of columns.
    pub cols: usize,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Matrix {
        Matrix {
            data: vec![0.0; rows * cols],
            cols,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.data.len().checked_div(self.cols).unwrap_or(0)
    }

    /// One row.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// One row, to fill.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// Matrices of the same columns, one below the other.
    pub fn stacked(parts: Vec<Matrix>) -> Matrix {
        Matrix {
            cols: parts.first().map_or(0, |m| m.cols),
            data: parts.into_iter().flat_map(|m| m.data).collect(),
        }
    }

    /// Matrices side by side; rows beyond the shortest one are left out.
    pub fn side_by_side(parts: &[&Matrix]) -> Matrix {
        let rows = parts.iter().map(|m| m.rows()).min().unwrap_or(0);
        let cols = parts.iter().map(|m| m.cols).sum();
        let mut data = Vec::with_capacity(rows * cols);
        for i in 0..rows {
            for part in parts {
                data.extend_from_slice(part.row(i));
            }
        }
        Matrix { data, cols }
    }
}

/// Fills a row value by value; values beyond the row are dropped.
pub struct RowWriter<'a> {
    rest: std::slice::IterMut<'a, f32>,
    length: usize,
}

impl<'a> RowWriter<'a> {
    /// Starts at the first column of `row`.
    pub fn new(row: &'a mut [f32]) -> Self {
        RowWriter {
            length: row.len(),
            rest: row.iter_mut(),
        }
    }

    /// Writes the next value; not-a-number and infinity become 0.
    pub fn put(&mut self, value: f32) {
        if let Some(cell) = self.rest.next() {
            *cell = if value.is_finite() { value } else { 0.0 };
        }
    }

    /// Writes values that are known to be finite.
    pub fn put_all(&mut self, values: &[f32]) {
        for (cell, value) in self.next(values.len()).iter_mut().zip(values) {
            *cell = *value;
        }
    }

    /// Writes 1 or 0 for each of the lowest `count` bits, the lowest first.
    pub fn bits(&mut self, bits: u32, count: usize) {
        for (bit, cell) in self.next(count).iter_mut().enumerate() {
            *cell = ((bits >> bit) & 1) as f32;
        }
    }

    /// Writes 1 or 0.
    pub fn flag(&mut self, value: bool) {
        self.put(f32::from(u8::from(value)));
    }

    /// How many values were written.
    pub fn written(&self) -> usize {
        self.length - self.rest.len()
    }

    /// The next cells, fewer at the end of the row.
    fn next(&mut self, count: usize) -> &'a mut [f32] {
        let rest = std::mem::take(&mut self.rest).into_slice();
        let count = count.min(rest.len());
        let (next, rest) = rest.split_at_mut(count);
        self.rest = rest.iter_mut();
        next
    }
}

/// Natural logarithm of one plus a count.
pub fn log1p(count: f32) -> f32 {
    let small = count as usize;
    if small < SMALL && small as f32 == count {
        return SMALL_LOGARITHMS[small];
    }
    ln(1.0 + count.max(0.0))
}

/// Counts below this have their logarithms at hand: most counts are small.
const SMALL: usize = 2048;
static SMALL_LOGARITHMS: LazyLock<[f32; SMALL]> =
    LazyLock::new(|| std::array::from_fn(|k| ln(1.0 + k as f32)));

/// Log-odds of a probability, within bounds.
pub fn logit(p: f32) -> f32 {
    let p = p.clamp(0.0025, 0.9975);
    ln(p / (1.0 - p))
}

/// `a / b`, 0 when `b` is 0.
pub fn ratio(a: f32, b: f32) -> f32 {
    if b > 0.0 { a / b } else { 0.0 }
}
