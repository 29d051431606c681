//! How a block stands on its page, given how likely each block is body text: how much likelier text the page
//! has, which share of it lies before the block, in its containers and among its likes. Read by the stage that
//! chooses the body text of a page as a whole. Knows no label of a block and no tree.

use super::extract::{Around, CONTAINERS};
use super::matrix::{RowWriter, log1p, logit, ratio};
use crate::number::ln_1p;

/// Bands of probability whose share of the page's words is told.
const BANDS: [(f32, f32); 5] = [(0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)];
/// Blocks before and behind that make a wide window.
const WIDE: usize = 25;
/// Where no likely block stands before or behind.
const NONE: f32 = 9.0;
/// Shares and ratios are clipped here.
const MOST: f32 = 10.0;

/// Number of columns that [`Standing`] writes for a block.
pub const STANDING_COLUMNS: usize = 7 + BANDS.len() + 2 + CONTAINERS + 2 + 2 + 2 + 3 + 2;

/// The probabilities of a page's blocks, summed up.
pub struct Standing<'a> {
    around: &'a Around,
    body: &'a [f32],
    head: Vec<f32>,
    threshold: f32,
    /// Words in blocks at least as likely as each block.
    better: Vec<f32>,
    /// Expected body words, and words, before each block.
    sums: Vec<[f32; 2]>,
    bands: [f32; BANDS.len()],
    paths: Vec<f32>,
    classes: Vec<f32>,
    /// By block of the heading: expected body words, and words, of the blocks under it.
    sections: Vec<[f32; 2]>,
    since: Vec<f32>,
    until: Vec<f32>,
}

impl<'a> Standing<'a> {
    /// Sums up the probabilities of body text and of head matter of a page whose `threshold` for body text
    /// is known; `order` has its blocks by their probability of body text, the likeliest first.
    pub fn read(
        around: &'a Around,
        body: &'a [f32],
        head: Vec<f32>,
        threshold: f32,
        order: &[usize],
    ) -> Standing<'a> {
        let n = body.len();
        let words = &around.words;
        let mut sums = vec![[0.0_f32; 2]; n + 1];
        for i in 0..n {
            sums[i + 1] = [sums[i][0] + body[i] * words[i], sums[i][1] + words[i]];
        }
        let expected = sums[n][0];
        let (mut better, mut so_far) = (vec![0.0; n], 0.0);
        for i in order {
            so_far += words[*i];
            better[*i] = so_far;
        }
        let bands = BANDS.map(|(from, to)| {
            let inside = (0..n).filter(|i| (from..to).contains(&body[*i]));
            ratio(inside.map(|i| words[i]).sum(), expected).min(MOST)
        });
        let mut sections = vec![[0.0_f32; 2]; n];
        for i in 0..n {
            let s = &mut sections[around.headings[i] as usize];
            *s = [s[0] + body[i] * words[i], s[1] + words[i]];
        }
        let (since, until) = distances(body, &sums);
        Standing {
            paths: shares(&around.path_group, body, words, expected),
            classes: shares(&around.class_group, body, words, expected),
            around,
            body,
            head,
            threshold,
            better,
            sums,
            bands,
            sections,
            since,
            until,
        }
    }

    /// Writes the [`STANDING_COLUMNS`] of block `i`.
    pub fn write(&self, i: usize, w: &mut RowWriter<'_>) {
        let n = self.body.len();
        let [expected, all] = self.sums[n];
        let words = self.around.words[i];
        let share = |from: usize, to: usize| ratio(self.sums[to][0] - self.sums[from][0], expected);
        let mean = |from: usize, to: usize| {
            ratio(
                self.sums[to][0] - self.sums[from][0],
                (self.sums[to][1] - self.sums[from][1]).max(1.0),
            )
        };
        w.put(logit(self.head[i]));
        w.put(self.threshold);
        w.put(ratio(self.better[i], expected).min(MOST));
        w.put(ratio(self.better[i], all));
        w.put(log1p(expected));
        w.put(log1p(words));
        w.put(ratio(words, all));
        w.put_all(&self.bands);
        w.put(share(0, i));
        w.put(share(i, i + 1));
        for (from, to) in self.around.containers[i] {
            let to = (to as usize).min(n);
            w.put(share((from as usize).min(to), to));
        }
        w.put(self.paths[self.around.path_group[i] as usize]);
        w.put(self.classes[self.around.class_group[i] as usize]);
        w.put(mean(i.saturating_sub(WIDE), i));
        w.put(mean(i, (i + WIDE + 1).min(n)));
        w.put(self.since[i]);
        w.put(self.until[i]);
        let [likely, section] = self.sections[self.around.headings[i] as usize];
        w.put(ratio(likely, section.max(1.0)));
        w.put(ratio(likely, expected));
        w.put(log1p(section));
        let first = self.around.first_copy[i] as usize;
        w.flag(first != i);
        w.put(logit(self.body.get(first).copied().unwrap_or(0.0)));
    }
}

/// Share of the expected body words in each group.
fn shares(groups: &[u32], body: &[f32], words: &[f32], expected: f32) -> Vec<f32> {
    let size = groups.iter().max().map_or(0, |m| *m as usize + 1);
    let mut sums = vec![0.0_f32; size];
    for (i, g) in groups.iter().enumerate() {
        sums[*g as usize] += body[i] * words[i];
    }
    sums.into_iter().map(|s| ratio(s, expected)).collect()
}

/// Words since the last and until the next block that is likelier body text than not, as logarithms.
fn distances(body: &[f32], sums: &[[f32; 2]]) -> (Vec<f32>, Vec<f32>) {
    let n = body.len();
    let (mut since, mut until) = (vec![NONE; n], vec![NONE; n]);
    let mut last: Option<usize> = None;
    for i in 0..n {
        if let Some(at) = last {
            since[i] = ln_1p(sums[i][1] - sums[at + 1][1]);
        }
        if body[i] > 0.5 {
            last = Some(i);
        }
    }
    let mut next: Option<usize> = None;
    for i in (0..n).rev() {
        if let Some(at) = next {
            until[i] = ln_1p(sums[at][1] - sums[i + 1][1]);
        }
        if body[i] > 0.5 {
            next = Some(i);
        }
    }
    (since, until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Matrix;

    fn rows_of(blocks: &[usize], standing: &Standing<'_>) -> Matrix {
        let mut out = Matrix::zeros(blocks.len(), STANDING_COLUMNS);
        for (row, block) in blocks.iter().enumerate() {
            let mut w = RowWriter::new(out.row_mut(row));
            standing.write(*block, &mut w);
            assert_eq!(w.written(), STANDING_COLUMNS);
        }
        out
    }

    #[test]
    fn a_block_is_told_how_much_likelier_text_there_is_and_where() {
        let around = Around {
            containers: vec![[(0, 2), (0, 4), (0, 4), (0, 0), (0, 0), (2, 4)]; 4],
            headings: vec![0, 0, 0, 3],
            path_group: vec![0, 1, 0, 1],
            class_group: vec![0, 1, 2, 3],
            words: vec![10.0, 10.0, 10.0, 10.0],
            first_copy: vec![0, 1, 2, 1],
        };
        let standing = Standing::read(&around, &[0.8, 0.2, 0.6, 0.4], vec![0.0; 4], 0.4, &[0, 2, 3, 1]);
        let rows = rows_of(&[1, 3], &standing);
        let (second, last) = (rows.row(0), rows.row(1));
        // all forty words are at least as likely as the second block, where twenty are expected
        assert_eq!((second[1], second[2], second[3]), (0.4, 2.0, 1.0));
        assert_eq!((last[2], last[3]), (1.5, 0.75));
        // before the second block stand eight of the twenty words
        assert!((second[12] - 0.4).abs() < 1e-6 && (second[13] - 0.1).abs() < 1e-6);
        // its first container holds ten of them, its path group six
        assert!((second[14] - 0.5).abs() < 1e-6 && (second[20] - 0.3).abs() < 1e-6);
        // the last block repeats the second
        assert_eq!(
            (second[STANDING_COLUMNS - 2], last[STANDING_COLUMNS - 2]),
            (0.0, 1.0)
        );
        assert!((last[STANDING_COLUMNS - 1] - (0.2_f32 / 0.8).ln()).abs() < 1e-4);
    }

    #[test]
    fn a_page_without_words_has_no_columns_out_of_bounds() {
        let around = Around {
            containers: vec![[(0, 9); CONTAINERS]],
            headings: vec![0],
            path_group: vec![0],
            class_group: vec![0],
            words: vec![0.0],
            first_copy: vec![0],
        };
        let standing = Standing::read(&around, &[0.5], vec![0.0], 0.3, &[0]);
        let rows = rows_of(&[0], &standing);
        assert!(rows.data.iter().all(|v| v.is_finite()));
    }
}
