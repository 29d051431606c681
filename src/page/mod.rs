//! From bytes to a walked document: decoding, bounded parsing, what the head declares.
//! The only room that names `scraper` or `html5ever`; knows no label and no feature.

mod access;
mod decode;
mod depth;
mod dom;
mod element_sets;
mod meta;
mod tag;

pub use access::{Access, Declared, DeclaredSource};
pub use decode::{Decoded, decode};
pub use dom::{Dom, ElementView, NodeKey, Step, Visitor};
pub use meta::PageMeta;
pub use tag::Tag;
