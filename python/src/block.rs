//! What stands within a page: blocks, the paywall's verdict, its evidence, the failure. All are views into
//! the page's answer, made when they are asked for.

use crate::decimal::shown;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;
use tollgate::result::{self, PageResult, word};

/// At most 60 characters of a text, quoted as Python does.
pub fn quoted(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    format!(
        "'{}'",
        start
            .replace('\\', "\\\\")
            .replace('\'', "\\'")
            .replace('\n', "\\n")
    )
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "None".to_owned(), quoted)
}

/// A block of a page with its label.
#[pyclass(frozen, module = "tollgate", skip_from_py_object)]
pub struct Block {
    pub page: Arc<PageResult>,
    pub at: usize,
}

impl Block {
    fn block(&self) -> &result::LabelledBlock {
        &self.page.blocks[self.at]
    }
}

#[pymethods]
impl Block {
    /// Position on the page, 0 is the first.
    #[getter]
    fn index(&self) -> usize {
        self.block().index
    }

    /// `content`, `subscription` or `navigation`.
    #[getter]
    fn label(&self) -> &'static str {
        self.block().label.name()
    }

    /// Within content: `title`, `byline`, `date`, `caption` or `body`.
    #[getter]
    fn part(&self) -> Option<&'static str> {
        self.block().part.map(tollgate::Part::name)
    }

    /// What a subscription block is for: `gate`, `offer`, `newsletter`, `account` or `donation`.
    #[getter]
    fn purpose(&self) -> Option<String> {
        self.block().purpose.and_then(word)
    }

    /// Index of the content block whose text this block repeats word for word.
    #[getter]
    fn repeats(&self) -> Option<u32> {
        self.block().repeats
    }

    /// Probability of the given label.
    #[getter]
    fn confidence(&self) -> f64 {
        shown(self.block().confidence)
    }

    /// Probability of every label.
    #[getter]
    fn probabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let p = self.block().probabilities;
        let all = PyDict::new(py);
        all.set_item("content", shown(p.content))?;
        all.set_item("subscription", shown(p.subscription))?;
        all.set_item("navigation", shown(p.navigation))?;
        Ok(all)
    }

    /// Name of the block's element; `None` for plain text.
    #[getter]
    fn tag(&self) -> Option<&str> {
        self.block().tag.as_deref()
    }

    /// CSS selector of the block's element; `None` for plain text.
    #[getter]
    fn selector(&self) -> Option<&str> {
        self.block().selector.as_deref()
    }

    /// The text, white space collapsed.
    #[getter]
    fn text(&self) -> &str {
        &self.block().text
    }

    fn __eq__(&self, other: &Block) -> bool {
        self.block() == other.block()
    }

    fn __repr__(&self) -> String {
        let b = self.block();
        let part = b.part.map_or(String::new(), |p| format!(", part='{}'", p.name()));
        format!(
            "Block(index={}, label='{}'{part}, confidence={}, text={})",
            b.index,
            b.label.name(),
            b.confidence,
            quoted(&b.text)
        )
    }
}

/// Access to the page's article.
#[pyclass(frozen, module = "tollgate", skip_from_py_object)]
pub struct Paywall {
    pub paywall: result::Paywall,
}

#[pymethods]
impl Paywall {
    /// What the page shows: `open`, `soft`, `hard` or `blocked`.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.paywall.verdict.name()
    }

    /// Probability that the page is gated.
    #[getter]
    fn probability(&self) -> f64 {
        shown(self.paywall.probability)
    }

    /// What the gate asks for; `None` without a gate.
    #[getter]
    fn kind(&self) -> Option<String> {
        self.paywall.kind.and_then(word)
    }

    /// What the publisher's markup declares: `free`, `metered` or `locked`.
    #[getter]
    fn declared(&self) -> Option<String> {
        self.paywall.declared.and_then(word)
    }

    /// Where it is declared: `json-ld`, `microdata` or `content-tier`.
    #[getter]
    fn declared_source(&self) -> Option<String> {
        self.paywall.declared_source.and_then(word)
    }

    /// CSS selectors of the parts declared as gated.
    #[getter]
    fn declared_selector(&self) -> Option<&str> {
        self.paywall.declared_selector.as_deref()
    }

    /// Reasons for the verdict, the strongest first.
    #[getter]
    fn evidence(&self) -> Vec<Evidence> {
        self.paywall.evidence.iter().cloned().map(Evidence).collect()
    }

    fn __eq__(&self, other: &Paywall) -> bool {
        self.paywall == other.paywall
    }

    fn __repr__(&self) -> String {
        let p = &self.paywall;
        format!(
            "Paywall(verdict='{}', probability={}, kind={}, declared={})",
            p.verdict.name(),
            p.probability,
            optional(self.kind().as_deref()),
            optional(self.declared().as_deref())
        )
    }
}

/// A reason for the verdict.
#[pyclass(frozen, module = "tollgate", skip_from_py_object)]
pub struct Evidence(tollgate::verdict::Evidence);

#[pymethods]
impl Evidence {
    /// `prompt`, `truncation`, `scrambling`, `meter`, `markup`, `vendor` or `blocked`.
    #[getter]
    fn kind(&self) -> Option<String> {
        word(self.0.kind)
    }

    /// Index of the block that it points to.
    #[getter]
    fn block(&self) -> Option<usize> {
        self.0.block
    }

    /// What it adds to the log-odds of a gate.
    #[getter]
    fn weight(&self) -> f64 {
        shown(self.0.weight)
    }

    /// The words seen.
    #[getter]
    fn text(&self) -> &str {
        &self.0.text
    }

    fn __eq__(&self, other: &Evidence) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> String {
        format!(
            "Evidence(kind='{}', weight={}, text={})",
            word(self.0.kind).unwrap_or_default(),
            self.0.weight,
            quoted(&self.0.text)
        )
    }
}

/// Why a page failed.
#[pyclass(frozen, module = "tollgate", skip_from_py_object)]
pub struct Failure(pub result::Failure);

#[pymethods]
impl Failure {
    /// Stable word.
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened.
    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    fn __eq__(&self, other: &Failure) -> bool {
        self.0 == other.0
    }

    fn __str__(&self) -> &str {
        &self.0.message
    }

    fn __repr__(&self) -> String {
        format!(
            "Failure(code='{}', message={})",
            self.0.code,
            quoted(&self.0.message)
        )
    }
}
