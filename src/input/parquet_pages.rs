//! The pages of text columns of a Parquet file, unpacked here and looked at before the `parquet` crate decodes them. It
//! unpacks a stream to its end whatever the page's header says of its size, and makes room for as many values as the
//! data of a page claim. Knows no names of columns and no records.

use super::parquet_guard::{GuardedFile, broken, read_varint};
use super::read::{gunzip, unbrotli, unzstd};
use crate::pipeline::Limits;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowGroups};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

/// Most bytes of a page of a column once unpacked; writers make pages of a megabyte.
const MOST_PAGE_BYTES: u64 = 1 << 29;
/// Most bytes of a page when its texts may be put out again and again: those of a dictionary, and those that begin as
/// the text before.
const MOST_SHARED_BYTES: usize = 1 << 27;
/// Most values of a page that says itself how many it has.
const MOST_VALUES: u64 = 1 << 24;

/// Reads columns that are byte arrays, given by their numbers among the leaves of the schema, `rows` rows at a time.
///
/// # Errors
/// Whatever is wrong with the metadata.
pub(super) fn read_columns(
    file: File,
    metadata: ParquetMetaData,
    columns: Vec<usize>,
    rows: usize,
) -> Result<ParquetRecordBatchReader> {
    let schema = metadata.file_metadata().schema_descr();
    let mask = ProjectionMask::leaves(schema, columns);
    // no hint: types as they are stored, whatever the program that wrote them calls them
    let levels = parquet_to_arrow_field_levels(schema, mask, None)?;
    let groups = Groups {
        file: Arc::new(GuardedFile(file)),
        metadata: Arc::new(metadata),
    };
    ParquetRecordBatchReader::try_new_with_row_groups(&levels, &groups, rows, None)
}

/// All row groups of a file.
struct Groups {
    file: Arc<GuardedFile>,
    metadata: Arc<ParquetMetaData>,
}

impl RowGroups for Groups {
    fn num_rows(&self) -> usize {
        let rows = self.row_groups().map(|group| group.num_rows() as usize);
        rows.fold(0, usize::saturating_add)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        Ok(Box::new(Chunks {
            file: Arc::clone(&self.file),
            metadata: Arc::clone(&self.metadata),
            column,
            groups: 0..self.metadata.num_row_groups(),
        }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata.row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The parts of a column, one in each row group.
struct Chunks {
    file: Arc<GuardedFile>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    groups: Range<usize>,
}

impl Iterator for Chunks {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.metadata.row_group(self.groups.next()?);
        let chunk = group.column(self.column);
        let packed = chunk.compression();
        // the crate hands the pages over as they are
        let plain = chunk.clone().into_builder();
        let raw = plain
            .set_compression(Compression::UNCOMPRESSED)
            .build()
            .and_then(|plain| {
                SerializedPageReader::new(Arc::clone(&self.file), &plain, group.num_rows() as usize, None)
            });
        let nullable = chunk.column_descr().max_def_level() > 0;
        Some(raw.map(|raw| {
            Box::new(Pages {
                raw,
                packed,
                nullable,
            }) as _
        }))
    }
}

impl PageIterator for Chunks {}

/// The pages of a part of a column.
struct Pages {
    raw: SerializedPageReader<GuardedFile>,
    packed: Compression,
    /// Whether the page says which rows have no value.
    nullable: bool,
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(mut page) = self.raw.get_next_page()? else {
            return Ok(None);
        };
        unpack(&mut page, self.packed, MOST_PAGE_BYTES)?;
        check(&page, self.nullable)?;
        Ok(Some(page))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.raw.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.raw.skip_next_page()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// Unpacks a page's bytes, `most` at most.
fn unpack(page: &mut Page, packed: Compression, most: u64) -> Result<()> {
    let levels = unpacked_levels(page);
    let buf = match page {
        Page::DataPageV2 {
            is_compressed: false, ..
        } => return Ok(()),
        Page::DataPage { buf, .. } | Page::DataPageV2 { buf, .. } | Page::DictionaryPage { buf, .. } => buf,
    };
    let (before, bytes) = buf
        .split_at_checked(levels)
        .ok_or_else(|| broken("the levels of a page"))?;
    // a page without values may be no stream at all
    if packed == Compression::UNCOMPRESSED || bytes.is_empty() {
        return Ok(());
    }
    let values = unpacked(bytes, packed, most)?;
    *buf = match levels {
        0 => values.into(),
        _ => [before, &values].concat().into(),
    };
    Ok(())
}

fn unpacked(bytes: &[u8], packed: Compression, most: u64) -> Result<Vec<u8>> {
    let limits = Limits {
        bytes: most,
        ..Limits::default()
    };
    let unpacked = match packed {
        Compression::SNAPPY => return unsnap(bytes, most),
        Compression::GZIP(_) => gunzip(bytes, &limits),
        Compression::ZSTD(_) => unzstd(bytes, &limits),
        Compression::BROTLI(_) => unbrotli(bytes, &limits),
        other => {
            return Err(ParquetError::NYI(format!(
                "its pages are packed by {other}; SNAPPY, GZIP, ZSTD and BROTLI are read"
            )));
        }
    };
    unpacked.map_err(|e| ParquetError::External(Box::new(e)))
}

fn unsnap(bytes: &[u8], most: u64) -> Result<Vec<u8>> {
    let external = |e| ParquetError::External(Box::new(e));
    let claimed = snap::raw::decompress_len(bytes).map_err(external)?;
    if claimed as u64 > most {
        return Err(broken("the size of a page").into());
    }
    snap::raw::Decoder::new().decompress_vec(bytes).map_err(external)
}

/// Refuses a page that claims more than it can hold.
fn check(page: &Page, nullable: bool) -> Result<()> {
    let possible = match page {
        // before each text stands its length, in four bytes
        Page::DictionaryPage { buf, num_values, .. } => {
            buf.len() <= MOST_SHARED_BYTES && *num_values as usize <= buf.len() / 4
        }
        Page::DataPage {
            buf,
            num_values,
            encoding,
            def_level_encoding,
            ..
        } => {
            let levels = if nullable {
                level_bytes(buf, *num_values, *def_level_encoding)
            } else {
                Some(0)
            };
            levels.is_some_and(|at| is_possible(buf, at, *encoding))
        }
        Page::DataPageV2 { buf, encoding, .. } => is_possible(buf, unpacked_levels(page), *encoding),
    };
    if possible {
        Ok(())
    } else {
        Err(broken("the number of values of a page").into())
    }
}

/// Whether values that begin at `at` can be as many as they say.
fn is_possible(page: &[u8], at: usize, encoding: Encoding) -> bool {
    let Some(values) = page.get(at..) else {
        return false;
    };
    match encoding {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => delta_bytes(values).is_some(),
        // how much of the text before, then how much more
        Encoding::DELTA_BYTE_ARRAY => {
            values.len() <= MOST_SHARED_BYTES
                && delta_bytes(values).is_some_and(|at| delta_bytes(&values[at..]).is_some())
        }
        _ => true,
    }
}

/// Bytes before the values of a page of the second kind, which are never packed: they say which rows have no value.
fn unpacked_levels(page: &Page) -> usize {
    match page {
        Page::DataPageV2 {
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => *def_levels_byte_len as usize + *rep_levels_byte_len as usize,
        _ => 0,
    }
}

/// Bytes at the begin of a page that say which of its rows have no value.
fn level_bytes(page: &[u8], rows: u32, encoding: Encoding) -> Option<usize> {
    #[expect(deprecated, reason = "old files have it")]
    let packed = Encoding::BIT_PACKED;
    match encoding {
        Encoding::RLE => (u32::from_le_bytes(*page.first_chunk()?) as usize).checked_add(4),
        other if other == packed => Some(rows.div_ceil(8) as usize),
        _ => None,
    }
}

/// Bytes that a run of numbers takes at the begin of `bytes` (`DELTA_BINARY_PACKED` in the format's documents); `None`
/// when there are more numbers than a page can have, or fewer bytes than the numbers take.
fn delta_bytes(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    let (block, parts, numbers) = (varint(&mut rest)?, varint(&mut rest)?, varint(&mut rest)?);
    let _first = varint(&mut rest)?;
    let in_part = block.checked_div(parts).filter(|count| *count > 0)?;
    if numbers > MOST_VALUES {
        return None;
    }
    let mut left = numbers.saturating_sub(1);
    while left > 0 {
        let _least = varint(&mut rest)?;
        let (widths, packed) = rest.split_at_checked(parts.try_into().ok()?)?;
        let mut size = 0u64;
        for bits in widths {
            // parts behind the last number take no bytes, whatever their width says
            if left > 0 {
                size = size.checked_add(in_part.checked_mul(u64::from(*bits))? / 8)?;
            }
            left = left.saturating_sub(in_part);
        }
        rest = packed.get(size.try_into().ok()?..)?;
    }
    Some(bytes.len() - rest.len())
}

/// Takes a number off the bytes.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let number = read_varint(|| {
        let (byte, rest) = bytes.split_first().ok_or_else(|| broken("its end"))?;
        *bytes = rest;
        Ok(*byte)
    });
    number.ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::parquet_guard::{metadata, write_varint};
    use super::*;
    use arrow_array::cast::AsArray;
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{BrotliLevel, GzipLevel, ZstdLevel};
    use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
    use std::io::Write;

    type Texts = Vec<Option<String>>;

    /// A file with the column `html`.
    pub fn written(texts: &Texts, settings: WriterPropertiesBuilder) -> Vec<u8> {
        let column: ArrayRef = Arc::new(StringArray::from(texts.clone()));
        let nullable = texts.iter().any(Option::is_none);
        let batch = RecordBatch::try_from_iter_with_nullable([("html", column, nullable)]).unwrap();
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(settings.build())).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    }

    /// The texts of a file's first column, or why it has none.
    pub fn read(bytes: &[u8]) -> std::result::Result<Texts, String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let found = metadata(&file).map_err(|e| e.to_string())?;
        let mut texts = Vec::new();
        for batch in read_columns(file, found, vec![0], 16).map_err(|e| e.to_string())? {
            let batch = batch.map_err(|e| e.to_string())?;
            let column = batch.column(0).as_string::<i32>();
            texts.extend(column.iter().map(|text| text.map(str::to_owned)));
        }
        Ok(texts)
    }

    fn settings(encoding: Encoding, packed: Compression, version: WriterVersion) -> WriterPropertiesBuilder {
        WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_encoding(encoding)
            .set_compression(packed)
            .set_writer_version(version)
    }

    /// Texts that begin alike, of many lengths, some of them none.
    fn texts(nullable: bool) -> Texts {
        let text = |i: usize| format!("<p>a page{}", " and more".repeat(i * i % 11));
        let is_null = |i: usize| nullable && i % 3 == 1;
        (0..700).map(|i| (!is_null(i)).then(|| text(i))).collect()
    }

    #[test]
    fn every_encoding_and_packing_of_text_gives_what_was_written() {
        let encodings = [
            Encoding::PLAIN,
            Encoding::DELTA_LENGTH_BYTE_ARRAY,
            Encoding::DELTA_BYTE_ARRAY,
        ];
        let packings = [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::ZSTD(ZstdLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
        ];
        let none = vec![None; 50];
        for texts in [texts(false), texts(true), none, vec![Some("one".to_owned())]] {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                for packed in packings {
                    for encoding in encodings {
                        let file = written(&texts, settings(encoding, packed, version));
                        let read = read(&file);
                        assert!(read.as_ref() == Ok(&texts), "{encoding} {packed} {version:?}");
                    }
                    let dictionary = WriterProperties::builder()
                        .set_compression(packed)
                        .set_writer_version(version);
                    let file = written(&texts, dictionary);
                    assert!(
                        read(&file).as_ref() == Ok(&texts),
                        "dictionary {packed} {version:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_packed_page_is_unpacked_up_to_a_limit_whatever_its_header_says() {
        let bomb = vec![b' '; 100_000];
        let snappy = snap::raw::Encoder::new().compress_vec(&bomb).unwrap();
        let gzip = super::super::read::tests::gz(&bomb);
        let zstd = zstd::encode_all(&bomb[..], 1).unwrap();
        for (packed, bytes) in [
            (Compression::SNAPPY, snappy),
            (Compression::GZIP(GzipLevel::default()), gzip),
            (Compression::ZSTD(ZstdLevel::default()), zstd),
        ] {
            let page = |levels: u32| Page::DataPageV2 {
                buf: [vec![7; levels as usize], bytes.clone()].concat().into(),
                num_values: 1,
                encoding: Encoding::PLAIN,
                num_nulls: 0,
                num_rows: 1,
                def_levels_byte_len: levels,
                rep_levels_byte_len: 0,
                is_compressed: true,
                statistics: None,
            };
            for levels in [0, 3] {
                let mut whole = page(levels);
                unpack(&mut whole, packed, 100_000).unwrap();
                assert_eq!(whole.buffer().len(), 100_000 + levels as usize);
                assert_eq!(whole.buffer()[..levels as usize], vec![7; levels as usize]);
                assert!(unpack(&mut page(levels), packed, 99_999).is_err(), "{packed}");
            }
        }
    }

    /// A data page of the first kind with one value that is no null.
    fn data_page(encoding: Encoding, values: &[u8]) -> Page {
        Page::DataPage {
            buf: [&[2, 0, 0, 0, 2, 1], values].concat().into(),
            num_values: 1,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }

    /// A run of so many numbers that are all 5, in blocks of `block` with one part.
    fn run(block: u64, numbers: u64) -> Vec<u8> {
        let mut out = Vec::new();
        for value in [block, 1, numbers, 10] {
            write_varint(value, &mut out).unwrap();
        }
        let blocks = numbers.saturating_sub(1).div_ceil(block).min(100);
        out.extend([0, 0].repeat(blocks as usize));
        out
    }

    #[test]
    fn a_page_that_claims_more_values_than_a_page_can_have_is_refused() {
        let check = |encoding, values: &[u8]| check(&data_page(encoding, values), true).is_ok();
        for encoding in [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
            // texts of five bytes, for the second encoding all of them new
            let both = |block, numbers| [run(128, 1), run(block, numbers)].concat();
            for numbers in [0, 1, 2, 129, 130, 1000] {
                assert!(check(encoding, &run(128, numbers).repeat(2)), "{numbers}");
            }
            assert!(check(encoding, &run(1 << 23, MOST_VALUES).repeat(2)));
            for numbers in [MOST_VALUES + 1, 1 << 40, u64::MAX] {
                assert!(!check(encoding, &run(1 << 62, numbers).repeat(2)), "{numbers}");
                let second = encoding == Encoding::DELTA_BYTE_ARRAY;
                assert_eq!(!check(encoding, &both(1 << 62, numbers)), second, "{numbers}");
            }
            // no parts, no numbers in a part, no bytes for the parts
            for broken in [
                &[128, 1, 0, 9, 10][..],
                &[1, 2, 9, 10, 0, 0, 0],
                &[128, 1, 1, 9, 10, 0, 8],
            ] {
                assert!(!check(encoding, broken), "{broken:?}");
            }
        }
        assert!(check(Encoding::PLAIN, &run(1 << 62, u64::MAX)));
    }

    #[test]
    fn a_dictionary_that_claims_more_than_it_can_hold_is_refused() {
        let check = |bytes: usize, num_values| {
            let page = Page::DictionaryPage {
                buf: vec![0; bytes].into(),
                num_values,
                encoding: Encoding::PLAIN,
                is_sorted: false,
            };
            check(&page, false).is_ok()
        };
        assert!(check(400, 100) && check(MOST_SHARED_BYTES, 100));
        assert!(!check(400, 101) && !check(MOST_SHARED_BYTES + 1, 100));
    }

    #[test]
    fn a_claim_in_the_data_of_a_page_reaches_nobody() {
        let texts = vec![Some("a text".repeat(9)); 3];
        for encoding in [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
            let plain = settings(encoding, Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0);
            let mut file = written(&texts, plain);
            assert!(read(&file) == Ok(texts.clone()));
            // blocks of 128 numbers, parts, numbers; then 2^40 of them
            let head = |part: &[u8]| part[..2] == [0x80, 1] && part[3] == 3;
            let at = file.windows(4).position(head).unwrap() + 3;
            file[at..at + 6].copy_from_slice(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
            let refused = read(&file).unwrap_err();
            assert!(refused.contains("the number of values"), "{refused}");
        }
    }
}
