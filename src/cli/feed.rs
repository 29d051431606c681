//! The reading end of `classify`: goes through the inputs in order and puts their records into the window.

use super::args::ClassifyArgs;
use super::journal::{Journal, with_name};
use anyhow::ensure;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use tollgate::input::{Body, InputReader, Item, ReadOptions, Record, find_sources, listed_sources};
use tollgate::{Error, Result};

/// A record, or why there is none: what a thread gets to do.
pub struct Task {
    /// The name that reports give it.
    pub name: String,
    /// The record.
    pub record: Result<Record>,
}

impl Task {
    /// Bytes that it holds.
    pub fn held(&self) -> usize {
        self.name.len() + self.record.as_ref().map_or(0, Record::held)
    }
}

/// Reads all inputs, past what `done` says is written already. `push` takes the tasks, and says whether
/// more are wanted. Answers what was skipped within archives.
pub fn feed(
    args: &ClassifyArgs,
    options: &ReadOptions,
    done: &Journal,
    count_files: bool,
    push: &dyn Fn(Task) -> bool,
) -> anyhow::Result<BTreeMap<&'static str, u64>> {
    let mut skipped = BTreeMap::new();
    let (mut seen, mut names, mut changed) = (0u64, 0u64, false);
    let mut take = |task: Task| {
        if seen < done.counts.pages {
            seen += 1;
            names = with_name(names, &task.name);
            changed = seen == done.counts.pages && names != done.names;
            return if changed {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            };
        }
        if push(task) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let mut emit = |item: Item| match item {
        Item::Record(record) => {
            if let (true, Body::File(path)) = (count_files, &record.body) {
                let length = path.metadata().map_or(0, |m| m.len());
                options.read.fetch_add(length, Ordering::Relaxed);
            }
            take(Task {
                name: record.name.clone(),
                record: Ok(record),
            })
        }
        Item::Failed { name, error } => take(Task {
            name,
            record: Err(error),
        }),
        Item::Skipped(reason) => {
            *skipped.entry(reason).or_default() += 1;
            ControlFlow::Continue(())
        }
    };
    let _ = read_all(args, options, &mut emit);
    ensure!(
        !changed && seen >= done.counts.pages,
        "the inputs are not the same as when the run began: it can't be resumed"
    );
    Ok(skipped)
}

fn read_all(
    args: &ClassifyArgs,
    options: &ReadOptions,
    emit: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut reader = InputReader::new(options);
    for path in &args.paths {
        reader.read(find_sources(path), path, emit)?;
    }
    let Some(list) = &args.files_from else {
        return ControlFlow::Continue(());
    };
    let sources = if list == Path::new("-") {
        Ok(listed_sources(BufReader::new(std::io::stdin()), list))
    } else {
        File::open(list)
            .map(|file| listed_sources(BufReader::new(file), list))
            .map_err(|e| Error::io(list, e))
    };
    reader.read(sources, list, emit)
}
