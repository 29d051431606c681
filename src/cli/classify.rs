//! `classify`: one thread reads, many classify and write pages to bytes, one appends them in input order.

use super::args::{ClassifyArgs, CompressArg, FormatArg, InputArg, RowsArg};
use super::feed::{Task, feed};
use super::filter::{is_counted, is_shown};
use super::packed::packing_of;
use super::progress::Progress;
use super::run::{Outcome, limits, report};
use super::sink::{Content, Plan, Sink, Written};
use super::summary::{Counted, Summary};
use anyhow::Context;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;
use tollgate::input::{Columns, ReadOptions};
use tollgate::report::{Format, Measured, ReportOptions, Rows, write_page};
use tollgate::result::{LabelledBlock, PageResult};
use tollgate::stream::{Classified, PAGES_PER_THREAD, StopOnPanic, WINDOW_BYTES, Window, classify_record};
use tollgate::{Classifier, InputKind};

pub fn run(args: &ClassifyArgs) -> anyhow::Result<Outcome> {
    let mut bounds = limits(&args.common);
    bounds.blocks = args.max_blocks;
    bounds.member = args.max_member_bytes;
    bounds.header = args.max_header_bytes;
    let mut builder = Classifier::builder().limits(bounds);
    if let Some(path) = &args.common.model {
        builder = builder.model_file(path);
    }
    let classifier = builder.build()?;
    let output = args.output.as_deref();
    let name = output.map_or("standard output".into(), |p| p.display().to_string());
    let plan = Plan {
        format: format(args),
        rows: match (is_parquet(args), args.rows) {
            (false, _) => None,
            (true, RowsArg::Pages) => Some(Rows::Pages),
            (true, RowsArg::Blocks) => Some(Rows::Blocks),
        },
        packing: args.compress.unwrap_or_else(|| match args.split_rows {
            Some(_) => CompressArg::None,
            None => packing_of(output),
        }),
        output: args.output.clone(),
        split: args.split_rows,
        resume: args.resume,
    };
    let sink = Sink::open(plan, &settings(args)).with_context(|| name.clone())?;
    let options = ReadOptions {
        limits: bounds,
        columns: Arc::new(Columns {
            html: args.html_column.clone(),
            url: args.url_column.clone(),
        }),
        ..ReadOptions::default()
    };
    classify_all(args, &classifier, &options, sink, &name)
}

/// What must be the same for a run to be resumed: all that decides which pages are written, and how.
fn settings(args: &ClassifyArgs) -> serde_json::Value {
    let input = match args.input {
        InputArg::Auto => "auto",
        InputArg::Html => "html",
        InputArg::Text => "text",
    };
    serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"), "paths": args.paths, "files_from": args.files_from,
        "format": format!("{:?}", format(args)), "parquet": is_parquet(args).then(|| format!("{:?}", args.rows)), "body": args.body, "csv_guard": args.csv_guard, "split_rows": args.split_rows,
        "compress": args.compress.map(|c| format!("{c:?}")), "model": args.common.model, "input": input,
        "only": format!("{:?}", args.only), "columns": [&args.html_column, &args.url_column],
        "limits": [args.common.max_bytes, args.max_blocks as u64, args.max_member_bytes, args.max_header_bytes as u64],
    })
}

fn format(args: &ClassifyArgs) -> Format {
    let ends = |endings: &[&str]| {
        let name = args
            .output
            .as_ref()
            .map(|p| p.to_string_lossy().to_ascii_lowercase());
        name.is_some_and(|n| endings.iter().any(|e| n.ends_with(e)))
    };
    match args.format {
        Some(FormatArg::Table) => Format::Table,
        Some(FormatArg::Csv) => Format::Csv,
        Some(FormatArg::Text) => Format::Text,
        Some(FormatArg::Markdown) => Format::Markdown,
        Some(FormatArg::Html) => Format::Html,
        None if args.output.is_none() && std::io::stdout().is_terminal() => Format::Table,
        None if ends(&[".csv", ".csv.gz", ".csv.zst"]) => Format::Csv,
        None if ends(&[".html", ".htm"]) => Format::Html,
        // Parquet has no text of its own
        Some(FormatArg::Jsonl | FormatArg::Parquet) | None => Format::Jsonl,
    }
}

fn is_parquet(args: &ClassifyArgs) -> bool {
    let named = || {
        let extension = args.output.as_ref().and_then(|p| p.extension());
        extension.is_some_and(|e| e.eq_ignore_ascii_case("parquet"))
    };
    match args.format {
        Some(format) => format == FormatArg::Parquet,
        None => named(),
    }
}

fn classify_all(
    args: &ClassifyArgs,
    classifier: &Classifier,
    options: &ReadOptions,
    mut sink: Sink,
    name: &str,
) -> anyhow::Result<Outcome> {
    let threads = match args.common.jobs {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    log::info!(
        "model {}, {threads} threads, {:?}",
        classifier.model().name,
        options.limits
    );
    let window = Window::new(PAGES_PER_THREAD * threads, WINDOW_BYTES, !args.unordered);
    let before = sink.journal().clone();
    let whole = args.files_from.is_none();
    let format = if is_parquet(args) {
        None
    } else {
        Some(format(args))
    };
    let progress = Progress::new(&args.paths, whole, args.common.quiet, Arc::clone(&options.read));
    let skipped = std::thread::scope(|scope| {
        let _guard = StopOnPanic(&window);
        let reader = scope.spawn(|| {
            let _guard = StopOnPanic(&window);
            let push = |task: Task| window.push(task.held(), task);
            let skipped = feed(args, options, &before, progress.shown(), &push);
            window.close();
            skipped
        });
        for _ in 0..threads {
            scope.spawn(|| {
                let _guard = StopOnPanic(&window);
                while let Some((number, held, task)) = window.take() {
                    let page = one(args, format, classifier, task);
                    window.put(number, held, page.held(), page);
                }
            });
        }
        while let Some(page) = window.next() {
            if let Some(failure) = &page.failure {
                progress.aside(|| report(failure));
            }
            let stop = args.strict && page.failure.is_some();
            if let Err(e) = sink.page(page) {
                window.stop();
                return Err(e).with_context(|| name.to_owned());
            }
            if stop {
                window.stop();
                anyhow::bail!("stopped at the first input that failed, as --strict asks");
            }
            let counts = &sink.journal().counts;
            progress.show(counts.pages, counts.failed);
        }
        reader.join().unwrap_or_else(|e| std::panic::resume_unwind(e))
    })?;
    let journal = sink.finish().with_context(|| name.to_owned())?;
    progress.end();
    let failed = journal.counts.failed;
    log::info!(
        "{} inputs, {failed} failed, {} bytes, skipped {skipped:?}",
        journal.counts.pages,
        journal.counts.bytes
    );
    let forbidden = is_counted(&args.fail_on, &journal.counts.verdicts);
    let summary = Summary::new(journal.counts, &before.counts, &skipped, progress.elapsed());
    if let Some(path) = &args.summary_json {
        let text = serde_json::to_string_pretty(&summary)? + "\n";
        tollgate::output::write_file(path, text.as_bytes()).with_context(|| path.display().to_string())?;
    }
    if !args.common.quiet && std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr(), "{}", summary.text());
    }
    Ok(if failed > 0 {
        Outcome::SomeFailed
    } else if forbidden {
        Outcome::No
    } else {
        Outcome::Done
    })
}

/// About the bytes that a page takes when it is written: a large one isn't moved while it grows.
fn likely_size(page: &PageResult) -> usize {
    let size = |b: &LabelledBlock| b.text.len() + b.selector.as_ref().map_or(0, String::len);
    page.blocks.iter().map(|b| size(b) + BLOCK_BYTES).sum()
}

/// Bytes of a block's line beside its text and selector.
const BLOCK_BYTES: usize = 240;

/// The verdict or the code of the error.
fn outcome(page: &PageResult) -> &'static str {
    match (&page.error, &page.paywall) {
        (Some(error), _) => error.code,
        (None, Some(paywall)) => paywall.verdict.name(),
        (None, None) => "no verdict",
    }
}

/// Classifies a page and writes it to bytes; without a format it stays as it is.
fn one(args: &ClassifyArgs, format: Option<Format>, classifier: &Classifier, task: Task) -> Written {
    let kind = match args.input {
        InputArg::Auto => None,
        InputArg::Html => Some(InputKind::Html),
        InputArg::Text => Some(InputKind::Text),
    };
    let start = Instant::now();
    let Classified { page, bytes, .. } = classify_record(classifier, task.name.clone(), task.record, kind);
    let measured = Measured {
        bytes,
        micros: start.elapsed().as_micros() as u64,
    };
    let failure = page.error.as_ref().map(|error| match error.code {
        // errors of the file system name the path themselves
        "io" | "no-input" => error.message.clone(),
        _ => format!("{}: {}", task.name, error.message),
    });
    let counted = Counted::of(&page, bytes);
    log::debug!(
        "{}: {bytes} bytes, encoding {}, {} blocks, {}, {} us",
        task.name,
        page.encoding.unwrap_or("unknown"),
        page.blocks.len(),
        outcome(&page),
        measured.micros
    );
    let content = match format {
        _ if !is_shown(&args.only, &page) => Content::Hidden,
        Some(format) => {
            let mut bytes = Vec::with_capacity(likely_size(&page));
            let options = ReportOptions {
                body_only: args.body,
                csv_guard: args.csv_guard,
                measured: Some(measured),
            };
            let written = write_page(&mut bytes, &page, format, options);
            debug_assert!(written.is_ok(), "memory takes all");
            Content::Bytes(bytes)
        }
        None => Content::Page(Box::new(page)),
    };
    Written {
        name: task.name,
        counted,
        content,
        failure,
    }
}
