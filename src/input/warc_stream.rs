//! The bytes of an archive's records: headers, blocks of an announced length, what stands between them,
//! and the next good record after a damaged one. Knows no record types.

use super::members::Members;
use super::sniff::Packing;
use crate::error::Error;
use std::io::Read;

/// What every record begins with.
const MAGIC: &[u8] = b"WARC/";
/// Bytes that are searched in a member of one record.
const NEAR: u64 = 1 << 20;
/// Bytes that may be read again after lying lengths, for each byte that was read anew, and to begin with. Records
/// that all lie would else be read again and again, each as far as it lies.
const AGAIN: u64 = 4;
const AGAIN_AT_FIRST: u64 = 256 << 20;
/// Bytes that are unpacked at a time.
const STEP: usize = 64 * 1024;

/// Why a record can't be read.
#[derive(Debug)]
pub enum Fault {
    /// The stream is damaged, or its disk is.
    Packing(std::io::Error),
    /// The record is wrong, the stream below it isn't.
    Record(Error),
}

impl Fault {
    /// A record that is wrong.
    pub fn record(reason: impl Into<String>) -> Fault {
        Fault::Record(Error::Archive {
            reason: reason.into(),
        })
    }

    /// The error to report.
    pub fn into_error(self, archive: &str) -> Error {
        match self {
            Fault::Record(error) => error,
            // errors of the disk have a number, those of decoders have none
            Fault::Packing(e) if e.raw_os_error().is_some() => Error::io(archive, e),
            Fault::Packing(e) => Error::Archive {
                reason: e.to_string(),
            },
        }
    }
}

/// The unpacked bytes of an archive.
pub struct Stream<R: Read> {
    members: Members<R>,
    buffer: Vec<u8>,
    at: usize,
    /// Records that began in the current member.
    records: u64,
    /// Most bytes that are unpacked in search of the next record.
    search: u64,
    /// Bytes that may still be read again.
    again: u64,
}

impl<R: Read> Stream<R> {
    /// Stands before the first record.
    pub fn new(input: R, packing: Packing, search: u64) -> Self {
        Stream {
            members: Members::new(input, packing, MAGIC),
            buffer: Vec::new(),
            at: 0,
            records: 0,
            search,
            again: AGAIN_AT_FIRST,
        }
    }

    fn here(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// Makes `wanted` bytes of the current member available, or all that it has left.
    fn ensure(&mut self, wanted: usize) -> Result<(), Fault> {
        while self.buffer.len() - self.at < wanted {
            self.buffer.drain(..self.at);
            self.at = 0;
            let len = self.buffer.len();
            self.buffer.resize(len + STEP, 0);
            let read = self.members.read(&mut self.buffer[len..]);
            let new = *read.as_ref().unwrap_or(&0);
            self.buffer.truncate(len + new);
            self.again = self.again.saturating_add(AGAIN * new as u64);
            if read.map_err(Fault::Packing)? == 0 {
                break;
            }
        }
        Ok(())
    }

    fn next_member(&mut self) -> Result<bool, Fault> {
        self.records = 0;
        self.members.next_member().map_err(Fault::Packing)
    }

    /// Goes to the begin of the next record; false at the end of the archive.
    pub fn begin(&mut self) -> Result<bool, Fault> {
        let mut line_ends = 0;
        loop {
            self.ensure(MAGIC.len())?;
            let here = self.here();
            if here.is_empty() {
                if !self.next_member()? {
                    return Ok(false);
                }
            } else if (here[0] == b'\r' || here[0] == b'\n') && line_ends < STEP {
                self.at += 1;
                line_ends += 1;
            } else if here.starts_with(MAGIC) {
                self.records += 1;
                return Ok(true);
            } else {
                return Err(Fault::record("no record begins where one should"));
            }
        }
    }

    /// Reads headers up to their blank line.
    pub fn head(&mut self, limit: usize) -> Result<Vec<u8>, Fault> {
        let mut head = Vec::new();
        loop {
            self.ensure(1)?;
            let here = self.here();
            if here.is_empty() {
                return Err(Fault::record("the archive breaks off within a record's headers"));
            }
            let end = memchr::memchr(b'\n', here).map_or(here.len(), |i| i + 1);
            let whole = here[end - 1] == b'\n';
            head.extend_from_slice(&here[..end]);
            self.at += end;
            if head.len() > limit {
                return Err(Fault::Record(Error::HeaderTooLarge {
                    found: head.len() as u64,
                    allowed: limit as u64,
                }));
            }
            if whole && (head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n")) {
                return Ok(head);
            }
        }
    }

    /// Reads on in a block until `block` holds `length` bytes of it.
    pub fn take(&mut self, block: &mut Vec<u8>, length: u64) -> Result<(), Fault> {
        while (block.len() as u64) < length {
            let wanted = length - block.len() as u64;
            let n = self.next_piece(block.len() as u64, length)?;
            let n = n.min(usize::try_from(wanted).unwrap_or(usize::MAX));
            block.extend_from_slice(&self.buffer[self.at..self.at + n]);
            self.at += n;
        }
        Ok(())
    }

    /// Passes `length` bytes of a block.
    pub fn pass(&mut self, length: u64) -> Result<(), Fault> {
        let mut done = 0;
        while done < length {
            let n = self.next_piece(done, length)? as u64;
            let n = n.min(length - done);
            self.at += n as usize;
            done += n;
        }
        Ok(())
    }

    /// Bytes that are there of a block, one at least.
    fn next_piece(&mut self, have: u64, announced: u64) -> Result<usize, Fault> {
        loop {
            self.ensure(1)?;
            if !self.here().is_empty() {
                return Ok(self.here().len());
            }
            // a block may go on in the next member, a record never begins within a block
            let more = self.next_member()?;
            self.ensure(MAGIC.len())?;
            if !more || self.here().starts_with(MAGIC) {
                return Err(Fault::record(format!(
                    "a block of {announced} bytes is announced, and breaks off after {have}"
                )));
            }
        }
    }

    /// Checks that a record ends here.
    pub fn end_of_record(&mut self) -> Result<(), Fault> {
        self.ensure(8)?;
        let here = self.here();
        // some writers end records with other numbers of line ends
        let line_ends = here.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let next = &here[line_ends..];
        if here.starts_with(b"\r\n\r\n") || MAGIC.starts_with(&next[..next.len().min(MAGIC.len())]) {
            return Ok(());
        }
        Err(Fault::record(
            "the record doesn't end where its announced length ends",
        ))
    }

    /// Goes to the next good record; false when there is none. `block` is what was read of the bad one.
    pub fn recover(&mut self, fault: &Fault, block: Vec<u8>) -> bool {
        let damaged = matches!(fault, Fault::Packing(_));
        // records that a lying length took in
        if !damaged
            && block.len() as u64 <= self.again
            && let Some(at) = next_record(&block)
        {
            self.again -= block.len() as u64;
            let mut rest = block;
            rest.drain(..at);
            rest.extend_from_slice(self.here());
            self.buffer = rest;
            self.at = 0;
            return true;
        }
        // one record a member is the rule: then the next member is near, or nothing in this one is of use
        let limit = match self.records {
            0 | 1 if self.members.packed() => NEAR,
            _ => self.search,
        };
        if !damaged {
            match self.search_on(limit) {
                Ok(Some(found)) => return found,
                // the next member is damaged too
                Err(_) => return self.next_good_member(true),
                Ok(None) => {}
            }
        }
        self.members.packed() && self.next_good_member(damaged)
    }

    fn next_good_member(&mut self, damaged: bool) -> bool {
        self.buffer.clear();
        self.at = 0;
        self.records = 0;
        self.members.next_good_member(damaged).unwrap_or(false)
    }

    /// Searches the unpacked bytes: whether there is another record, or nothing when `limit` bytes told neither.
    fn search_on(&mut self, limit: u64) -> Result<Option<bool>, Fault> {
        let mut searched = 0u64;
        // what was read of the bad record may end just before the good one
        self.ensure(MAGIC.len() + 4)?;
        while matches!(self.here(), [b'\r' | b'\n', ..]) {
            self.at += 1;
        }
        loop {
            if self.here().starts_with(MAGIC) {
                return Ok(Some(true));
            }
            if let Some(at) = next_record(self.here()) {
                self.at += at;
                return Ok(Some(true));
            }
            // the last bytes may be the begin of what is searched for
            let tail = self.here().len().min(16);
            searched += (self.here().len() - tail) as u64;
            self.at = self.buffer.len() - tail;
            if searched > limit {
                return Ok(None);
            }
            self.ensure(tail + 1)?;
            if self.here().len() == tail {
                self.at = self.buffer.len();
                if !self.next_member()? {
                    return Ok(Some(false));
                }
                self.ensure(MAGIC.len())?;
            }
        }
    }
}

/// Where in the bytes a record begins after the end of another.
fn next_record(bytes: &[u8]) -> Option<usize> {
    let finder = memchr::memmem::Finder::new(b"\nWARC/");
    finder.find_iter(bytes).map(|i| i + 1).find(|at| {
        let (before, rest) = bytes.split_at(*at);
        let blank = before.ends_with(b"\n\r\n") || before.ends_with(b"\n\n");
        blank && matches!(&rest[MAGIC.len()..], [b'0' | b'1', b'.', ..])
    })
}
