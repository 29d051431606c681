//! Errors as Python exceptions, with the same words. The classes are in `tollgate/errors.py`.

use pyo3::prelude::*;
use tollgate::Error;

/// The exception for an error.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let class = match error {
        Error::Io { .. } | Error::NoInput { .. } => "InputError",
        Error::Model { .. } => "ModelError",
        Error::Labels { .. } => "LabelsError",
        Error::Training { .. } => "TrainingError",
        _ => "PageError",
    };
    named(py, class, &error.to_string(), error.code())
}

/// More answers than a batch of Arrow can hold.
pub fn too_many(py: Python<'_>) -> PyErr {
    let message = "the answers hold more than 2 GiB of text, too much for one batch: hand over fewer rows";
    named(py, "BatchError", message, "batch")
}

fn named(py: Python<'_>, class: &str, message: &str, code: &str) -> PyErr {
    let make = || {
        py.import("tollgate.errors")?
            .getattr(class)?
            .call1((message, code))
    };
    match make() {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// Turns the library's results into Python's.
pub trait OrRaise<T> {
    /// The value, or the exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for tollgate::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raised(py, &error))
    }
}
