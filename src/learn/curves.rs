//! What scores look like drawn: precision against recall for each label, and confidence against how often it
//! was right.

use super::metrics::Answer;
use crate::corpus::LabelledPage;
use crate::label::Label;
use serde::Serialize;

/// Points that a curve is drawn with at most.
const POINTS: usize = 200;
/// Bins of the reliability diagram.
const BINS: usize = 10;

/// Precision against recall, as the threshold on a label's probability falls.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Curve {
    /// Recall and precision.
    pub points: Vec<(f64, f64)>,
    /// Mean precision over all recalls (average precision).
    pub average: f64,
}

/// Blocks of about the same confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Blocks.
    pub blocks: u64,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them that is right.
    pub right: f64,
}

/// Curve of scores and whether each is of the label.
fn curve(mut scored: Vec<(f32, bool)>) -> Curve {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = scored.iter().filter(|(_, is)| *is).count();
    if all == 0 {
        return Curve::default();
    }
    let mut points = Vec::new();
    let (mut hits, mut average, mut last) = (0_usize, 0.0, 0.0);
    for (i, (score, is)) in scored.iter().enumerate() {
        hits += usize::from(*is);
        // blocks of one score are taken together: no order among them is better than another
        if scored.get(i + 1).is_some_and(|next| next.0 == *score) {
            continue;
        }
        let (recall, precision) = (hits as f64 / all as f64, hits as f64 / (i + 1) as f64);
        average += (recall - last) * precision;
        last = recall;
        points.push((recall, precision));
    }
    let step = points.len().div_ceil(POINTS).max(1);
    let end = points.len() - 1;
    let kept = points
        .iter()
        .enumerate()
        .filter(|(i, _)| i % step == 0 || *i == end);
    Curve {
        points: kept.map(|(_, p)| *p).collect(),
        average,
    }
}

/// The scored blocks of all pages: gold label, given label, probabilities. Head matter isn't scored.
fn scored<'a>(
    pages: &'a [LabelledPage],
    answers: &'a [Answer],
) -> impl Iterator<Item = (Label, Label, &'a [f32])> {
    pages.iter().zip(answers).flat_map(|(page, answer)| {
        let gold = page.labels.iter().enumerate();
        gold.filter_map(|(i, gold)| {
            let gold = gold.filter(|g| !g.head)?;
            Some((gold.label, answer.decision.labels[i], answer.probabilities.row(i)))
        })
    })
}

/// The curve of each label, in the order of [`Label::ALL`].
pub fn precision_recall(pages: &[LabelledPage], answers: &[Answer]) -> [Curve; Label::COUNT] {
    Label::ALL.map(|label| {
        let blocks = scored(pages, answers).map(|(gold, _, p)| (p[label.index()], gold == label));
        curve(blocks.collect())
    })
}

/// Bins of confidence from 0 to 1.
pub fn reliability(pages: &[LabelledPage], answers: &[Answer]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (gold, given, p) in scored(pages, answers) {
        let confidence = f64::from(p[given.index()]);
        let bin = &mut bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.blocks += 1;
        bin.confidence += confidence;
        bin.right += f64::from(u8::from(gold == given));
    }
    for bin in &mut bins {
        let n = bin.blocks.max(1) as f64;
        bin.confidence /= n;
        bin.right /= n;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_by_hand() {
        let c = curve(vec![(0.9, true), (0.8, false), (0.7, true), (0.1, false)]);
        assert_eq!(c.points, [(0.5, 1.0), (0.5, 0.5), (1.0, 2.0 / 3.0), (1.0, 0.5)]);
        assert!((c.average - (0.5 + 0.5 * 2.0 / 3.0)).abs() < 1e-9);
        assert_eq!(curve(vec![(0.9, false)]), Curve::default());
    }

    #[test]
    fn equal_scores_are_one_point_and_long_curves_keep_their_end() {
        let c = curve(vec![(0.5, true), (0.5, false), (0.5, true)]);
        assert_eq!(c.points, [(1.0, 2.0 / 3.0)]);
        let long = curve((0..5000).map(|i| (i as f32, i % 2 == 0)).collect());
        assert!(long.points.len() <= POINTS + 1 && long.points.last() == Some(&(1.0, 0.5)));
    }
}
