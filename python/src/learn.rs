//! Training and scoring from Python, with what the command line uses. The answers are given as JSON, which
//! the Python half reads.

use crate::batch::pool;
use crate::error::OrRaise;
use crate::interrupt::{Wanted, abandonable};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tollgate::corpus::{Labelled, load_all, load_labelled, load_lines};
use tollgate::learn::{Course, FitParams, answers, cross_probabilities, probabilities, scorecard};
use tollgate::model::{Model, embedded};
use tollgate::output::write_file;
use tollgate::{Error, Label, Limits, Result};

fn start(model: Option<&Path>) -> Result<Model> {
    model.map_or_else(embedded, Model::load)
}

fn failures(failed: &[(String, Error)]) -> Value {
    let one = |(page, error): &(String, Error)| json!({"page": page, "code": error.code(), "message": error.to_string()});
    failed.iter().map(one).collect()
}

fn some(labelled: Labelled, purpose: &str) -> Result<Labelled> {
    if labelled.pages.is_empty() {
        let reason = format!("no page could be read: nothing to {purpose}");
        return Err(Error::Training { reason });
    }
    Ok(labelled)
}

/// Nobody hears it: Ctrl-C has raised already.
fn given_up() -> Error {
    let reason = "it was given up".to_owned();
    Error::Training { reason }
}

fn go_on(wanted: &Wanted) -> Result<()> {
    if wanted.still() { Ok(()) } else { Err(given_up()) }
}

fn told(
    py: Python<'_>,
    jobs: usize,
    work: impl FnOnce(&Wanted) -> Result<Value> + Send + 'static,
) -> PyResult<String> {
    let on_threads =
        move |wanted: &Wanted| -> PyResult<Result<Value>> { Ok(pool(jobs)?.install(|| work(wanted))) };
    let answer = abandonable(py, on_threads)??.or_raise(py)?;
    serde_json::to_string(&answer).map_err(|e| PyRuntimeError::new_err(e.to_string()))
}

/// Trains a model on labelled folders and writes it to a file.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub fn train(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    output: PathBuf,
    name: String,
    model: Option<PathBuf>,
    base: bool,
    folds: usize,
    seed: u64,
    jobs: usize,
) -> PyResult<String> {
    told(py, jobs, move |wanted| {
        let mut all = Labelled::default();
        for path in &paths {
            all.append(load_labelled(path, &Limits::default())?);
            go_on(wanted)?;
        }
        let Labelled { pages, failed } = some(all, "train on")?;
        let start = if base {
            Some(start(model.as_deref())?)
        } else {
            None
        };
        let course = Course::new(&name, start, seed)?;
        let held = match (folds, pages.len()) {
            (2.., 2..) => Some(course.score(&pages, folds, |_| ())?),
            _ => None,
        };
        go_on(wanted)?;
        let trained = course.train(&pages)?;
        let bytes = trained.model.to_bytes()?;
        wanted
            .act(|| write_file(&output, &bytes))
            .ok_or_else(given_up)?
            .map_err(|e| Error::io(&output, e))?;
        let report = &trained.report;
        let blocks = Label::ALL.map(|l| (l.name().to_owned(), json!(report.blocks[l.index()])));
        Ok(json!({
            "model": output,
            "pages": report.pages,
            "sites": report.sites,
            "blocks": serde_json::Map::from_iter(blocks),
            "base_pages": report.base_pages,
            "failed": failures(&failed),
            "folds": held.as_ref().map(|h| h.folds),
            "scorecard": held.as_ref().map(|h| &h.card),
        }))
    })
}

/// Scores a model on labelled pages, or cross-validates by site; every fold then learns from `others` too.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub fn evaluate(
    py: Python<'_>,
    path: PathBuf,
    model: Option<PathBuf>,
    folds: Option<usize>,
    others: Vec<PathBuf>,
    lines: bool,
    seed: u64,
    jobs: usize,
) -> PyResult<String> {
    if folds.is_some_and(|f| f < 2) || (folds.is_some() && model.is_some()) {
        return Err(PyValueError::new_err(
            "cross-validation takes at least two folds, and fits models of its own",
        ));
    }
    if folds.is_none() && !others.is_empty() {
        return Err(PyValueError::new_err(
            "pages to learn from are for cross-validation: folds says how many",
        ));
    }
    told(py, jobs, move |wanted| {
        let labelled = if lines {
            load_lines(&path)?
        } else {
            load_labelled(&path, &Limits::default())?
        };
        let Labelled { pages, mut failed } = some(labelled, "score")?;
        let others = load_all(&others, &Limits::default())?;
        failed.extend(others.failed);
        go_on(wanted)?;
        let given = if let Some(folds) = folds {
            cross_probabilities(&pages, &others.pages, folds, &FitParams::seeded(seed), |_| ())?
        } else {
            probabilities(&start(model.as_deref())?, &pages)
        };
        let card = scorecard(&pages, &answers(&pages, given));
        Ok(json!({"scorecard": card, "failed": failures(&failed)}))
    })
}
