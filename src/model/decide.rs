//! From probabilities to labels, page by page.
//!
//! A fixed threshold is wrong for pages on which the model is unsure throughout. The set of blocks that
//! maximises the expected word F1 of a page takes all blocks above half of the best F1 that can be
//! expected (Lewis 1995; Lipton, Elkan, Naryanaswamy 2014), which this uses within bounds.

use crate::features::Matrix;
use crate::label::Label;

/// Subscription needs this probability.
const SUBSCRIPTION: f32 = 0.5;
/// Bounds of a page's content threshold, and what is added to the optimum to favour precision.
const LOWEST: f32 = 0.3;
const HIGHEST: f32 = 0.55;
const MARGIN: f32 = 0.03;

/// Labels for the blocks of a page from their probabilities and sizes in words.
pub fn decide(probabilities: &Matrix, words: &[f32]) -> Vec<Label> {
    let threshold = content_threshold(probabilities, words);
    (0..probabilities.rows())
        .map(|i| {
            let p = probabilities.row(i);
            if p[Label::Subscription.index()] > SUBSCRIPTION {
                Label::Subscription
            } else if p[Label::Content.index()] > threshold {
                Label::Content
            } else if p[Label::Subscription.index()] > p[Label::Navigation.index()] {
                Label::Subscription
            } else {
                Label::Navigation
            }
        })
        .collect()
}

/// Half of the best expected F1 over the sets of most probable blocks, within bounds.
fn content_threshold(probabilities: &Matrix, words: &[f32]) -> f32 {
    let p = |i: &usize| probabilities.row(*i)[Label::Content.index()];
    let mut order: Vec<usize> = (0..probabilities.rows()).collect();
    order.sort_by(|a, b| p(b).total_cmp(&p(a)).then(a.cmp(b)));
    let expected: f32 = order.iter().map(|i| p(i) * words[*i]).sum();
    let (mut hits, mut taken, mut best) = (0.0, 0.0, 0.0_f32);
    for i in &order {
        hits += p(i) * words[*i];
        taken += words[*i];
        best = best.max(2.0 * hits / (taken + expected).max(1e-6));
    }
    (best / 2.0 + MARGIN).clamp(LOWEST, HIGHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &[[f32; 3]]) -> Matrix {
        Matrix {
            data: rows.concat(),
            cols: 3,
        }
    }

    #[test]
    fn a_sure_page_uses_the_plain_threshold_and_an_unsure_page_a_lower_one() {
        let sure = page(&[[0.99, 0.0, 0.01], [0.45, 0.0, 0.55], [0.01, 0.98, 0.01]]);
        assert_eq!(
            decide(&sure, &[100.0, 5.0, 5.0]),
            [Label::Content, Label::Navigation, Label::Subscription]
        );
        let unsure = page(&[[0.42, 0.0, 0.58], [0.41, 0.0, 0.59], [0.05, 0.0, 0.95]]);
        assert_eq!(
            decide(&unsure, &[50.0, 50.0, 50.0]),
            [Label::Content, Label::Content, Label::Navigation]
        );
        assert!(decide(&page(&[]), &[]).is_empty());
    }
}
