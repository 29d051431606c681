//! The classifier: every way of labelling pages from Python.

use crate::archive::{Input, Pages, Shard};
use crate::arrow::classify_table;
use crate::batch::{alone, label_all};
use crate::error::OrRaise;
use crate::html::{Html, Known, kind};
use crate::page::Page;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::path::PathBuf;
use std::sync::Arc;
use tollgate::Limits;
use tollgate::input::{Columns, ReadOptions};

/// Labels pages with a model. Loading it takes a moment, so keep the classifier; threads may share it.
#[pyclass(frozen, module = "tollgate")]
pub struct Classifier {
    inner: tollgate::Classifier,
    model: Option<PathBuf>,
}

/// `None`, or as many as the pages.
fn texts(values: Option<&Bound<'_, PyAny>>, what: &str, rows: usize) -> PyResult<Vec<Option<String>>> {
    let Some(values) = values else {
        return Ok(vec![None; rows]);
    };
    let texts: Vec<Option<String>> = values
        .try_iter()?
        .map(|v| v?.extract())
        .collect::<PyResult<_>>()?;
    if texts.len() != rows {
        return Err(PyValueError::new_err(format!(
            "{} {what} for {rows} pages",
            texts.len()
        )));
    }
    Ok(texts)
}

#[pymethods]
impl Classifier {
    #[new]
    #[pyo3(signature = (model = None, *, max_bytes = None, max_blocks = None))]
    fn new(
        py: Python<'_>,
        model: Option<PathBuf>,
        max_bytes: Option<u64>,
        max_blocks: Option<usize>,
    ) -> PyResult<Classifier> {
        let mut limits = Limits::default();
        limits.bytes = max_bytes.unwrap_or(limits.bytes);
        limits.blocks = max_blocks.unwrap_or(limits.blocks);
        let mut builder = tollgate::Classifier::builder().limits(limits);
        if let Some(path) = &model {
            builder = builder.model_file(path);
        }
        let inner = py.detach(|| builder.build()).or_raise(py)?;
        Ok(Classifier { inner, model })
    }

    /// Labels a page; raises when it can't be done.
    #[pyo3(signature = (html, url = None, *, path = None, charset = None, text = false))]
    fn classify(
        &self,
        py: Python<'_>,
        html: &Bound<'_, PyAny>,
        url: Option<&str>,
        path: Option<&str>,
        charset: Option<&str>,
        text: bool,
    ) -> PyResult<Page> {
        let html = Html::of(html)?;
        let known = Known {
            kind: kind(text),
            charset,
            url,
            path,
        };
        let page = alone(py, html.held(), || html.classify(&self.inner, known))?.or_raise(py)?;
        Ok(Page::new(page, None))
    }

    /// Labels many pages on many threads, without Python's lock; a page that fails has `error` set.
    #[pyo3(signature = (pages, urls = None, *, paths = None, jobs = 0, text = false))]
    fn classify_batch(
        &self,
        py: Python<'_>,
        pages: &Bound<'_, PyAny>,
        urls: Option<&Bound<'_, PyAny>>,
        paths: Option<&Bound<'_, PyAny>>,
        jobs: usize,
        text: bool,
    ) -> PyResult<Vec<Page>> {
        let pages: Vec<Html> = pages
            .try_iter()?
            .map(|p| Html::of_row(&p?))
            .collect::<PyResult<_>>()?;
        let urls = texts(urls, "urls", pages.len())?;
        let paths = texts(paths, "paths", pages.len())?;
        let mut results = label_all(py, jobs, pages.len(), |i| {
            let known = Known {
                kind: kind(text),
                charset: None,
                url: urls[i].as_deref(),
                path: None,
            };
            pages[i].classify(&self.inner, known)
        })?;
        // failed pages bear their name, too
        for (page, path) in results.iter_mut().zip(paths) {
            page.path = path;
        }
        Ok(results.into_iter().map(|page| Page::new(page, None)).collect())
    }

    /// Labels the pages of an Arrow table; the answer has a row for each row, in the same order.
    #[pyo3(signature = (data, html_column = "html", url_column = "url", *, jobs = 0, text = false))]
    fn classify_arrow<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        html_column: &str,
        url_column: &str,
        jobs: usize,
        text: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let columns = Columns {
            html: html_column.to_owned(),
            url: url_column.to_owned(),
        };
        classify_table(data, &self.inner, &columns, kind(text), jobs)
    }

    /// Goes through the pages of files, folders, patterns and archives, as the program does.
    #[pyo3(signature = (inputs, *, name = None, html_column = "html", url_column = "url", text = None, jobs = 0, shard = (0, 1)))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn classify_files(
        &self,
        py: Python<'_>,
        inputs: &Bound<'_, PyAny>,
        name: Option<&str>,
        html_column: &str,
        url_column: &str,
        text: Option<bool>,
        jobs: usize,
        shard: (u64, u64),
    ) -> PyResult<Pages> {
        let (part, parts) = shard;
        if part >= parts {
            return Err(PyValueError::new_err(format!(
                "there is no part {part} of {parts}: the first is 0"
            )));
        }
        let inputs = match inputs.cast::<PyList>() {
            Ok(_) if name.is_some() => {
                return Err(PyValueError::new_err(
                    "a name is for a single open file: those of a list have their own",
                ));
            }
            Ok(list) => list
                .iter()
                .map(|i| Input::of(&i, None))
                .collect::<PyResult<_>>()?,
            Err(_) => vec![Input::of(inputs, name)?],
        };
        let options = ReadOptions {
            limits: *self.inner.limits(),
            columns: Arc::new(Columns {
                html: html_column.to_owned(),
                url: url_column.to_owned(),
            }),
            ..ReadOptions::default()
        };
        let shard = Shard { part, parts };
        Pages::start(
            py,
            self.inner.clone(),
            inputs,
            options,
            text.map(kind),
            shard,
            jobs,
        )
    }

    /// Name of the model.
    #[getter]
    fn model(&self) -> &str {
        &self.inner.model().name
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((Option<PathBuf>,), Bound<'py, PyDict>)> {
        let limits = PyDict::new(py);
        limits.set_item("max_bytes", self.inner.limits().bytes)?;
        limits.set_item("max_blocks", self.inner.limits().blocks)?;
        Ok(((self.model.clone(),), limits))
    }

    fn __repr__(&self) -> String {
        format!("Classifier(model='{}')", self.inner.model().name)
    }
}
