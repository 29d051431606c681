//! `evaluate`: scores a model, or cross-validates by site, on labelled pages.

use super::args::EvaluateArgs;
use super::output::{Output, write_file};
use super::run::{Outcome, limits, on_threads, report};
use anyhow::Context;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::Write;
use tollgate::PageResult;
use tollgate::classifier::assemble;
use tollgate::corpus::{LabelledPage, load_labelled};
use tollgate::features::Matrix;
use tollgate::label::Label;
use tollgate::learn::{FitParams, Sample, Scorecard, cross_validate, scorecard};
use tollgate::model::{Model, decide, embedded};
use tollgate::report::{Format, ReportOptions, write_page};

pub fn run(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    on_threads(&args.common, || evaluate(args))?
}

fn evaluate(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    let labelled = load_labelled(&args.path, &limits(&args.common))?;
    for (page, error) in &labelled.failed {
        report(&format!("{page}: {error}"));
    }
    let pages = &labelled.pages;
    if pages.is_empty() {
        anyhow::bail!("no page could be read: nothing to score");
    }
    let probabilities = probabilities(args, pages)?;
    let labels: Vec<Vec<Label>> = pages
        .iter()
        .zip(&probabilities)
        .map(|(p, m)| decide(m, &p.prepared.features.words))
        .collect();
    let card = scorecard(pages, &labels, &probabilities);
    print_scorecard(&mut std::io::stdout().lock(), &card)?;
    if let Some(path) = &args.scorecard {
        write_file(path, &serde_json::to_vec_pretty(&card)?).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &args.output {
        let mut out = Output::open(Some(path)).with_context(|| path.display().to_string())?;
        for (page, p) in pages.iter().zip(&probabilities) {
            let result = PageResult {
                path: Some(page.name.clone()),
                ..assemble(&page.prepared, p)
            };
            write_page(
                out.writer(),
                &result,
                Format::Jsonl,
                ReportOptions::default(),
                false,
            )?;
        }
        out.finish().with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &args.floors {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        if !above_floors(
            &card,
            &serde_json::from_str(&text).with_context(|| path.display().to_string())?,
        ) {
            return Ok(Outcome::No);
        }
    }
    Ok(if labelled.failed.is_empty() {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn probabilities(args: &EvaluateArgs, pages: &[LabelledPage]) -> anyhow::Result<Vec<Matrix>> {
    if let Some(folds) = args.folds {
        let samples: Vec<Sample> = pages.iter().map(Sample::of_page).collect();
        let mut params = FitParams {
            seed: args.seed,
            ..FitParams::default()
        };
        params.words.seed = args.seed;
        params.boost.seed = args.seed;
        let quiet = args.common.quiet;
        let out = cross_validate(&samples, &[], folds, &params, |fold| {
            if !quiet {
                eprintln!("fold {} of {folds}", fold + 1);
            }
        })?;
        return Ok(out.probabilities);
    }
    let model = match &args.common.model {
        Some(path) => Model::load(path)?,
        None => embedded()?,
    };
    Ok(pages
        .par_iter()
        .map(|p| {
            let model = if p.prepared.outline.plain {
                &model.text
            } else {
                &model.page
            };
            model.predict(&p.prepared.features)
        })
        .collect())
}

/// Compares scores with floors, `{"name": least}`; tells every one that is missed.
fn above_floors(card: &Scorecard, floors: &BTreeMap<String, f64>) -> bool {
    let scores = named_scores(card);
    let mut above = true;
    for (name, floor) in floors {
        match scores.get(name) {
            Some(score) if score >= floor => {}
            Some(score) => {
                report(&format!("{name} is {score:.4}, under its floor {floor:.4}"));
                above = false;
            }
            None => {
                report(&format!("there is no score named {name}"));
                above = false;
            }
        }
    }
    above
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
pub fn print_scorecard(out: &mut impl Write, card: &Scorecard) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<14} {:>9} {:>9} {:>9} {:>9}",
        "label", "precision", "recall", "F1", "blocks"
    )?;
    for label in Label::ALL {
        let [p, r, f] = card.labels.get(label.name()).copied().unwrap_or_default();
        let n = card.confusion.truth(label);
        writeln!(out, "{:<14} {p:>9.4} {r:>9.4} {f:>9.4} {n:>9}", label.name())?;
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
            "\n{:<28} {:>6} {:>9} {:>9} {:>9}",
            "word score", "pages", "precision", "recall", "F1"
        )?;
    }
    for (group, s) in &card.text {
        writeln!(
            out,
            "{group:<28} {:>6} {:>9.4} {:>9.4} {:>9.4}",
            s.pages, s.precision, s.recall, s.f1
        )?;
    }
    Ok(())
}
