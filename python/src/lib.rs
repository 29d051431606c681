//! The Python package's compiled half: the library's functions with Python's types. Holds no logic of
//! classifying; `python/tollgate/` re-exports it with stubs.

mod archive;
mod arrow;
mod batch;
mod block;
mod classifier;
mod decimal;
mod error;
mod html;
mod interrupt;
mod learn;
mod page;
mod program;
mod reader;

use pyo3::prelude::*;

/// As the program has it: the system's allocator costs a tenth more time on pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pymodule]
fn _tollgate(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<page::Page>()?;
    m.add_class::<block::Block>()?;
    m.add_class::<block::Paywall>()?;
    m.add_class::<block::Evidence>()?;
    m.add_class::<block::Failure>()?;
    m.add_class::<classifier::Classifier>()?;
    m.add_class::<archive::Pages>()?;
    m.add_function(wrap_pyfunction!(arrow::to_arrow, m)?)?;
    m.add_function(wrap_pyfunction!(arrow::columns_and_types, m)?)?;
    m.add_function(wrap_pyfunction!(learn::train, m)?)?;
    m.add_function(wrap_pyfunction!(learn::evaluate, m)?)?;
    m.add_function(wrap_pyfunction!(program::run, m)?)?;
    m.add_function(wrap_pyfunction!(program::site_of, m)?)?;
    Ok(())
}
