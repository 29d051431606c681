//! From probabilities to labels, page by page.
//!
//! A fixed threshold is wrong for pages on which the model is unsure throughout. The set of blocks that
//! maximises the expected word F1 of a page takes all blocks above half of the best F1 that can be
//! expected (Lewis 1995; Lipton, Elkan, Naryanaswamy 2014), which this uses within bounds.

//! Head matter (title, byline, date, caption) is content whatever the body's threshold. A text that an
//! earlier content block already gave word for word is given once: its copies are navigation.

use super::block_model::HEAD;
use crate::features::{Around, Matrix};
use crate::label::Label;

/// Subscription needs this probability.
const SUBSCRIPTION: f32 = 0.5;
/// Head matter needs this probability.
const HEAD_MATTER: f32 = 0.5;
/// Bounds of a page's threshold for body text, and what is added to the optimum to favour precision.
const LOWEST: f32 = 0.3;
const HIGHEST: f32 = 0.6;
const MARGIN: f32 = 0.05;
/// Shorter texts are often said twice: "Yes", a name, a unit.
const COPY_WORDS: f32 = 8.0;

/// The labels of a page's blocks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Label of each block.
    pub labels: Vec<Label>,
    /// The content block that each block repeats, for blocks that are navigation for that reason.
    pub repeats: Vec<Option<u32>>,
    /// Whether each block is body text.
    pub body: Vec<bool>,
}

/// Labels for the blocks of a page from their probabilities (columns as [`super::BlockModel::predict`] gives them).
pub fn decide(probabilities: &Matrix, around: &Around) -> Decision {
    let n = probabilities.rows();
    let body: Vec<f32> = (0..n)
        .map(|i| {
            let p = probabilities.row(i);
            p[Label::Content.index()] - p[HEAD]
        })
        .collect();
    let threshold = body_threshold(&body, &around.words);
    let mut decision = Decision {
        labels: (0..n)
            .map(|i| label(probabilities.row(i), body[i], threshold))
            .collect(),
        repeats: vec![None; n],
        body: body.iter().map(|p| *p > threshold).collect(),
    };
    drop_copies(&mut decision, around);
    decision
}

fn label(p: &[f32], body: f32, threshold: f32) -> Label {
    let [content, subscription, navigation] = Label::ALL.map(|l| p[l.index()]);
    if subscription > SUBSCRIPTION {
        Label::Subscription
    } else if body > threshold || p[HEAD] > HEAD_MATTER {
        Label::Content
    } else if subscription > navigation.max(content) {
        Label::Subscription
    } else {
        Label::Navigation
    }
}

fn drop_copies(decision: &mut Decision, around: &Around) {
    let mut given = vec![None; decision.labels.len()];
    for i in 0..decision.labels.len() {
        if decision.labels[i] != Label::Content || around.words[i] < COPY_WORDS {
            continue;
        }
        let Some(first) = given.get_mut(around.first_copy[i] as usize) else {
            continue;
        };
        match first {
            None => *first = Some(i as u32),
            Some(at) => {
                decision.labels[i] = Label::Navigation;
                decision.repeats[i] = Some(*at);
            }
        }
    }
}

/// Half of the best expected F1 over the sets of most probable blocks, within bounds.
fn body_threshold(body: &[f32], words: &[f32]) -> f32 {
    let mut order: Vec<usize> = (0..body.len()).collect();
    order.sort_by(|a, b| body[*b].total_cmp(&body[*a]).then(a.cmp(b)));
    let expected: f32 = order.iter().map(|i| body[*i] * words[*i]).sum();
    let (mut hits, mut taken, mut best) = (0.0, 0.0, 0.0_f32);
    for i in order {
        hits += body[i] * words[i];
        taken += words[i];
        best = best.max(2.0 * hits / (taken + expected).max(1e-6));
    }
    (best / 2.0 + MARGIN).clamp(LOWEST, HIGHEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Label::{Content, Navigation, Subscription};

    fn page(rows: &[[f32; 4]], words: &[f32], first_copy: &[u32]) -> Vec<Label> {
        let probabilities = Matrix {
            data: rows.concat(),
            cols: 4,
        };
        let around = Around {
            words: words.to_vec(),
            first_copy: first_copy.to_vec(),
            ..Around::default()
        };
        decide(&probabilities, &around).labels
    }

    #[test]
    fn a_sure_page_uses_the_plain_threshold_and_an_unsure_page_a_lower_one() {
        let sure = [
            [0.99, 0.0, 0.01, 0.0],
            [0.45, 0.0, 0.55, 0.0],
            [0.01, 0.98, 0.01, 0.0],
        ];
        assert_eq!(
            page(&sure, &[100.0, 5.0, 5.0], &[0, 1, 2]),
            [Content, Navigation, Subscription]
        );
        let unsure = [
            [0.42, 0.0, 0.58, 0.0],
            [0.41, 0.0, 0.59, 0.0],
            [0.05, 0.0, 0.95, 0.0],
        ];
        assert_eq!(
            page(&unsure, &[50.0, 50.0, 50.0], &[0, 1, 2]),
            [Content, Content, Navigation]
        );
        assert!(page(&[], &[], &[]).is_empty());
    }

    #[test]
    fn head_matter_is_content_below_the_threshold_of_the_body() {
        let rows = [[0.9, 0.0, 0.1, 0.8], [0.95, 0.0, 0.05, 0.0]];
        assert_eq!(page(&rows, &[6.0, 80.0], &[0, 1]), [Content, Content]);
    }

    #[test]
    fn a_long_text_is_content_once_and_a_short_one_as_often_as_it_stands() {
        let row = [0.95, 0.0, 0.05, 0.0];
        let given = page(&[row; 4], &[20.0, 20.0, 2.0, 2.0], &[0, 0, 2, 2]);
        assert_eq!(given, [Content, Navigation, Content, Content]);
    }
}
