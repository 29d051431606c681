//! `classify`: reads inputs in parallel, writes results in input order.

use super::args::{ClassifyArgs, FormatArg, InputArg};
use super::filter::is_shown;
use super::output::Output;
use super::run::{Outcome, limits, on_threads, report};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::io::{IsTerminal, Write};
use tollgate::input::{Source, find_sources, input_kind, read_bytes, read_limited};
use tollgate::report::{Format, ReportOptions, write_page, write_start};
use tollgate::{Classifier, Error, InputKind, PageResult, Result};

/// Inputs that one thread has at hand at a time; bounds memory, and keeps threads busy in order.
const BATCH_PER_THREAD: usize = 16;

/// One input, or why it can't be one.
type Job = Result<Source>;

pub fn run(args: &ClassifyArgs) -> anyhow::Result<Outcome> {
    let mut builder = Classifier::builder().limits(limits(&args.common));
    if let Some(path) = &args.common.model {
        builder = builder.model_file(path);
    }
    let classifier = builder.build()?;
    let jobs = jobs(args);
    let name = args
        .output
        .as_deref()
        .map_or("standard output".into(), |p| p.display().to_string());
    let mut output = Output::open(args.output.as_deref()).with_context(|| name.clone())?;
    // all that can fail in there beside single inputs is writing
    let outcome = on_threads(&args.common, || {
        classify_all(args, &classifier, jobs, output.writer())
    })?
    .with_context(|| name.clone())?;
    output.finish().with_context(|| name)?;
    Ok(outcome)
}

fn jobs(args: &ClassifyArgs) -> Vec<(String, Job)> {
    let mut jobs = Vec::new();
    let mut stdin_taken = false;
    for path in &args.paths {
        match find_sources(path) {
            Ok(found) => {
                for job in found {
                    let repeated =
                        matches!(job, Ok(Source::Stdin)) && std::mem::replace(&mut stdin_taken, true);
                    if !repeated {
                        let name = match &job {
                            Ok(source) => source.name(),
                            Err(Error::Io { path, .. }) => path.to_string_lossy().into_owned(),
                            Err(_) => path.to_string_lossy().into_owned(),
                        };
                        jobs.push((name, job));
                    }
                }
            }
            Err(e) => jobs.push((path.to_string_lossy().into_owned(), Err(e))),
        }
    }
    jobs
}

fn classify_all(
    args: &ClassifyArgs,
    classifier: &Classifier,
    mut jobs: Vec<(String, Job)>,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let format = match args.format {
        Some(FormatArg::Table) => Format::Table,
        Some(FormatArg::Csv) => Format::Csv,
        Some(FormatArg::Text) => Format::Text,
        Some(FormatArg::Markdown) => Format::Markdown,
        None if args.output.is_none() && std::io::stdout().is_terminal() => Format::Table,
        Some(FormatArg::Jsonl) | None => Format::Jsonl,
    };
    let options = ReportOptions { body_only: args.body };
    let bar = progress(jobs.len(), args.common.quiet);
    let (total, mut failed, mut first) = (jobs.len(), 0, true);
    let mut forbidden = false;
    write_start(out, format)?;
    let batch = BATCH_PER_THREAD * rayon::current_num_threads();
    while !jobs.is_empty() {
        let rest = jobs.split_off(batch.min(jobs.len()));
        let now = std::mem::replace(&mut jobs, rest);
        let results: Vec<PageResult> = now
            .into_par_iter()
            .map(|(name, job)| one(args, classifier, &name, job))
            .collect();
        for page in results {
            if let Some(error) = &page.error {
                failed += 1;
                let text = format!("{}: {}", page.path.as_deref().unwrap_or("-"), error.message);
                // errors of the file system name the path themselves
                bar.suspend(|| {
                    report(if error.code == "io" || error.code == "no-input" {
                        &error.message
                    } else {
                        &text
                    });
                });
            }
            forbidden |= args.fail_on.iter().any(|v| v.matches(&page));
            if is_shown(&args.only, &page) {
                write_page(out, &page, format, options, first)?;
                first = first && page.error.is_some();
            }
            bar.inc(1);
        }
    }
    out.flush()?;
    bar.finish_and_clear();
    if !args.common.quiet && total > 1 && std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr(), "{total} inputs, {failed} failed");
    }
    Ok(if failed > 0 {
        Outcome::SomeFailed
    } else if forbidden {
        Outcome::No
    } else {
        Outcome::Done
    })
}

fn progress(total: usize, quiet: bool) -> ProgressBar {
    if quiet || total < 20 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} pages, {per_sec}, {eta} left");
    ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn one(args: &ClassifyArgs, classifier: &Classifier, name: &str, job: Job) -> PageResult {
    let path = Some(name.to_owned());
    let answer = job.and_then(|source| {
        let (bytes, guessed) = match &source {
            Source::Stdin => (
                read_limited(std::io::stdin().lock(), classifier.limits())?,
                InputKind::Html,
            ),
            Source::File(file) => (read_bytes(file, classifier.limits())?, input_kind(file)),
        };
        let kind = match args.input {
            InputArg::Auto => guessed,
            InputArg::Html => InputKind::Html,
            InputArg::Text => InputKind::Text,
        };
        classifier.classify_as(&bytes, kind)
    });
    match answer {
        Ok(page) => PageResult { path, ..page },
        Err(error) => PageResult::failed(path, &error),
    }
}
