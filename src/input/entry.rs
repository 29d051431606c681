//! Members of archives of files (zip, tar): which are pages, which are passed over, which are reported.

use super::read::{input_kind, read_up_to};
use super::record::{Body, Item, Record};
use super::sniff::{HEAD, Shape, is_page_name, looks_like_page, shape};
use super::source::ReadOptions;
use crate::error::Error;
use crate::pipeline::InputKind;
use std::io::Read;
use std::path::Path;

/// An archive that is being read.
pub struct Listed<'a> {
    /// Its name.
    pub archive: &'a str,
    /// Choices about reading.
    pub options: &'a ReadOptions,
}

impl Listed<'_> {
    /// The name of a member in reports.
    pub fn name(&self, member: &str) -> String {
        format!("{}#{member}", self.archive)
    }

    /// The archive as a whole can't be read, or not to its end.
    pub fn broken(&self, error: &dyn std::error::Error) -> Item {
        Item::Failed {
            name: self.archive.to_owned(),
            error: Error::Archive {
                reason: error.to_string(),
            },
        }
    }

    /// A member of a name, its bytes not read yet.
    pub fn item(&self, member: &str, mut bytes: impl Read) -> Item {
        let failed = |error| Item::Failed {
            name: self.name(member),
            error,
        };
        let damaged = |e: std::io::Error| Error::Damaged {
            reason: e.to_string(),
        };
        let mut page = match read_up_to(&mut bytes, HEAD as u64 - 1) {
            Ok(head) => head,
            Err(e) => return failed(damaged(e)),
        };
        let named = is_page_name(member);
        match shape(member, &page) {
            Shape::Page if named || looks_like_page(&page) => {}
            // tables among the files of a saved site are data of its scripts
            Shape::Page | Shape::JsonLines(_) if !named => return Item::Skipped("file-type"),
            Shape::Page => {}
            other => return failed(Error::NestedArchive { kind: other.name() }),
        }
        let limits = &self.options.limits;
        let rest = limits.bytes.saturating_sub(page.len() as u64);
        match read_up_to(bytes, rest) {
            Ok(more) => page.extend(more),
            Err(e) => return failed(damaged(e)),
        }
        if page.len() as u64 > limits.bytes {
            return failed(Error::TooLarge {
                found: page.len() as u64,
                allowed: limits.bytes,
            });
        }
        Item::Record(Record {
            name: self.name(member),
            url: None,
            date: None,
            charset: None,
            kind: if named {
                input_kind(Path::new(member))
            } else {
                InputKind::Html
            },
            body: Body::Bytes(page),
        })
    }
}
