//! One file per output format, all functions of [`crate::PageResult`]; explanations and scores for people. Knows no
//! command line.

mod columns;
mod csv_rows;
mod explanation;
mod html;
mod json_lines;
mod score_sheet;
mod shell;
mod table;
mod text;

use crate::result::PageResult;
pub use columns::{MOST_BYTES, ParquetPages, Rows, record_batch, schema, text_bytes};
pub use csv_rows::write_csv_header;
pub use explanation::write_explanation;
pub use score_sheet::write_score_sheet;
use std::io::{Result, Write};
pub use text::printable;

/// How pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A line a page for people.
    Table,
    /// A JSON object a page.
    Jsonl,
    /// A CSV row a block.
    Csv,
    /// The content blocks as plain text.
    Text,
    /// The content blocks as Markdown.
    Markdown,
    /// A report with table, charts and texts, as one HTML file.
    Html,
}

/// Choices beside the format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReportOptions {
    /// In text and Markdown: the body alone, without title, byline, date and captions.
    pub body_only: bool,
    /// In CSV: an apostrophe before cells that a spreadsheet would take for formulas.
    pub csv_guard: bool,
    /// In HTML: what was measured of the page.
    pub measured: Option<Measured>,
}

/// What is known of a page beside the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// Bytes of the page, unpacked.
    pub bytes: u64,
    /// Time from reading it to the answer, in microseconds.
    pub micros: u64,
}

/// Writes what stands before the first page.
///
/// # Errors
/// What the writer says.
pub fn write_start(out: &mut dyn Write, format: Format) -> Result<()> {
    match format {
        Format::Table => table::write_header(out),
        Format::Csv => write_csv_header(out),
        Format::Html => html::write_start(out),
        Format::Jsonl | Format::Text | Format::Markdown => Ok(()),
    }
}

/// Writes what stands after the last page.
///
/// # Errors
/// What the writer says.
pub fn write_end(out: &mut dyn Write, format: Format) -> Result<()> {
    match format {
        Format::Html => html::write_end(out),
        Format::Table | Format::Csv | Format::Jsonl | Format::Text | Format::Markdown => Ok(()),
    }
}

/// Writes one page alone; [`separator`] stands before all but the first.
///
/// # Errors
/// What the writer says.
pub fn write_page(
    out: &mut dyn Write,
    page: &PageResult,
    format: Format,
    options: ReportOptions,
) -> Result<()> {
    match format {
        Format::Table => table::write_page(out, page),
        Format::Jsonl => json_lines::write_page(out, page),
        Format::Csv => csv_rows::write_page(out, page, options.csv_guard),
        Format::Text => text::write_text(out, page, options),
        Format::Markdown => text::write_markdown(out, page, options),
        Format::Html => html::write_page(out, page, options),
    }
}

/// What stands between two pages that did not fail.
pub fn separator(format: Format) -> &'static str {
    match format {
        Format::Text => text::TEXT_SEPARATOR,
        Format::Markdown => text::MARKDOWN_SEPARATOR,
        Format::Table | Format::Jsonl | Format::Csv | Format::Html => "",
    }
}
