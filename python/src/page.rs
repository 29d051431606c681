//! The answer for a page.

use crate::block::{Block, Failure, Paywall, quoted};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::Arc;
use tollgate::report::{Format, ReportOptions, Rows, text_bytes, write_page};
use tollgate::result::word;
use tollgate::{Label, PageResult};

/// The answer for a page: its blocks with their labels, and whether its article is open.
#[pyclass(frozen, module = "tollgate", skip_from_py_object)]
pub struct Page {
    pub result: Arc<PageResult>,
    /// When it was fetched, as an archive writes it.
    date: Option<String>,
}

impl Page {
    pub fn new(result: PageResult, date: Option<String>) -> Page {
        Page {
            result: Arc::new(result),
            date,
        }
    }

    fn written(&self, format: Format, body: bool) -> PyResult<String> {
        let mut out = Vec::new();
        let options = ReportOptions {
            body_only: body,
            ..ReportOptions::default()
        };
        write_page(&mut out, &self.result, format, options)?;
        String::from_utf8(out).map_err(|e| PyValueError::new_err(e.to_string()))
    }
}

#[pymethods]
impl Page {
    /// Path, or the name that was given; `None` without one.
    #[getter]
    fn path(&self) -> Option<&str> {
        self.result.path.as_deref()
    }

    /// The given address, or else the one that the page names.
    #[getter]
    fn url(&self) -> Option<&str> {
        self.result.url.as_deref()
    }

    /// Title that the page declares.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.result.title.as_deref()
    }

    /// Language that the page declares.
    #[getter]
    fn lang(&self) -> Option<&str> {
        self.result.lang.as_deref()
    }

    /// Encoding that the bytes were read in.
    #[getter]
    fn encoding(&self) -> Option<&'static str> {
        self.result.encoding
    }

    /// Access to the article; `None` for failed pages.
    #[getter]
    fn paywall(&self) -> Option<Paywall> {
        self.result.paywall.clone().map(|paywall| Paywall { paywall })
    }

    /// `paywall.verdict`; `None` for failed pages.
    #[getter]
    fn verdict(&self) -> Option<&'static str> {
        self.result.paywall.as_ref().map(|p| p.verdict.name())
    }

    /// `complete`, `truncated`, `scrambled` or `empty`; `None` for failed pages.
    #[getter]
    fn content_status(&self) -> Option<String> {
        self.result.content_status.and_then(word)
    }

    /// Why the text is not all there; `None` when it is.
    #[getter]
    fn content_reason(&self) -> Option<&str> {
        self.result.content_reason.as_deref()
    }

    /// The blocks in document order.
    #[getter]
    fn blocks(&self) -> Vec<Block> {
        let block = |at| Block {
            page: Arc::clone(&self.result),
            at,
        };
        (0..self.result.blocks.len()).map(block).collect()
    }

    /// Why the page failed; `None` when it did not.
    #[getter]
    fn error(&self) -> Option<Failure> {
        self.result.error.clone().map(Failure)
    }

    /// When the page was fetched, as an archive writes it (`WARC-Date`); not part of the JSON.
    #[getter]
    fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }

    /// Bytes of text in the answer: what it takes in a batch of Arrow.
    #[getter]
    fn text_bytes(&self) -> usize {
        text_bytes(&self.result, Rows::Pages)
    }

    /// Number of blocks with a label.
    fn count(&self, label: &str) -> PyResult<usize> {
        let label = Label::parse(label)
            .ok_or_else(|| PyValueError::new_err(format!("there is no label {label:?}")))?;
        Ok(self.result.count(label))
    }

    /// The content as plain text, a block a line; with `body` without title, byline, date and captions.
    #[pyo3(signature = (*, body = false))]
    fn text(&self, body: bool) -> PyResult<String> {
        self.written(Format::Text, body)
    }

    /// The content as Markdown; with `body` without title, byline, date and captions.
    #[pyo3(signature = (*, body = false))]
    fn markdown(&self, body: bool) -> PyResult<String> {
        self.written(Format::Markdown, body)
    }

    /// The line of JSON that the program prints with `-f jsonl`, without its end of line.
    fn to_json(&self) -> PyResult<String> {
        let mut line = self.written(Format::Jsonl, false)?;
        line.pop();
        Ok(line)
    }

    /// The same as a dictionary.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.to_json()?,))
    }

    /// Reads a line of the program's JSON back.
    #[staticmethod]
    #[pyo3(signature = (line, *, date = None))]
    fn from_json(line: &str, date: Option<String>) -> PyResult<Page> {
        let result = serde_json::from_str(line).map_err(|e| PyValueError::new_err(e.to_string()))?;
        Ok(Page::new(result, date))
    }

    fn __eq__(&self, other: &Page) -> bool {
        self.result == other.result && self.date == other.date
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let read = py.import("tollgate")?.getattr("_read_page")?;
        Ok((read, (self.to_json()?, self.date.clone()).into_pyobject(py)?))
    }

    fn __repr__(&self) -> String {
        let page = &self.result;
        let place = page.path.as_deref().or(page.url.as_deref());
        let place = place.map_or(String::new(), |p| format!("{}, ", quoted(p)));
        match (&page.error, &page.paywall) {
            (None, Some(p)) => format!(
                "Page({place}title={}, verdict='{}', probability={}, content={}, subscription={}, navigation={})",
                page.title.as_deref().map_or_else(|| "None".to_owned(), quoted),
                p.verdict.name(),
                p.probability,
                page.count(Label::Content),
                page.count(Label::Subscription),
                page.count(Label::Navigation),
            ),
            (Some(error), _) => format!("Page({place}error='{}')", error.code),
            (None, None) => format!("Page({place})"),
        }
    }
}
