//! From probabilities to labels, page by page.
//!
//! Which blocks are body text the model's last stage has chosen ([`super::choice`]), unless none of them is
//! likely to be. Head matter (title, byline, date, caption) is content whatever that says, unless the page has
//! nothing below it: neither body text nor a prompt in its place. A text that an earlier content block already
//! gave word for word is given once: its copies are navigation.

use super::block_model::HEAD;
use super::choice::{CHOICE, body as body_probability};
use crate::features::{Around, Matrix};
use crate::label::Label;

/// Subscription needs this probability.
const SUBSCRIPTION: f32 = 0.5;
/// Head matter needs this probability.
pub const HEAD_MATTER: f32 = 0.5;
/// The surest block of a page's body text has this probability of being some, or the page has none: a page whose
/// text a script would have brought consists of a menu and messages, the best of which would be taken for it.
const SUREST_BODY: f32 = 1.0 / 3.0;
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
    let mut body: Vec<bool> = (0..n).map(|i| probabilities.row(i)[CHOICE] > 0.0).collect();
    let is_sure = |i: usize| body[i] && body_probability(probabilities.row(i)) >= SUREST_BODY;
    if !(0..n).any(is_sure) {
        body.fill(false);
    }
    let mut decision = Decision {
        labels: (0..n).map(|i| label(probabilities.row(i), body[i])).collect(),
        repeats: vec![None; n],
        body,
    };
    drop_lone_head(&mut decision);
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

/// A title alone is nothing to read: shells whose text a script would have brought, error pages.
fn drop_lone_head(decision: &mut Decision) {
    if decision.labels.contains(&Label::Subscription) || decision.body.contains(&true) {
        return;
    }
    decision.labels.fill(Label::Navigation);
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
    fn head_matter_is_content_that_was_not_chosen_as_body_text() {
        let rows = [[0.9, 0.0, 0.1, 0.8, -2.0], [0.95, 0.0, 0.05, 0.0, 3.0]];
        assert_eq!(page(&rows, &[6.0, 80.0], &[0, 1]), [Content, Content]);
    }

    #[test]
    fn head_matter_is_content_before_body_text_or_a_prompt_and_not_alone() {
        let (head, menu) = ([0.9, 0.0, 0.1, 0.8, -2.0], [0.1, 0.0, 0.9, 0.0, -3.0]);
        let (body, prompt) = ([0.95, 0.0, 0.05, 0.0, 3.0], [0.1, 0.9, 0.0, 0.0, -3.0]);
        let below = |row| page(&[head, row], &[6.0, 80.0], &[0, 1])[0];
        assert_eq!((below(body), below(prompt)), (Content, Content));
        assert_eq!(page(&[head, menu], &[6.0, 2.0], &[0, 1]), [Navigation; 2]);
        assert_eq!(page(&[head], &[6.0], &[0]), [Navigation]);
    }

    #[test]
    fn a_page_whose_surest_text_is_unlikely_has_none() {
        let (message, menu) = ([0.3, 0.0, 0.7, 0.0, 0.5], [0.1, 0.0, 0.9, 0.0, -3.0]);
        assert_eq!(page(&[message, menu], &[6.0, 2.0], &[0, 1]), [Navigation; 2]);
        // the same block beside a surer one is content
        let text = [0.4, 0.0, 0.6, 0.0, 0.5];
        assert_eq!(page(&[message, text], &[6.0, 9.0], &[0, 1]), [Content; 2]);
        // likely head matter is no likely body text
        let head = [0.9, 0.0, 0.1, 0.8, 0.5];
        assert_eq!(page(&[head, message], &[6.0, 9.0], &[0, 1]), [Navigation; 2]);
    }

    #[test]
    fn a_long_text_is_content_once_and_a_short_one_as_often_as_it_stands() {
        let row = [0.95, 0.0, 0.05, 0.0, 3.0];
        let given = page(&[row; 4], &[20.0, 20.0, 2.0, 2.0], &[0, 0, 2, 2]);
        assert_eq!(given, [Content, Navigation, Content, Content]);
    }
}
