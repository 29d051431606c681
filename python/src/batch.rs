//! Many pages on many threads. The threads are started anew for each call: a process that was forked has
//! none of its parent's.

use crate::interrupt::interruptible;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use tollgate::PageResult;

/// A pool of `jobs` threads, 0 takes one for each core.
pub fn pool(jobs: usize) -> PyResult<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|e| PyRuntimeError::new_err(e.to_string()))
}

/// The answers for `rows` pages, in their order.
pub fn label_all(
    py: Python<'_>,
    jobs: usize,
    rows: usize,
    one: impl Fn(usize) -> tollgate::Result<PageResult> + Sync + Send,
) -> PyResult<Vec<PageResult>> {
    let pool = pool(jobs)?;
    let page = |stop: &AtomicBool, row| {
        if stop.load(Ordering::Relaxed) {
            // nobody will see it
            return PageResult::failed(None, &tollgate::Error::Empty);
        }
        one(row).unwrap_or_else(|error| PageResult::failed(None, &error))
    };
    interruptible(py, move |stop| {
        pool.install(|| {
            (0..rows)
                .into_par_iter()
                .with_max_len(8)
                .map(|row| page(stop, row))
                .collect()
        })
    })
}
