//! From bytes to a walked document: decoding, bounded parsing, what the head declares.
//! The only room that names `scraper` or `html5ever`; knows no label and no feature.

mod access;
mod attribute;
mod char_ref;
mod decode;
mod depth;
mod doctype;
mod dom;
mod element_sets;
mod inert;
mod inert_names;
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

pub use access::{Access, Declared, DeclaredSource};
pub use attribute::Attr;
pub use decode::{Decoded, decode, decode_as};
pub use dom::{Dom, ElementView, NodeKey, Step, Visitor};
pub use inert::{Numbers, inert_copy};
pub use meta::PageMeta;
pub use tag::Tag;
pub use yardstick::scraper_parse;
