//! Parquet files with a page in a column of each row. Reads some rows at a time, of two columns alone.

use super::cells::TextColumn;
use super::entry::Listed;
use super::json_row::Columns;
use super::parquet_guard::{GuardedFile, metadata};
use super::record::{Body, Item, Record};
use super::source::{Emit, ReadOptions};
use crate::error::Error;
use crate::pipeline::InputKind;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Rows that are in memory at a time.
const ROWS: usize = 16;
/// Rows that a file may have for each of its bytes, and besides: a run of the same value, or of none, takes a few bytes
/// however long it is.
const ROWS_A_BYTE: u64 = 1000;
const FREE_ROWS: u64 = 100_000;

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
    let allowed = size.saturating_mul(ROWS_A_BYTE).saturating_add(FREE_ROWS);
    let mut number = 0u64;
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
            if number > allowed {
                return emit(failed(Error::Archive {
                    reason: format!("more than {allowed} rows in {size} bytes"),
                }));
            }
            emit(item(&listed, html.as_ref(), url.as_ref(), row, number))?;
        }
    }
    ControlFlow::Continue(())
}

fn open(file: File, options: &ReadOptions) -> Result<(ParquetRecordBatchReader, u64), Error> {
    let columns = &options.columns;
    // types as they are stored, whatever the program that wrote them calls them
    let settings = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = Arc::new(metadata(&file)?);
    let metadata = ArrowReaderMetadata::try_new(metadata, settings).map_err(|e| broken(&e))?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(GuardedFile(file), metadata);
    let has = |name: &str| builder.schema().column_with_name(name).is_some();
    let lacks = |column: &str, option: &str| {
        let fields = builder.schema().fields().iter().take(20);
        let names: Vec<&str> = fields.map(|f| f.name().as_str()).collect();
        let names = names.join(", ");
        Error::Column {
            column: column.to_owned(),
            reason: format!("the file has no such column, but {names}; {option} names another"),
        }
    };
    if !has(&columns.html) {
        return Err(lacks(&columns.html, "--html-column"));
    }
    // files without addresses are fine, unless somebody asked for a column of theirs
    if !has(&columns.url) && columns.url != Columns::default().url {
        return Err(lacks(&columns.url, "--url-column"));
    }
    let wanted = [columns.html.as_str(), columns.url.as_str()];
    let mask = ProjectionMask::columns(builder.parquet_schema(), wanted.into_iter().filter(|n| has(n)));
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    let reader = builder
        .with_projection(mask)
        .with_batch_size(ROWS)
        .build()
        .map_err(|e| broken(&e))?;
    Ok((reader, rows))
}

fn item(
    listed: &Listed,
    html: Option<&TextColumn>,
    url: Option<&TextColumn>,
    row: usize,
    number: u64,
) -> Item {
    let name = listed.name(&number.to_string());
    let Some(page) = html.and_then(|c| c.get(row)) else {
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
    let url = url.and_then(|c| c.get(row));
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
    use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};

    /// A file whose rows hold no page: they take no bytes.
    fn empty_rows(count: usize) -> File {
        let settings = WriterProperties::builder()
            .set_data_page_row_count_limit(usize::MAX)
            .build();
        let rows: ArrayRef = Arc::new(StringArray::new_null(10_000));
        let batch = RecordBatch::try_from_iter_with_nullable([("html", rows, true)]).unwrap();
        let file = tempfile::tempfile().unwrap();
        let mut writer = ArrowWriter::try_new(&file, batch.schema(), Some(settings)).unwrap();
        for _ in 0..count / 10_000 {
            writer.write(&batch).unwrap();
        }
        writer.close().unwrap();
        file
    }

    #[test]
    fn rows_that_take_no_bytes_are_read_up_to_a_number_that_the_size_allows() {
        let read = |file: File| {
            let (mut empty, mut refused) = (0, 0);
            let _ = read_parquet(file, "a.parquet", &ReadOptions::default(), &mut |item| {
                match item {
                    Item::Failed {
                        error: Error::Column { .. },
                        ..
                    } => empty += 1,
                    Item::Failed { .. } => refused += 1,
                    _ => {}
                }
                ControlFlow::Continue(())
            });
            (empty, refused)
        };
        assert_eq!(read(empty_rows(90_000)), (90_000, 0));
        let many = empty_rows(1_000_000);
        let allowed = FREE_ROWS + ROWS_A_BYTE * many.metadata().unwrap().len();
        assert!(allowed < 900_000);
        assert_eq!(read(many), (allowed, 1));
    }
}
