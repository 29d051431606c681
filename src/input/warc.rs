//! Web archives (WARC): which records are pages, and what their headers say.
//! The bytes of records and going on after damage are `warc_stream`'s, the packing of bodies is `http`'s.

use super::fields::{Fields, end_of_head};
use super::http::{Coding, status};
use super::record::{Body, Item, Record};
use super::sniff::{Packing, looks_like_page};
use super::source::{Emit, ReadOptions};
use super::warc_stream::{Fault, Stream};
use crate::error::Error;
use crate::pipeline::InputKind;
use std::io::Read;
use std::ops::ControlFlow;

/// Bytes of a block that are read at a time until its headers are there.
const STEP: u64 = 8 * 1024;
/// Unwanted blocks up to this length are held until their end is seen to fit: a lying length may hide records.
const HELD: u64 = 1 << 20;

/// Reads an archive, one record after the other.
pub fn read_warc(
    input: impl Read,
    packing: Packing,
    archive: &str,
    options: &ReadOptions,
    emit: Emit,
) -> ControlFlow<()> {
    let mut warc = Warc {
        stream: Stream::new(input, packing, options.limits.member),
        options,
        archive,
        number: 0,
        block: Vec::new(),
    };
    loop {
        let begun = warc.stream.begin();
        if matches!(begun, Ok(false)) {
            return ControlFlow::Continue(());
        }
        warc.number += 1;
        let name = format!("{archive}#{}", warc.number);
        match begun.and_then(|_| warc.record(&name)) {
            Ok(item) => emit(item)?,
            Err(fault) => {
                let block = std::mem::take(&mut warc.block);
                let goes_on = warc.stream.recover(&fault, block);
                emit(Item::Failed {
                    name,
                    error: fault.into_error(archive),
                })?;
                if !goes_on {
                    return ControlFlow::Continue(());
                }
            }
        }
    }
}

struct Warc<'a, R: Read> {
    stream: Stream<R>,
    options: &'a ReadOptions,
    archive: &'a str,
    /// Place of the record in the archive, 1 is the first.
    number: u64,
    /// What has been read of the record's block.
    block: Vec<u8>,
}

/// What a record is to us.
enum Wanted {
    Yes(Found),
    /// No page: the reason, in one word.
    No(&'static str),
}

/// A page as the headers describe it.
struct Found {
    /// `None`: the headers don't tell, the bytes do.
    kind: Option<InputKind>,
    charset: Option<String>,
    coding: Coding,
    /// Where in the block the body begins.
    body_at: usize,
}

impl<R: Read> Warc<'_, R> {
    fn record(&mut self, name: &str) -> Result<Item, Fault> {
        self.block.clear();
        let limits = self.options.limits;
        let head = self.stream.head(limits.header)?;
        let fields = Fields::parse(&head);
        let Some(length) = fields.get("content-length").and_then(|l| l.parse::<u64>().ok()) else {
            return Err(Fault::record(format!(
                "a record of {} has no length",
                self.archive
            )));
        };
        if length > limits.member {
            return Err(Fault::Record(Error::MemberTooLarge {
                found: length,
                allowed: limits.member,
            }));
        }
        let found = match self.wanted(&fields, length)? {
            Wanted::Yes(found) => found,
            Wanted::No(reason) => {
                self.pass(length)?;
                return Ok(Item::Skipped(reason));
            }
        };
        let body = length - found.body_at as u64;
        if body > limits.bytes {
            self.pass(length)?;
            return Ok(Item::Failed {
                name: name.to_owned(),
                error: Error::TooLarge {
                    found: body,
                    allowed: limits.bytes,
                },
            });
        }
        self.stream.take(&mut self.block, length)?;
        self.stream.end_of_record()?;
        let mut body = std::mem::take(&mut self.block);
        body.drain(..found.body_at);
        let kind = match found.kind {
            Some(kind) => kind,
            None if looks_like_page(&body) => InputKind::Html,
            None => return Ok(Item::Skipped("content-type")),
        };
        let target = fields.get("warc-target-uri").unwrap_or("");
        let target = target.trim_start_matches('<').trim_end_matches('>');
        Ok(Item::Record(Record {
            name: name.to_owned(),
            url: (!target.is_empty()).then(|| target.to_owned()),
            date: fields.get("warc-date").map(str::to_owned),
            charset: found.charset,
            kind,
            body: if found.coding == Coding::default() {
                Body::Bytes(body)
            } else {
                Body::Http(body, found.coding)
            },
        }))
    }

    fn wanted(&mut self, fields: &Fields, length: u64) -> Result<Wanted, Fault> {
        let kind = fields.get("warc-type").unwrap_or("").to_ascii_lowercase();
        let (media, charset) = fields.content_type();
        Ok(match kind.as_str() {
            "response" if media == "application/http" || media.is_empty() => self.answer(length)?,
            "response" => by_media(&media, charset, Coding::default(), 0, false),
            "resource" | "conversion" => by_media(&media, charset, Coding::default(), 0, true),
            _ => Wanted::No("record-type"),
        })
    }

    /// Reads the head of a server's answer.
    fn answer(&mut self, length: u64) -> Result<Wanted, Fault> {
        let limit = self.options.limits.header as u64;
        let body_at = loop {
            let have = self.block.len() as u64;
            if let Some(end) = end_of_head(&self.block) {
                break end;
            }
            if have >= length {
                return Ok(Wanted::No("no-body"));
            }
            if have > limit {
                return Err(Fault::Record(Error::HeaderTooLarge {
                    found: have,
                    allowed: limit,
                }));
            }
            self.stream.take(&mut self.block, (have + STEP).min(length))?;
        };
        let head = &self.block[..body_at];
        let status = status(head).unwrap_or(200);
        if (300..400).contains(&status) {
            return Ok(Wanted::No("redirect"));
        }
        if body_at as u64 == length {
            return Ok(Wanted::No("no-body"));
        }
        let fields = Fields::parse(head);
        let (media, charset) = fields.content_type();
        Ok(by_media(&media, charset, Coding::of(&fields), body_at, false))
    }

    /// Passes the rest of a block that is not wanted.
    fn pass(&mut self, length: u64) -> Result<(), Fault> {
        if length <= HELD {
            self.stream.take(&mut self.block, length)?;
        } else {
            let rest = length - self.block.len() as u64;
            self.block = Vec::new();
            self.stream.pass(rest)?;
        }
        self.stream.end_of_record()
    }
}

/// Texts count where an archive was made of texts; what servers send as text is mostly no page.
fn by_media(media: &str, charset: Option<String>, coding: Coding, body_at: usize, text: bool) -> Wanted {
    let kind = match media {
        "text/html" | "application/xhtml+xml" => Some(InputKind::Html),
        "text/plain" if text => Some(InputKind::Text),
        "" => None,
        _ => return Wanted::No("content-type"),
    };
    Wanted::Yes(Found {
        kind,
        charset,
        coding,
        body_at,
    })
}
