//! From probabilities to labels, page by page.
//!
//! Which blocks are body text the model's last stage has chosen ([`super::choice`]). Head matter (title,
//! byline, date, caption) is content whatever that says. A text that an earlier content block already gave
//! word for word is given once: its copies are navigation.

use super::block_model::HEAD;
use super::choice::CHOICE;
use crate::features::{Around, Matrix};
use crate::label::Label;

/// Subscription needs this probability.
const SUBSCRIPTION: f32 = 0.5;
/// Head matter needs this probability.
const HEAD_MATTER: f32 = 0.5;
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
    let chosen = |i: usize| probabilities.row(i)[CHOICE] > 0.0;
    let mut decision = Decision {
        labels: (0..n).map(|i| label(probabilities.row(i), chosen(i))).collect(),
        repeats: vec![None; n],
        body: (0..n).map(chosen).collect(),
    };
    drop_copies(&mut decision, around);
    decision
}

fn label(p: &[f32], body: bool) -> Label {
    let [content, subscription, navigation] = Label::ALL.map(|l| p[l.index()]);
    if subscription > SUBSCRIPTION {
        Label::Subscription
    } else if body || p[HEAD] > HEAD_MATTER {
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

#[cfg(test)]
mod tests {
    use super::*;
    use Label::{Content, Navigation, Subscription};

    fn page(rows: &[[f32; 5]], words: &[f32], first_copy: &[u32]) -> Vec<Label> {
        let probabilities = Matrix {
            data: rows.concat(),
            cols: 5,
        };
        let around = Around {
            words: words.to_vec(),
            first_copy: first_copy.to_vec(),
            ..Around::default()
        };
        decide(&probabilities, &around).labels
    }

    #[test]
    fn what_was_chosen_is_content_unless_it_is_a_prompt() {
        let rows = [
            [0.4, 0.0, 0.6, 0.0, 0.2],
            [0.6, 0.0, 0.4, 0.0, -0.2],
            [0.4, 0.6, 0.0, 0.0, 0.2],
            [0.3, 0.4, 0.3, 0.0, -0.2],
        ];
        assert_eq!(
            page(&rows, &[9.0; 4], &[0, 1, 2, 3]),
            [Content, Navigation, Subscription, Subscription]
        );
    }

    #[test]
    fn head_matter_is_content_where_no_body_text_was_chosen() {
        let rows = [[0.9, 0.0, 0.1, 0.8, -2.0], [0.95, 0.0, 0.05, 0.0, 3.0]];
        assert_eq!(page(&rows, &[6.0, 80.0], &[0, 1]), [Content, Content]);
    }

    #[test]
    fn a_long_text_is_content_once_and_a_short_one_as_often_as_it_stands() {
        let row = [0.95, 0.0, 0.05, 0.0, 3.0];
        let given = page(&[row; 4], &[20.0, 20.0, 2.0, 2.0], &[0, 0, 2, 2]);
        assert_eq!(given, [Content, Navigation, Content, Content]);
    }
}
