//! Features of repetition and nesting: cards cut alike, forms, articles, the branch beside the title.

use super::facts::{Facts, Sums};
use super::family::{Family, names};
use super::matrix::{RowWriter, log1p, ratio};
use super::memo::Memo;
use super::structure::{NONE, Structure, Twins};
use crate::blocks::Mark;

/// The family.
pub const FAMILY: Family = Family {
    name: "nesting",
    features,
};

fn features() -> Vec<String> {
    let mut list = Vec::new();
    for unit in ["own", "card", "grid"] {
        list.extend(
            [
                "twins",
                "twin_place",
                "twin_words",
                "twin_blocks",
                "twins_page_share",
                "twins_rich_ratio",
            ]
            .map(|n| format!("{unit}_{n}")),
        );
    }
    list.extend(names(&[
        "card_link_density",
        "card_linked_headings",
        "unit",
        "unit_blocks",
        "unit_words",
        "unit_place",
        "unit_inputs",
        "unit_emails",
        "unit_passwords",
        "unit_checkboxes",
        "unit_buttons",
        "unit_headings",
        "unit_subscribe",
        "field_near",
        "articles",
        "article_place",
        "article_holds_title",
        "outer_article_holds_title",
        "article_rich_share",
        "outer_article_rich_share",
        "stories",
        "story_place",
        "branch_depth",
        "branch_blocks",
        "branch_words",
        "branch_rich_share",
        "branch_link_density",
        "branch_linked_headings",
        "branch_holds_h1",
        "rich_from_title_to_branch",
    ]));
    list
}

/// What the family needs beside the facts and the structure, made once a page.
pub struct Nesting {
    twins: Vec<[f32; 5]>,
    branches: Memo<6>,
    units: Memo<10>,
    page: Sums,
}

impl Nesting {
    /// Reads a page.
    pub fn read(f: &Facts, s: &Structure) -> Nesting {
        let page = f.range(0, f.len());
        Nesting {
            twins: s.groups.iter().map(|t| twin_values(t, &page)).collect(),
            branches: Memo::new(&f.outline),
            units: Memo::new(&f.outline),
            page,
        }
    }

    /// Writes the values of block `i`.
    pub fn write(&mut self, f: &Facts, s: &Structure, i: usize, w: &mut RowWriter<'_>) {
        let b = &f.outline.blocks[i];
        let p = &s.places[i];
        for element in [b.element, p.card, p.grid] {
            match s.twin_group(element) {
                Some(group) => {
                    let [count, rest @ ..] = self.twins[group];
                    w.put(count);
                    w.put(ratio(s.twin_index(element) as f32, s.groups[group].count as f32));
                    w.put_all(&rest);
                }
                None => w.put_all(&[-1.0; 6]),
            }
        }
        if p.card == NONE {
            w.put_all(&[0.0, -1.0]);
        } else {
            let [.., links, linked_headings, _] = self.branch(f, p.card);
            w.put_all(&[links, linked_headings]);
        }
        self.write_unit(f, p.unit, i, w);
        write_articles(f, s, i, &self.page, w);
        let top = f.outline.element(p.branch);
        let own_depth = f32::from(f.outline.element(b.element).depth);
        w.put(own_depth - f32::from(top.depth));
        w.put_all(&self.branch(f, p.branch));
        w.put(f.title_block.map_or(-1.0, |t| {
            let from = (t + 1).min(top.first_block as usize);
            log1p(f.range(from, top.first_block as usize).rich_words)
        }));
    }

    fn branch(&mut self, f: &Facts, element: u32) -> [f32; 6] {
        self.branches.of(element, || {
            let s = f.below(element);
            [
                log1p(s.blocks),
                log1p(s.words),
                ratio(s.rich_words, self.page.rich_words),
                ratio(s.link_words, s.words),
                linked_headings(&s),
                f32::from(u8::from(s.first_headings > 0.0)),
            ]
        })
    }

    fn write_unit(&mut self, f: &Facts, unit: u32, i: usize, w: &mut RowWriter<'_>) {
        w.flag(unit != NONE);
        if unit == NONE {
            w.put_all(&[-1.0; 10]);
        } else {
            let mut values = self.units.of(unit, || unit_values(f, unit));
            let e = f.outline.element(unit);
            values[UNIT_PLACE] = ratio(i as f32 - e.first_block as f32, e.block_count() as f32);
            w.put_all(&values);
        }
        let at = f.outline.fields.partition_point(|x| (x.block as usize) <= i);
        let distance =
            |x: Option<&crate::blocks::Field>| x.map_or(50.0, |x| (x.block as f32 - i as f32).abs());
        let before = distance(at.checked_sub(1).and_then(|k| f.outline.fields.get(k)));
        w.put(log1p(before.min(distance(f.outline.fields.get(at))).min(50.0)));
    }
}

/// Column of a unit's values that is each block's own.
const UNIT_PLACE: usize = 2;

fn unit_values(f: &Facts, unit: u32) -> [f32; 10] {
    let e = f.outline.element(unit);
    let s = f.below(unit);
    let [inputs, emails, passwords, checkboxes, buttons] = [
        Mark::Input,
        Mark::Email,
        Mark::Password,
        Mark::Checkbox,
        Mark::Button,
    ]
    .map(|mark| log1p(e.mark(mark) as f32));
    [
        log1p(s.blocks),
        log1p(s.words),
        0.0,
        inputs,
        emails,
        passwords,
        checkboxes,
        buttons,
        s.headings,
        ratio(s.subscribe, s.blocks),
    ]
}

fn twin_values(t: &Twins, page: &Sums) -> [f32; 5] {
    let count = t.count as f32;
    [
        log1p(count - 1.0),
        log1p(ratio(t.words, count)),
        log1p(ratio(t.blocks, count)),
        ratio(t.words, page.words),
        ratio(t.rich_words, t.words),
    ]
}

fn write_articles(f: &Facts, s: &Structure, i: usize, page: &Sums, w: &mut RowWriter<'_>) {
    let p = &s.places[i];
    w.put(p.articles as f32);
    let holds_title = |element: u32| {
        let (from, to) = Structure::range(f, element);
        f.title_block
            .is_some_and(|t| (from as usize..to as usize).contains(&t))
    };
    let (from, to) = Structure::range(f, p.article);
    w.put(ratio(i as f32 - from as f32, (to - from) as f32));
    w.flag(holds_title(p.article));
    w.flag(holds_title(p.outer_article));
    for element in [p.article, p.outer_article] {
        w.put(ratio(Structure::sums(f, element).rich_words, page.rich_words));
    }
    w.put(log1p(s.stories as f32));
    w.put(p.story.map_or(-1.0, |k| k as f32));
}

fn linked_headings(s: &Sums) -> f32 {
    if s.headings > 0.0 {
        s.linked_headings / s.headings
    } else {
        -1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::outline_of_dom;
    use crate::page::{Dom, PageMeta};
    use std::sync::Arc;

    #[test]
    fn a_form_is_the_unit_of_its_heading_and_a_linked_heading_marks_a_card() {
        let dom = Dom::parse(
            "<h1>Title</h1><div class=box><h3>Letter</h3><form><input type=email name=mail><button>Go</button></form></div>\
             <div class=teaser><h2><a href=/a>Elsewhere</a></h2><p>More</p></div>\
             <div class=teaser><h2><a href=/b>Again</a></h2><p>Less</p></div>",
        );
        let outline = Arc::new(outline_of_dom(&dom, usize::MAX));
        let meta = Arc::new(PageMeta::read(&dom));
        let facts = Facts::read(&outline, &meta);
        let structure = Structure::read(&facts);
        let names = features();
        let value = |text: &str, name: &str| {
            let i = outline.blocks.iter().position(|b| b.text == text).unwrap();
            let mut row = vec![0.0; names.len()];
            let mut w = RowWriter::new(&mut row);
            Nesting::read(&facts, &structure).write(&facts, &structure, i, &mut w);
            assert_eq!(w.written(), names.len());
            row[names.iter().position(|n| n == name).unwrap()]
        };
        assert_eq!(value("Letter", "unit"), 1.0);
        assert!(value("Letter", "unit_emails") > 0.0);
        assert!(value("Letter", "unit_blocks") < value("Title", "unit_blocks"));
        assert_eq!(value("More", "card_linked_headings"), 1.0);
        assert!(value("More", "card_twins") > 0.0);
    }
}
