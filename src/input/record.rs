//! One page or text of a source: where it stands, what its headers say, and its bytes, still packed.
//! Unpacking is apart from reading, so that it can be done by many threads.

use super::cells::Cell;
use super::http::{self, Coding};
use super::json_row::{self, Columns};
use super::read::{self, unpack};
use crate::error::{Error, Result};
use crate::pipeline::{InputKind, Limits};
use std::path::PathBuf;
use std::sync::Arc;

/// A page or text, not unpacked yet.
#[derive(Debug)]
pub struct Record {
    /// The name that reports give it: a path, or `archive#place`.
    pub name: String,
    /// Address it was fetched from, when the source tells.
    pub url: Option<String>,
    /// When it was fetched, as the archive writes it.
    pub date: Option<String>,
    /// Charset of the server's headers.
    pub charset: Option<String>,
    /// Page or text.
    pub kind: InputKind,
    /// Its bytes.
    pub body: Body,
}

/// Where a record's bytes are, and what they are packed in.
#[derive(Debug)]
pub enum Body {
    /// A file that is not open yet.
    File(PathBuf),
    /// The bytes of a file.
    Bytes(Vec<u8>),
    /// The body of a server's answer.
    Http(Vec<u8>, Coding),
    /// A line of JSON with the page in one of its fields.
    JsonLine(Vec<u8>, Arc<Columns>),
}

/// What a source yields, in its order.
#[derive(Debug)]
pub enum Item {
    /// A page or text.
    Record(Record),
    /// A part that should have been one and can't be read.
    Failed {
        /// The name that reports give it.
        name: String,
        /// Why.
        error: Error,
    },
    /// Something that is no page and needs no line of its own: the reason, in one word.
    Skipped(&'static str),
}

/// An unpacked page or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The bytes as the browser saw them.
    pub bytes: Vec<u8>,
    /// Address it was fetched from, when the source tells.
    pub url: Option<String>,
    /// Charset of the server's headers.
    pub charset: Option<String>,
}

impl Record {
    /// Bytes held in memory.
    pub fn held(&self) -> usize {
        match &self.body {
            Body::File(_) => 0,
            Body::Bytes(b) | Body::Http(b, _) | Body::JsonLine(b, _) => b.len(),
        }
    }

    /// Reads and unpacks the bytes, up to the limits.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::TooLarge`], [`Error::Damaged`], [`Error::Archive`], [`Error::Column`].
    pub fn unpack(self, limits: &Limits) -> Result<Unpacked> {
        let mut charset = self.charset;
        let (bytes, url) = match self.body {
            Body::File(path) => (read::read_raw(&path, limits)?, None),
            Body::Bytes(bytes) => (bytes, None),
            Body::Http(bytes, coding) => (http::decode_body(bytes, &coding, limits)?, None),
            Body::JsonLine(line, columns) => {
                let (bytes, url) = json_row::page_of(&line, &columns)?;
                let text = Cell {
                    bytes: &bytes,
                    utf8: true,
                };
                charset = charset.or(text.charset().map(str::to_owned));
                (bytes, url)
            }
        };
        let page = unpack(bytes, limits)?;
        Ok(Unpacked {
            bytes: page.bytes,
            url: self.url.or(url).or(page.url),
            charset: charset.or(page.charset),
        })
    }
}
