//! Features of the whole page and of the block against what the page declares about itself.
//! The page features let a model see what kind of page it is on, since content means other things there.

use super::facts::Facts;
use super::family::{Family, names};
use super::matrix::{RowWriter, log1p, ratio};
use super::text_facts::TextFacts;
use crate::blocks::Mark;
use crate::page::Tag;
use rustc_hash::FxHashSet;

/// The family of whole-page features; every block of a page has the same values.
pub const PAGE: Family = Family {
    name: "page",
    features: page_features,
};

/// The family of overlaps with declared title, description, authors and text.
pub const DECLARED: Family = Family {
    name: "declared",
    features: declared_features,
};

fn page_features() -> Vec<String> {
    names(&[
        "log_words",
        "log_blocks",
        "link_density",
        "rich_ratio",
        "log_rich_blocks",
        "mean_rich_words",
        "headings",
        "prices",
        "dates",
        "list_ratio",
        "cell_ratio",
        "pre_ratio",
        "button_ratio",
        "hidden_ratio",
        "top_group_share",
        "best_share",
        "best_rich_share",
        "fields",
        "passwords",
        "images",
        "og_article",
        "schema_article",
        "schema_product",
        "schema_list",
        "schema_forum",
        "forum_classes",
        "comment_classes",
        "product_classes",
        "code_classes",
        "log_elements",
    ])
}

/// Values of the page family, computed once a page.
pub fn page_values(f: &Facts<'_>) -> Vec<f32> {
    let n = f.len() as f32;
    let all = f.range(0, f.len());
    let mut out = vec![0.0; page_features().len()];
    let mut w = RowWriter::new(&mut out);
    w.put(log1p(all.words));
    w.put(log1p(n));
    w.put(ratio(all.link_words, all.words));
    w.put(ratio(all.rich_words, all.words));
    w.put(log1p(all.rich_blocks));
    w.put(ratio(all.rich_words, all.rich_blocks));
    w.put(ratio(all.headings, n));
    w.put(ratio(all.prices, n));
    w.put(ratio(all.dates, n));
    let blocks = &f.outline.blocks;
    let share =
        |test: &dyn Fn(usize) -> bool| ratio((0..blocks.len()).filter(|i| test(*i)).count() as f32, n);
    let words = |test: &dyn Fn(usize) -> bool| {
        ratio(
            (0..blocks.len())
                .filter(|i| test(*i))
                .map(|i| f.text[i].words)
                .sum(),
            all.words,
        )
    };
    let tag = |i: usize| f.outline.element(blocks[i].element).tag;
    w.put(share(&|i| tag(i) == Tag::Li));
    w.put(words(&|i| matches!(tag(i), Tag::Td | Tag::Th)));
    w.put(words(&|i| tag(i) == Tag::Pre));
    w.put(share(&|i| tag(i) == Tag::Button));
    w.put(words(&|i| f.hidden_up[blocks[i].anchor as usize]));
    w.put(
        f.groups
            .iter()
            .map(|g| ratio(g.words, all.words))
            .fold(0.0, f32::max),
    );
    let best = f.below(f.best);
    w.put(ratio(best.words, all.words));
    w.put(ratio(best.rich_words, all.rich_words));
    let root = f.outline.elements.first();
    let mark = |m: Mark| root.map_or(0.0, |e| e.mark(m) as f32);
    w.put(log1p(mark(Mark::Input)));
    w.put(log1p(mark(Mark::Password)));
    w.put(log1p(mark(Mark::Image)));
    w.flag(f.meta.kind.as_deref().is_some_and(|k| k.contains("article")));
    let schema = |words: &[&str]| {
        f.meta
            .schema_types
            .iter()
            .any(|t| words.iter().any(|w| t.contains(w)))
    };
    w.flag(schema(&["Article", "Posting", "Report"]));
    w.flag(schema(&["Product", "Offer"]));
    w.flag(schema(&["ItemList", "CollectionPage"]));
    w.flag(schema(&["Discussion", "QAPage", "Question"]));
    let family = |bit: u32| {
        let hits = f.families.iter().filter(|b| **b >> bit & 1 == 1).count() as f32;
        log1p(hits)
    };
    w.put(family(16));
    w.put(family(7));
    w.put(family(15));
    w.put(family(17));
    w.put(log1p(f.outline.elements.len() as f32));
    out
}

fn declared_features() -> Vec<String> {
    names(&[
        "title_overlap",
        "title_equal",
        "description_overlap",
        "structured_overlap",
        "author_overlap",
        "site_name",
    ])
}

/// Word sets of what the page declares, made once a page.
pub struct DeclaredWords {
    title: FxHashSet<u32>,
    titles: Vec<u32>,
    description: FxHashSet<u32>,
    structured: FxHashSet<u32>,
    authors: FxHashSet<u32>,
    title_tail: FxHashSet<u32>,
}

/// All words of a text as hashes, without the limit that blocks have.
fn word_set(text: &str) -> FxHashSet<u32> {
    let mut set = FxHashSet::default();
    for part in text.split_whitespace().take(6000).collect::<Vec<_>>().chunks(16) {
        set.extend(TextFacts::read(&part.join(" ")).word_hashes);
    }
    set
}

impl DeclaredWords {
    /// Reads the declarations of a page.
    pub fn read(f: &Facts<'_>) -> DeclaredWords {
        let text = |t: &Option<String>| t.as_deref().map(word_set).unwrap_or_default();
        let m = f.meta;
        let mut title = text(&m.headline);
        title.extend(text(&m.social_title));
        if title.is_empty() {
            title = text(&m.title);
        }
        let tail = m
            .title
            .as_deref()
            .and_then(|t| t.rsplit(['|', '-', '–', '—', '·']).next())
            .unwrap_or("");
        DeclaredWords {
            titles: [&m.headline, &m.social_title, &m.title]
                .into_iter()
                .flatten()
                .map(|t| TextFacts::read(t).hash)
                .collect(),
            title,
            description: text(&m.description),
            structured: text(&m.structured_text),
            authors: word_set(&m.authors.join(" ")),
            title_tail: word_set(tail),
        }
    }

    /// Values of the declared family for block `i`.
    pub fn write(&self, f: &Facts<'_>, i: usize, w: &mut RowWriter<'_>) {
        let own = &f.text[i].word_hashes;
        let overlap = |set: &FxHashSet<u32>| {
            if set.is_empty() || own.is_empty() {
                return 0.0;
            }
            own.iter().filter(|h| set.contains(h)).count() as f32 / own.len() as f32
        };
        w.put(overlap(&self.title));
        w.flag(self.titles.contains(&f.text[i].hash));
        w.put(overlap(&self.description));
        w.put(if self.structured.len() > 20 {
            overlap(&self.structured)
        } else {
            -1.0
        });
        w.put(if own.len() <= 12 {
            overlap(&self.authors)
        } else {
            0.0
        });
        w.put(if own.len() <= 6 {
            overlap(&self.title_tail)
        } else {
            0.0
        });
    }
}
