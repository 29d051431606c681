//! Saved pages, each damaged in twenty ways: no panic, no page over a second of processor time, and the blocks that
//! the damage left alone mostly keep their labels.
//!
//! By default our own pages. `TOLLGATE_PAGES` names another folder, `TOLLGATE_EVERY` takes every N-th page of it;
//! `scripts/check_damaged.sh` runs it over the corpus. The damage is the same in every run.
#![cfg(target_os = "linux")]

use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tollgate::input::read_bytes;
use tollgate::learn::Rng;
use tollgate::{Classifier, Label, Limits, PageResult};

/// A way to damage a page; the second page is another one.
type Damage = (&'static str, fn(&[u8], &[u8], &mut Rng) -> Vec<u8>);

const DAMAGES: [Damage; 20] = [
    ("cut off anywhere", |p, _, r| p[..below(r, p.len())].to_vec()),
    ("cut off near the end", |p, _, r| {
        p[..p.len() - below(r, p.len() / 10)].to_vec()
    }),
    ("begin lost", |p, _, r| p[below(r, p.len() / 2)..].to_vec()),
    ("a piece lost", |p, _, r| {
        let (from, to) = piece(r, p.len());
        [&p[..from], &p[to..]].concat()
    }),
    ("a piece doubled", |p, _, r| {
        let (from, to) = piece(r, p.len());
        [&p[..to], &p[from..]].concat()
    }),
    ("pieces swapped", |p, _, r| {
        let (from, to) = piece(r, p.len());
        [&p[..from], &p[to..], &p[from..to]].concat()
    }),
    ("ten bytes flipped", |p, _, r| flipped(p, r, 10)),
    ("one byte in 1,000 flipped", |p, _, r| {
        flipped(p, r, p.len() / 1000)
    }),
    ("one byte in 100 flipped", |p, _, r| flipped(p, r, p.len() / 100)),
    ("one tag in 100 dropped", |p, _, r| tags(p, r, 100, |_| 0)),
    ("one tag in 10 dropped", |p, _, r| tags(p, r, 10, |_| 0)),
    ("one end tag in 3 dropped", |p, _, r| {
        tags(p, r, 3, |tag| usize::from(tag[1] != b'/'))
    }),
    ("one tag in 10 doubled", |p, _, r| tags(p, r, 10, |_| 2)),
    ("one quote in 20 dropped", |p, _, r| {
        let drop = |b: &u8, r: &mut Rng| matches!(b, b'"' | b'\'') && below(r, 20) == 0;
        p.iter().filter(|b| !drop(b, r)).copied().collect()
    }),
    ("zeros strewn in", |p, _, r| {
        let mut out = Vec::with_capacity(p.len());
        for b in p {
            if below(r, 500) == 0 {
                out.push(0);
            }
            out.push(*b);
        }
        out
    }),
    ("other line ends", |p, _, _| {
        let text = String::from_utf8_lossy(p);
        text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
    }),
    ("UTF-16 without a mark", |p, _, _| {
        let text = String::from_utf8_lossy(p);
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    ("encoded twice", |p, _, _| {
        encoding_rs::WINDOWS_1252.decode(p).0.into_owned().into_bytes()
    }),
    ("joined with itself", |p, _, _| [p, p].concat()),
    ("joined with another page", |p, other, _| [p, other].concat()),
];

fn below(rng: &mut Rng, n: usize) -> usize {
    if n == 0 { 0 } else { rng.below(n) }
}

/// A tenth of the bytes.
fn piece(rng: &mut Rng, n: usize) -> (usize, usize) {
    let from = below(rng, n);
    (from, (from + n / 10).min(n))
}

fn flipped(page: &[u8], rng: &mut Rng, times: usize) -> Vec<u8> {
    let mut out = page.to_vec();
    for _ in 0..times.max(1) {
        let at = below(rng, out.len());
        out[at] ^= 1 << below(rng, 8);
    }
    out
}

/// Writes one tag in `one_in` as often as `times` says.
fn tags(page: &[u8], rng: &mut Rng, one_in: usize, times: fn(&[u8]) -> usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(page.len());
    let mut rest = page;
    while let Some(from) = memchr::memchr(b'<', rest) {
        let Some(to) = memchr::memchr(b'>', &rest[from..]).map(|i| from + i + 1) else {
            break;
        };
        out.extend_from_slice(&rest[..from]);
        let tag = &rest[from..to];
        let times = if below(rng, one_in) == 0 { times(tag) } else { 1 };
        for _ in 0..times {
            out.extend_from_slice(tag);
        }
        rest = &rest[to..];
    }
    out.extend_from_slice(rest);
    out
}

fn pages() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("training-data/pages");
    let folder = std::env::var_os("TOLLGATE_PAGES").map_or(own, PathBuf::from);
    let every = std::env::var("TOLLGATE_EVERY").map_or(1, |n| n.parse().unwrap());
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.retain(|p| p.to_string_lossy().contains(".html"));
    paths.sort();
    paths.into_iter().step_by(every).collect()
}

/// Seconds that this thread has been computing.
fn busy() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Of the damaged page's blocks whose text an undamaged block has: how many, and how many have its label.
fn kept(whole: &PageResult, damaged: &PageResult) -> (usize, usize) {
    let mut labels: HashMap<&str, Vec<Label>> = HashMap::new();
    for b in whole.blocks.iter().rev() {
        labels.entry(b.text.as_str()).or_default().push(b.label);
    }
    let (mut found, mut same) = (0, 0);
    for b in &damaged.blocks {
        if let Some(label) = labels.get_mut(b.text.as_str()).and_then(Vec::pop) {
            found += 1;
            same += usize::from(label == b.label);
        }
    }
    (found, same)
}

#[derive(Default, Clone)]
struct Tally {
    pages: usize,
    refused: usize,
    found: usize,
    same: usize,
    slowest: (f64, String),
}

impl Tally {
    fn with(mut self, other: Tally) -> Tally {
        self.pages += other.pages;
        self.refused += other.refused;
        self.found += other.found;
        self.same += other.same;
        if other.slowest.0 > self.slowest.0 {
            self.slowest = other.slowest;
        }
        self
    }
}

fn try_page(classifier: &Classifier, path: &Path, other: &Path, number: usize) -> Vec<Tally> {
    let limits = Limits::default();
    let (Ok(page), Ok(other)) = (read_bytes(path, &limits), read_bytes(other, &limits)) else {
        return vec![Tally::default(); DAMAGES.len()];
    };
    let Ok(whole) = classifier.classify(&page) else {
        return vec![Tally::default(); DAMAGES.len()];
    };
    DAMAGES
        .iter()
        .enumerate()
        .map(|(k, (name, damage))| {
            let mut rng = Rng::new((number * DAMAGES.len() + k) as u64);
            let damaged = damage(&page, &other, &mut rng);
            let start = busy();
            let result = classifier.classify(&damaged);
            let seconds = busy() - start;
            let mut tally = Tally {
                pages: 1,
                slowest: (seconds, format!("{name}, {}", path.display())),
                ..Tally::default()
            };
            match result {
                Ok(result) => (tally.found, tally.same) = kept(&whole, &result),
                Err(_) => tally.refused = 1,
            }
            tally
        })
        .collect()
}

#[test]
fn damaged_pages_are_labelled_within_a_second_and_keep_most_labels() {
    let classifier = Classifier::new().unwrap();
    let pages = pages();
    let tallies = pages
        .par_iter()
        .enumerate()
        .map(|(i, path)| try_page(&classifier, path, &pages[(i + 1) % pages.len()], i))
        .reduce(
            || vec![Tally::default(); DAMAGES.len()],
            |a, b| a.into_iter().zip(b).map(|(a, b)| a.with(b)).collect(),
        );
    for ((name, _), t) in DAMAGES.iter().zip(&tallies) {
        println!(
            "{name}: {} pages, {} refused, {:.1} % of {} labels kept, slowest {:.2} s",
            t.pages,
            t.refused,
            100.0 * t.same as f64 / t.found.max(1) as f64,
            t.found,
            t.slowest.0
        );
    }
    let all = tallies.into_iter().reduce(Tally::with).unwrap();
    let share = all.same as f64 / all.found as f64;
    println!(
        "all: {} pages, {} refused, {:.1} % of {} labels kept, slowest {:.2} s ({})",
        all.pages,
        all.refused,
        100.0 * share,
        all.found,
        all.slowest.0,
        all.slowest.1
    );
    assert!(all.pages > 19 * pages.len(), "pages could not be read");
    assert!(all.slowest.0 < 1.0, "{} s: {}", all.slowest.0, all.slowest.1);
    assert!(share > 0.9, "{share}");
    assert!(
        all.refused * 50 < all.pages,
        "{} of {} refused",
        all.refused,
        all.pages
    );
}
