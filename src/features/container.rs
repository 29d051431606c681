//! Features of what holds the block: growing containers, path groups, the best container of the page.

use super::facts::{Facts, Group, Sums};
use super::family::Family;
use super::matrix::{RowWriter, log1p, ratio};
use super::memo::Memo;
use super::upward;
use crate::blocks::Mark;
use crate::page::Tag;

/// The family.
pub const FAMILY: Family = Family {
    name: "container",
    features,
};

/// Containers looked at, the nearest first: each holds more blocks than the one before.
const LEVELS: usize = 4;

const LEVEL_FEATURES: [&str; 14] = [
    "log_words",
    "link_density",
    "log_blocks",
    "mean_words",
    "page_share",
    "rich_ratio",
    "headings",
    "prices",
    "dates",
    "subscribe",
    "fields",
    "email",
    "buttons",
    "images",
];

const SECTION_FEATURES: [&str; 6] = [
    "log_words",
    "link_density",
    "log_blocks",
    "page_share",
    "rich_ratio",
    "place",
];

const GROUP_FEATURES: [&str; 5] = [
    "log_blocks",
    "log_words",
    "mean_words",
    "link_density",
    "rich_share",
];

fn features() -> Vec<String> {
    let mut list = Vec::new();
    for level in 1..=LEVELS {
        list.extend(LEVEL_FEATURES.iter().map(|n| format!("up{level}_{n}")));
    }
    list.extend(SECTION_FEATURES.iter().map(|n| format!("section_{n}")));
    for group in ["path", "class"] {
        list.extend(GROUP_FEATURES.iter().map(|n| format!("{group}_{n}")));
    }
    list.extend(
        [
            "in_best",
            "best_lca",
            "best_up",
            "title_lca",
            "before_best",
            "after_best",
            "place_in_up1",
            "place_in_up2",
        ]
        .map(str::to_owned),
    );
    list
}

/// Values of the containers that were met.
pub type Levels = Memo<{ LEVEL_FEATURES.len() }>;

/// What the family needs beside the facts, made once a page.
#[derive(Debug, Clone)]
pub struct Containers {
    wider: Vec<Option<u32>>,
    section: Vec<Option<u32>>,
    // by element, the depth of the deepest element that holds the best container or the title as well
    best_depth: Vec<f32>,
    title_depth: Option<Vec<f32>>,
    groups: Vec<[f32; GROUP_FEATURES.len()]>,
    page: Sums,
}

impl Containers {
    /// Reads a page.
    pub fn read(f: &Facts) -> Containers {
        let page = f.range(0, f.len());
        let depth_shared = |target: u32| -> Vec<f32> {
            let shared = upward::shared_with(&f.outline, target).into_iter();
            shared.map(|at| f32::from(f.outline.element(at).depth)).collect()
        };
        let title = f.title_block.map(|t| f.outline.blocks[t].element);
        Containers {
            wider: upward::wider(&f.outline),
            section: upward::nearest(&f.outline, |_, e| is_section(e.tag)),
            best_depth: depth_shared(f.best),
            title_depth: title.map(depth_shared),
            groups: f.groups.iter().map(|g| group_values(g, &page)).collect(),
            page,
        }
    }

    /// Containers of growing size around block `i`, the nearest first, padded with the last one.
    pub fn around(&self, f: &Facts, i: usize) -> [u32; LEVELS] {
        let own = f.outline.blocks[i].element;
        let mut next = if f.outline.element(own).block_count() > 1 {
            Some(own)
        } else {
            self.wider[own as usize]
        };
        let mut last = 0;
        [(); LEVELS].map(|()| {
            if let Some(at) = next {
                last = at;
                next = self.wider[at as usize];
            }
            last
        })
    }

    /// Writes the values of block `i`.
    pub fn write(&self, f: &Facts, levels: &mut Levels, i: usize, w: &mut RowWriter<'_>) {
        let b = &f.outline.blocks[i];
        let around = self.around(f, i);
        for at in around {
            w.put_all(&self.level(f, levels, at));
        }
        let section = self.section[b.element as usize].unwrap_or(0);
        let [words, links, blocks, _, share, rich, ..] = self.level(f, levels, section);
        w.put_all(&[words, links, blocks, share, rich]);
        w.put(place_in(f, section, i));
        w.put_all(&self.groups[f.path_group[i] as usize]);
        w.put_all(&self.groups[f.class_group[i] as usize]);
        let best = f.outline.element(f.best);
        let shared = self.best_depth[b.element as usize];
        let (first, end) = (best.first_block as usize, best.end_block as usize);
        w.flag(i >= first && i < end);
        w.put(ratio(shared, f32::from(best.depth)));
        w.put((f32::from(best.depth) - shared).clamp(0.0, 20.0));
        let title = f.title_block.zip(self.title_depth.as_ref()).map(|(t, depths)| {
            let title = f.outline.blocks[t].element;
            ratio(
                depths[b.element as usize],
                f32::from(f.outline.element(title).depth),
            )
        });
        w.put(title.unwrap_or(0.0));
        w.put(log1p(first.saturating_sub(i) as f32));
        w.put(log1p((i + 1).saturating_sub(end) as f32));
        for at in [around[0], around[1]] {
            w.put(place_in(f, at, i));
        }
    }

    fn level(&self, f: &Facts, levels: &mut Levels, at: u32) -> [f32; LEVEL_FEATURES.len()] {
        levels.of(at, || level_values(f, at, &self.page))
    }
}

fn is_section(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Article
            | Tag::Main
            | Tag::Section
            | Tag::Nav
            | Tag::Header
            | Tag::Footer
            | Tag::Aside
            | Tag::Form
            | Tag::Dialog
    )
}

/// Share of an element's blocks that stand before block `i`.
fn place_in(f: &Facts, element: u32, i: usize) -> f32 {
    let e = f.outline.element(element);
    ratio(i as f32 - e.first_block as f32, e.block_count() as f32)
}

fn level_values(f: &Facts, at: u32, page: &Sums) -> [f32; LEVEL_FEATURES.len()] {
    let e = f.outline.element(at);
    let s = f.below(at);
    [
        log1p(s.words),
        ratio(s.link_words, s.words),
        log1p(s.blocks),
        ratio(s.words, s.blocks).min(200.0),
        ratio(s.words, page.words),
        ratio(s.rich_words, s.words),
        ratio(s.headings, s.blocks),
        ratio(s.prices, s.blocks),
        ratio(s.dates, s.blocks),
        ratio(s.subscribe, s.blocks),
        log1p((e.mark(Mark::Input) + e.mark(Mark::Password) + e.mark(Mark::Checkbox)) as f32),
        log1p(e.mark(Mark::Email) as f32),
        log1p(e.mark(Mark::Button) as f32),
        ratio(e.mark(Mark::Image) as f32, s.blocks).min(4.0),
    ]
}

fn group_values(g: &Group, page: &Sums) -> [f32; GROUP_FEATURES.len()] {
    [
        log1p(g.blocks),
        log1p(g.words),
        ratio(g.words, g.blocks).min(200.0),
        ratio(g.link_words, g.words),
        ratio(g.rich_words, page.rich_words),
    ]
}
