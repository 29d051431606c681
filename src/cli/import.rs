//! `import`: gold text to a labelled folder that `train` reads and a person can edit.

use super::args::ImportArgs;
use super::output::Output;
use super::run::{Outcome, limits, on_threads, report};
use anyhow::Context;
use rayon::prelude::*;
use std::path::Path;
use tollgate::corpus::{LABEL_FILE, LabelRow, LabelledPage, load_labelled, write_labels};
use tollgate::label::Label;

pub fn run(args: &ImportArgs) -> anyhow::Result<Outcome> {
    let limits = limits(&args.common);
    let mut labelled = on_threads(&args.common, || load_labelled(&args.path, &limits))??;
    if let Some(n) = args.first {
        labelled.pages.truncate(n);
    }
    let corpus = if args.path.is_dir() {
        args.path.as_path()
    } else {
        args.path.parent().unwrap_or(Path::new("."))
    };
    std::fs::create_dir_all(&args.output).with_context(|| args.output.display().to_string())?;
    let rows: Vec<LabelRow> = labelled.pages.par_iter().flat_map_iter(label_rows).collect();
    let mut counts = [0_usize; Label::COUNT];
    for page in &labelled.pages {
        let (from, to) = (
            corpus.join("pages").join(&page.name),
            args.output.join(&page.name),
        );
        std::fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        for l in page.labels.iter().flatten() {
            counts[l.label.index()] += 1;
        }
    }
    let mut out = Output::open(Some(&args.output.join(LABEL_FILE)))?;
    write_labels(out.writer(), rows.iter())?;
    out.finish()?;
    for (page, error) in &labelled.failed {
        report(&format!("{page}: {error}"));
    }
    if !args.common.quiet {
        let [c, s, n] = counts;
        eprintln!(
            "{} pages: {c} content, {s} subscription, {n} navigation blocks",
            labelled.pages.len()
        );
    }
    Ok(if labelled.failed.is_empty() {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

/// One row for the gate, then one for each labelled block.
fn label_rows(page: &LabelledPage) -> Vec<LabelRow> {
    let row = |selector: String, label: &str, run| LabelRow {
        page: page.name.clone(),
        selector,
        label: label.to_owned(),
        run,
        line: 0,
    };
    let mut rows = Vec::new();
    rows.extend(page.gate.map(|g| row(String::new(), g.name(), None)));
    let outline = &page.prepared.outline;
    for (block, gold) in outline.blocks.iter().zip(&page.labels) {
        if let Some(gold) = gold {
            rows.push(row(
                outline.selector(block.element),
                gold.label.name(),
                Some(block.run),
            ));
        }
    }
    rows
}
