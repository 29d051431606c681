//! Our own metrics: linfa 0.8.1 swaps precision and recall and answers NaN for labels never predicted.

use crate::corpus::{LabelledPage, Prf};
use crate::features::Matrix;
use crate::label::Label;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts by true label (row) and given label (column), in the order of [`Label::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Confusion(pub [[u64; Label::COUNT]; Label::COUNT]);

impl Confusion {
    /// Counts one block.
    pub fn add(&mut self, truth: Label, given: Label) {
        self.0[truth.index()][given.index()] += 1;
    }

    /// Precision, recall and F1 of one label.
    pub fn of(&self, label: Label) -> Prf {
        let k = label.index();
        let given: u64 = (0..Label::COUNT).map(|t| self.0[t][k]).sum();
        let truth: u64 = self.0[k].iter().sum();
        Prf::from_counts(self.0[k][k] as f64, given as f64, truth as f64)
    }

    /// Mean F1 over the labels.
    pub fn macro_f1(&self) -> f64 {
        Label::ALL.into_iter().map(|l| self.of(l).f1).sum::<f64>() / Label::COUNT as f64
    }

    /// Blocks with this true label.
    pub fn truth(&self, label: Label) -> u64 {
        self.0[label.index()].iter().sum()
    }
}

/// Expected calibration error over 15 bins of confidence (Naeini et al. 2015).
#[derive(Debug, Clone, Default)]
pub struct Calibration {
    bins: [(u64, f64, u64); 15],
}

impl Calibration {
    /// Counts one block.
    pub fn add(&mut self, confidence: f64, right: bool) {
        let bin = &mut self.bins[((confidence * 15.0) as usize).min(14)];
        bin.0 += 1;
        bin.1 += confidence;
        bin.2 += u64::from(right);
    }

    /// Mean distance between confidence and accuracy, weighted by blocks.
    pub fn error(&self) -> f64 {
        let n: u64 = self.bins.iter().map(|b| b.0).sum();
        let gap: f64 = self.bins.iter().map(|b| (b.1 - b.2 as f64).abs()).sum();
        if n > 0 { gap / n as f64 } else { 0.0 }
    }
}

/// Mean word score of a group of pages.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GroupScore {
    /// Pages with a gold main text.
    pub pages: usize,
    /// Mean word precision.
    pub precision: f64,
    /// Mean word recall.
    pub recall: f64,
    /// Mean word F1.
    pub f1: f64,
}

/// All scores of one run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Scorecard {
    /// Pages scored.
    pub pages: usize,
    /// Block counts.
    pub confusion: Confusion,
    /// Precision, recall, F1 by label name.
    pub labels: BTreeMap<String, [f64; 3]>,
    /// Mean F1 over the labels.
    pub macro_f1: f64,
    /// Share of subscription blocks of four words and more that were labelled content.
    pub leak: f64,
    /// Expected calibration error.
    pub calibration_error: f64,
    /// Word scores by group: `all`, `source …`, `type …`, `lang …`.
    pub text: BTreeMap<String, GroupScore>,
}

/// Scores labels given to labelled pages. Head matter counts as content in blocks and isn't scored.
pub fn scorecard(pages: &[LabelledPage], labels: &[Vec<Label>], probabilities: &[Matrix]) -> Scorecard {
    let mut card = Scorecard {
        pages: pages.len(),
        ..Scorecard::default()
    };
    let mut calibration = Calibration::default();
    let (mut long, mut leaked) = (0_u64, 0_u64);
    for ((page, given), p) in pages.iter().zip(labels).zip(probabilities) {
        for (i, gold) in page.labels.iter().enumerate() {
            let Some(gold) = gold.filter(|g| !g.head) else {
                continue;
            };
            card.confusion.add(gold.label, given[i]);
            calibration.add(f64::from(p.row(i)[given[i].index()]), gold.label == given[i]);
            if gold.label == Label::Subscription && page.prepared.features.words[i] >= 4.0 {
                long += 1;
                leaked += u64::from(given[i] == Label::Content);
            }
        }
        if let Some(text) = &page.text {
            let score = text.score(&given.iter().map(|l| *l == Label::Content).collect::<Vec<_>>());
            let named = |kind: &str, value: &Option<String>| value.as_ref().map(|v| format!("{kind} {v}"));
            let groups = [
                Some("all".to_owned()),
                named("source", &page.source),
                named("type", &page.kind),
                named("lang", &page.lang),
            ];
            for group in groups.into_iter().flatten() {
                let g = card.text.entry(group).or_default();
                g.pages += 1;
                g.precision += score.precision;
                g.recall += score.recall;
                g.f1 += score.f1;
            }
        }
    }
    for g in card.text.values_mut() {
        let n = g.pages as f64;
        (g.precision, g.recall, g.f1) = (g.precision / n, g.recall / n, g.f1 / n);
    }
    for l in Label::ALL {
        let s = card.confusion.of(l);
        card.labels
            .insert(l.name().to_owned(), [s.precision, s.recall, s.f1]);
    }
    card.macro_f1 = card.confusion.macro_f1();
    card.leak = if long > 0 {
        leaked as f64 / long as f64
    } else {
        0.0
    };
    card.calibration_error = calibration.error();
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_by_hand_and_a_label_never_given() {
        let mut c = Confusion::default();
        for _ in 0..2 {
            c.add(Label::Content, Label::Content);
            c.add(Label::Navigation, Label::Content);
        }
        let s = c.of(Label::Content);
        assert_eq!((s.precision, s.recall), (0.5, 1.0));
        let never = c.of(Label::Navigation);
        assert_eq!((never.precision, never.recall, never.f1), (0.0, 0.0, 0.0));
        assert_eq!(c.of(Label::Subscription).f1, 1.0);
        assert!((c.macro_f1() - (2.0 / 3.0 + 1.0) / 3.0).abs() < 1e-9);
    }

    #[test]
    fn calibration_error_by_hand() {
        let mut c = Calibration::default();
        c.add(0.9, true);
        c.add(0.9, false);
        c.add(0.1, false);
        assert!((c.error() - (0.8 + 0.1) / 3.0).abs() < 1e-9);
        assert_eq!(Calibration::default().error(), 0.0);
    }
}
