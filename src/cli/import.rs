//! `import`: gold text to a labelled folder that `train` reads and a person can edit.

use super::args::ImportArgs;
use super::run::{Outcome, limits, on_threads, report};
use anyhow::Context;
use rayon::prelude::*;
use std::path::Path;
use tollgate::corpus::{LABEL_FILE, LabelRow, block_rows, load_labelled, write_labels};
use tollgate::label::Label;
use tollgate::output::Output;

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
    let label_file = args.output.join(LABEL_FILE);
    if label_file.exists() {
        anyhow::bail!("{} exists: import into a new folder", label_file.display());
    }
    let mut skipped = 0;
    labelled.pages.retain(|page| {
        let text = page.prepared.outline.plain;
        if text {
            report(&format!(
                "{}: plain text has no elements to label, left out",
                page.name
            ));
            skipped += 1;
        }
        !text
    });
    let rows: Vec<LabelRow> = labelled.pages.par_iter().flat_map_iter(block_rows).collect();
    if rows.is_empty() {
        anyhow::bail!(
            "no block of {} could be labelled: does the gold text belong to the pages?",
            args.path.display()
        );
    }
    let mut counts = [0_usize; Label::COUNT];
    for page in &labelled.pages {
        let (from, to) = (
            corpus.join("pages").join(&page.name),
            args.output.join(&page.name),
        );
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        if to.exists() {
            anyhow::bail!("{} exists: import into a new folder", to.display());
        }
        std::fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        for l in page.labels.iter().flatten() {
            counts[l.label.index()] += 1;
        }
    }
    let mut out = Output::open(Some(&label_file))?;
    write_labels(out.writer(), rows.iter())?;
    out.finish()?;
    for (page, error) in &labelled.failed {
        report(&format!("{page}: {error}"));
    }
    if !args.common.quiet {
        let [c, s, n] = counts;
        let pages = labelled.pages.len();
        report(&format!(
            "{pages} pages: {c} content, {s} subscription, {n} navigation blocks"
        ));
    }
    Ok(if labelled.failed.is_empty() && skipped == 0 {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}
