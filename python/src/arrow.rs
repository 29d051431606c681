//! Tables in and out by the Arrow C data interface: no cell is copied on the way in, and the answer's columns
//! are handed over as they are.

use crate::batch::label_all;
use crate::error::{raised, too_many};
use crate::html::{Known, classify_bytes};
use crate::page::Page;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{Array, RecordBatch};
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tollgate::input::{Columns, TextColumn};
use tollgate::report::{MOST_BYTES, Rows, record_batch, schema, text_bytes};
use tollgate::{Classifier, Error, InputKind, PageResult};

/// The batches of a table or of a single batch.
fn batches(data: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    let broken = |e: &dyn std::fmt::Display| PyValueError::new_err(e.to_string());
    if data.hasattr("__arrow_c_stream__")? {
        let stream = RecordBatchStreamReader::from_pyarrow_bound(data)?;
        // whoever makes the batches may need Python's lock on another thread
        let read = data.py().detach(|| stream.collect::<Result<_, _>>());
        return read.map_err(|e| broken(&e));
    }
    if data.hasattr("__arrow_c_array__")? {
        return Ok(vec![RecordBatch::from_pyarrow_bound(data)?]);
    }
    let kind = data.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "the pages stand in a RecordBatch or Table of Arrow, not in {kind}"
    )))
}

/// The name that the column of addresses has when no other is given.
const URL: &str = "url";

fn wrong(column: &str, reason: String) -> Error {
    Error::Column {
        column: column.to_owned(),
        reason,
    }
}

/// The column of that name, which must hold text or bytes.
fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<TextColumn<'b>, Error> {
    let Some(column) = batch.column_by_name(name) else {
        let fields = batch.schema_ref().fields().iter();
        let names: Vec<&str> = fields.take(20).map(|f| f.name().as_str()).collect();
        let reason = format!("the table has no such column, but {}", names.join(", "));
        return Err(wrong(name, reason));
    };
    TextColumn::new(column.as_ref())
        .ok_or_else(|| wrong(name, format!("it holds {}, no text or bytes", column.data_type())))
}

/// The column of addresses. A table may lack it, unless it was asked for by a name of its own.
fn addresses<'b>(batch: &'b RecordBatch, columns: &Columns) -> Result<Option<TextColumn<'b>>, Error> {
    let absent = columns.url == URL && batch.column_by_name(URL).is_none();
    if absent || columns.url == columns.html {
        return Ok(None);
    }
    column(batch, &columns.url).map(Some)
}

/// Counts the text of the answers, all of which are to stand in one batch.
#[derive(Default)]
struct Room(AtomicUsize);

impl Room {
    fn is_left(&self) -> bool {
        self.0.load(Ordering::Relaxed) <= MOST_BYTES
    }

    fn take(&self, page: PageResult) -> PageResult {
        self.0
            .fetch_add(text_bytes(&page, Rows::Pages), Ordering::Relaxed);
        page
    }
}

/// Labels the pages of a table; row for row, the answer stands in the same place.
pub fn classify_table<'py>(
    data: &Bound<'py, PyAny>,
    classifier: &Classifier,
    columns: &Columns,
    kind: InputKind,
    jobs: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let py = data.py();
    let batches = batches(data)?;
    let mut places = Vec::new();
    let mut read = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        let html = column(batch, &columns.html).map_err(|e| raised(py, &e))?;
        let url = addresses(batch, columns).map_err(|e| raised(py, &e))?;
        read.push((html, url));
        places.extend((0..batch.num_rows()).map(|row| (at, row)));
    }
    let room = Room::default();
    let pages = label_all(py, jobs, places.len(), |i| {
        if !room.is_left() {
            // the answers can't be handed over anyway
            return Err(Error::Empty);
        }
        let (at, row) = places[i];
        let (html, url) = &read[at];
        let page = html.get(row).ok_or_else(|| columns.missing("it holds no text"))?;
        let url = url.as_ref().and_then(|u| u.get(row)).map(|u| u.text());
        let known = Known {
            kind,
            charset: page.charset(),
            url: url.as_deref(),
            path: None,
        };
        classify_bytes(page.bytes, classifier, known).map(|page| room.take(page))
    })?;
    if !room.is_left() {
        return Err(too_many(py));
    }
    table(py, &pages)
}

fn table<'py, P: std::borrow::Borrow<PageResult> + Sync>(
    py: Python<'py>,
    pages: &[P],
) -> PyResult<Bound<'py, PyAny>> {
    let bytes = |page: &P| text_bytes(page.borrow(), Rows::Pages);
    if pages.iter().map(bytes).sum::<usize>() > MOST_BYTES {
        return Err(too_many(py));
    }
    py.detach(|| record_batch(pages, Rows::Pages))
        .map_err(|e| PyValueError::new_err(e.to_string()))?
        .to_pyarrow(py)
}

/// The pages as a RecordBatch, a row a page, with the columns of the program's Parquet files.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "so Python hands over a list")]
pub fn to_arrow<'py>(py: Python<'py>, pages: Vec<PyRef<'py, Page>>) -> PyResult<Bound<'py, PyAny>> {
    let pages: Vec<Arc<PageResult>> = pages.iter().map(|p| Arc::clone(&p.result)).collect();
    table(py, &pages)
}

/// The columns of [`to_arrow`] and their types.
#[pyfunction(name = "arrow_schema")]
pub fn columns_and_types(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    schema(Rows::Pages).to_pyarrow(py)
}
