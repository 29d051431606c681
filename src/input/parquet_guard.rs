//! What the `parquet` crate gets to see of a file's Thrift structs. It passes over fields that it doesn't know item by
//! item, and a list of booleans may claim 2^31 items in six bytes; nor does it look at the type of a field that it knows,
//! so that no check of the bytes as they are could tell what it will make of them. So the footer is written anew from
//! the fields that reading pages takes, and a page's header is refused when it holds anything that none has.
//! Knows no column and no record.

use crate::error::Error;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{FooterTail, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

/// The value of a field (Thrift's compact protocol).
enum Kind {
    Bool,
    I32,
    I64,
    Binary,
    Struct(&'static [Field]),
    List(&'static Kind),
}

/// A field's id and value.
struct Field(i16, Kind);

use Kind::{Binary, Bool, I32, I64, List, Struct};

const SCHEMA_ELEMENT: &[Field] = &[
    Field(1, I32),
    Field(2, I32),
    Field(3, I32),
    Field(4, Binary),
    Field(5, I32),
    Field(6, I32),
    Field(7, I32),
    Field(8, I32),
];

const COLUMN: &[Field] = &[
    Field(1, I32),
    Field(2, List(&I32)),
    Field(3, List(&Binary)),
    Field(4, I32),
    Field(5, I64),
    Field(6, I64),
    Field(7, I64),
    Field(9, I64),
    Field(10, I64),
    Field(11, I64),
];

const COLUMN_CHUNK: &[Field] = &[Field(1, Binary), Field(2, I64), Field(3, Struct(COLUMN))];

const ROW_GROUP: &[Field] = &[
    Field(1, List(&Struct(COLUMN_CHUNK))),
    Field(2, I64),
    Field(3, I64),
];

/// Of a file's footer, what it takes to read pages.
const FOOTER: &[Field] = &[
    Field(1, I32),
    Field(2, List(&Struct(SCHEMA_ELEMENT))),
    Field(3, I64),
    Field(4, List(&Struct(ROW_GROUP))),
];

const STATISTICS: &[Field] = &[
    Field(1, Binary),
    Field(2, Binary),
    Field(3, I64),
    Field(4, I64),
    Field(5, Binary),
    Field(6, Binary),
    Field(7, Bool),
    Field(8, Bool),
];

/// All of a page's header.
const PAGE_HEADER: &[Field] = &[
    Field(1, I32),
    Field(2, I32),
    Field(3, I32),
    Field(4, I32),
    Field(
        5,
        Struct(&[
            Field(1, I32),
            Field(2, I32),
            Field(3, I32),
            Field(4, I32),
            Field(5, Struct(STATISTICS)),
        ]),
    ),
    Field(6, Struct(&[])),
    Field(7, Struct(&[Field(1, I32), Field(2, I32), Field(3, Bool)])),
    Field(
        8,
        Struct(&[
            Field(1, I32),
            Field(2, I32),
            Field(3, I32),
            Field(4, I32),
            Field(5, I32),
            Field(6, I32),
            Field(7, Bool),
            Field(8, Struct(STATISTICS)),
        ]),
    ),
];

/// Deepest nesting of fields that are passed over.
const DEPTH: u32 = 32;

/// A Parquet file whose page headers are looked at before the crate reads them.
pub(super) struct GuardedFile(pub File);

impl Length for GuardedFile {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for GuardedFile {
    type T = HeaderReader;

    fn get_read(&self, start: u64) -> ParquetResult<HeaderReader> {
        Ok(HeaderReader {
            header: self.0.get_read(start)?,
            start,
            left: self.0.len().saturating_sub(start),
            checked: false,
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<bytes::Bytes> {
        // room is made for them before they are read
        if length as u64 > self.0.len().saturating_sub(start) {
            return Err(ParquetError::EOF("the file ends within a page".to_owned()));
        }
        self.0.get_bytes(start, length)
    }
}

/// Reads the header of a page, once it has been looked at.
pub(super) struct HeaderReader {
    header: BufReader<File>,
    start: u64,
    left: u64,
    checked: bool,
}

impl Read for HeaderReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.checked {
            check_header(&mut self.header, self.left)?;
            self.header.seek(SeekFrom::Start(self.start))?;
            self.checked = true;
        }
        self.header.read(buf)
    }
}

/// Refuses a page's header with anything that none has.
fn check_header(bytes: impl Read, left: u64) -> io::Result<()> {
    Input::new(bytes, left, true).copy_struct(PAGE_HEADER, &mut io::sink())
}

/// The metadata of a file, from the fields that reading pages takes.
///
/// # Errors
/// [`Error::Archive`].
pub(super) fn metadata(file: &File) -> Result<ParquetMetaData, Error> {
    read_metadata(file).map_err(|e| Error::Archive {
        reason: e.to_string(),
    })
}

fn read_metadata(file: &File) -> ParquetResult<ParquetMetaData> {
    const TAIL: usize = 8;
    let short = || ParquetError::EOF("the file ends before its footer".to_owned());
    let size = file.len();
    let at = size.checked_sub(TAIL as u64).ok_or_else(short)?;
    let tail = FooterTail::try_from(file.get_bytes(at, TAIL)?.as_ref())?;
    if tail.is_encrypted_footer() {
        return Err(ParquetError::General("the file is encrypted".to_owned()));
    }
    let length = tail.metadata_length();
    let start = at.checked_sub(length as u64).ok_or_else(short)?;
    let footer = file.get_bytes(start, length)?;
    ParquetMetaDataReader::decode_metadata(&written_anew(&footer)?)
}

fn written_anew(footer: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Input::new(footer, footer.len() as u64, false).copy_struct(FOOTER, &mut out)?;
    Ok(out)
}

/// A struct in Thrift's compact protocol. Reading takes time in proportion to its bytes: every item of a list takes one.
struct Input<R> {
    bytes: R,
    /// Bytes that may be read yet.
    left: u64,
    /// Whether fields that aren't listed must be plain values, and those that are must be of their kind.
    strict: bool,
}

impl<R: Read> Input<R> {
    fn new(bytes: R, left: u64, strict: bool) -> Input<R> {
        Input { bytes, left, strict }
    }

    /// Writes the listed fields of a struct and passes over the others.
    fn copy_struct(&mut self, fields: &'static [Field], out: &mut impl Write) -> io::Result<()> {
        let mut last = 0_i16;
        loop {
            let head = self.byte()?;
            let (delta, wire) = (head >> 4, head & 15);
            if wire == 0 {
                return out.write_all(&[0]);
            }
            let id = match i16::from(delta) {
                0 => i16::try_from(zigzag(self.varint()?)).map_err(|_| broken("a field's number"))?,
                delta => last
                    .checked_add(delta)
                    .ok_or_else(|| broken("a field's number"))?,
            };
            last = id;
            match fields.iter().find(|field| field.0 == id) {
                Some(Field(_, kind)) if kind.is(wire) => {
                    // the long form, with the number in full; the listed ones are positive
                    out.write_all(&[wire])?;
                    write_varint(2 * id as u64, out)?;
                    self.copy(kind, out)?;
                }
                Some(_) if self.strict => return Err(broken("the type of a field")),
                _ => self.pass(wire, DEPTH)?,
            }
        }
    }

    fn copy(&mut self, kind: &'static Kind, out: &mut impl Write) -> io::Result<()> {
        match kind {
            // its value is its type
            Bool => Ok(()),
            I32 | I64 => {
                let value = self.varint()?;
                write_varint(value, out)
            }
            Binary => {
                let length = self.varint()?;
                write_varint(length, out)?;
                self.take(length, out)
            }
            Struct(fields) => self.copy_struct(fields, out),
            List(item) => {
                let (wire, items) = self.list()?;
                if items > 0 && !item.is(wire) {
                    return Err(broken("the type of a list"));
                }
                out.write_all(&[0xf0 | item.wire()])?;
                write_varint(items, out)?;
                (0..items).try_for_each(|_| self.copy(item, out))
            }
        }
    }

    /// Passes over the value of a field.
    fn pass(&mut self, wire: u8, depth: u32) -> io::Result<()> {
        if depth == 0 {
            return Err(broken("the depth of its fields"));
        }
        match wire {
            1 | 2 => Ok(()),
            3 => self.take(1, &mut io::sink()),
            4..=6 => self.varint().map(|_| ()),
            7 => self.take(8, &mut io::sink()),
            8 => {
                let length = self.varint()?;
                self.take(length, &mut io::sink())
            }
            9..=11 if self.strict => Err(broken("a list in a page's header")),
            9 | 10 => {
                let (wire, items) = self.list()?;
                (0..items).try_for_each(|_| self.pass_item(wire, depth - 1))
            }
            11 => {
                let items = self.varint()?;
                let kinds = if items > 0 { self.byte()? } else { 0 };
                (0..items).try_for_each(|_| {
                    self.pass_item(kinds >> 4, depth - 1)?;
                    self.pass_item(kinds & 15, depth - 1)
                })
            }
            12 => loop {
                let head = self.byte()?;
                let (delta, wire) = (head >> 4, head & 15);
                if wire == 0 {
                    return Ok(());
                }
                if delta == 0 {
                    self.varint()?;
                }
                self.pass(wire, depth - 1)?;
            },
            13 => self.take(16, &mut io::sink()),
            _ => Err(broken("the type of a field")),
        }
    }

    /// Passes over an item of a list or map, where booleans take a byte.
    fn pass_item(&mut self, wire: u8, depth: u32) -> io::Result<()> {
        match wire {
            1 | 2 => self.take(1, &mut io::sink()),
            _ => self.pass(wire, depth),
        }
    }

    /// Type and number of a list's items.
    fn list(&mut self) -> io::Result<(u8, u64)> {
        let head = self.byte()?;
        let items = match head >> 4 {
            15 => self.varint()?,
            few => u64::from(few),
        };
        if items > self.left {
            return Err(broken("the length of a list"));
        }
        Ok((head & 15, items))
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.left = self.left.checked_sub(1).ok_or_else(|| broken("its end"))?;
        self.bytes.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn varint(&mut self) -> io::Result<u64> {
        read_varint(|| self.byte())
    }

    fn take(&mut self, length: u64, out: &mut impl Write) -> io::Result<()> {
        self.left = self.left.checked_sub(length).ok_or_else(|| broken("its end"))?;
        let taken = io::copy(&mut (&mut self.bytes).take(length), out)?;
        if taken < length {
            return Err(broken("its end"));
        }
        Ok(())
    }
}

impl Kind {
    fn wire(&self) -> u8 {
        match self {
            Bool => 1,
            I32 => 5,
            I64 => 6,
            Binary => 8,
            List(_) => 9,
            Struct(_) => 12,
        }
    }

    fn is(&self, wire: u8) -> bool {
        wire == self.wire() || (matches!(self, Bool) && wire == 2)
    }
}

fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// A number in as many bytes as it needs, seven bits in each.
pub(super) fn read_varint(mut next: impl FnMut() -> io::Result<u8>) -> io::Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = next()?;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Ok(value);
        }
    }
    Err(broken("a number"))
}

/// The bytes that [`read_varint`] reads.
pub(super) fn write_varint(mut value: u64, out: &mut impl Write) -> io::Result<()> {
    while value >= 128 {
        out.write_all(&[value as u8 | 128])?;
        value >>= 7;
    }
    out.write_all(&[value as u8])
}

/// Says what of a file can't be.
pub(super) fn broken(what: &str) -> io::Error {
    io::Error::other(format!("the Parquet file contradicts itself ({what})"))
}

#[cfg(test)]
mod tests {
    use super::super::parquet_pages::tests::{read, written};
    use super::*;
    use parquet::file::properties::WriterProperties;
    use std::time::{Duration, Instant};

    /// A field with number 99 that is a list of booleans.
    const BOOLEANS: [u8; 3] = [0x09, 0xc6, 0x01];
    /// As many of them as a list can claim.
    const MOST: [u8; 6] = [0xf1, 0xff, 0xff, 0xff, 0xff, 0x07];
    const FEW: [u8; 3] = [0x21, 1, 2];

    /// One column without a dictionary, so that the first page begins behind the file's mark.
    fn parquet() -> Vec<u8> {
        let text = |text: &str| Some(text.to_owned());
        let settings = WriterProperties::builder().set_dictionary_enabled(false);
        written(&vec![text("<p>a</p>"), None, text("<p>b</p>")], settings)
    }

    fn footer(file: &[u8]) -> &[u8] {
        let at = file.len() - 8;
        let length = u32::from_le_bytes(*file[at..].first_chunk().unwrap());
        &file[at - length as usize..at]
    }

    /// The file with another footer.
    fn with_footer(file: &[u8], new: &[u8]) -> Vec<u8> {
        let data = &file[..file.len() - 8 - footer(file).len()];
        let length = u32::try_from(new.len()).unwrap().to_le_bytes();
        [data, new, &length, b"PAR1"].concat()
    }

    /// The rows of a file, or why there are none.
    fn rows(bytes: &[u8]) -> Result<usize, String> {
        read(bytes).map(|texts| texts.len())
    }

    #[test]
    fn a_footer_written_anew_says_the_same_of_what_reading_takes() {
        let file = parquet();
        let said = ParquetMetaDataReader::decode_metadata(footer(&file)).unwrap();
        let anew = ParquetMetaDataReader::decode_metadata(&written_anew(footer(&file)).unwrap()).unwrap();
        let (said_group, group) = (said.row_group(0), anew.row_group(0));
        assert_eq!(anew.num_row_groups(), said.num_row_groups());
        assert_eq!(group.num_rows(), said_group.num_rows());
        assert_eq!(group.column(0).byte_range(), said_group.column(0).byte_range());
        assert_eq!(group.column(0).compression(), said_group.column(0).compression());
        let name = |m: &ParquetMetaData| m.file_metadata().schema_descr().column(0).name().to_owned();
        assert_eq!(name(&anew), name(&said));
        assert_eq!(rows(&file), Ok(3));
    }

    #[test]
    fn unknown_fields_of_a_footer_are_passed_over_and_lists_longer_than_it_refused_at_once() {
        let file = parquet();
        let last = footer(&file).len() - 1;
        let with = |more: &[u8]| with_footer(&file, &[&footer(&file)[..last], more, &[0]].concat());
        assert_eq!(rows(&with(&[&BOOLEANS[..], &FEW].concat().repeat(1000))), Ok(3));
        let begun = Instant::now();
        let refused = rows(&with(&[&BOOLEANS[..], &MOST].concat().repeat(1000))).unwrap_err();
        assert!(refused.contains("the length of a list"), "{refused}");
        // a struct in a struct and so on
        let refused = rows(&with(&[0x1c].repeat(100))).unwrap_err();
        assert!(refused.contains("the depth"), "{refused}");
        // a map from booleans to booleans
        let map = [&[0x0b, 0xc6, 0x01][..], &MOST[1..], &[0x11]].concat();
        let refused = rows(&with(&map)).unwrap_err();
        assert!(refused.contains("its end"), "{refused}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_field_of_another_type_than_its_own_never_reaches_the_crate() {
        // what stands for a boolean here is the length of a binary value to somebody who looks at the number alone
        let hidden = [
            0x11, 0x18, 9, 9, 0xc6, 0x01, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07, 0,
        ];
        assert_eq!(written_anew(&hidden).unwrap(), [0]);
        assert!(check_header(&hidden[..], hidden.len() as u64).is_err());
    }

    #[test]
    fn a_page_header_with_a_list_is_refused_at_once() {
        let file = parquet();
        let mut left = &file[4..];
        check_header(&mut left, file.len() as u64).unwrap();
        let stop = file.len() - left.len() - 1;
        let with = |more: &[u8]| [&file[..stop], more, &file[stop..]].concat();
        let begun = Instant::now();
        let refused = rows(&with(&[&BOOLEANS[..], &MOST].concat().repeat(1000))).unwrap_err();
        assert!(refused.contains("a list in a page's header"), "{refused}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
