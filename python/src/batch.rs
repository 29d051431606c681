//! Many pages on many threads. The threads are started anew for each call: a process that was forked has
//! none of its parent's.

use crate::interrupt::interruptible;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tollgate::PageResult;

/// Most threads that are started, whatever is asked for.
const MOST_JOBS: usize = 512;

/// How many threads `jobs` asks for; 0 is one for each core.
pub fn threads(jobs: usize) -> usize {
    match jobs {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n.min(MOST_JOBS),
    }
}

/// A pool of as many threads as `jobs` asks for. To be built without Python's lock: threads take a moment.
pub fn pool(jobs: usize) -> PyResult<ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads(jobs))
        // without a handler a panic of a spawned job would end Python
        .panic_handler(|_| ())
        .build()
        .map_err(|e| PyRuntimeError::new_err(e.to_string()))
}

/// Bytes under which no page has so many blocks that the library spreads them over threads.
const LARGE: usize = 100_000;

/// Does work on one page, which for a large one may use all cores: in a pool of this process, since the one
/// that the library would take has no threads left after a fork.
pub fn alone<T: Send>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);
    if bytes < LARGE {
        return Ok(py.detach(work));
    }
    // Python's lock is held while this one is, so no fork can happen in between
    let own = {
        let mut held = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        let here = std::process::id();
        match &*held {
            Some((process, own)) if *process == here => Arc::clone(own),
            _ => {
                let own = Arc::new(pool(0)?);
                // the parent's threads are not here to be ended
                std::mem::forget(held.replace((here, Arc::clone(&own))));
                own
            }
        }
    };
    Ok(py.detach(|| own.install(work)))
}

/// The answers for `rows` pages, in their order.
pub fn label_all(
    py: Python<'_>,
    jobs: usize,
    rows: usize,
    one: impl Fn(usize) -> tollgate::Result<PageResult> + Sync + Send,
) -> PyResult<Vec<PageResult>> {
    let page = |stop: &AtomicBool, row| {
        if stop.load(Ordering::Relaxed) {
            // nobody will see it
            return PageResult::failed(None, &tollgate::Error::Empty);
        }
        one(row).unwrap_or_else(|error| PageResult::failed(None, &error))
    };
    interruptible(py, move |stop| {
        Ok(pool(jobs)?.install(|| {
            (0..rows)
                .into_par_iter()
                .with_max_len(8)
                .map(|row| page(stop, row))
                .collect()
        }))
    })?
}
