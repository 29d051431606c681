//! The command line from within Python, and what belongs to no other file.

use pyo3::prelude::*;
use std::ffi::OsString;
use std::io::Write;

/// Runs the program with its arguments, the first of which is its name; the answer is the exit code.
#[pyfunction]
pub fn run(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| {
        let code = tollgate::cli::run(args);
        // Python does not end as a Rust program does, which would write what is left
        let _ = std::io::stdout().flush();
        code
    })
}

/// The site of an address: its registrable domain, or the host where there is none.
#[pyfunction]
pub fn site_of(url: Option<&str>) -> Option<String> {
    tollgate::corpus::site_of(url)
}
