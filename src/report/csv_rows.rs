//! One CSV row a block; a failed page is one row with its error.

use crate::result::PageResult;
use crate::verdict::GateKind;
use std::io::{Result, Write};

const COLUMNS: [&str; 16] = [
    "path",
    "url",
    "verdict",
    "kind",
    "index",
    "label",
    "part",
    "purpose",
    "confidence",
    "content",
    "subscription",
    "navigation",
    "tag",
    "selector",
    "text",
    "error",
];

/// Writes the header.
///
/// # Errors
/// What the writer says.
pub fn write_csv_header(out: &mut dyn Write) -> Result<()> {
    write_record(out, &COLUMNS.map(str::to_owned))
}

/// Writes the blocks of a page; with `guard`, no cell begins as a formula does.
pub fn write_page(out: &mut dyn Write, page: &PageResult, guard: bool) -> Result<()> {
    let write_record = |out: &mut dyn Write, row: &[String]| {
        if guard {
            write_record(out, &row.iter().map(|cell| guarded(cell)).collect::<Vec<_>>())
        } else {
            write_record(out, row)
        }
    };
    let lead = [
        page.path.clone().unwrap_or_default(),
        page.url.clone().unwrap_or_default(),
    ];
    if let Some(error) = &page.error {
        let mut row = vec![String::new(); COLUMNS.len()];
        row[..2].clone_from_slice(&lead);
        row[COLUMNS.len() - 1] = format!("{}: {}", error.code, error.message);
        return write_record(out, &row);
    }
    let paywall = page.paywall.as_ref();
    let verdict = paywall.map_or("", |p| p.verdict.name());
    let kind = paywall.and_then(|p| p.kind).map_or("", GateKind::name);
    for b in &page.blocks {
        let row = [
            lead[0].clone(),
            lead[1].clone(),
            verdict.to_owned(),
            kind.to_owned(),
            b.index.to_string(),
            b.label.name().to_owned(),
            b.part.map_or("", |p| p.name()).to_owned(),
            b.purpose.map_or("", |p| p.name()).to_owned(),
            b.confidence.to_string(),
            b.probabilities.content.to_string(),
            b.probabilities.subscription.to_string(),
            b.probabilities.navigation.to_string(),
            b.tag.as_deref().unwrap_or_default().to_owned(),
            b.selector.clone().unwrap_or_default(),
            b.text.clone(),
            String::new(),
        ];
        write_record(out, &row)?;
    }
    Ok(())
}

/// Spreadsheets show what follows an apostrophe as text.
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn write_record(out: &mut dyn Write, row: &[String]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(row).map_err(into_io)?;
    writer.flush()
}

/// Keeps the kind of an I/O error, so that a broken pipe is still seen as one.
fn into_io(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => std::io::Error::other(format!("{other:?}")),
    }
}
