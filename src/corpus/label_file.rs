//! `labels.csv`: one row a labelled element, written by a person, by `import` or by an annotator.

use crate::error::{Error, Result};
use crate::label::{Gate, Label};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::Path;

/// Name of the label file in a labelled folder.
pub const LABEL_FILE: &str = "labels.csv";
/// The columns that mean something; all others are left unread.
pub const LABEL_COLUMNS: [&str; 5] = ["page", "selector", "label", "run", "site"];

/// One row of a label file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelRow {
    /// Path of the page, relative to the label file's folder.
    pub page: String,
    /// CSS selector of the labelled elements; empty for the row that holds the page's gate.
    pub selector: String,
    /// Label of the whole subtree, or the page's gate.
    pub label: String,
    /// Which text run directly under the element the label is for, 1 is the first; `None` for the subtree.
    pub run: Option<u32>,
    /// Site of the page, where the file names it; else it is read from the page's address.
    pub site: Option<String>,
    /// Line in the file, 1 is the header.
    pub line: u64,
}

#[derive(Deserialize)]
struct RawRow {
    page: String,
    selector: String,
    label: String,
    #[serde(default)]
    run: Option<String>,
    #[serde(default)]
    site: Option<String>,
}

/// Reads a label file.
///
/// # Errors
/// [`Error::Io`], or [`Error::Labels`] with the line whose columns, label, gate or run are wrong.
pub fn read_labels(path: &Path) -> Result<Vec<LabelRow>> {
    let file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    read_rows(file, path)
}

fn read_rows(input: impl Read, path: &Path) -> Result<Vec<LabelRow>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(input);
    let fault = |line: u64, reason: String| Error::Labels {
        path: path.to_owned(),
        line,
        reason,
    };
    let headers = reader.headers().map_err(|e| fault(1, e.to_string()))?.clone();
    for column in ["page", "selector", "label"] {
        if !headers.iter().any(|h| h.trim_start_matches('\u{feff}') == column) {
            return Err(fault(
                1,
                format!("column {column:?} is missing; the header is page,selector,label and optionally run"),
            ));
        }
    }
    let headers: csv::StringRecord = headers.iter().map(|h| h.trim_start_matches('\u{feff}')).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            fault(line, e.to_string())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() < headers.len().min(3) {
            return Err(fault(
                line,
                format!(
                    "has {} columns; page, selector and label are needed",
                    record.len()
                ),
            ));
        }
        let raw: RawRow = record
            .deserialize(Some(&headers))
            .map_err(|e| fault(line, e.to_string()))?;
        if raw.selector.is_empty() && Gate::parse(&raw.label).is_none() {
            return Err(fault(
                line,
                format!(
                    "{:?} is no gate; a row without selector holds open, soft or hard",
                    raw.label
                ),
            ));
        }
        if !raw.selector.is_empty() && Label::parse(&raw.label).is_none() {
            return Err(fault(
                line,
                format!(
                    "{:?} is no label; use content, subscription or navigation",
                    raw.label
                ),
            ));
        }
        let run = match raw.run.as_deref() {
            None | Some("") => None,
            Some(n) => Some(
                n.parse::<u32>()
                    .ok()
                    .filter(|n| *n > 0)
                    .ok_or_else(|| fault(line, format!("run {n:?} is no number from 1 on")))?,
            ),
        };
        rows.push(LabelRow {
            page: raw.page,
            selector: raw.selector,
            label: raw.label,
            run,
            site: raw.site.filter(|s| !s.is_empty()),
            line,
        });
    }
    Ok(rows)
}

/// One row as it is written.
#[derive(Serialize)]
struct WrittenRow<'a> {
    page: &'a str,
    selector: &'a str,
    label: &'a str,
    run: Option<u32>,
    site: Option<&'a str>,
}

/// Writes rows with their header.
///
/// # Errors
/// What the writer says.
pub fn write_labels<'a>(out: impl Write, rows: impl Iterator<Item = &'a LabelRow>) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        writer
            .serialize(WrittenRow {
                page: &row.page,
                selector: &row.selector,
                label: &row.label,
                run: row.run,
                site: row.site.as_deref(),
            })
            .map_err(std::io::Error::other)?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<LabelRow>> {
        read_rows(text.as_bytes(), Path::new("labels.csv"))
    }

    #[test]
    fn rows_are_read_with_and_without_run() {
        let rows = read("page,selector,label\na.html,body,navigation\na.html,,hard\n").unwrap();
        assert_eq!(
            (rows.len(), rows[0].run, rows[1].label.as_str()),
            (2, None, "hard")
        );
        let rows =
            read("\u{feff}page,selector,label,run\na.html,\"p, li\",content,2\na.html,p,content,\n").unwrap();
        assert_eq!(
            (rows[0].run, rows[1].run, rows[0].selector.as_str()),
            (Some(2), None, "p, li")
        );
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line, word) in [
            ("page,label\na,content\n", 1, "selector"),
            ("page,selector,label\na,p,content\na,p,Content\n", 3, "no label"),
            ("page,selector,label\na,,content\n", 2, "no gate"),
            ("page,selector,label,run\na,p,content,0\n", 2, "run"),
            ("page,selector,label\na,p\n", 2, "label"),
        ] {
            match read(text) {
                Err(Error::Labels { line: at, reason, .. }) => {
                    assert!(at == line && reason.contains(word), "{text}: line {at}: {reason}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn written_rows_read_back() {
        let rows =
            read("page,selector,label,run\n\"a,b.html\",#x > p,subscription,3\na.html,,soft,\n").unwrap();
        let mut out = Vec::new();
        write_labels(&mut out, rows.iter()).unwrap();
        assert_eq!(read(std::str::from_utf8(&out).unwrap()).unwrap(), rows);
    }
}
