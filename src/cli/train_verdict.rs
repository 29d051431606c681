//! `train-verdict`: judged pages and the labels of models that didn't see them to a verdict model, with its
//! score by held-out site.

use super::args::TrainVerdictArgs;
use super::gate_score::{print_gate_score, score_gate};
use super::run::{Outcome, limits, on_threads, report, tell_failed};
use super::say::say;
use super::sites::LONGEST_LINE;
use anyhow::Context;
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use tollgate::classifier::decide_page;
use tollgate::corpus::{LabelledPage, load_all, load_labelled};
use tollgate::input::{self, open_lines, read_line};
use tollgate::label::{Gate, Label, Part};
use tollgate::learn::{Judge, VerdictPage, cross_verdict, fit_verdict};
use tollgate::model::{Model, embedded};
use tollgate::output::write_file;
use tollgate::verdict::{Observed, VerdictModel, judge, subscription_column};

pub fn run(args: &TrainVerdictArgs) -> anyhow::Result<Outcome> {
    on_threads(&args.common, || train(args))?
}

fn train(args: &TrainVerdictArgs) -> anyhow::Result<Outcome> {
    let corpus = load_labelled(&args.corpus, &limits(&args.common))?;
    let own = load_all(&args.with, &limits(&args.common))?;
    let outcome = tell_failed([&corpus, &own]);
    let mut given = HashMap::new();
    for path in &args.labels {
        given.extend(read_labels(path)?);
    }
    let model = embedded()?;
    let mut pages = labelled(&corpus.pages, &given, &model, Judge::Gold);
    let read = match &args.gates {
        Some(path) => add_gates(&mut pages, &corpus.pages, path)?,
        None => HashMap::new(),
    };
    let always = labelled(&own.pages, &given, &model, Judge::Author);
    let unlabelled = corpus
        .pages
        .iter()
        .filter(|p| given_for(&given, p).is_none())
        .count();
    if unlabelled > 0 {
        report(&format!(
            "{unlabelled} pages have no labels in the given files, or those of other blocks: they get labels of {}, which may \
             have learned from them",
            model.name
        ));
    }
    let (folds, models) = cross_verdict(&pages, &always, args.folds, args.seed)?;
    let gold: Vec<usize> = (0..pages.len())
        .filter(|i| pages[*i].gate.is_some() && !read.contains_key(i))
        .collect();
    let score = score_gate(&pages, &gold, |i| &models[folds[i]]);
    let trained = fit_verdict(
        &args.name,
        &pages.iter().chain(&always).collect::<Vec<_>>(),
        args.seed,
    )?;
    write_file(&args.output, &trained.to_bytes()?).with_context(|| args.output.display().to_string())?;
    say(|out| {
        print_gate_score(out, &score)?;
        for (i, wrong) in &score.wrong {
            let name = &corpus.pages[*i].name;
            writeln!(out, "  {name}: {wrong}")?;
        }
        let flagged = flagged(&pages, &gold, |i| &models[folds[i]]);
        writeln!(
            out,
            "{} pages without a gate in the gold are called gated:",
            flagged.len()
        )?;
        for (i, seen) in flagged {
            let name = &corpus.pages[i].name;
            let why: Vec<String> = seen
                .evidence
                .iter()
                .take(3)
                .map(|e| format!("{:.1} {}", e.weight, e.text))
                .collect();
            writeln!(
                out,
                "  {name}: {} {:.2}, {}; {}",
                seen.verdict.name(),
                seen.probability,
                read.get(&i).map_or("not read", |gate| gate.name()),
                why.join(" | ")
            )?;
        }
        writeln!(out, "wrote {}", args.output.display())
    })?;
    Ok(outcome)
}

/// A row of a file of gates.
#[derive(Deserialize)]
struct GateRow {
    page: String,
    gate: String,
    /// `no` for pages that are too doubtful to learn from.
    sure: String,
}

/// Gives pages without a gate those of a file; tells which pages got one.
fn add_gates(
    pages: &mut [VerdictPage<'_>],
    corpus: &[LabelledPage],
    path: &Path,
) -> anyhow::Result<HashMap<usize, Gate>> {
    let by_name: HashMap<&str, usize> = corpus
        .iter()
        .enumerate()
        .map(|(i, p)| (p.name.as_str(), i))
        .collect();
    let mut read = HashMap::new();
    let mut rows = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    for (i, row) in rows.deserialize().enumerate() {
        let place = || format!("{}, line {}", path.display(), i + 2);
        let row: GateRow = row.with_context(place)?;
        let gate =
            Gate::parse(&row.gate).with_context(|| format!("{}: no such gate: {}", place(), row.gate))?;
        let Some(at) = by_name.get(row.page.as_str()) else {
            continue;
        };
        if pages[*at].gate.is_some() {
            continue;
        }
        if row.sure == "yes" {
            pages[*at].gate = Some(gate);
            pages[*at].judge = Judge::Reader;
        }
        read.insert(*at, gate);
    }
    Ok(read)
}

/// Pages without a gate in the gold that the models call gated.
fn flagged<'m>(
    pages: &[VerdictPage<'_>],
    gold: &[usize],
    model: impl Fn(usize) -> &'m VerdictModel,
) -> Vec<(usize, Observed)> {
    let others = (0..pages.len()).filter(|i| gold.binary_search(i).is_err());
    others
        .map(|i| (i, judge(&pages[i].view(), model(i))))
        .filter(|(_, seen)| seen.verdict.is_gated())
        .collect()
}

/// Labels, parts and prompt probabilities of one page.
type Given = (Vec<Label>, Vec<Option<Part>>, Vec<f32>);

#[derive(Deserialize)]
struct Line {
    path: String,
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    label: Label,
    part: Option<Part>,
    probabilities: Probabilities,
}

#[derive(Deserialize)]
struct Probabilities {
    subscription: f32,
}

/// Reads what `evaluate --folds -o` wrote, packed or not.
fn read_labels(path: &Path) -> anyhow::Result<HashMap<String, Given>> {
    let mut lines = open_lines(path).with_context(|| path.display().to_string())?;
    let mut given = HashMap::new();
    let mut number = 0;
    while let Some(line) = read_line(&mut lines, LONGEST_LINE).with_context(|| path.display().to_string())? {
        number += 1;
        let place = || format!("{}, line {number}", path.display());
        let line = match line {
            input::Line::Whole(bytes) => bytes,
            input::Line::TooLong { found } => anyhow::bail!("{}: more than {found} bytes", place()),
        };
        let line: Line = serde_json::from_slice(&line).with_context(place)?;
        let blocks = &line.blocks;
        let page = (
            blocks.iter().map(|b| b.label).collect(),
            blocks.iter().map(|b| b.part).collect(),
            blocks.iter().map(|b| b.probabilities.subscription).collect(),
        );
        given.insert(line.path, page);
    }
    Ok(given)
}

/// The labels given for a page, where they are of its blocks.
fn given_for<'g>(given: &'g HashMap<String, Given>, page: &LabelledPage) -> Option<&'g Given> {
    let blocks = page.prepared.outline.blocks.len();
    given.get(&page.name).filter(|g| g.0.len() == blocks)
}

/// The pages with their given labels, or with those of a model where none are given.
fn labelled<'a>(
    pages: &'a [LabelledPage],
    given: &HashMap<String, Given>,
    model: &Model,
    judged_by: Judge,
) -> Vec<VerdictPage<'a>> {
    pages
        .par_iter()
        .map(|p| {
            let (labels, parts, subscription) = given_for(given, p).cloned().unwrap_or_else(|| {
                let probabilities = model.page.predict_page(&p.prepared);
                let (decision, parts) = decide_page(&p.prepared, &probabilities);
                (decision.labels, parts, subscription_column(&probabilities))
            });
            VerdictPage {
                site: &p.site,
                page: &p.prepared,
                labels,
                parts,
                subscription,
                gate: p.gate,
                judge: judged_by,
            }
        })
        .collect()
}
