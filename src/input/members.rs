//! A packed stream of members: gzip members, zstd frames, or one plain stream. Tells where a member ends,
//! and finds the next one after damage. Knows nothing of what is packed but the bytes that a good member
//! begins with.

use super::lookback::Lookback;
use super::read::ZSTD_WINDOW;
use super::sniff::{GZIP, Packing, ZSTD, ZSTD_DICTIONARY};
use flate2::bufread::GzDecoder;
use std::io::{BufRead, Error, ErrorKind, Read, Result};
use zstd::stream::raw::{DParameter, Decoder, Operation};

/// Bytes of a place that are looked at to tell whether a good member begins there.
const NEAR: usize = 2048;
/// Largest dictionary of a `.warc.zst`.
const MAX_DICTIONARY: usize = 16 << 20;

/// Reads members one after the other.
pub struct Members<R: Read> {
    state: State<R>,
    packing: Packing,
    /// What a member holds first; a place where it doesn't is not taken for a member after damage.
    magic: &'static [u8],
    dictionary: Vec<u8>,
    /// Holds the dictionary, which takes long to load: one for all frames.
    decoder: Option<Decoder<'static>>,
    start: u64,
}

enum State<R: Read> {
    /// Before a member, or in the middle of damage.
    Between(Lookback<R>),
    /// The one plain stream.
    Plain(Lookback<R>),
    Gzip(Box<GzDecoder<Lookback<R>>>),
    /// And whether the frame has ended.
    Zstd(Lookback<R>, bool),
    /// Only while one state is made of another.
    Moving,
}

impl<R: Read> Members<R> {
    /// Stands before the first member.
    pub fn new(raw: R, packing: Packing, magic: &'static [u8]) -> Self {
        Members {
            state: State::Between(Lookback::new(raw)),
            packing,
            magic,
            dictionary: Vec::new(),
            decoder: None,
            start: 0,
        }
    }

    /// Whether members can be told apart.
    pub fn packed(&self) -> bool {
        self.packing != Packing::Plain
    }

    /// Leaves the current member and opens the one that begins here; false at the end of the stream.
    ///
    /// # Errors
    /// What the stream says; `InvalidData` when no member begins here.
    pub fn next_member(&mut self) -> Result<bool> {
        let mut raw = match std::mem::replace(&mut self.state, State::Moving) {
            // the plain stream is one member
            State::Plain(raw) if raw.position() > 0 => {
                self.state = State::Plain(raw);
                return Ok(false);
            }
            State::Between(raw) | State::Zstd(raw, _) | State::Plain(raw) => raw,
            State::Gzip(decoder) => decoder.into_inner(),
            State::Moving => return Err(ErrorKind::Other.into()),
        };
        self.start = raw.position();
        let opened = self.open(&mut raw);
        self.state = match &opened {
            Ok(true) => match self.packing {
                Packing::Plain => State::Plain(raw),
                Packing::Gzip => State::Gzip(Box::new(GzDecoder::new(raw))),
                Packing::Zstd => match self.zstd() {
                    Ok(_) => State::Zstd(raw, false),
                    Err(e) => {
                        self.state = State::Between(raw);
                        return Err(e);
                    }
                },
            },
            _ => State::Between(raw),
        };
        opened
    }

    /// Checks that a member begins here; takes in a dictionary and passes over frames without data.
    fn open(&mut self, raw: &mut Lookback<R>) -> Result<bool> {
        loop {
            let ahead = raw.ahead(8)?;
            if ahead.is_empty() {
                return Ok(false);
            }
            match self.packing {
                Packing::Plain => return Ok(true),
                Packing::Gzip if ahead.starts_with(&GZIP) => return Ok(true),
                Packing::Zstd if ahead.starts_with(&ZSTD) => return Ok(true),
                Packing::Zstd
                    if ahead.len() >= 8 && ahead[0] & 0xf0 == 0x50 && ahead[1..4] == ZSTD_DICTIONARY[1..] =>
                {
                    let is_dictionary = ahead.starts_with(&ZSTD_DICTIONARY) && self.start == 0;
                    let len = u32::from_le_bytes([ahead[4], ahead[5], ahead[6], ahead[7]]) as usize;
                    if is_dictionary && len > MAX_DICTIONARY {
                        return Err(invalid("the dictionary is too large"));
                    }
                    raw.consume(8);
                    let mut data = raw.by_ref().take(len as u64);
                    if is_dictionary {
                        let mut packed = Vec::new();
                        data.read_to_end(&mut packed)?;
                        self.dictionary = unpacked_dictionary(packed)?;
                        self.decoder = None;
                    } else {
                        std::io::copy(&mut data, &mut std::io::sink())?;
                    }
                }
                // padding after the last member
                _ if ahead.iter().all(|b| *b == 0) => raw.consume(1),
                _ => return Err(invalid("no member of the archive begins here")),
            }
        }
    }

    /// The decoder, standing before a frame.
    fn zstd(&mut self) -> Result<&mut Decoder<'static>> {
        let decoder = if let Some(mut decoder) = self.decoder.take() {
            decoder.reinit()?;
            decoder
        } else {
            let mut decoder = Decoder::with_dictionary(&self.dictionary)?;
            decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW))?;
            decoder
        };
        Ok(self.decoder.insert(decoder))
    }

    /// Goes on to the next place where a good member begins; false when there is none. With `damaged`,
    /// what has been read of the current member may have run into the next one and is searched too.
    ///
    /// # Errors
    /// What the stream says.
    pub fn next_good_member(&mut self, damaged: bool) -> Result<bool> {
        let mut raw = match std::mem::replace(&mut self.state, State::Moving) {
            State::Between(raw) | State::Zstd(raw, _) => raw,
            State::Gzip(decoder) => decoder.into_inner(),
            State::Plain(raw) => {
                self.state = State::Plain(raw);
                return Ok(false);
            }
            State::Moving => return Err(ErrorKind::Other.into()),
        };
        let found = self.search(&mut raw, damaged);
        self.state = State::Between(raw);
        if found? { self.next_member() } else { Ok(false) }
    }

    fn search(&mut self, raw: &mut Lookback<R>, damaged: bool) -> Result<bool> {
        if damaged {
            raw.back_to(self.start + 1);
            // a decoder may fail before it takes a byte: the same member must not be found again
            if raw.position() <= self.start {
                let one = raw.ahead(1)?.len().min(1);
                raw.consume(one);
            }
        }
        loop {
            let ahead = raw.ahead(NEAR)?;
            if ahead.is_empty() {
                return Ok(false);
            }
            let first = if self.packing == Packing::Gzip {
                GZIP[0]
            } else {
                ZSTD[0]
            };
            let next = memchr::memchr(first, ahead);
            let Some(at) = next else {
                let all = ahead.len();
                raw.consume(all);
                continue;
            };
            raw.consume(at);
            if self.is_good(raw.ahead(NEAR)?) {
                return Ok(true);
            }
            raw.consume(1);
        }
    }

    fn is_good(&mut self, ahead: &[u8]) -> bool {
        // more isn't needed, and places that only look like a member would each cost more
        let ahead = &ahead[..ahead.len().min(NEAR)];
        let mut begin = vec![0; self.magic.len()];
        let read = match self.packing {
            Packing::Gzip if ahead.starts_with(&GZIP) => GzDecoder::new(ahead).read_exact(&mut begin),
            Packing::Zstd if ahead.starts_with(&ZSTD) => self
                .zstd()
                .and_then(|decoder| first_bytes(decoder, ahead, &mut begin)),
            _ => return false,
        };
        read.is_ok() && begin == self.magic
    }
}

/// Fills `begin` with what a frame begins with.
fn first_bytes(decoder: &mut Decoder<'static>, mut frame: &[u8], begin: &mut [u8]) -> Result<()> {
    let mut done = 0;
    while done < begin.len() {
        let status = decoder.run_on_buffers(frame, &mut begin[done..])?;
        frame = &frame[status.bytes_read..];
        done += status.bytes_written;
        let ended = status.remaining == 0 || (status.bytes_read == 0 && status.bytes_written == 0);
        if ended && done < begin.len() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Reads on in the current member; 0 is its end.
impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        match &mut self.state {
            State::Plain(raw) => raw.read(out),
            State::Gzip(decoder) => decoder.read(out),
            State::Zstd(raw, done) => {
                let decoder = self.decoder.as_mut().ok_or(ErrorKind::Other)?;
                while !*done && !out.is_empty() {
                    let input = raw.fill_buf()?;
                    let ended = input.is_empty();
                    let status = decoder.run_on_buffers(input, out)?;
                    raw.consume(status.bytes_read);
                    *done = status.remaining == 0;
                    if status.bytes_written > 0 {
                        return Ok(status.bytes_written);
                    }
                    if ended && !*done {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                }
                Ok(0)
            }
            State::Between(_) | State::Moving => Ok(0),
        }
    }
}

/// Dictionaries of `.warc.zst` may be packed themselves.
fn unpacked_dictionary(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if !bytes.starts_with(&ZSTD) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    let decoder = zstd::stream::read::Decoder::with_buffer(bytes.as_slice())?;
    decoder.take(MAX_DICTIONARY as u64 + 1).read_to_end(&mut out)?;
    if out.len() > MAX_DICTIONARY {
        return Err(invalid("the dictionary is too large"));
    }
    Ok(out)
}

fn invalid(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidData, reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::read::tests::gz;

    fn all(bytes: &[u8], packing: Packing) -> Vec<std::result::Result<String, ErrorKind>> {
        let mut members = Members::new(bytes, packing, b"M");
        let mut out = Vec::new();
        let mut open = members.next_member();
        loop {
            match open {
                Ok(true) => {}
                Ok(false) => return out,
                Err(e) => {
                    out.push(Err(e.kind()));
                    open = members.next_good_member(true);
                    continue;
                }
            }
            let mut text = String::new();
            match members.read_to_string(&mut text) {
                Ok(_) => {
                    out.push(Ok(text));
                    open = members.next_member();
                }
                Err(e) => {
                    out.push(Err(e.kind()));
                    open = members.next_good_member(true);
                }
            }
        }
    }

    #[test]
    fn members_are_read_one_by_one() {
        let gzip = [gz(b"M one"), gz(b""), gz(b"M three"), vec![0; 9]].concat();
        let wanted = [
            Ok("M one".to_owned()),
            Ok(String::new()),
            Ok("M three".to_owned()),
        ];
        assert_eq!(all(&gzip, Packing::Gzip), wanted);
        let frames: Vec<u8> = ["M one", "", "M three"]
            .iter()
            .flat_map(|m| zstd::encode_all(m.as_bytes(), 1).unwrap())
            .collect();
        assert_eq!(all(&frames, Packing::Zstd), wanted);
        assert_eq!(all(b"M one", Packing::Plain), [Ok("M one".to_owned())]);
        assert!(all(b"", Packing::Gzip).is_empty());
    }

    #[test]
    fn the_dictionary_in_front_of_the_frames_is_used_packed_or_not() {
        let dictionary: Vec<u8> = b"M the lock keeper and the miller of Tolworth "
            .iter()
            .cycle()
            .take(4000)
            .copied()
            .collect();
        let mut packer = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
        let frame = packer
            .compress(b"M the miller of Tolworth and the lock keeper")
            .unwrap();
        for held in [dictionary.clone(), zstd::encode_all(&dictionary[..], 3).unwrap()] {
            let mut file = ZSTD_DICTIONARY.to_vec();
            file.extend((held.len() as u32).to_le_bytes());
            file.extend(held);
            file.extend(&frame);
            file.extend(&frame);
            let read = all(&file, Packing::Zstd);
            assert_eq!(read.len(), 2);
            assert_eq!(
                read[1].as_deref(),
                Ok("M the miller of Tolworth and the lock keeper")
            );
        }
    }

    #[test]
    fn after_damage_reading_goes_on_with_the_next_member() {
        for packing in [Packing::Gzip, Packing::Zstd] {
            let pack = |b: &[u8]| match packing {
                Packing::Gzip => gz(b),
                _ => zstd::encode_all(b, 1).unwrap(),
            };
            let one = pack(b"M one, which is long enough to lose its tail");
            let cut = [&one[..one.len() - 9], &pack(b"M two"), &pack(b"M three")].concat();
            let read = all(&cut, packing);
            assert!(read[0].is_err(), "{read:?}");
            assert_eq!(read[1..], [Ok("M two".to_owned()), Ok("M three".to_owned())]);
            let noise = [&one[..], b"\x1f\x8b noise \x28\xb5\x2f\xfd", &pack(b"M two")].concat();
            let read = all(&noise, packing);
            assert_eq!(read.last(), Some(&Ok("M two".to_owned())));
            assert!(read.iter().any(std::result::Result::is_err));
        }
    }
}
