//! Features of the whole page and of the block against what the page declares about itself.
//! The page features let a model see what kind of page it is on, since content means other things there.

use super::facts::Facts;
use super::family::{Family, names};
use super::matrix::{RowWriter, log1p, ratio};
use super::text_facts::{TextFacts, WordHashes};
use crate::blocks::Mark;
use crate::page::Tag;
use foldhash::HashMap;

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

/// Number of whole-page features; they are the last columns of the schema.
pub const PAGE_COLUMNS: usize = 30;

/// Values of the page family, computed once a page.
pub fn page_values(f: &Facts) -> Vec<f32> {
    let n = f.len() as f32;
    let all = f.range(0, f.len());
    let mut out = vec![0.0; PAGE_COLUMNS];
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

/// Words of what the page declares, made once a page.
#[derive(Debug, Clone)]
pub struct DeclaredWords {
    titles: Vec<u32>,
    /// For each declared word the texts that have it, as bits.
    words: HashMap<u32, u8>,
    /// Words of each declared text.
    sizes: [usize; TEXTS],
}

/// Declared texts whose words are looked for in blocks.
const TEXTS: usize = 5;

/// The declared texts in their order.
#[derive(Clone, Copy)]
enum Text {
    Title,
    Description,
    Structured,
    Authors,
    TitleTail,
}

/// Words of a declared text that are looked at.
const MAX_DECLARED: usize = 6000;

impl DeclaredWords {
    /// Reads the declarations of a page.
    pub fn read(f: &Facts) -> DeclaredWords {
        let m = &f.meta;
        let mut declared = DeclaredWords {
            titles: [&m.headline, &m.social_title, &m.title]
                .into_iter()
                .flatten()
                .map(|t| TextFacts::read(t).hash)
                .collect(),
            words: HashMap::default(),
            sizes: [0; TEXTS],
        };
        for title in [&m.headline, &m.social_title].into_iter().flatten() {
            declared.add(Text::Title, title);
        }
        if let Some(title) = &m.title {
            if declared.sizes[Text::Title as usize] == 0 {
                declared.add(Text::Title, title);
            }
            let tail = title.rsplit(['|', '-', '–', '—', '·']).next();
            declared.add(Text::TitleTail, tail.unwrap_or(""));
        }
        if let Some(text) = &m.description {
            declared.add(Text::Description, text);
        }
        if let Some(text) = &m.structured_text {
            declared.add(Text::Structured, text);
        }
        declared.add(Text::Authors, &m.authors.join(" "));
        declared
    }

    /// Adds the words of a text, without the limit that blocks have.
    fn add(&mut self, text: Text, words: &str) {
        let bit = 1 << text as u8;
        let mut hashes = WordHashes::default();
        let all: Vec<&str> = words.split_whitespace().take(MAX_DECLARED).collect();
        for part in all.chunks(16) {
            let part = TextFacts::read_into(&part.join(" "), &mut hashes);
            for hash in hashes.words(&part) {
                let texts = self.words.entry(*hash).or_insert(0);
                self.sizes[text as usize] += usize::from(*texts & bit == 0);
                *texts |= bit;
            }
        }
    }

    /// Values of the declared family for block `i`.
    pub fn write(&self, f: &Facts, i: usize, w: &mut RowWriter<'_>) {
        let own = f.hashes.words(&f.text[i]);
        let mut shared = [0_u32; TEXTS];
        if !self.words.is_empty() {
            for texts in own.iter().filter_map(|h| self.words.get(h)) {
                for (k, count) in shared.iter_mut().enumerate() {
                    *count += u32::from(texts >> k & 1);
                }
            }
        }
        let overlap = |text: Text| ratio(shared[text as usize] as f32, own.len() as f32);
        w.put(overlap(Text::Title));
        w.flag(self.titles.contains(&f.text[i].hash));
        w.put(overlap(Text::Description));
        w.put(if self.sizes[Text::Structured as usize] > 20 {
            overlap(Text::Structured)
        } else {
            -1.0
        });
        w.put(if own.len() <= 12 {
            overlap(Text::Authors)
        } else {
            0.0
        });
        w.put(if own.len() <= 6 {
            overlap(Text::TitleTail)
        } else {
            0.0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Schema;

    #[test]
    fn page_features_are_the_last_columns_of_the_schema() {
        let own: Vec<String> = page_features().iter().map(|n| format!("page.{n}")).collect();
        assert_eq!(own.len(), PAGE_COLUMNS);
        assert!(Schema::get().names().ends_with(&own));
    }
}
