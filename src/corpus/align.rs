//! Carries gold labels from text to blocks by aligning words in document order.

use crate::blocks::words::lower_words;
use crate::label::Label;
use std::collections::{HashMap, HashSet};

/// Label letters of gold segments: content, subscription, navigation, head matter, not judged.
pub const LETTERS: [&str; 5] = ["C", "S", "N", "H", "?"];

/// The gold label of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoldLabel {
    /// The label.
    pub label: Label,
    /// Content that the reference text leaves out: title, byline, date or caption.
    pub head: bool,
}

/// Words as numbers; equal words of both sides get the same number.
#[derive(Default)]
struct Numbering(HashMap<String, u32>);

impl Numbering {
    /// Numbers of all words of the texts, and per word the index of its text.
    fn number<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> (Vec<u32>, Vec<usize>) {
        let (mut numbers, mut owner) = (Vec::new(), Vec::new());
        for (i, text) in texts.enumerate() {
            for word in lower_words(text) {
                let next = self.0.len() as u32;
                numbers.push(*self.0.entry(word).or_insert(next));
                owner.push(i);
            }
        }
        (numbers, owner)
    }
}

/// Pairs of positions of a longest common subsequence (Myers, "An O(ND) difference algorithm", 1986).
fn common(left: &[u32], right: &[u32]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, left, right) {
        if let similar::DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        {
            pairs.extend((0..len).map(|k| (old_index + k, new_index + k)));
        }
    }
    pairs
}

/// For each word of the blocks, the segment it is aligned with; with the block of each word.
pub fn align_words<'a>(
    segments: &[(String, String)],
    blocks: impl Iterator<Item = &'a str>,
) -> (Vec<Option<usize>>, Vec<usize>) {
    let mut numbering = Numbering::default();
    let (gold, owner) = numbering.number(segments.iter().map(|(_, t)| t.as_str()));
    let (pred, block) = numbering.number(blocks);
    let mut segment = vec![None; pred.len()];
    for (g, p) in common(&gold, &pred) {
        segment[p] = Some(owner[g]);
    }
    (segment, block)
}

/// Labels blocks by the labelled segments that their words align with, by majority of words.
///
/// `None` for blocks without aligned words and where the gold is silent (`?`).
pub fn align_segments<'a>(
    segments: &[(String, String)],
    blocks: impl ExactSizeIterator<Item = &'a str>,
) -> Vec<Option<GoldLabel>> {
    let mut votes = vec![[0_u32; 5]; blocks.len()];
    let (segment, block) = align_words(segments, blocks);
    for (s, b) in segment.into_iter().zip(block) {
        if let Some(letter) = s.and_then(|s| LETTERS.iter().position(|l| *l == segments[s].0)) {
            votes[b][letter] += 1;
        }
    }
    votes
        .into_iter()
        .map(|v| {
            let best = (0..5).max_by_key(|&i| (v[i], std::cmp::Reverse(i)))?;
            if v[best] == 0 {
                return None;
            }
            let label = match LETTERS[best] {
                "C" | "H" => Label::Content,
                "S" => Label::Subscription,
                "N" => Label::Navigation,
                _ => return None,
            };
            Some(GoldLabel {
                label,
                head: LETTERS[best] == "H",
            })
        })
        .collect()
}

/// Labels blocks by a gold main text alone: content where most words align with it or where the block's
/// word 4-grams stand in it, else navigation. Subscription can't be told from a main text.
pub fn align_main_text<'a>(
    main_text: &str,
    blocks: impl ExactSizeIterator<Item = &'a str>,
) -> Vec<Option<GoldLabel>> {
    const GRAM: usize = 4;
    let n = blocks.len();
    let mut numbering = Numbering::default();
    let (gold, _) = numbering.number(std::iter::once(main_text));
    let (pred, block) = numbering.number(blocks);
    let grams: HashSet<&[u32]> = gold.windows(GRAM).collect();
    let mut size = vec![0_usize; n];
    for &b in &block {
        size[b] += 1;
    }
    let mut hits = vec![0_usize; n];
    for (_, p) in common(&gold, &pred) {
        hits[block[p]] += 1;
    }
    let mut start = 0;
    (0..n)
        .map(|b| {
            let own = &pred[start..start + size[b]];
            start += size[b];
            if own.is_empty() {
                return None;
            }
            let contained = own.len() >= GRAM && {
                let found = own.windows(GRAM).filter(|g| grams.contains(*g)).count();
                found * 10 >= (own.len() + 1 - GRAM) * 8
            };
            let label = if hits[b] * 2 > size[b] || contained {
                Label::Content
            } else {
                Label::Navigation
            };
            Some(GoldLabel { label, head: false })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(l, t)| (l.to_string(), t.to_string())).collect()
    }

    #[test]
    fn blocks_take_the_label_of_most_of_their_words() {
        let gold = segments(&[
            ("N", "Home"),
            ("H", "A title"),
            ("C", "one two three"),
            ("?", "odd thing"),
            ("S", "Join us"),
        ]);
        let blocks = [
            "Home",
            "A Title",
            "one two",
            "three Join",
            "odd thing",
            "Us",
            "--",
        ];
        let got = align_segments(&gold, blocks.into_iter());
        let label = |l, head| Some(GoldLabel { label: l, head });
        assert_eq!(got[0], label(Label::Navigation, false));
        assert_eq!(got[1], label(Label::Content, true));
        assert_eq!(got[2], label(Label::Content, false));
        assert_eq!(got[4], None);
        assert_eq!(got[5], label(Label::Subscription, false));
        assert_eq!(got[6], None);
    }

    #[test]
    fn main_text_alone_labels_content_and_the_rest() {
        let blocks = ["menu", "The cat", "sat on the mat", "the dog", "cat sat on the"];
        let got = align_main_text("the cat sat on the mat", blocks.into_iter());
        let labels: Vec<_> = got.into_iter().map(|g| g.unwrap().label).collect();
        use Label::{Content, Navigation};
        assert_eq!(labels, [Navigation, Content, Content, Navigation, Content]);
    }
}
