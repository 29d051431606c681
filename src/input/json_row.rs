//! Pages in tables: which columns hold the page and its address, and a row that is a line of JSON.

use crate::error::{Error, Result};
use serde_json::Value;

/// Names of the columns that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Holds the page.
    pub html: String,
    /// Holds its address; rows may lack it.
    pub url: String,
}

impl Default for Columns {
    fn default() -> Self {
        Columns {
            html: "html".to_owned(),
            url: "url".to_owned(),
        }
    }
}

impl Columns {
    /// The error of a row or table without the page's column.
    pub fn missing(&self, reason: &str) -> Error {
        Error::Column {
            column: self.html.clone(),
            reason: reason.to_owned(),
        }
    }
}

/// The page and the address in a line of JSON.
///
/// # Errors
/// [`Error::Archive`] for a line that is no JSON object, [`Error::Column`] for one without the page.
pub fn page_of(line: &[u8], columns: &Columns) -> Result<(Vec<u8>, Option<String>)> {
    let text = std::str::from_utf8(line).map_err(|e| Error::Archive {
        reason: format!("the line is not UTF-8: {e}"),
    })?;
    let value: Value = serde_json::from_str(text).map_err(|e| Error::Archive {
        reason: format!("the line is no JSON: {e}"),
    })?;
    let Value::Object(mut row) = value else {
        return Err(Error::Archive {
            reason: "the line is no JSON object".to_owned(),
        });
    };
    let url = match row.remove(&columns.url) {
        Some(Value::String(url)) if columns.url != columns.html => Some(url),
        _ => None,
    };
    match row.remove(&columns.html) {
        Some(Value::String(html)) => Ok((html.into_bytes(), url)),
        Some(_) => Err(columns.missing("it holds no text")),
        None => Err(columns.missing("the row has no such column; --html-column names another")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_page_and_address_or_says_what_is_wrong() {
        let c = Columns::default();
        let (page, url) = page_of(br#"{"url":"https://a.example/","html":"<p>a\u00e9</p>"}"#, &c).unwrap();
        assert_eq!(
            (page.as_slice(), url.as_deref()),
            ("<p>aé</p>".as_bytes(), Some("https://a.example/"))
        );
        assert!(page_of(br#"{"html":"x"}"#, &c).unwrap().1.is_none());
        for (line, code) in [
            (&br#"{"url":"x"}"#[..], "column"),
            (br#"{"html":7}"#, "column"),
            (b"[1]", "damaged-archive"),
            (b"{", "damaged-archive"),
            (b"\xff", "damaged-archive"),
        ] {
            assert_eq!(page_of(line, &c).unwrap_err().code(), code);
        }
    }
}
