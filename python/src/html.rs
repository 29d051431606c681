//! A page as Python hands it over: text or bytes, read in place where Python allows it.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};
use tollgate::input::{Body, Cell, Record, is_packed};
use tollgate::{Classifier, Error, InputKind, PageResult};

/// The characters or bytes of a page.
pub enum Html {
    /// Text, which has no encoding left to guess.
    Text(PyBackedStr),
    /// Text that UTF-8 can't hold as it is.
    Mended(String),
    /// Bytes.
    Bytes(PyBackedBytes),
    /// No page: a null of a table.
    Missing,
}

/// What is known of a page beside its bytes.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Page or plain text.
    pub kind: InputKind,
    /// Charset that a server named.
    pub charset: Option<&'a str>,
    /// Address; counts for more than what the page names.
    pub url: Option<&'a str>,
    /// The name that the answer bears.
    pub path: Option<&'a str>,
}

impl Html {
    /// Takes text, bytes and what is like bytes.
    pub fn of(value: &Bound<'_, PyAny>) -> PyResult<Html> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(match PyBackedStr::try_from(text.clone()) {
                Ok(text) => Html::Text(text),
                Err(_) => Html::Mended(text.to_string_lossy().into_owned()),
            });
        }
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return Ok(Html::Bytes(bytes.clone().into()));
        }
        if let Ok(bytes) = value.cast::<PyByteArray>() {
            return Ok(Html::Bytes(bytes.clone().into()));
        }
        if value.is_instance_of::<PyMemoryView>() {
            let bytes = value.py().get_type::<PyBytes>().call1((value,))?;
            return Ok(Html::Bytes(bytes.cast_into::<PyBytes>()?.into()));
        }
        let kind = value.get_type().name()?;
        Err(PyTypeError::new_err(format!(
            "a page is str or bytes, not {kind}"
        )))
    }

    /// As [`Html::of`], with `None` as a missing page.
    pub fn of_row(value: &Bound<'_, PyAny>) -> PyResult<Html> {
        if value.is_none() {
            Ok(Html::Missing)
        } else {
            Html::of(value)
        }
    }

    /// Its bytes, before they are unpacked; the most there can be when they are packed.
    pub fn held(&self) -> usize {
        match self {
            Html::Text(page) => page.len(),
            Html::Mended(page) => page.len(),
            Html::Bytes(page) if is_packed(page) => usize::MAX,
            Html::Bytes(page) => page.len(),
            Html::Missing => 0,
        }
    }

    /// Labels the page.
    pub fn classify(&self, classifier: &Classifier, known: Known<'_>) -> tollgate::Result<PageResult> {
        let text = |page: &str| {
            let bytes = page.as_bytes();
            let charset = Cell { bytes, utf8: true }.charset();
            classify_bytes(bytes, classifier, Known { charset, ..known })
        };
        match self {
            Html::Text(page) => text(page),
            Html::Mended(page) => text(page),
            Html::Bytes(page) => classify_bytes(page, classifier, known),
            Html::Missing => Err(Error::Empty),
        }
    }
}

/// Labels bytes, which are unpacked first when they are gzip, zstd or MHTML, as files are.
pub fn classify_bytes(
    bytes: &[u8],
    classifier: &Classifier,
    known: Known<'_>,
) -> tollgate::Result<PageResult> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    let path = own(known.path);
    if !is_packed(bytes) {
        let page = classifier.classify_served(bytes, known.kind, known.charset)?;
        let url = own(known.url).or(page.url);
        return Ok(PageResult { path, url, ..page });
    }
    let record = Record {
        name: String::new(),
        url: own(known.url),
        date: None,
        charset: own(known.charset),
        kind: known.kind,
        body: Body::Bytes(bytes.to_vec()),
    };
    let whole = record.unpack(classifier.limits())?;
    let page = classifier.classify_served(&whole.bytes, known.kind, whole.charset.as_deref())?;
    let url = whole.url.or(page.url);
    Ok(PageResult { path, url, ..page })
}

/// Page or plain text.
pub fn kind(text: bool) -> InputKind {
    if text { InputKind::Text } else { InputKind::Html }
}
