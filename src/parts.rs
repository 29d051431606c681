//! Which part of the content a content block is: title, byline, date, caption or body.
//! Rules over markup and declarations; labels come from the model.

use crate::blocks::words::lower_words;
use crate::blocks::{Block, Element, Outline};
use crate::label::{Label, Part};
use crate::page::{PageMeta, Tag};
use std::cell::LazyCell;

/// Dates and bylines have at most this many words.
const SHORT: f32 = 14.0;

/// Parts of the content blocks, given the blocks' sizes in words and whether the model takes each for
/// body text; `None` for other labels. Head matter that no rule names is byline where it is
/// short and stands before the body, else caption.
pub fn assign_parts(
    outline: &Outline,
    meta: &PageMeta,
    sizes: &[f32],
    labels: &[Label],
    body: &[bool],
) -> Vec<Option<Part>> {
    let titles: Vec<Vec<String>> = [&meta.headline, &meta.social_title, &meta.title]
        .into_iter()
        .flatten()
        .map(|t| lower_words(t))
        .collect();
    let authors: Vec<Vec<String>> = meta
        .authors
        .iter()
        .map(|a| lower_words(a))
        .filter(|a| !a.is_empty())
        .collect();
    let first_long = (0..labels.len()).find(|i| labels[*i] == Label::Content && sizes[*i] >= 25.0);
    let mut title_seen = false;
    outline
        .blocks
        .iter()
        .enumerate()
        .map(|(i, block)| {
            if labels[i] != Label::Content {
                return None;
            }
            let own = LazyCell::new(|| lower_words(&block.text));
            let short = sizes[i] <= SHORT;
            let before_body = first_long.is_none_or(|f| i <= f);
            let part = if is_caption(outline, block) {
                Part::Caption
            } else if !title_seen && before_body && is_title(outline, block, &own, &titles) {
                title_seen = true;
                Part::Title
            } else if short && is_date(outline, block) {
                Part::Date
            } else if short && is_byline(outline, block, &own, &authors) {
                Part::Byline
            } else if body[i] {
                Part::Body
            } else if before_body && short {
                Part::Byline
            } else {
                Part::Caption
            };
            Some(part)
        })
        .collect()
}

fn near<'a>(outline: &'a Outline, block: &Block, levels: usize) -> impl Iterator<Item = &'a Element> {
    outline.ancestry(block.anchor).map(|(_, e)| e).take(levels)
}

fn named(outline: &Outline, e: &Element, parts: &[&str]) -> bool {
    [e.class, e.id, e.hints]
        .into_iter()
        .filter_map(|name| outline.text_of(name))
        .any(|text| parts.iter().any(|p| contains(text.as_bytes(), p.as_bytes())))
}

/// Whether `text` holds `part`, which is in lower case, in any case of its ASCII letters.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else {
        return true;
    };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text).any(|at| {
        text.get(at + 1..at + part.len())
            .is_some_and(|next| next.eq_ignore_ascii_case(rest))
    })
}

fn is_caption(outline: &Outline, block: &Block) -> bool {
    near(outline, block, 5).any(|e| matches!(e.tag, Tag::Figcaption | Tag::Caption))
        || near(outline, block, 3).any(|e| {
            named(
                outline,
                e,
                &["caption", "image-credit", "photo-credit", "bildunterschrift"],
            )
        })
        || near(outline, block, 4).any(|e| e.tag == Tag::Figure)
            && !near(outline, block, 4).any(|e| e.tag == Tag::Table)
}

fn is_title(outline: &Outline, block: &Block, own: &[String], titles: &[Vec<String>]) -> bool {
    let h1 = near(outline, block, 4).any(|e| e.tag == Tag::H1);
    let heading = near(outline, block, 4).any(|e| e.tag.heading_level().is_some());
    let equal = titles
        .iter()
        .any(|t| t == own || (heading && own.len() >= 3 && t.starts_with(own)));
    h1 || (equal && own.len() >= 2)
}

fn is_date(outline: &Outline, block: &Block) -> bool {
    let digits = block.text.chars().filter(char::is_ascii_digit).count();
    digits > 0
        && (near(outline, block, 3).any(|e| e.tag == Tag::Time)
            || near(outline, block, 3)
                .any(|e| named(outline, e, &["date", "publish", "timestamp", "time", "updated"])))
}

fn is_byline(outline: &Outline, block: &Block, own: &[String], authors: &[Vec<String>]) -> bool {
    let holds = |a: &Vec<String>| a.iter().all(|w| own.contains(w));
    (authors.iter().any(holds) && own.len() <= 10)
        || near(outline, block, 4).any(|e| {
            named(
                outline,
                e,
                &["byline", "author", "auteur", "autor", "writer", "contributor"],
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::outline_of_dom;
    use crate::page::Dom;

    #[test]
    fn parts_of_an_article() {
        let page = "<title>A fine day | Gazette</title><meta name=author content='Ada Poe'><nav>Home</nav><h1>A fine day</h1>\
            <div class=meta><span>By Ada Poe</span></div><p class=pub-date>3 May 2031</p><p>The sun rose.</p>\
            <figure><img><figcaption>A sun</figcaption></figure>";
        let dom = Dom::parse(page);
        let outline = outline_of_dom(&dom, usize::MAX);
        let mut labels = vec![Label::Content; outline.blocks.len()];
        labels[0] = Label::Navigation;
        let parts = assign_parts(&outline, &PageMeta::read(&dom), &[4.0; 6], &labels, &[true; 6]);
        let want = [
            None,
            Some(Part::Title),
            Some(Part::Byline),
            Some(Part::Date),
            Some(Part::Body),
            Some(Part::Caption),
        ];
        assert_eq!(parts, want);
    }
}
