//! Tables in and out by the Arrow C data interface: no cell is copied on the way in, and the answer's columns
//! are handed over as they are.

use crate::batch::label_all;
use crate::error::raised;
use crate::html::{Known, classify_bytes};
use crate::page::Page;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{Array, RecordBatch};
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use arrow_schema::DataType;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use std::sync::Arc;
use tollgate::input::Columns;
use tollgate::report::{Rows, record_batch, schema};
use tollgate::{Classifier, Error, InputKind, PageResult};

/// The batches of a table or of a single batch.
fn batches(data: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    let broken = |e: &dyn std::fmt::Display| PyValueError::new_err(e.to_string());
    if data.hasattr("__arrow_c_stream__")? {
        let stream = RecordBatchStreamReader::from_pyarrow_bound(data)?;
        return stream.collect::<Result<_, _>>().map_err(|e| broken(&e));
    }
    if data.hasattr("__arrow_c_array__")? {
        return Ok(vec![RecordBatch::from_pyarrow_bound(data)?]);
    }
    let kind = data.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "the pages stand in a RecordBatch or Table of Arrow, not in {kind}"
    )))
}

/// Text or bytes of a cell.
fn cell(column: &dyn Array, row: usize) -> Option<&[u8]> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row).as_bytes()),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row).as_bytes()),
        DataType::Utf8View => Some(column.as_string_view().value(row).as_bytes()),
        DataType::Binary => Some(column.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Some(column.as_binary::<i64>().value(row)),
        DataType::BinaryView => Some(column.as_binary_view().value(row)),
        _ => None,
    }
}

fn holds_text(kind: &DataType) -> bool {
    use DataType::{Binary, BinaryView, LargeBinary, LargeUtf8, Utf8, Utf8View};
    matches!(
        kind,
        Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView
    )
}

/// The column of that name, which must hold text or bytes.
fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b dyn Array, Error> {
    let wrong = |reason: String| Error::Column {
        column: name.to_owned(),
        reason,
    };
    let Some(column) = batch.column_by_name(name) else {
        let fields = batch.schema_ref().fields().iter();
        let names: Vec<&str> = fields.take(20).map(|f| f.name().as_str()).collect();
        return Err(wrong(format!(
            "the table has no such column, but {}",
            names.join(", ")
        )));
    };
    if !holds_text(column.data_type()) {
        return Err(wrong(format!(
            "it holds {}, no text or bytes",
            column.data_type()
        )));
    }
    Ok(column.as_ref())
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
    let mut rows: Vec<(&dyn Array, Option<&dyn Array>, usize)> = Vec::new();
    for batch in &batches {
        let html = column(batch, &columns.html).map_err(|e| raised(py, &e))?;
        // rows may lack an address
        let url = column(batch, &columns.url)
            .ok()
            .filter(|_| columns.url != columns.html);
        rows.extend((0..batch.num_rows()).map(|row| (html, url, row)));
    }
    let pages = label_all(py, jobs, rows.len(), |i| {
        let (html, url, row) = rows[i];
        let bytes = cell(html, row).ok_or_else(|| columns.missing("it holds no text"))?;
        let url = url.and_then(|u| cell(u, row)).map(String::from_utf8_lossy);
        let known = Known {
            kind,
            charset: None,
            url: url.as_deref(),
            path: None,
        };
        classify_bytes(bytes, classifier, known)
    })?;
    table(py, &pages)
}

fn table<'py, P: std::borrow::Borrow<PageResult> + Sync>(
    py: Python<'py>,
    pages: &[P],
) -> PyResult<Bound<'py, PyAny>> {
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
