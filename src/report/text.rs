//! The content blocks alone, as plain text or Markdown.

use super::ReportOptions;
use crate::label::{Label, Part};
use crate::result::{LabelledBlock, PageResult};
use std::borrow::Cow;
use std::io::{Result, Write};

fn kept(page: &PageResult, options: ReportOptions) -> impl Iterator<Item = &LabelledBlock> {
    page.blocks
        .iter()
        .filter(move |b| b.label == Label::Content && (!options.body_only || b.part == Some(Part::Body)))
}

/// Control characters of a hostile page must not drive a terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        text.chars().filter(|c| !c.is_control()).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// An empty line between pages.
pub const TEXT_SEPARATOR: &str = "\n";
/// A rule between pages.
pub const MARKDOWN_SEPARATOR: &str = "\n---\n\n";

/// A block a line.
pub fn write_text(out: &mut dyn Write, page: &PageResult, options: ReportOptions) -> Result<()> {
    if page.error.is_some() {
        return Ok(());
    }
    for b in kept(page, options) {
        writeln!(out, "{}", printable(&b.text))?;
    }
    Ok(())
}

/// Headings, list items, quotes and code by their element.
pub fn write_markdown(out: &mut dyn Write, page: &PageResult, options: ReportOptions) -> Result<()> {
    if page.error.is_some() {
        return Ok(());
    }
    let mut after_item = false;
    for (n, b) in kept(page, options).enumerate() {
        let tag = b.tag.as_deref().unwrap_or("");
        let item = matches!(tag, "li" | "dd");
        if n > 0 && !(item && after_item) {
            writeln!(out)?;
        }
        after_item = item;
        let text = &printable(&b.text);
        match (b.part, tag) {
            (Some(Part::Title), _) | (_, "h1") => writeln!(out, "# {text}")?,
            (_, "h2") => writeln!(out, "## {text}")?,
            (_, "h3") => writeln!(out, "### {text}")?,
            (_, "h4" | "h5" | "h6") => writeln!(out, "#### {text}")?,
            (_, "li" | "dd") => writeln!(out, "- {text}")?,
            (_, "blockquote") => writeln!(out, "> {text}")?,
            (_, "pre") => writeln!(out, "    {text}")?,
            (Some(Part::Byline | Part::Date | Part::Caption), _) => {
                writeln!(out, "*{}*", text.replace('*', "\\*"))?;
            }
            _ => writeln!(out, "{text}")?,
        }
    }
    Ok(())
}
