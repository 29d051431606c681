//! The pages of files, folders and archives, one by one, while other threads read and label the next ones
//! within a window of fixed size.

use crate::batch::{pool, threads};
use crate::interrupt::PATIENCE;
use crate::page::Page;
use crate::reader::{PyReader, Raised};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use rayon::ThreadPool;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tollgate::input::{InputReader, Item, ReadOptions, Record, find_sources, input_kind, read_from};
use tollgate::stream::{
    Classified, Next, PAGES_PER_THREAD, StopOnPanic, WINDOW_BYTES, Window, classify_record,
};
use tollgate::{Classifier, InputKind};

type Work = (String, tollgate::Result<Record>);

/// What to read.
pub enum Input {
    /// A file, folder or pattern.
    Path(PathBuf),
    /// An open file and the name that its pages bear.
    Open(Py<PyAny>, String),
}

impl Input {
    /// Takes a path or a binary file.
    pub fn of(value: &Bound<'_, PyAny>, name: Option<&str>) -> PyResult<Input> {
        if let Ok(path) = value.extract::<PathBuf>() {
            return Ok(Input::Path(path));
        }
        if !value.hasattr("read")? {
            let kind = value.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "an input is a path or a binary file, not {kind}"
            )));
        }
        let named = || value.getattr("name").and_then(|n| n.extract::<String>());
        let name = name.map(str::to_owned).or_else(|| named().ok());
        Ok(Input::Open(
            value.clone().unbind(),
            name.unwrap_or_else(|| "-".to_owned()),
        ))
    }
}

/// One part of many that a set of pages is split into.
#[derive(Clone, Copy)]
pub struct Shard {
    pub part: u64,
    pub parts: u64,
}

/// An iterator over the pages of files.
#[pyclass(frozen, module = "tollgate")]
pub struct Pages {
    window: Arc<Window<Work, Classified>>,
    raised: Raised,
    /// The threads that label; what they do on a large page stays among them.
    pool: Option<ThreadPool>,
    /// The process that the threads are in: one that was forked has none of them.
    process: u32,
}

/// Raises where a thread panicked: pages must not be missing without a word.
struct TellOfPanic<'a>(&'a Raised);

impl Drop for TellOfPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.put(PyRuntimeError::new_err(
                "a thread panicked while it labelled pages",
            ));
        }
    }
}

impl Pages {
    /// Starts to read and label on threads of their own.
    pub fn start(
        py: Python<'_>,
        classifier: Classifier,
        inputs: Vec<Input>,
        options: ReadOptions,
        kind: Option<InputKind>,
        shard: Shard,
        jobs: usize,
    ) -> PyResult<Pages> {
        let jobs = threads(jobs);
        let window = Arc::new(Window::new(PAGES_PER_THREAD * jobs, WINDOW_BYTES, true));
        let raised = Raised::default();
        let pool = py.detach(|| pool(jobs))?;
        let (work, told) = (Arc::clone(&window), raised.clone());
        pool.spawn_broadcast(move |_| {
            let _guard = StopOnPanic(&work);
            let _tell = TellOfPanic(&told);
            while let Some((number, held, (name, record))) = work.take() {
                let done = classify_record(&classifier, name, record, kind);
                let bytes = done.page.blocks.iter().map(|b| b.text.len() + 300).sum();
                work.put(number, held, bytes, done);
            }
        });
        let pages = Pages {
            window: Arc::clone(&window),
            raised: raised.clone(),
            pool: Some(pool),
            process: std::process::id(),
        };
        std::thread::spawn(move || {
            let _guard = StopOnPanic(&window);
            let _tell = TellOfPanic(&raised);
            read_all(inputs, &options, shard, &raised, &window);
            window.close();
        });
        Ok(pages)
    }

    /// Whether the threads are another process's. Its locks may be held for ever here.
    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }
}

fn read_all(
    inputs: Vec<Input>,
    options: &ReadOptions,
    shard: Shard,
    raised: &Raised,
    window: &Window<Work, Classified>,
) {
    let mut seen = 0;
    let mut push = |name: String, record: tollgate::Result<Record>| {
        seen += 1;
        if (seen - 1) % shard.parts != shard.part {
            return ControlFlow::Continue(());
        }
        let held = name.len() + record.as_ref().map_or(0, Record::held);
        if window.push(held, (name, record)) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let mut emit = |item| match item {
        Item::Record(record) => push(record.name.clone(), Ok(record)),
        Item::Failed { name, error } => push(name, Err(error)),
        Item::Skipped(_) => ControlFlow::Continue(()),
    };
    let mut reader = InputReader::new(options);
    for input in inputs {
        let flow = match input {
            Input::Open(file, name) => {
                let file = PyReader::new(file, raised.clone());
                read_from(&name, input_kind(Path::new(&name)), file, options, &mut emit)
            }
            Input::Path(path) => reader.read(find_sources(&path), &path, &mut emit),
        };
        if flow.is_break() {
            return;
        }
    }
}

#[pymethods]
impl Pages {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Page>> {
        if self.is_forked() {
            return Err(PyRuntimeError::new_err(
                "these pages are labelled by threads of another process: call classify_files after the fork",
            ));
        }
        loop {
            let next = py.detach(|| self.window.next_within(PATIENCE));
            if let Some(error) = self.raised.take() {
                self.window.stop();
                return Err(error);
            }
            match next {
                Next::Result(done) => return Ok(Some(Page::new(done.page, done.date))),
                Next::End => return Ok(None),
                Next::NotYet => py.check_signals().inspect_err(|_| self.window.stop())?,
            }
        }
    }

    /// Ends reading and labelling.
    fn close(&self) {
        if !self.is_forked() {
            self.window.stop();
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        if self.is_forked() {
            // its threads are not here to be ended
            std::mem::forget(self.pool.take());
        } else {
            self.window.stop();
        }
    }
}
