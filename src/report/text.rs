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
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        text.chars().filter(|c| !c.is_control()).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// A block a line; an empty line between pages.
pub fn write_text(out: &mut dyn Write, page: &PageResult, options: ReportOptions, first: bool) -> Result<()> {
    if page.error.is_some() {
        return Ok(());
    }
    if !first {
        writeln!(out)?;
    }
    for b in kept(page, options) {
        writeln!(out, "{}", printable(&b.text))?;
    }
    Ok(())
}

/// Headings, list items, quotes and code by their element; a rule between pages.
pub fn write_markdown(
    out: &mut dyn Write,
    page: &PageResult,
    options: ReportOptions,
    first: bool,
) -> Result<()> {
    if page.error.is_some() {
        return Ok(());
    }
    if !first {
        writeln!(out, "\n---\n")?;
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
