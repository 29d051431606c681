//! Features of the block's markup: its element, its ancestors, its links, its class names' families.

use super::facts::{CONTEXT_TAGS, Facts};
use super::family::{Family, names};
use super::lexicon::FAMILIES;
use super::matrix::{RowWriter, log1p, ratio};
use crate::page::Tag;

/// The family.
pub const FAMILY: Family = Family {
    name: "markup",
    features,
};

const OWN_TAGS: [(&str, &[Tag]); 15] = [
    ("p", &[Tag::P]),
    ("li", &[Tag::Li]),
    ("cell", &[Tag::Td, Tag::Th]),
    ("div", &[Tag::Div, Tag::Section, Tag::Center]),
    ("button", &[Tag::Button]),
    ("caption", &[Tag::Figcaption, Tag::Caption, Tag::Figure]),
    ("quote", &[Tag::Blockquote]),
    ("pre", &[Tag::Pre]),
    ("definition", &[Tag::Dt, Tag::Dd]),
    ("legend", &[Tag::Legend, Tag::Fieldset, Tag::Form]),
    ("address", &[Tag::Address]),
    ("summary", &[Tag::Summary, Tag::Details]),
    ("bar", &[Tag::Nav, Tag::Header, Tag::Footer]),
    ("article", &[Tag::Article, Tag::Main, Tag::Body]),
    ("other", &[Tag::Other]),
];

const ANCHOR_TAGS: [(&str, &[Tag]); 6] = [
    ("a", &[Tag::A]),
    ("strong", &[Tag::Strong, Tag::B]),
    ("em", &[Tag::Em, Tag::I]),
    ("span", &[Tag::Span, Tag::Small, Tag::Font]),
    ("label", &[Tag::Label]),
    ("time", &[Tag::Time]),
];

/// By tag, which of the lists it is in.
static OWN_BITS: [u32; TAGS] = bits_of(&OWN_TAGS);
static ANCHOR_BITS: [u32; TAGS] = bits_of(&ANCHOR_TAGS);
/// More than there are tags.
const TAGS: usize = 256;

const fn bits_of(lists: &[(&str, &[Tag])]) -> [u32; TAGS] {
    let mut bits = [0; TAGS];
    let mut list = 0;
    while list < lists.len() {
        let mut tag = 0;
        while tag < lists[list].1.len() {
            bits[lists[list].1[tag] as usize] |= 1 << list;
            tag += 1;
        }
        list += 1;
    }
    bits
}

fn features() -> Vec<String> {
    let mut list: Vec<String> = OWN_TAGS.iter().map(|(n, _)| format!("in_{n}")).collect();
    list.extend(ANCHOR_TAGS.iter().map(|(n, _)| format!("all_{n}")));
    list.extend(CONTEXT_TAGS.iter().map(|t| format!("under_{}", t.name())));
    list.extend(names(&[
        "heading_level",
        "link_density",
        "log_links",
        "emphasis_density",
        "run",
        "depth",
        "nth",
        "siblings",
        "hidden_own",
        "hidden_up",
        "href_none",
        "href_fragment",
        "href_mail",
        "href_external",
        "href_length",
    ]));
    list.extend(FAMILIES.iter().map(|(n, _)| format!("class_{n}_near")));
    list.extend(FAMILIES.iter().map(|(n, _)| format!("class_{n}_up")));
    list
}

/// Writes the values of block `i`.
pub fn write(f: &Facts, i: usize, w: &mut RowWriter<'_>) {
    let b = &f.outline.blocks[i];
    let e = f.outline.element(b.element);
    let anchor = f.outline.element(b.anchor);
    w.bits(OWN_BITS[e.tag as usize], OWN_TAGS.len());
    w.bits(ANCHOR_BITS[anchor.tag as usize], ANCHOR_TAGS.len());
    let up = f.tags_up[b.anchor as usize];
    w.bits(up, CONTEXT_TAGS.len());
    w.put(f32::from(f.heading[i]));
    w.put(f.link_density[i]);
    w.put(log1p(b.links as f32));
    w.put(ratio(b.emphasis_chars as f32, f.text[i].chars).min(1.0));
    w.put(log1p(b.run as f32));
    w.put(f32::from(e.depth.min(64)));
    w.put(log1p(e.nth as f32));
    let parent = f.outline.element(e.parent);
    w.put(log1p(parent.block_count() as f32));
    w.flag(e.hidden || anchor.hidden);
    w.flag(f.hidden_up[b.anchor as usize]);
    let href = b.href.as_deref().unwrap_or("");
    w.flag(b.href.is_none());
    w.flag(href.starts_with('#'));
    w.flag(href.starts_with("mailto:"));
    w.flag(href.starts_with("http"));
    w.put(log1p(href.len() as f32));
    let near: u32 = f
        .outline
        .ancestry(b.anchor)
        .take_while(|(at, x)| *at == b.element || x.depth > e.depth)
        .fold(0, |a, (at, _)| a | f.families[at as usize])
        | f.families[e.parent as usize];
    w.bits(near, FAMILIES.len());
    let up = f.families_up[b.anchor as usize];
    w.bits(up, FAMILIES.len());
}
