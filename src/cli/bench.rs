//! `bench`: how fast this machine labels pages, stage by stage and by number of threads, beside scraper's
//! parse of the same pages. Measures the path that `classify` takes, from bytes in memory to JSON.

use super::args::BenchArgs;
use super::bench_pages::made_pages;
use super::bench_report::{BenchReport, Figure, StageFigures, ThreadFigures};
use super::run::{Outcome, limits, report};
use super::say::say;
use anyhow::{Context, bail};
use rayon::prelude::*;
use std::time::Instant;
use tollgate::input::{Source, find_sources, input_kind, read_bytes};
use tollgate::page::{decode, scraper_parse};
use tollgate::report::{Format, ReportOptions, write_page};
use tollgate::stage::{Stage, StageListener};
use tollgate::{Classifier, InputKind};

struct Page {
    bytes: Vec<u8>,
    text: String,
    kind: InputKind,
}

/// Seconds by stage since the last stage.
struct Clock {
    last: Instant,
    seconds: [f64; Stage::ALL.len()],
}

impl StageListener for Clock {
    fn passed(&mut self, stage: Stage) {
        let now = Instant::now();
        self.seconds[stage as usize] += (now - self.last).as_secs_f64();
        self.last = now;
    }
}

pub fn run(args: &BenchArgs) -> anyhow::Result<Outcome> {
    let mut builder = Classifier::builder().limits(limits(&args.common));
    if let Some(path) = &args.common.model {
        builder = builder.model_file(path);
    }
    let classifier = builder.build()?;
    let earlier: Option<BenchReport> = match &args.baseline {
        None => None,
        Some(path) => {
            let name = path.display().to_string();
            let bytes = std::fs::read(path).with_context(|| name.clone())?;
            Some(serde_json::from_slice(&bytes).with_context(|| format!("{name}: no bench in JSON"))?)
        }
    };
    let (pages, failed) = pages(args, &classifier);
    if pages.is_empty() {
        bail!("no page to measure");
    }
    let measured = measure(args, &classifier, &pages, failed)?;
    say(|out| {
        if args.json {
            serde_json::to_writer_pretty(&mut *out, &measured)?;
            return writeln!(out);
        }
        write!(out, "{}", measured.text(args.markdown))?;
        if let Some(earlier) = &earlier {
            write!(out, "{}", measured.against(earlier, args.markdown))?;
        }
        Ok(())
    })?;
    Ok(if failed > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

/// Reads the pages, evenly picked when there are more than wanted; those that can't be classified are counted.
fn pages(args: &BenchArgs, classifier: &Classifier) -> (Vec<Page>, usize) {
    let mut failed = 0;
    let mut found: Vec<(Vec<u8>, InputKind, String)> = Vec::new();
    if args.paths.is_empty() {
        found.extend(
            made_pages()
                .into_iter()
                .map(|(name, bytes)| (bytes, InputKind::Html, name)),
        );
    }
    let mut files = Vec::new();
    for path in &args.paths {
        match find_sources(path) {
            Ok(sources) => files.extend(sources),
            Err(e) => files.push(Err(e)),
        }
    }
    let step = files.len().div_ceil(args.pages.max(1)).max(1);
    for file in files.into_iter().step_by(step) {
        let read = match file {
            Ok(Source::File(path)) => read_bytes(&path, classifier.limits())
                .map(|bytes| (bytes, input_kind(&path), path.display().to_string())),
            Ok(Source::Stdin) => continue,
            Err(e) => Err(e),
        };
        match read {
            Ok(page) => found.push(page),
            Err(e) => {
                failed += 1;
                report(&e.to_string());
            }
        }
    }
    let mut pages = Vec::new();
    for (bytes, kind, name) in found {
        match classifier.classify_as(&bytes, kind).and_then(|_| decode(&bytes)) {
            Ok(decoded) => pages.push(Page {
                text: decoded.text,
                bytes,
                kind,
            }),
            Err(e) => {
                failed += 1;
                report(&format!("{name}: {e}"));
            }
        }
    }
    (pages, failed)
}

/// Labels one page and writes its JSON into `out`, telling the clock of every stage.
fn label(classifier: &Classifier, page: &Page, out: &mut Vec<u8>, listener: &mut impl StageListener) {
    out.clear();
    if let Ok(answer) = classifier.classify_heard(&page.bytes, page.kind, None, listener) {
        let _ = write_page(out, &answer, Format::Jsonl, ReportOptions::default());
        listener.passed(Stage::Json);
    }
    std::hint::black_box(out);
}

fn measure(
    args: &BenchArgs,
    classifier: &Classifier,
    pages: &[Page],
    failed: usize,
) -> anyhow::Result<BenchReport> {
    let mut out = Vec::new();
    let (mut yard, mut all) = (Vec::new(), Vec::new());
    let mut stages: Vec<Vec<f64>> = vec![Vec::new(); Stage::ALL.len()];
    for round in 0..=args.repeat.max(1) {
        let mut clock = Clock {
            last: Instant::now(),
            seconds: [0.0; Stage::ALL.len()],
        };
        let (mut yardstick, mut whole) = (0.0, 0.0);
        // page by page in turn, so that a noisy moment falls on both
        for page in pages {
            let start = Instant::now();
            std::hint::black_box(scraper_parse(&page.text));
            yardstick += start.elapsed().as_secs_f64();
            clock.last = Instant::now();
            let start = clock.last;
            label(classifier, page, &mut out, &mut clock);
            whole += start.elapsed().as_secs_f64();
        }
        // the first round warms up
        if round > 0 {
            yard.push(yardstick);
            all.push(whole);
            for (list, seconds) in stages.iter_mut().zip(clock.seconds) {
                list.push(seconds);
            }
        }
    }
    let over = |list: &[f64]| Figure::of(list.iter().zip(&yard).map(|(s, y)| s / y.max(1e-12)).collect());
    let bytes = pages.iter().map(|p| p.bytes.len() as u64).sum();
    Ok(BenchReport {
        pages: pages.len(),
        failed,
        bytes,
        repetitions: args.repeat.max(1),
        seconds: Figure::of(all.clone()),
        ratio: over(&all),
        stages: Stage::ALL
            .iter()
            .zip(&stages)
            .map(|(stage, list)| StageFigures {
                name: stage.name().to_owned(),
                seconds: Figure::of(list.clone()),
                ratio: over(list),
            })
            .collect(),
        threads: scaling(args, classifier, pages, bytes)?,
        peak_memory_bytes: peak_memory(),
        yardstick_seconds: Figure::of(yard),
    })
}

fn scaling(
    args: &BenchArgs,
    classifier: &Classifier,
    pages: &[Page],
    bytes: u64,
) -> anyhow::Result<Vec<ThreadFigures>> {
    let most = match args.common.jobs {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    // 1, 2, 4 and so on, and the most
    let mut counts: Vec<usize> = std::iter::successors(Some(1), |n| Some(n * 2))
        .take_while(|n| *n < most)
        .collect();
    counts.push(most);
    let mut figures: Vec<ThreadFigures> = Vec::new();
    for threads in counts {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let mut seconds = Vec::new();
        for _ in 0..args.repeat.max(1) {
            let start = Instant::now();
            pool.install(|| {
                pages
                    .par_iter()
                    .with_max_len(1)
                    .for_each_init(Vec::new, |out, page| label(classifier, page, out, &mut ()));
            });
            seconds.push(start.elapsed().as_secs_f64().max(1e-9));
        }
        let rate = |total: f64| Figure::of(seconds.iter().map(|s| total / s).collect());
        let pages_per_second = rate(pages.len() as f64);
        let one = figures
            .first()
            .map_or(pages_per_second.median, |f| f.pages_per_second.median);
        figures.push(ThreadFigures {
            threads,
            mb_per_second: rate(bytes as f64 / 1e6),
            scaling: pages_per_second.median / one,
            pages_per_second,
        });
    }
    Ok(figures)
}

/// The most memory that the process held so far, on Linux.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}
