//! The pages of files, folders and archives, one by one, while other threads read and label the next ones
//! within a window of fixed size.

use crate::batch::pool;
use crate::interrupt::PATIENCE;
use crate::page::Page;
use crate::reader::{PyReader, Raised};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use rayon::ThreadPool;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use tollgate::input::{Item, ReadOptions, Record, find_sources, read_from, read_source};
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
    _pool: ThreadPool,
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
        classifier: Classifier,
        inputs: Vec<Input>,
        options: ReadOptions,
        kind: Option<InputKind>,
        shard: Shard,
        jobs: usize,
    ) -> PyResult<Pages> {
        let jobs = match jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let window = Arc::new(Window::new(PAGES_PER_THREAD * jobs, WINDOW_BYTES, true));
        let raised = Raised::default();
        let pool = pool(jobs)?;
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
            _pool: pool,
        };
        std::thread::spawn(move || {
            let _guard = StopOnPanic(&window);
            let _tell = TellOfPanic(&raised);
            read_all(inputs, &options, shard, &raised, &window);
            window.close();
        });
        Ok(pages)
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
    for input in inputs {
        let flow = match input {
            Input::Open(file, name) => {
                let reader = PyReader::new(file, raised.clone());
                read_from(&name, InputKind::Html, reader, options, &mut emit)
            }
            Input::Path(path) => {
                let failed = |error| Item::Failed {
                    name: path.to_string_lossy().into_owned(),
                    error,
                };
                match find_sources(&path) {
                    Err(error) => emit(failed(error)),
                    Ok(mut sources) => sources.try_for_each(|found| match found {
                        Ok(source) => read_source(&source, options, &mut emit),
                        Err(error) => emit(failed(error)),
                    }),
                }
            }
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
        self.window.stop();
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.window.stop();
    }
}
