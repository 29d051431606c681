//! Features of what stood before the block: headings passed, running text read, copies of its text.

use super::facts::Facts;
use super::family::{Family, names};
use super::matrix::{RowWriter, log1p, ratio};
use foldhash::HashMap;

/// The family.
pub const FAMILY: Family = Family {
    name: "order",
    features,
};

fn features() -> Vec<String> {
    names(&[
        "first_headings",
        "first_headings_before",
        "title_level_headings_since_title",
        "last_heading_links",
        "last_heading_words",
        "last_heading_copies",
        "section_words",
        "section_rich_ratio",
        "section_link_density",
        "rich_words_before",
        "rich_words_since_title",
        "rich_words_after",
        "copy_place",
        "copy_distance",
        "copy_in_run",
        "copies_near",
        "dates_since_title",
    ])
}

/// What the family needs beside the facts, made once a page.
#[derive(Debug, Clone)]
pub struct Order {
    heading: Vec<Option<u32>>,
    next_heading: Vec<u32>,
    copy: Vec<(f32, Option<u32>)>,
    first: Vec<u32>,
    copied: Vec<f32>,
    title_level: Vec<f32>,
}

impl Order {
    /// Reads a page.
    pub fn read(f: &Facts) -> Order {
        let n = f.len();
        let mut order = Order {
            heading: Vec::with_capacity(n),
            next_heading: vec![n as u32; n],
            copy: Vec::with_capacity(n),
            first: Vec::with_capacity(n),
            copied: vec![0.0],
            title_level: Vec::with_capacity(n),
        };
        let mut last = None;
        let mut seen: HashMap<(u32, u32), (f32, u32, u32)> = HashMap::default();
        let level = f.title_block.map_or(1, |t| f.heading[t].max(1));
        let (mut passed, mut copied) = (0.0, 0.0);
        for i in 0..n {
            order.heading.push(last);
            if f.heading[i] > 0 {
                last = Some(i as u32);
                if f.heading[i] <= level && f.title_block.is_some_and(|t| i > t) {
                    passed += 1.0;
                }
            }
            order.title_level.push(passed);
            // the length beside the hash, so that no two texts of one hash pass for copies
            let key = (f.text[i].hash, f.text[i].chars as u32);
            let entry = seen.entry(key).or_insert((0.0, 0, i as u32));
            let earlier = (entry.0 > 0.0).then_some(entry.1);
            order.copy.push((entry.0, earlier));
            order.first.push(entry.2);
            *entry = (entry.0 + 1.0, i as u32, entry.2);
            copied += if earlier.is_some() { f.text[i].words } else { 0.0 };
            order.copied.push(copied);
        }
        let mut next = n as u32;
        for i in (0..n).rev() {
            order.next_heading[i] = next;
            if f.heading[i] > 0 {
                next = i as u32;
            }
        }
        order
    }

    /// Block of the last heading before block `i`.
    pub fn heading_before(&self, i: usize) -> Option<u32> {
        self.heading[i]
    }

    /// First block with the text of block `i`.
    pub fn first_copy(&self, i: usize) -> u32 {
        self.first[i]
    }

    /// Writes the values of block `i`.
    pub fn write(&self, f: &Facts, i: usize, w: &mut RowWriter<'_>) {
        let n = f.len();
        let all = f.range(0, n);
        let before = f.range(0, i);
        w.put(all.first_headings.min(20.0));
        w.put(before.first_headings.min(20.0));
        w.put(log1p(self.title_level[i]));
        let heading = self.heading[i].map(|h| h as usize);
        w.put(heading.map_or(-1.0, |h| f.link_density[h]));
        w.put(heading.map_or(-1.0, |h| log1p(f.text[h].words)));
        w.put(heading.map_or(-1.0, |h| log1p(f.copies[h])));
        let from = if f.heading[i] > 0 {
            i + 1
        } else {
            heading.map_or(0, |h| h + 1)
        };
        let section = f.range(from, self.next_heading[i] as usize);
        w.put(log1p(section.words));
        w.put(ratio(section.rich_words, section.words));
        w.put(ratio(section.link_words, section.words));
        w.put(log1p(before.rich_words));
        let since = f.title_block.filter(|t| *t <= i).map(|t| f.range(t, i));
        w.put(since.map_or(-1.0, |s| log1p(s.rich_words)));
        w.put(log1p(f.range(i + 1, n).rich_words));
        let (place, earlier) = self.copy[i];
        w.put(place.min(20.0));
        w.put(earlier.map_or(-1.0, |e| log1p((i as u32 - e) as f32)));
        let in_run = earlier.is_some_and(|e| {
            e > 0 && i > 0 && f.text[e as usize - 1].hash == f.text[i - 1].hash && e as usize + 1 < i
        });
        w.flag(in_run);
        let (a, b) = (i.saturating_sub(6), (i + 7).min(n));
        w.put(ratio(self.copied[b] - self.copied[a], f.range(a, b).words));
        w.put(since.map_or(-1.0, |s| log1p(s.dates)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::outline_of_dom;
    use crate::page::{Dom, PageMeta};
    use std::sync::Arc;

    #[test]
    fn copies_and_headings_are_counted_in_reading_order() {
        let dom = Dom::parse(
            "<h1>One</h1><p>Same words here</p><h2>Two</h2><p>same WORDS here</p><h1>Three</h1><p>Other</p>",
        );
        let outline = Arc::new(outline_of_dom(&dom, usize::MAX));
        let meta = Arc::new(PageMeta::read(&dom));
        let facts = Facts::read(&outline, &meta);
        let order = Order::read(&facts);
        let first: Vec<u32> = (0..6).map(|i| order.first_copy(i)).collect();
        assert_eq!(first, [0, 1, 2, 1, 4, 5]);
        let headings: Vec<Option<u32>> = (0..6).map(|i| order.heading_before(i)).collect();
        assert_eq!(headings, [None, Some(0), Some(0), Some(2), Some(2), Some(4)]);
        let names = features();
        let mut row = vec![0.0; names.len()];
        let mut w = RowWriter::new(&mut row);
        order.write(&facts, 5, &mut w);
        assert_eq!(w.written(), names.len());
        let value = |name: &str| row[names.iter().position(|n| n == name).unwrap()];
        assert_eq!(
            (value("first_headings"), value("first_headings_before")),
            (2.0, 2.0)
        );
        assert_eq!(value("copy_place"), 0.0);
    }

    #[test]
    fn a_copy_is_in_a_run_when_the_text_before_it_is_a_copy_of_the_text_before_the_first() {
        let in_run = |page: &str| -> Vec<f32> {
            let dom = Dom::parse(page);
            let outline = Arc::new(outline_of_dom(&dom, usize::MAX));
            let facts = Facts::read(&outline, &Arc::new(PageMeta::read(&dom)));
            let order = Order::read(&facts);
            let at = features().iter().position(|n| n == "copy_in_run").unwrap();
            (0..outline.blocks.len())
                .map(|i| {
                    let mut row = vec![0.0; features().len()];
                    order.write(&facts, i, &mut RowWriter::new(&mut row));
                    row[at]
                })
                .collect()
        };
        assert_eq!(in_run("<p>a b<p>c d<p>a b<p>c d"), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(in_run("<p>a b<p>c d<p>e f<p>c d"), [0.0; 4]);
        // three times the same is no run of two texts
        assert_eq!(in_run("<p>a b<p>a b<p>a b"), [0.0; 3]);
    }
}
