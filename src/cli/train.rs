//! `train`: labelled pages to a model file, with what it learned from and its score by held-out site.

use super::args::TrainArgs;
use super::evaluate::print_scorecard;
use super::run::{Outcome, limits, model, on_threads, report, tell_failed};
use super::say::say;
use anyhow::Context;
use std::collections::BTreeSet;
use std::io::Write;
use tollgate::corpus::{LabelledPage, load_all};
use tollgate::label::Label;
use tollgate::learn::{Course, Rng, Trained, write_rows};
use tollgate::output::{Output, write_file};

pub fn run(args: &TrainArgs) -> anyhow::Result<Outcome> {
    on_threads(&args.common, || train(args))?
}

fn train(args: &TrainArgs) -> anyhow::Result<Outcome> {
    let labelled = load_all(&args.paths, &limits(&args.common))?;
    let outcome = tell_failed([&labelled]);
    let pages = labelled.pages;
    if pages.is_empty() {
        anyhow::bail!("no page could be read: nothing to train on");
    }
    let start = if args.no_base {
        None
    } else {
        Some(model(&args.common)?)
    };
    let course = Course::new(&args.name, start, args.seed)?;
    say(|out| print_counts(out, &pages, course.base.len()))?;
    if args.folds > 1 {
        score(args, &course, &pages)?;
    }
    let trained = course.train(&pages)?;
    write_file(&args.output, &trained.model.to_bytes()?)
        .with_context(|| args.output.display().to_string())?;
    say(|out| writeln!(out, "wrote {}", args.output.display()))?;
    if let Some(path) = &args.write_base {
        write_base(path, args.base_blocks, &trained, args.seed)?;
        say(|out| writeln!(out, "wrote {}", path.display()))?;
    }
    Ok(outcome)
}

fn print_counts(out: &mut dyn Write, pages: &[LabelledPage], base_pages: usize) -> std::io::Result<()> {
    let sites: BTreeSet<&str> = pages.iter().map(|p| p.site.as_str()).collect();
    writeln!(
        out,
        "learning from {} pages of {} sites{}",
        pages.len(),
        sites.len(),
        match base_pages {
            0 => String::new(),
            n => format!(", with the base rows of {n} pages"),
        }
    )?;
    for label in Label::ALL {
        let blocks = pages
            .iter()
            .flat_map(|p| p.labels.iter().flatten())
            .filter(|l| l.label == label)
            .count();
        writeln!(out, "  {:<12} {blocks:>7} blocks", label.name())?;
    }
    Ok(())
}

fn score(args: &TrainArgs, course: &Course, pages: &[LabelledPage]) -> anyhow::Result<()> {
    if pages.len() < 2 {
        return Ok(say(|out| {
            writeln!(out, "no score: at least two pages are needed to hold some out")
        })?);
    }
    let quiet = args.common.quiet;
    let out = course.score(pages, args.folds, |fold| {
        if !quiet {
            report(&format!("cross-validation, fold {}", fold + 1));
        }
    })?;
    let held = if out.by_site {
        "sites"
    } else {
        "pages of the one site, no sites"
    };
    say(|to| {
        writeln!(to, "score on held-out {held}, {} folds:", out.folds)?;
        print_scorecard(to, &out.card)
    })?;
    Ok(())
}

/// Writes whole pages in a seeded order until the block budget is used, no site more than twice.
fn write_base(path: &std::path::Path, budget: usize, trained: &Trained, seed: u64) -> anyhow::Result<()> {
    let mut order: Vec<usize> = (0..trained.samples.len()).collect();
    Rng::new(seed).shuffle(&mut order);
    // pages with prompts first: they are rare, and what they teach is what is missing elsewhere
    order.sort_by_key(|i| trained.samples[*i].counts()[Label::Subscription.index()] == 0);
    let (mut prompts, plain): (Vec<usize>, Vec<usize>) = order
        .into_iter()
        .partition(|i| trained.samples[*i].counts()[Label::Subscription.index()] > 0);
    let mut plain = plain.into_iter();
    let mut mixed = Vec::new();
    for p in prompts.drain(..) {
        mixed.push(p);
        mixed.extend(plain.next());
    }
    mixed.extend(plain);
    let mut used = 0;
    let mut by_site: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut picked: Vec<usize> = Vec::new();
    for i in mixed {
        let s = &trained.samples[i];
        let n = s.labels.len();
        let seen = by_site.entry(s.site.as_str()).or_default();
        if !(8..=700).contains(&n) || *seen >= 2 || used + n > budget {
            continue;
        }
        *seen += 1;
        used += n;
        picked.push(i);
    }
    picked.sort_unstable();
    let rows = picked
        .iter()
        .map(|i| (&trained.samples[*i], &trained.word_scores[*i]));
    let mut out = Output::open(Some(path))?;
    write_rows(out.writer(), rows)?;
    out.finish()?;
    Ok(())
}
