//! The knot of the house: the one function that turns bytes into blocks and features.
//! Classifying, training, evaluating, annotating and benchmarking all enter here. Knows no model.

use crate::blocks::{Outline, outline_of_dom, outline_of_text};
use crate::error::{Error, Result};
use crate::features::{Around, PageRows};
use crate::page::{Dom, PageMeta, decode_as};
use crate::stage::{Stage, StageListener};
use std::sync::Arc;

/// What kind of document the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A page with markup.
    Html,
    /// Plain text, a block a line.
    Text,
}

/// Bounds on one page.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// Most bytes of a page after unpacking.
    pub bytes: u64,
    /// Most blocks of a page.
    pub blocks: usize,
    /// Most bytes of an archive's record, wanted or not, after unpacking.
    pub member: u64,
    /// Most bytes of the headers of an archive's record.
    pub header: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 128 << 20,
            blocks: 1_000_000,
            member: 4 << 30,
            header: 256 << 10,
        }
    }
}

/// A page ready to be labelled.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Name of the encoding the bytes were in.
    pub encoding: &'static str,
    /// What the page declares.
    pub meta: Arc<PageMeta>,
    /// Blocks and elements.
    pub outline: Arc<Outline>,
    /// What stands around the blocks.
    pub around: Around,
    /// What their features are made of.
    pub rows: PageRows,
}

impl Prepared {
    fn of(encoding: &'static str, meta: PageMeta, outline: Outline) -> Prepared {
        let (meta, outline) = (Arc::new(meta), Arc::new(outline));
        let rows = PageRows::read(&outline, &meta);
        Prepared {
            encoding,
            around: rows.around(),
            rows,
            meta,
            outline,
        }
    }
}

/// Indices of the elements that a CSS selector matches, or why it isn't one.
pub type Selected = std::result::Result<Vec<u32>, String>;

/// Turns the bytes of a page or text into blocks and features.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotAPage`], [`Error::TooLarge`], [`Error::TooManyBlocks`].
pub fn prepare(bytes: &[u8], kind: InputKind, limits: &Limits) -> Result<Prepared> {
    prepare_served(bytes, kind, None, limits)
}

/// Like [`prepare`], for bytes that a server sent with a charset in its headers.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_served(
    bytes: &[u8],
    kind: InputKind,
    charset: Option<&str>,
    limits: &Limits,
) -> Result<Prepared> {
    prepare_heard(bytes, kind, charset, limits, &[], &mut ()).map(|(prepared, _)| prepared)
}

/// Like [`prepare`], and tells which elements each of the CSS selectors matches, as indices into the
/// outline's elements; a selector that isn't valid CSS gives the parser's message.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_selected(
    bytes: &[u8],
    kind: InputKind,
    limits: &Limits,
    selectors: &[String],
) -> Result<(Prepared, Vec<Selected>)> {
    prepare_heard(bytes, kind, None, limits, selectors, &mut ())
}

/// Like [`prepare_selected`], for bytes of a known charset and with a listener that hears of each stage.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_heard(
    bytes: &[u8],
    kind: InputKind,
    charset: Option<&str>,
    limits: &Limits,
    selectors: &[String],
    listener: &mut impl StageListener,
) -> Result<(Prepared, Vec<Selected>)> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::TooLarge {
            found: bytes.len() as u64,
            allowed: limits.bytes,
        });
    }
    let decoded = decode_as(bytes, charset)?;
    listener.passed(Stage::Decode);
    let (meta, outline, selected) = match kind {
        InputKind::Html => {
            let dom = if selectors.is_empty() {
                Dom::parse(&decoded.text)
            } else {
                Dom::parse_whole(&decoded.text)
            };
            listener.passed(Stage::Parse);
            let outline = outline_of_dom(&dom, limits.blocks);
            listener.passed(Stage::Blocks);
            let selected = selectors.iter().map(|s| select(&dom, &outline, s)).collect();
            (PageMeta::read(&dom), outline, selected)
        }
        InputKind::Text => {
            let none = selectors
                .iter()
                .map(|_| Err("plain text has no elements".to_owned()))
                .collect();
            (
                PageMeta::default(),
                outline_of_text(&decoded.text, limits.blocks),
                none,
            )
        }
    };
    listener.passed(Stage::Meta);
    let encoding = decoded.encoding;
    // a large page's text is not needed beside its features
    drop(decoded);
    if outline.seen_blocks > limits.blocks {
        return Err(Error::TooManyBlocks {
            found: outline.seen_blocks,
            allowed: limits.blocks,
        });
    }
    let prepared = Prepared::of(encoding, meta, outline);
    listener.passed(Stage::Features);
    Ok((prepared, selected))
}

/// The outline of text blocks alone, as if the page had been saved as plain text.
pub fn prepare_lines(text: &str) -> Prepared {
    Prepared::of("UTF-8", PageMeta::default(), outline_of_text(text, usize::MAX))
}

fn select(dom: &Dom, outline: &Outline, selector: &str) -> Selected {
    let keys = dom.select(selector)?;
    Ok(outline
        .elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.node.is_some_and(|k| keys.contains(&k)))
        .map(|(i, _)| i as u32)
        .collect())
}
