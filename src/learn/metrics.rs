//! Our own metrics: linfa 0.8.1 swaps precision and recall and answers NaN for labels never predicted.

use super::bootstrap::interval;
use crate::corpus::{LabelledPage, Prf};
use crate::features::Matrix;
use crate::label::{Label, Part};
use crate::model::Decision;
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

    /// Adds the counts of another page.
    pub fn add_all(&mut self, other: &Confusion) {
        for (own, more) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *own += more;
        }
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
    /// 95 % interval of the mean word F1.
    pub interval: [f64; 2],
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
    /// 95 % interval of the F1 by label name.
    pub label_intervals: BTreeMap<String, [f64; 2]>,
    /// Mean F1 over the labels.
    pub macro_f1: f64,
    /// Share of subscription blocks of four words and more that were labelled content.
    pub leak: f64,
    /// Expected calibration error.
    pub calibration_error: f64,
    /// Word scores by group: `all`, `source …`, `type …`, `lang …`, and `body …` by source for the body text
    /// alone against the main text as it stands.
    pub text: BTreeMap<String, GroupScore>,
}

/// What was answered for one page.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Labels of the blocks, and why.
    pub decision: Decision,
    /// Part of each content block.
    pub parts: Vec<Option<Part>>,
    /// Probabilities that the labels came from.
    pub probabilities: Matrix,
}

/// Seed of the intervals' drawings.
const SEED: u64 = 1;

/// Scores the answers for labelled pages. Head matter counts as content in blocks and isn't scored.
pub fn scorecard(pages: &[LabelledPage], answers: &[Answer]) -> Scorecard {
    let mut card = Scorecard {
        pages: pages.len(),
        ..Scorecard::default()
    };
    let mut calibration = Calibration::default();
    let (mut long, mut leaked) = (0_u64, 0_u64);
    let mut by_page = Vec::with_capacity(pages.len());
    let mut text: BTreeMap<String, Vec<Prf>> = BTreeMap::new();
    for (page, answer) in pages.iter().zip(answers) {
        let mut confusion = Confusion::default();
        for (i, gold) in page.labels.iter().enumerate() {
            let Some(gold) = gold.filter(|g| !g.head) else {
                continue;
            };
            let given = answer.decision.labels[i];
            confusion.add(gold.label, given);
            let confidence = answer.probabilities.row(i)[given.index()];
            calibration.add(f64::from(confidence), gold.label == given);
            if gold.label == Label::Subscription && page.prepared.around.words[i] >= 4.0 {
                long += 1;
                leaked += u64::from(given == Label::Content);
            }
        }
        card.confusion.add_all(&confusion);
        by_page.push(confusion);
        score_text(page, answer, &mut text);
    }
    for (group, scores) in text {
        card.text.insert(group, group_score(&scores));
    }
    for l in Label::ALL {
        let s = card.confusion.of(l);
        card.labels
            .insert(l.name().to_owned(), [s.precision, s.recall, s.f1]);
        let drawn_f1 = |drawn: &[usize]| {
            let mut sum = Confusion::default();
            for i in drawn {
                sum.add_all(&by_page[*i]);
            }
            sum.of(l).f1
        };
        card.label_intervals
            .insert(l.name().to_owned(), interval(by_page.len(), SEED, drawn_f1));
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

fn score_text(page: &LabelledPage, answer: &Answer, text: &mut BTreeMap<String, Vec<Prf>>) {
    let Some(gold) = &page.text else { return };
    let content: Vec<bool> = answer
        .decision
        .labels
        .iter()
        .map(|l| *l == Label::Content)
        .collect();
    let score = gold.score(&content);
    let named = |kind: &str, value: &Option<String>| value.as_ref().map(|v| format!("{kind} {v}"));
    let groups = [
        Some("all".to_owned()),
        named("source", &page.source),
        named("type", &page.kind),
        named("lang", &page.lang),
    ];
    for group in groups.into_iter().flatten() {
        text.entry(group).or_default().push(score);
    }
    let body: Vec<bool> = answer.parts.iter().map(|p| *p == Some(Part::Body)).collect();
    if let Some(group) = named("body", &page.source) {
        text.entry(group).or_default().push(gold.score_body(&body));
    }
}

fn group_score(scores: &[Prf]) -> GroupScore {
    let n = scores.len().max(1) as f64;
    let mean = |f: fn(&Prf) -> f64| scores.iter().map(f).sum::<f64>() / n;
    GroupScore {
        pages: scores.len(),
        precision: mean(|s| s.precision),
        recall: mean(|s| s.recall),
        f1: mean(|s| s.f1),
        interval: interval(scores.len(), SEED, |drawn| {
            drawn.iter().map(|i| scores[*i].f1).sum::<f64>() / drawn.len() as f64
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{GoldLabel, TextGold};
    use crate::pipeline::{InputKind, Limits, prepare};

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

    fn page(lang: Option<&str>, main_text: Option<&str>) -> LabelledPage {
        let text = "<h1>one</h1><p>two three</p><p>four five six seven</p><p>eight nine ten</p><p>now join us here</p><p>or</p>";
        let prepared = prepare(text.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        let gold = |label, head| Some(GoldLabel { label, head });
        let texts = prepared.outline.blocks.iter().map(|b| b.text.as_str());
        LabelledPage {
            name: "page".to_owned(),
            site: "site".to_owned(),
            kind: Some("article".to_owned()),
            source: Some("ours".to_owned()),
            lang: lang.map(str::to_owned),
            text: main_text.map(|t| TextGold::new(t, &[("H".to_owned(), "one".to_owned())], texts)),
            labels: vec![
                gold(Label::Content, true),
                gold(Label::Content, false),
                gold(Label::Content, false),
                gold(Label::Navigation, false),
                gold(Label::Subscription, false),
                None,
            ],
            silent: vec![None; 6],
            gate: None,
            prepared,
        }
    }

    fn answer(labels: [Label; 6]) -> Answer {
        let body = Some(Part::Body);
        Answer {
            decision: Decision {
                labels: labels.to_vec(),
                repeats: vec![None; 6],
                body: vec![false; 6],
            },
            parts: vec![body, body, Some(Part::Title), None, None, None],
            probabilities: Matrix {
                data: [0.5, 0.25, 0.25].repeat(6),
                cols: 3,
            },
        }
    }

    #[test]
    fn a_scorecard_by_hand() {
        use Label::{Content as C, Navigation as N, Subscription as S};
        let text = "two three four five six seven";
        let pages = [
            page(Some("en"), Some(text)),
            page(None, Some(text)),
            page(None, None),
        ];
        let answers = [
            answer([C, C, C, N, S, N]),
            answer([C, C, N, C, C, N]),
            answer([N, N, S, N, S, C]),
        ];
        let card = scorecard(&pages, &answers);
        assert_eq!(card.pages, 3);
        // the headline is head matter, the last block has no gold: neither counts
        assert_eq!(card.confusion, Confusion([[3, 1, 2], [1, 2, 0], [1, 0, 2]]));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} is not {b}");
        for (label, scores) in [
            (C, [0.6, 0.5, 6.0 / 11.0]),
            (S, [2.0 / 3.0; 3]),
            (N, [0.5, 2.0 / 3.0, 4.0 / 7.0]),
        ] {
            for (given, by_hand) in card.labels[label.name()].into_iter().zip(scores) {
                near(given, by_hand);
            }
            let [low, high] = card.label_intervals[label.name()];
            assert!(low <= scores[2] && scores[2] <= high && low < high);
        }
        near(card.macro_f1, (6.0 / 11.0 + 2.0 / 3.0 + 4.0 / 7.0) / 3.0);
        assert_eq!((card.confusion.truth(C), card.confusion.truth(S)), (6, 3));
        near(card.leak, 1.0 / 3.0);
        // five times content at .5, three of them right; seven times another label at .25, four of them right
        near(card.calibration_error, (0.5 + 2.25) / 12.0);
        let all = &card.text["all"];
        assert_eq!(all.pages, 2);
        near(all.precision, 11.0 / 18.0);
        near(all.recall, 2.0 / 3.0);
        near(all.f1, 19.0 / 30.0);
        near(all.interval[0], 4.0 / 15.0);
        near(all.interval[1], 1.0);
        near(card.text["lang en"].f1, 1.0);
        // head matter counts where it is called body text
        near(card.text["body ours"].f1, 4.0 / 9.0);
        assert_eq!(
            card.text.keys().collect::<Vec<_>>(),
            ["all", "body ours", "lang en", "source ours", "type article"]
        );
    }
}
