//! Scores verdicts against judged gates, and prints the score.

use std::io::Write;
use tollgate::label::Gate;
use tollgate::learn::{VerdictPage, interval};
use tollgate::verdict::{Verdict, VerdictModel, judge};

/// A score of the drawn ones of pairs of gold and verdict.
type Measure = fn(&[[usize; 2]], &[usize]) -> f64;

/// How verdicts compare with judged gates.
#[derive(Debug, Clone, Default)]
pub struct GateScore {
    /// Pages by true gate (row) and verdict (column): open, soft, hard; blocked counts as open.
    pub counts: [[usize; 3]; 3],
    /// Precision, recall of gated against open, accuracy of the three, each with its 95 % interval.
    pub scores: [(f64, [f64; 2]); 3],
    /// Mean distance of probability and truth over ten bins.
    pub calibration_error: f64,
    /// Wrong pages and what is wrong.
    pub wrong: Vec<(usize, String)>,
}

/// Judges the `gold` ones of the pages, each with the model that it is to be judged with.
pub fn score_gate<'m>(
    pages: &[VerdictPage<'_>],
    gold: &[usize],
    model: impl Fn(usize) -> &'m VerdictModel,
) -> GateScore {
    let mut score = GateScore::default();
    let mut pairs: Vec<[usize; 2]> = Vec::new();
    let mut bins = [(0.0, 0.0, 0.0); 10];
    for i in gold.iter().copied() {
        let page = &pages[i];
        let Some(gate) = page.gate else { continue };
        let seen = judge(&page.view(), model(i));
        let (truth, given) = (gate as usize, column(seen.verdict));
        score.counts[truth][given] += 1;
        pairs.push([truth, given]);
        let p = f64::from(seen.probability);
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        bin.0 += 1.0;
        bin.1 += p;
        bin.2 += f64::from(u8::from(truth > 0));
        if truth != given {
            let why = format!(
                "{} judged {} ({:.2})",
                gate.name(),
                seen.verdict.name(),
                seen.probability
            );
            score.wrong.push((i, why));
        }
    }
    let all: Vec<usize> = (0..pairs.len()).collect();
    let measures: [Measure; 3] = [precision, recall, accuracy];
    score.scores = measures.map(|f| {
        (
            f(&pairs, &all),
            interval(pairs.len(), 1, |drawn| f(&pairs, drawn)),
        )
    });
    let gap: f64 = bins.iter().map(|b| (b.1 - b.2).abs()).sum();
    score.calibration_error = gap / (pairs.len().max(1) as f64);
    score
}

fn column(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Open | Verdict::Blocked => Gate::Open as usize,
        Verdict::Soft => Gate::Soft as usize,
        Verdict::Hard => Gate::Hard as usize,
    }
}

fn share(drawn: &[usize], among: impl Fn(usize) -> bool, right: impl Fn(usize) -> bool) -> f64 {
    let all = drawn.iter().filter(|i| among(**i)).count();
    let hits = drawn.iter().filter(|i| among(**i) && right(**i)).count();
    if all > 0 { hits as f64 / all as f64 } else { 1.0 }
}

fn precision(pairs: &[[usize; 2]], drawn: &[usize]) -> f64 {
    share(drawn, |i| pairs[i][1] > 0, |i| pairs[i][0] > 0)
}

fn recall(pairs: &[[usize; 2]], drawn: &[usize]) -> f64 {
    share(drawn, |i| pairs[i][0] > 0, |i| pairs[i][1] > 0)
}

fn accuracy(pairs: &[[usize; 2]], drawn: &[usize]) -> f64 {
    share(drawn, |_| true, |i| pairs[i][0] == pairs[i][1])
}

/// Prints the score.
pub fn print_gate_score(out: &mut dyn Write, score: &GateScore) -> std::io::Result<()> {
    writeln!(
        out,
        "\ngate: {} judged pages",
        score.counts.iter().flatten().sum::<usize>()
    )?;
    for (name, (value, [low, high])) in ["precision", "recall", "accuracy"].iter().zip(score.scores) {
        writeln!(out, "{name:<14} {value:>9.4} {low:>7.4} {high:>7.4}")?;
    }
    writeln!(out, "calibration error {:.4}", score.calibration_error)?;
    writeln!(
        out,
        "{:<14} {:>6} {:>6} {:>6}",
        "true \\ given", "open", "soft", "hard"
    )?;
    for (name, row) in ["open", "soft", "hard"].iter().zip(score.counts) {
        writeln!(out, "{name:<14} {:>6} {:>6} {:>6}", row[0], row[1], row[2])?;
    }
    Ok(())
}
