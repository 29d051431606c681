//! The scores of an evaluation as one HTML file that stands alone and needs no script: confusion, curves,
//! reliability, groups, and the worst pages with their wrong blocks.

use super::shell::Shell;
use crate::corpus::LabelledPage;
use crate::label::Label;
use crate::learn::{Answer, Bin, Confusion, Curve, Scorecard, precision_recall, reliability};
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Error, Result, Write};

const STYLE: &str = concat!(include_str!("look.css"), include_str!("score_sheet.css"));
/// Pages that are shown with their wrong blocks, and blocks of one page.
const WORST: usize = 50;
const MOST_BLOCKS: usize = 80;
/// Longest text of a block in characters.
const LONG: usize = 240;

/// Side of a diagram.
const SIDE: f64 = 300.0;

fn percent(x: f64) -> String {
    format!("{:.1}", x * 100.0)
}

/// Writes the scores of these answers; `what` says in words what was scored.
///
/// # Errors
/// What the writer says.
pub fn write_score_sheet(
    out: &mut dyn Write,
    what: &str,
    card: &Scorecard,
    pages: &[LabelledPage],
    answers: &[Answer],
) -> Result<()> {
    let shell = Shell {
        title: "Tollgate scores",
        style: STYLE,
        script: None,
    };
    let view = json!({
        "what": what,
        "pages": card.pages,
        "blocks": Label::ALL.into_iter().map(|l| card.confusion.truth(l)).sum::<u64>(),
        "macro_f1": percent(card.macro_f1),
        "leak": percent(card.leak),
        "calibration": format!("{:.4}", card.calibration_error),
        "word_f1": card.text.get("all").map(|s| percent(s.f1)),
        "labels": labels(card),
        "confusion": confusion(&card.confusion),
        "curves": curves(&precision_recall(pages, answers)),
        "reliability": bins(&reliability(pages, answers)),
        "groups": groups(card, pages, answers),
        "worst": worst(pages, answers),
    });
    let mut templates = Environment::new();
    let rendered = templates
        .add_template("score_sheet.html", include_str!("score_sheet.html"))
        .and_then(|()| templates.get_template("score_sheet.html"))
        .and_then(|t| t.render(Value::from(Serde(view))))
        .map_err(Error::other)?;
    shell.write_start(out)?;
    out.write_all(rendered.as_bytes())?;
    shell.write_end(out)
}

fn labels(card: &Scorecard) -> serde_json::Value {
    let row = |label: Label| {
        let [p, r, f] = card.labels.get(label.name()).copied().unwrap_or_default();
        let interval = card
            .label_intervals
            .get(label.name())
            .copied()
            .unwrap_or_default();
        json!({
            "name": label.name(), "precision": percent(p), "recall": percent(r), "f1": percent(f),
            "interval": format!("{}–{}", percent(interval[0]), percent(interval[1])), "blocks": card.confusion.truth(label),
        })
    };
    json!(Label::ALL.map(row))
}

fn confusion(c: &Confusion) -> serde_json::Value {
    let row = |truth: Label| {
        let all = c.truth(truth).max(1) as f64;
        let cells = Label::ALL.map(|given| {
            let n = c.0[truth.index()][given.index()];
            let share = n as f64 / all;
            json!({"n": n, "share": percent(share), "heat": (share * 9.0).round() as u8, "right": truth == given})
        });
        json!({"name": truth.name(), "cells": cells})
    };
    json!(Label::ALL.map(row))
}

fn curves(curves: &[Curve; Label::COUNT]) -> serde_json::Value {
    let drawn = Label::ALL.into_iter().zip(curves).map(|(label, curve)| {
        let mut path = String::new();
        for (recall, precision) in &curve.points {
            let _ = write!(path, "{:.1},{:.1} ", recall * SIDE, (1.0 - precision) * SIDE);
        }
        json!({"name": label.name(), "points": path.trim_end(), "average": percent(curve.average)})
    });
    json!(drawn.collect::<Vec<_>>())
}

fn bins(bins: &[Bin]) -> serde_json::Value {
    let most = bins.iter().map(|b| b.blocks).max().unwrap_or(1).max(1) as f64;
    let width = SIDE / bins.len() as f64;
    let drawn = bins.iter().enumerate().map(|(i, b)| {
        json!({
            "x": format!("{:.1}", b.confidence * SIDE), "y": format!("{:.1}", (1.0 - b.right) * SIDE), "blocks": b.blocks,
            "left": format!("{:.1}", i as f64 * width + 1.0), "width": format!("{:.1}", width - 2.0),
            "height": format!("{:.1}", b.blocks as f64 / most * 60.0), "top": format!("{:.1}", SIDE - b.blocks as f64 / most * 60.0),
            "confidence": percent(b.confidence), "right": percent(b.right),
        })
    });
    json!(drawn.collect::<Vec<_>>())
}

fn page_confusion(page: &LabelledPage, answer: &Answer) -> Confusion {
    let mut c = Confusion::default();
    for (gold, given) in page.labels.iter().zip(&answer.decision.labels) {
        if let Some(gold) = gold.filter(|g| !g.head) {
            c.add(gold.label, *given);
        }
    }
    c
}

/// Scores by type, language and source, where the pages have one.
fn groups(card: &Scorecard, pages: &[LabelledPage], answers: &[Answer]) -> serde_json::Value {
    type Of = fn(&LabelledPage) -> Option<&str>;
    let kinds: [(&str, Of); 3] = [
        ("type", |p| p.kind.as_deref()),
        ("language", |p| p.lang.as_deref()),
        ("source", |p| p.source.as_deref()),
    ];
    let tables = kinds.into_iter().map(|(kind, of)| {
        let mut by: BTreeMap<&str, (usize, Confusion)> = BTreeMap::new();
        for (page, answer) in pages.iter().zip(answers) {
            if let Some(name) = of(page) {
                let entry = by.entry(name).or_default();
                entry.0 += 1;
                entry.1.add_all(&page_confusion(page, answer));
            }
        }
        let mut rows: Vec<_> = by.into_iter().collect();
        rows.sort_by_key(|(name, (n, _))| (std::cmp::Reverse(*n), *name));
        let rows = rows.into_iter().map(|(name, (n, c))| {
            let word = if kind == "language" { "lang" } else { kind };
            let text = card.text.get(&format!("{word} {name}"));
            let f1 = Label::ALL.map(|l| (c.truth(l) > 0).then(|| percent(c.of(l).f1)));
            json!({"name": name, "pages": n, "blocks": Label::ALL.into_iter().map(|l| c.truth(l)).sum::<u64>(), "f1": f1, "word": text.map(|t| percent(t.f1))})
        });
        json!({"kind": kind, "rows": rows.collect::<Vec<_>>()})
    });
    json!(tables.collect::<Vec<_>>())
}

/// The pages with the most wrong blocks.
fn worst(pages: &[LabelledPage], answers: &[Answer]) -> serde_json::Value {
    let mut list: Vec<(usize, Vec<usize>)> = pages
        .iter()
        .zip(answers)
        .enumerate()
        .map(|(at, (page, answer))| {
            let wrong =
                page.labels.iter().enumerate().filter(|(i, gold)| {
                    gold.is_some_and(|g| !g.head && g.label != answer.decision.labels[*i])
                });
            (at, wrong.map(|(i, _)| i).collect())
        })
        .filter(|(_, wrong): &(usize, Vec<usize>)| !wrong.is_empty())
        .collect();
    list.sort_by_key(|(at, wrong)| (std::cmp::Reverse(wrong.len()), *at));
    let shown = list.into_iter().take(WORST).map(|(at, wrong)| {
        let (page, answer) = (&pages[at], &answers[at]);
        let scored = page.labels.iter().flatten().filter(|g| !g.head).count();
        let blocks = wrong.iter().take(MOST_BLOCKS).filter_map(|i| {
            let given = answer.decision.labels[*i];
            let text: String = page.prepared.outline.blocks[*i].text.chars().take(LONG).collect();
            let confidence = f64::from(answer.probabilities.row(*i)[given.index()]);
            Some(json!({"index": i, "gold": page.labels[*i]?.label.name(), "given": given.name(), "confidence": percent(confidence), "text": text}))
        });
        json!({
            "name": page.name, "title": page.prepared.meta.title, "site": page.site, "wrong": wrong.len(), "scored": scored,
            "blocks": blocks.collect::<Vec<_>>(), "left": wrong.len().saturating_sub(MOST_BLOCKS),
        })
    });
    json!(shown.collect::<Vec<_>>())
}
