//! `evaluate`: scores a model, or cross-validates by site, on labelled pages.

use super::args::EvaluateArgs;
use super::run::{Outcome, limits, model, on_threads, report, tell_failed};
use super::say::say;
use anyhow::Context;
use std::collections::BTreeMap;
use std::io::Write;
use tollgate::PageResult;
use tollgate::classifier::assemble;
use tollgate::corpus::{LabelledPage, load_all, load_labelled, load_lines};
use tollgate::features::Matrix;
use tollgate::label::Label;
use tollgate::learn::{FitParams, Scorecard, answers, cross_probabilities, probabilities, scorecard};
use tollgate::output::{Output, write_file};
use tollgate::report::{Format, ReportOptions, write_page, write_score_sheet};
use tollgate::verdict::VerdictModel;

pub fn run(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    on_threads(&args.common, || evaluate(args))?
}

fn evaluate(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    let labelled = if args.lines {
        load_lines(&args.path)?
    } else {
        load_labelled(&args.path, &limits(&args.common))?
    };
    let others = load_all(&args.with, &limits(&args.common))?;
    let read = tell_failed([&labelled, &others]);
    let pages = &labelled.pages;
    if pages.is_empty() {
        anyhow::bail!("no page could be read: nothing to score");
    }
    let probabilities = held_probabilities(args, pages, &others.pages)?;
    let answers = answers(pages, probabilities);
    let card = scorecard(pages, &answers);
    if let Some(path) = &args.scorecard {
        write_file(path, &serde_json::to_vec_pretty(&card)?).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &args.html {
        let mut out = Output::open(Some(path)).with_context(|| path.display().to_string())?;
        write_score_sheet(out.writer(), &what(args), &card, pages, &answers)?;
        out.finish().with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &args.output {
        let verdict = VerdictModel::embedded()?;
        let mut out = Output::open(Some(path)).with_context(|| path.display().to_string())?;
        for (page, a) in pages.iter().zip(&answers) {
            let result = PageResult {
                path: Some(page.name.clone()),
                ..assemble(&page.prepared, &a.probabilities, &a.decision, &a.parts, verdict)
            };
            write_page(out.writer(), &result, Format::Jsonl, ReportOptions::default())?;
        }
        out.finish().with_context(|| path.display().to_string())?;
    }
    let above = match &args.floors {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let floors = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            above_floors(&card, &floors)?
        }
        None => true,
    };
    // printed last: a reader that goes away must not keep files from being written or floors from being checked
    say(|out| print_scorecard(out, &card))?;
    Ok(if above { read } else { Outcome::No })
}

/// What is scored, in words.
fn what(args: &EvaluateArgs) -> String {
    let by = match (args.folds, &args.common.model) {
        (Some(folds), _) => format!("cross-validated over {folds} folds of sites"),
        (None, Some(model)) => format!("model {}", model.display()),
        (None, None) => "the embedded model".to_owned(),
    };
    let lines = if args.lines { ", plain text" } else { "" };
    format!("{}, {by}{lines}", args.path.display())
}

/// Probabilities of the blocks of `pages`; `others` are pages to learn from in every fold.
fn held_probabilities(
    args: &EvaluateArgs,
    pages: &[LabelledPage],
    others: &[LabelledPage],
) -> anyhow::Result<Vec<Matrix>> {
    if let Some(folds) = args.folds {
        let params = FitParams::seeded(args.seed);
        let quiet = args.common.quiet;
        return Ok(cross_probabilities(
            pages,
            others,
            folds as usize,
            &params,
            |fold| {
                if !quiet {
                    report(&format!("fold {} of {folds}", fold + 1));
                }
            },
        )?);
    }
    Ok(probabilities(&model(&args.common)?, pages))
}

/// Compares scores with floors, `{"name": least}`; tells every one that is missed.
fn above_floors(card: &Scorecard, floors: &BTreeMap<String, f64>) -> anyhow::Result<bool> {
    let scores = named_scores(card);
    let mut above = true;
    for (name, floor) in floors {
        let Some(score) = scores.get(name) else {
            let known: Vec<&str> = scores.keys().map(String::as_str).collect();
            anyhow::bail!("there is no score named {name:?}; known are {}", known.join(", "));
        };
        if score < floor {
            report(&format!("{name} is {score:.4}, under its floor {floor:.4}"));
            above = false;
        }
    }
    Ok(above)
}

/// The scores that can have a floor.
fn named_scores(card: &Scorecard) -> BTreeMap<String, f64> {
    let mut scores = BTreeMap::from([("macro f1".to_owned(), card.macro_f1)]);
    for (label, [p, r, f]) in &card.labels {
        for (name, value) in [("precision", p), ("recall", r), ("f1", f)] {
            scores.insert(format!("{label} {name}"), *value);
        }
    }
    for (group, score) in &card.text {
        scores.insert(format!("word f1 {group}"), score.f1);
    }
    scores
}

/// Prints scores by label and group, and the confusion.
pub fn print_scorecard(out: &mut dyn Write, card: &Scorecard) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<14} {:>9} {:>9} {:>9} {:>15} {:>9}",
        "label", "precision", "recall", "F1", "95 % interval", "blocks"
    )?;
    for label in Label::ALL {
        let [p, r, f] = card.labels.get(label.name()).copied().unwrap_or_default();
        let n = card.confusion.truth(label);
        let [low, high] = card
            .label_intervals
            .get(label.name())
            .copied()
            .unwrap_or_default();
        writeln!(
            out,
            "{:<14} {p:>9.4} {r:>9.4} {f:>9.4} {low:>7.4} {high:>7.4} {n:>9}",
            label.name()
        )?;
    }
    writeln!(
        out,
        "macro F1 {:.4}, prompts leaked into content {:.2} %, calibration error {:.4}",
        card.macro_f1,
        card.leak * 100.0,
        card.calibration_error
    )?;
    writeln!(
        out,
        "\ntrue \\ given   {:>12} {:>12} {:>12}",
        "content", "subscription", "navigation"
    )?;
    for label in Label::ALL {
        let row = card.confusion.0[label.index()];
        writeln!(
            out,
            "{:<14} {:>12} {:>12} {:>12}",
            label.name(),
            row[0],
            row[1],
            row[2]
        )?;
    }
    if !card.text.is_empty() {
        writeln!(
            out,
            "\n{:<28} {:>6} {:>9} {:>9} {:>9} {:>15}",
            "word score", "pages", "precision", "recall", "F1", "95 % interval"
        )?;
    }
    for (group, s) in &card.text {
        writeln!(
            out,
            "{group:<28} {:>6} {:>9.4} {:>9.4} {:>9.4} {:>7.4} {:>7.4}",
            s.pages, s.precision, s.recall, s.f1, s.interval[0], s.interval[1]
        )?;
    }
    Ok(())
}
