//! Labels for blocks on which gold segments are silent, from the reference main text: a block whose words
//! are still wanted there is content, one whose words are not is navigation, anything between stays open.

use super::align::GoldLabel;
use crate::blocks::words::lower_words;
use crate::label::Label;
use std::collections::HashMap;

/// Share of a block's words in the main text from which it is content, and up to which it is navigation.
const CONTENT: f32 = 0.7;
const NAVIGATION: f32 = 0.3;

/// A label for each block that `labels` leaves open; `None` for all others and in doubt.
pub fn label_silent<'a>(
    main: &str,
    labels: &[Option<GoldLabel>],
    texts: impl Iterator<Item = &'a str>,
) -> Vec<Option<Label>> {
    let mut wanted: HashMap<String, u32> = HashMap::new();
    for word in lower_words(main) {
        *wanted.entry(word).or_insert(0) += 1;
    }
    let words: Vec<Vec<String>> = texts.map(lower_words).collect();
    let content = |l: &Option<GoldLabel>| l.is_some_and(|l| l.label == Label::Content && !l.head);
    for (list, _) in words.iter().zip(labels).filter(|(_, l)| content(l)) {
        take(&mut wanted, list);
    }
    let mut out = vec![None; labels.len()];
    for (i, list) in words.iter().enumerate() {
        if list.is_empty() || labels.get(i).is_none_or(Option::is_some) {
            continue;
        }
        let share = still_wanted(&wanted, list) as f32 / list.len() as f32;
        if share >= CONTENT {
            take(&mut wanted, list);
            out[i] = Some(Label::Content);
        } else if share <= NAVIGATION {
            out[i] = Some(Label::Navigation);
        }
    }
    out
}

/// Takes words out of the wanted ones.
fn take(wanted: &mut HashMap<String, u32>, words: &[String]) {
    for w in words {
        if let Some(n) = wanted.get_mut(w) {
            *n = n.saturating_sub(1);
        }
    }
}

/// How many of the words are wanted, each as often as it is.
fn still_wanted(wanted: &HashMap<String, u32>, words: &[String]) -> u32 {
    let mut used: HashMap<&str, u32> = HashMap::new();
    for w in words {
        *used.entry(w).or_insert(0) += 1;
    }
    used.iter()
        .map(|(w, n)| wanted.get(*w).map_or(0, |left| *left.min(n)))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_silent_blocks_get_a_label_and_no_word_counts_twice() {
        let gold = |label| Some(GoldLabel { label, head: false });
        let labels = [gold(Label::Content), None, None, None, None];
        let texts = [
            "the old mill",
            "a new wheel",
            "a new wheel",
            "buy tickets here",
            "wheel and more",
        ];
        let given = label_silent("the old mill a new wheel", &labels, texts.into_iter());
        assert_eq!(
            given,
            [
                None,
                Some(Label::Content),
                Some(Label::Navigation),
                Some(Label::Navigation),
                Some(Label::Navigation)
            ]
        );
    }
}
