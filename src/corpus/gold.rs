//! Reads gold files: one JSON object a page with its labelled text segments or its main text.

use super::align::LETTERS;
use crate::error::{Error, Result};
use crate::input::{Line, open_lines, read_line};
use crate::label::Gate;
use serde::Deserialize;
use std::path::Path;

/// One page of a gold file.
#[derive(Debug, Clone, Deserialize)]
pub struct GoldPage {
    /// File name of the page in the folder `pages` beside the gold file.
    pub page: String,
    /// Address of the page.
    #[serde(default)]
    pub url: Option<String>,
    /// Site that the page belongs to; pages of a site are never split between training and scoring.
    #[serde(default)]
    pub site: Option<String>,
    /// Declared language.
    #[serde(default)]
    pub lang: Option<String>,
    /// Which collection the page is from.
    #[serde(default)]
    pub source: Option<String>,
    /// Page type, for example `article`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Gold main text.
    #[serde(default)]
    pub main_text: Option<String>,
    /// Visible text runs in document order with their label letter: C, S, N, H or `?`.
    #[serde(default)]
    pub segments: Option<Vec<(String, String)>>,
    /// Observed gate: hard, soft, none.
    #[serde(default)]
    pub gate: Option<String>,
}

impl GoldPage {
    /// The observed gate, when it was judged.
    pub fn gate(&self) -> Option<Gate> {
        self.gate.as_deref().and_then(Gate::parse)
    }
}

/// Longest line of a gold file.
const LONGEST_LINE: u64 = 256 << 20;

/// Reads a gold file (`.jsonl` or `.jsonl.gz`).
///
/// # Errors
/// [`Error::Io`], or [`Error::Labels`] with the line that is not a gold page.
pub fn read_gold(path: &Path) -> Result<Vec<GoldPage>> {
    let mut reader = open_lines(path).map_err(|e| Error::io(path, e))?;
    let mut pages = Vec::new();
    for number in 1.. {
        let fault = |reason: String| Error::Labels {
            path: path.to_owned(),
            line: number,
            reason,
        };
        let line = match read_line(&mut reader, LONGEST_LINE).map_err(|e| Error::io(path, e))? {
            None => break,
            Some(Line::Whole(line)) => line,
            Some(Line::TooLong { .. }) => return Err(fault(format!("longer than {LONGEST_LINE} bytes"))),
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let page: GoldPage =
            serde_json::from_slice(&line).map_err(|e| fault(format!("not a gold page: {e}")))?;
        if page.segments.is_none() && page.main_text.is_none() {
            return Err(fault("has neither segments nor main_text".to_owned()));
        }
        let odd = page
            .segments
            .iter()
            .flatten()
            .find(|(l, _)| !LETTERS.contains(&l.as_str()));
        if let Some((letter, _)) = odd {
            return Err(fault(format!(
                "{letter:?} is no label letter; segments are [letter, text] with C, S, N, H or ?"
            )));
        }
        pages.push(page);
    }
    Ok(pages)
}
