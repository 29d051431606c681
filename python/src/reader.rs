//! A binary file of Python's as a source of bytes, and what it raised while it was read.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use std::io::{Error, Read, Result};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are asked for at a time.
const STEP: usize = 1 << 20;

/// What went wrong in Python while another thread was reading.
#[derive(Default, Clone)]
pub struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    /// Takes the exception out.
    pub fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps an exception for the thread that takes the pages.
    pub fn put(&self, error: PyErr) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

/// Reads by calling `read(n)`.
pub struct PyReader {
    file: Py<PyAny>,
    chunk: Option<PyBackedBytes>,
    at: usize,
    raised: Raised,
}

impl PyReader {
    pub fn new(file: Py<PyAny>, raised: Raised) -> PyReader {
        PyReader {
            file,
            chunk: None,
            at: 0,
            raised,
        }
    }

    fn fill(&mut self) -> Result<usize> {
        // none when Python is shutting down: nobody will want the rest
        let read = Python::try_attach(|py| {
            let bytes = self.file.bind(py).call_method1("read", (STEP,))?;
            bytes.extract::<PyBackedBytes>().map_err(PyErr::from)
        });
        match read {
            Some(Ok(bytes)) => {
                let length = bytes.len();
                self.chunk = Some(bytes);
                self.at = 0;
                Ok(length)
            }
            Some(Err(error)) => {
                let message = error.to_string();
                self.raised.put(error);
                Err(Error::other(message))
            }
            None => Err(Error::other("Python is shutting down")),
        }
    }
}

impl Read for PyReader {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let left = self.chunk.as_ref().map_or(0, |c| c.len() - self.at);
        if left == 0 && self.fill()? == 0 {
            return Ok(0);
        }
        let Some(chunk) = &self.chunk else { return Ok(0) };
        let n = out.len().min(chunk.len() - self.at);
        out[..n].copy_from_slice(&chunk[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
