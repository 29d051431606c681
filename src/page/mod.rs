//! From bytes to a walked document: decoding, bounded parsing, what the head declares.
//! The only room that names `scraper` or `html5ever`; knows no label and no feature.

mod attribute;
mod char_ref;
mod decode;
mod depth;
mod doctype;
mod dom;
mod element_sets;
mod meta;
mod raw_text;
mod selecting;
mod sink;
mod tag;
mod tokenizer;
#[cfg(test)]
mod tokenizer_tests;
mod tree;
mod yardstick;

pub use attribute::Attr;
pub use decode::{Decoded, decode, decode_as};
pub use dom::{Dom, ElementView, NodeKey, Step, Visitor};
pub use meta::{Declared, PageMeta};
pub use tag::Tag;
pub use yardstick::scraper_parse;
