//! Features of what holds the block: growing containers, path groups, the best container of the page.

use super::facts::{Facts, Group, Sums};
use super::family::Family;
use super::matrix::{RowWriter, log1p, ratio};
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

/// Containers of growing size around a block, the nearest first, padded with the last one.
pub fn growing_containers(f: &Facts<'_>, i: usize) -> [u32; LEVELS] {
    let b = &f.outline.blocks[i];
    let mut levels = [0; LEVELS];
    let mut size = 1;
    let mut n = 0;
    for (at, e) in f.outline.ancestry(b.element) {
        if e.block_count() > size {
            levels[n] = at;
            size = e.block_count();
            n += 1;
            if n == LEVELS {
                break;
            }
        }
    }
    let last = if n == 0 { 0 } else { levels[n - 1] };
    for level in levels.iter_mut().skip(n) {
        *level = last;
    }
    levels
}

/// Writes the values of block `i`.
pub fn write(f: &Facts<'_>, i: usize, w: &mut RowWriter<'_>) {
    let b = &f.outline.blocks[i];
    let page = f.range(0, f.len());
    let levels = growing_containers(f, i);
    for at in levels {
        write_level(f, at, &page, w);
    }
    let section = f
        .outline
        .ancestry(b.element)
        .find(|(_, e)| {
            matches!(
                e.tag,
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
        })
        .map_or(0, |(at, _)| at);
    let s = f.below(section);
    w.put(log1p(s.words));
    w.put(ratio(s.link_words, s.words));
    w.put(log1p(s.blocks));
    w.put(ratio(s.words, page.words));
    w.put(ratio(s.rich_words, s.words));
    w.put(ratio(
        i as f32 - f.outline.element(section).first_block as f32,
        s.blocks,
    ));
    for group in [
        &f.groups[f.path_group[i] as usize],
        &f.groups[f.class_group[i] as usize],
    ] {
        write_group(group, &page, w);
    }
    let best = f.outline.element(f.best);
    let lca = f
        .outline
        .element(f.outline.common_ancestor(b.element, f.best))
        .depth;
    let (first, end) = (best.first_block as usize, best.end_block as usize);
    w.flag(i >= first && i < end);
    w.put(ratio(f32::from(lca), f32::from(best.depth)));
    w.put(f32::from(best.depth.saturating_sub(lca).min(20)));
    let title_lca = f.title_block.map_or(0.0, |t| {
        let title = f.outline.blocks[t].element;
        let common = f
            .outline
            .element(f.outline.common_ancestor(b.element, title))
            .depth;
        ratio(f32::from(common), f32::from(f.outline.element(title).depth))
    });
    w.put(title_lca);
    w.put(log1p(first.saturating_sub(i) as f32));
    w.put(log1p((i + 1).saturating_sub(end) as f32));
    for at in [levels[0], levels[1]] {
        let e = f.outline.element(at);
        w.put(ratio(i as f32 - e.first_block as f32, e.block_count() as f32));
    }
}

fn write_level(f: &Facts<'_>, at: u32, page: &Sums, w: &mut RowWriter<'_>) {
    let e = f.outline.element(at);
    let s = f.below(at);
    w.put(log1p(s.words));
    w.put(ratio(s.link_words, s.words));
    w.put(log1p(s.blocks));
    w.put(ratio(s.words, s.blocks).min(200.0));
    w.put(ratio(s.words, page.words));
    w.put(ratio(s.rich_words, s.words));
    w.put(ratio(s.headings, s.blocks));
    w.put(ratio(s.prices, s.blocks));
    w.put(ratio(s.dates, s.blocks));
    w.put(ratio(s.subscribe, s.blocks));
    w.put(log1p(
        (e.mark(Mark::Input) + e.mark(Mark::Password) + e.mark(Mark::Checkbox)) as f32,
    ));
    w.put(log1p(e.mark(Mark::Email) as f32));
    w.put(log1p(e.mark(Mark::Button) as f32));
    w.put(ratio(e.mark(Mark::Image) as f32, s.blocks).min(4.0));
}

fn write_group(g: &Group, page: &Sums, w: &mut RowWriter<'_>) {
    w.put(log1p(g.blocks));
    w.put(log1p(g.words));
    w.put(ratio(g.words, g.blocks).min(200.0));
    w.put(ratio(g.link_words, g.words));
    w.put(ratio(g.rich_words, page.rich_words));
}
