//! Features of repetition and nesting: cards cut alike, forms, articles, the branch beside the title.

use super::facts::{Facts, Sums};
use super::family::{Family, names};
use super::matrix::{RowWriter, log1p, ratio};
use super::structure::{NONE, Structure};
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

/// Writes the values of block `i`.
pub fn write(f: &Facts<'_>, s: &Structure, i: usize, w: &mut RowWriter<'_>) {
    let page = f.range(0, f.len());
    let b = &f.outline.blocks[i];
    let p = &s.places[i];
    for element in [b.element, p.card, p.grid] {
        match s.twins(element) {
            Some(t) => {
                let count = t.count as f32;
                w.put(log1p(count - 1.0));
                w.put(ratio(s.twin_index(element) as f32, count));
                w.put(log1p(ratio(t.words, count)));
                w.put(log1p(ratio(t.blocks, count)));
                w.put(ratio(t.words, page.words));
                w.put(ratio(t.rich_words, t.words));
            }
            None => (0..6).for_each(|_| w.put(-1.0)),
        }
    }
    let card = Structure::sums(f, p.card);
    w.put(ratio(card.link_words, card.words));
    w.put(linked_headings(&card));
    write_unit(f, p.unit, i, w);
    write_articles(f, s, i, &page, w);
    let branch = Structure::sums(f, p.branch);
    let top = f.outline.element(p.branch);
    let own_depth = f32::from(f.outline.element(b.element).depth);
    w.put(own_depth - f32::from(top.depth));
    w.put(log1p(branch.blocks));
    w.put(log1p(branch.words));
    w.put(ratio(branch.rich_words, page.rich_words));
    w.put(ratio(branch.link_words, branch.words));
    w.put(linked_headings(&branch));
    w.flag(branch.first_headings > 0.0);
    w.put(f.title_block.map_or(-1.0, |t| {
        let from = (t + 1).min(top.first_block as usize);
        log1p(f.range(from, top.first_block as usize).rich_words)
    }));
}

fn write_unit(f: &Facts<'_>, unit: u32, i: usize, w: &mut RowWriter<'_>) {
    w.flag(unit != NONE);
    if unit == NONE {
        (0..10).for_each(|_| w.put(-1.0));
    } else {
        let e = f.outline.element(unit);
        let s = f.below(unit);
        w.put(log1p(s.blocks));
        w.put(log1p(s.words));
        w.put(ratio(i as f32 - e.first_block as f32, s.blocks));
        for mark in [
            Mark::Input,
            Mark::Email,
            Mark::Password,
            Mark::Checkbox,
            Mark::Button,
        ] {
            w.put(log1p(e.mark(mark) as f32));
        }
        w.put(s.headings);
        w.put(ratio(s.subscribe, s.blocks));
    }
    let at = f.outline.fields.partition_point(|x| (x.block as usize) <= i);
    let distance = |x: Option<&crate::blocks::Field>| x.map_or(50.0, |x| (x.block as f32 - i as f32).abs());
    let before = distance(at.checked_sub(1).and_then(|k| f.outline.fields.get(k)));
    w.put(log1p(before.min(distance(f.outline.fields.get(at))).min(50.0)));
}

fn write_articles(f: &Facts<'_>, s: &Structure, i: usize, page: &Sums, w: &mut RowWriter<'_>) {
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

    #[test]
    fn a_form_is_the_unit_of_its_heading_and_a_linked_heading_marks_a_card() {
        let dom = Dom::parse(
            "<h1>Title</h1><div class=box><h3>Letter</h3><form><input type=email name=mail><button>Go</button></form></div>\
             <div class=teaser><h2><a href=/a>Elsewhere</a></h2><p>More</p></div>\
             <div class=teaser><h2><a href=/b>Again</a></h2><p>Less</p></div>",
        );
        let outline = outline_of_dom(&dom, usize::MAX);
        let meta = PageMeta::read(&dom);
        let facts = Facts::read(&outline, &meta);
        let structure = Structure::read(&facts);
        let names = features();
        let value = |text: &str, name: &str| {
            let i = outline.blocks.iter().position(|b| b.text == text).unwrap();
            let mut row = vec![0.0; names.len()];
            let mut w = RowWriter::new(&mut row);
            write(&facts, &structure, i, &mut w);
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
