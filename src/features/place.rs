//! Features of where the block stands: in the page, near the title, among its neighbours.

use super::facts::Facts;
use super::family::{Family, names};
use super::matrix::{RowWriter, log1p, ratio};

/// The family.
pub const FAMILY: Family = Family {
    name: "place",
    features,
};

/// Neighbours looked at on each side.
const NEIGHBOURS: isize = 3;
const NEIGHBOUR_FEATURES: [&str; 7] = [
    "log_words",
    "link_density",
    "heading",
    "same_path",
    "same_class",
    "rich",
    "shared_depth",
];

fn features() -> Vec<String> {
    let mut list = names(&[
        "index_ratio",
        "words_before_ratio",
        "log_index",
        "log_index_from_end",
        "after_title",
        "before_title",
        "in_rich_span",
        "before_rich_span",
        "after_rich_span",
        "to_rich_before",
        "to_rich_after",
        "words_since_heading",
        "blocks_since_heading",
        "last_heading_level",
        "last_heading_subscribe",
        "last_heading_related",
        "window4_words",
        "window4_links",
        "window10_words",
        "window10_links",
        "window10_rich",
        "window10_dates",
        "window10_prices",
    ]);
    for d in (-NEIGHBOURS..=NEIGHBOURS).filter(|d| *d != 0) {
        list.extend(NEIGHBOUR_FEATURES.iter().map(|n| format!("near{d:+}_{n}")));
    }
    list
}

/// What the family needs beside the facts, made once a page.
#[derive(Debug, Clone)]
pub struct Places {
    /// For each block the depth of the deepest element that holds it and the next block.
    shared_with_next: Vec<f32>,
    log_words: Vec<f32>,
}

impl Places {
    /// Reads a page.
    pub fn read(f: &Facts) -> Places {
        let shared = f.outline.blocks.windows(2).map(|pair| {
            let at = f.outline.common_ancestor(pair[0].element, pair[1].element);
            f32::from(f.outline.element(at).depth)
        });
        Places {
            shared_with_next: shared.collect(),
            log_words: f.text.iter().map(|t| log1p(t.words)).collect(),
        }
    }

    /// Depth of the deepest element that holds blocks `i` and `j`. Blocks stand in the order of the tree:
    /// what holds two of them holds all that stand between them.
    fn shared_depth(&self, i: usize, j: usize) -> f32 {
        let between = &self.shared_with_next[i.min(j)..i.max(j)];
        between.iter().copied().fold(f32::MAX, f32::min)
    }

    /// Writes the values of block `i`.
    pub fn write(&self, f: &Facts, i: usize, w: &mut RowWriter<'_>) {
        let n = f.len();
        let at = i as f32;
        w.put(ratio(at, n as f32));
        w.put(ratio(f.sums[i].words, f.sums[n].words));
        w.put(log1p(at));
        w.put(log1p((n - i) as f32));
        let title = f.title_block.map(|t| at - t as f32);
        w.put(title.map_or(-1.0, |d| if d >= 0.0 { log1p(d) } else { -1.0 }));
        w.put(title.map_or(-1.0, |d| if d < 0.0 { log1p(-d) } else { -1.0 }));
        match f.rich_span {
            Some((first, last)) => {
                w.flag(i >= first && i <= last);
                w.put(log1p(first.saturating_sub(i) as f32));
                w.put(log1p(i.saturating_sub(last) as f32));
            }
            None => {
                for _ in 0..3 {
                    w.put(-1.0);
                }
            }
        }
        const FAR: usize = 30;
        let before = (1..=FAR.min(i)).find(|d| f.rich[i - d]).unwrap_or(FAR);
        let after = (1..=FAR.min(n - 1 - i)).find(|d| f.rich[i + d]).unwrap_or(FAR);
        w.put(log1p(before as f32));
        w.put(log1p(after as f32));
        let heading = (1..=FAR.min(i)).find(|d| f.heading[i - d] > 0);
        w.put(heading.map_or(-1.0, |d| log1p(f.range(i - d + 1, i).words)));
        w.put(heading.map_or(-1.0, |d| d as f32));
        w.put(heading.map_or(0.0, |d| f32::from(f.heading[i - d])));
        w.flag(heading.is_some_and(|d| f.text[i - d].cues[0] > 0.0));
        w.flag(heading.is_some_and(|d| f.text[i - d].cues[6] > 0.0));
        for reach in [4, 10] {
            let s = f.range(i.saturating_sub(reach), (i + reach + 1).min(n));
            w.put(log1p(ratio(s.words, s.blocks)));
            w.put(ratio(s.link_words, s.words));
            if reach == 10 {
                w.put(ratio(s.rich_blocks, s.blocks));
                w.put(ratio(s.dates, s.blocks));
                w.put(ratio(s.prices, s.blocks));
            }
        }
        let own = &f.outline.blocks[i];
        let depth = f32::from(f.outline.element(own.element).depth);
        for d in (-NEIGHBOURS..=NEIGHBOURS).filter(|d| *d != 0) {
            match i.checked_add_signed(d).filter(|j| *j < n) {
                Some(j) => {
                    w.put(self.log_words[j]);
                    w.put(f.link_density[j]);
                    w.flag(f.heading[j] > 0);
                    w.flag(f.path_group[j] == f.path_group[i]);
                    w.flag(f.class_group[j] == f.class_group[i]);
                    w.flag(f.rich[j]);
                    w.put(ratio(self.shared_depth(i, j), depth));
                }
                None => w.put_all(&[-1.0; NEIGHBOUR_FEATURES.len()]),
            }
        }
    }
}
