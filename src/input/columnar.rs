//! Parquet files with a page in a column of each row. Reads some rows at a time, of two columns alone.

use super::cells::{Cell, TextColumn};
use super::entry::Listed;
use super::json_row::Columns;
use super::parquet_guard::metadata;
use super::parquet_pages::read_columns;
use super::record::{Body, Item, Record};
use super::source::{Emit, ReadOptions};
use crate::error::Error;
use crate::pipeline::InputKind;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::basic::Type;
use parquet::schema::types::ColumnDescriptor;
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

/// Rows that are in memory at a time.
const ROWS: usize = 16;
/// Rows that a file may have for each of its bytes, and besides: a run of the same value, or of none, takes a few bytes
/// however long it is.
const ROWS_A_BYTE: u64 = 1000;
const FREE_ROWS: u64 = 100_000;
/// Bytes of all pages together, likewise.
const BYTES_A_BYTE: u64 = 1000;
const FREE_BYTES: u64 = 1 << 32;

/// Reads the rows in their order; each is named by its number, 1 is the first.
pub fn read_parquet(file: File, archive: &str, options: &ReadOptions, emit: Emit) -> ControlFlow<()> {
    let listed = Listed { archive, options };
    let failed = |error| Item::Failed {
        name: archive.to_owned(),
        error,
    };
    let size = file.metadata().map_or(0, |m| m.len());
    let (mut reader, rows) = match guarded(|| open(file, options)) {
        Ok(opened) => opened,
        Err(error) => return emit(failed(error)),
    };
    let most_rows = size.saturating_mul(ROWS_A_BYTE).saturating_add(FREE_ROWS);
    let most_bytes = size.saturating_mul(BYTES_A_BYTE).saturating_add(FREE_BYTES);
    let (mut number, mut bytes) = (0u64, 0u64);
    loop {
        let batch = match guarded(|| reader.next().transpose().map_err(|e| broken(&e))) {
            Ok(Some(batch)) => batch,
            Ok(None) => break,
            Err(error) => return emit(failed(error)),
        };
        options
            .read
            .fetch_add(size * batch.num_rows() as u64 / rows.max(1), Ordering::Relaxed);
        let columns = &options.columns;
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .and_then(|c| TextColumn::new(c.as_ref()))
        };
        let html = column(&columns.html);
        let url = column(&columns.url).filter(|_| columns.url != columns.html);
        for row in 0..batch.num_rows() {
            number += 1;
            let page = html.as_ref().and_then(|c| c.get(row));
            bytes += page.map_or(0, |page| page.bytes.len() as u64);
            if number > most_rows || bytes > most_bytes {
                return emit(failed(Error::Archive {
                    reason: format!("{number} rows with {bytes} bytes of pages in a file of {size} bytes"),
                }));
            }
            let url = url.as_ref().and_then(|c| c.get(row));
            emit(item(&listed, page, url, number))?;
        }
    }
    ControlFlow::Continue(())
}

fn open(file: File, options: &ReadOptions) -> Result<(ParquetRecordBatchReader, u64), Error> {
    let columns = &options.columns;
    let metadata = metadata(&file)?;
    let schema = metadata.file_metadata().schema_descr();
    let names: Vec<&str> = schema
        .root_schema()
        .get_fields()
        .iter()
        .map(|f| f.name())
        .collect();
    let lacks = |column: &str, option: &str| {
        let some: Vec<&str> = names.iter().take(20).copied().collect();
        Error::Column {
            column: column.to_owned(),
            reason: format!(
                "the file has no such column, but {}; {option} names another",
                some.join(", ")
            ),
        }
    };
    if !names.contains(&columns.html.as_str()) {
        return Err(lacks(&columns.html, "--html-column"));
    }
    // files without addresses are fine, unless somebody asked for a column of theirs
    if !names.contains(&columns.url.as_str()) && columns.url != Columns::default().url {
        return Err(lacks(&columns.url, "--url-column"));
    }
    let leaf = |name: &str| schema.columns().iter().position(|c| is_text(c, name));
    let Some(html) = leaf(&columns.html) else {
        return Err(columns.missing("it holds no text; --html-column names another"));
    };
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
    let wanted = std::iter::once(html).chain(leaf(&columns.url)).collect();
    let reader = read_columns(file, metadata, wanted, ROWS).map_err(|e| broken(&e))?;
    Ok((reader, rows))
}

/// Whether a column is one of texts or bytes, with one for each row at most.
fn is_text(column: &ColumnDescriptor, name: &str) -> bool {
    column.path().parts() == [name]
        && column.max_rep_level() == 0
        && column.physical_type() == Type::BYTE_ARRAY
}

fn item(listed: &Listed, page: Option<Cell>, url: Option<Cell>, number: u64) -> Item {
    let name = listed.name(&number.to_string());
    let Some(page) = page else {
        return Item::Failed {
            name,
            error: listed.options.columns.missing("it holds no text"),
        };
    };
    let (found, allowed) = (page.bytes.len() as u64, listed.options.limits.bytes);
    if found > allowed {
        return Item::Failed {
            name,
            error: Error::TooLarge { found, allowed },
        };
    }
    Item::Record(Record {
        name,
        url: url.map(|u| u.text().into_owned()),
        date: None,
        charset: page.charset().map(str::to_owned),
        kind: InputKind::Html,
        body: Body::Bytes(page.bytes.to_vec()),
    })
}

fn broken(error: &dyn std::error::Error) -> Error {
    Error::Archive {
        reason: error.to_string(),
    }
}

/// A file made to deceive must not end the program, whatever the crate that decodes it makes of it.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::Archive {
            reason: "the Parquet file contradicts itself".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::file::properties::{EnabledStatistics, WriterProperties};
    use std::sync::Arc;

    /// A file with the same rows so many times, each value in it once.
    fn repeated(rows: StringArray, times: usize) -> File {
        let settings = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_data_page_row_count_limit(usize::MAX)
            .set_dictionary_page_size_limit(usize::MAX)
            .set_statistics_enabled(EnabledStatistics::None)
            .build();
        let rows: ArrayRef = Arc::new(rows);
        let batch = RecordBatch::try_from_iter_with_nullable([("html", rows, true)]).unwrap();
        let file = tempfile::tempfile().unwrap();
        let mut writer = ArrowWriter::try_new(&file, batch.schema(), Some(settings)).unwrap();
        (0..times).for_each(|_| writer.write(&batch).unwrap());
        writer.close().unwrap();
        file
    }

    /// Rows with a page, without one, and other failures.
    fn read(file: File) -> [u64; 3] {
        let mut found = [0; 3];
        let _ = read_parquet(file, "a.parquet", &ReadOptions::default(), &mut |item| {
            let at = match item {
                Item::Failed {
                    error: Error::Column { .. },
                    ..
                } => 1,
                Item::Failed { .. } => 2,
                _ => 0,
            };
            found[at] += 1;
            ControlFlow::Continue(())
        });
        found
    }

    #[test]
    fn rows_that_take_no_bytes_are_read_up_to_a_number_that_the_size_allows() {
        let empty = |count: usize| repeated(StringArray::new_null(10_000), count / 10_000);
        assert_eq!(read(empty(90_000)), [0, 90_000, 0]);
        let many = empty(1_000_000);
        let allowed = FREE_ROWS + ROWS_A_BYTE * many.metadata().unwrap().len();
        assert!(allowed < 900_000);
        assert_eq!(read(many), [0, allowed, 1]);
    }

    #[test]
    fn one_page_again_and_again_is_read_up_to_the_bytes_that_the_size_allows() {
        let size = 8 << 20;
        let page = StringArray::from(vec![format!("<p>{}", "a".repeat(size - 3))]);
        let file = repeated(page, 520);
        let allowed = FREE_BYTES + BYTES_A_BYTE * file.metadata().unwrap().len();
        let pages = allowed / size as u64;
        assert!((512..520).contains(&pages), "{pages}");
        assert_eq!(read(file), [pages, 0, 1]);
    }
}
