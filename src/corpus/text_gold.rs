//! The word score of a page: predicted content words against the gold main text, as bags of words.

use super::align::align_words;
use crate::blocks::words::lower_words;
use std::collections::HashMap;

/// A page's gold main text and its blocks, as numbered words.
#[derive(Debug, Clone, Default)]
pub struct TextGold {
    /// Words of each block that count: words aligned with head matter are left out.
    blocks: Vec<Vec<u32>>,
    /// Words of each block that are aligned with head matter.
    head: Vec<Vec<u32>>,
    /// How often each word stands in the gold main text.
    gold: HashMap<u32, u32>,
    /// Words in the gold main text.
    total: u32,
}

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Prf {
    /// Share of what was answered that is right.
    pub precision: f64,
    /// Share of what is right that was answered.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
}

impl Prf {
    /// From hits, answers and truths; an empty truth is met by an empty answer alone.
    pub fn from_counts(hits: f64, answered: f64, truth: f64) -> Prf {
        if truth == 0.0 && answered == 0.0 {
            return Prf {
                precision: 1.0,
                recall: 1.0,
                f1: 1.0,
            };
        }
        let precision = if answered > 0.0 { hits / answered } else { 0.0 };
        let recall = if truth > 0.0 { hits / truth } else { 0.0 };
        let sum = precision + recall;
        Prf {
            precision,
            recall,
            f1: if sum > 0.0 {
                2.0 * precision * recall / sum
            } else {
                0.0
            },
        }
    }
}

impl TextGold {
    /// Prepares the score of a page from its main text, its gold segments (may be empty) and its blocks.
    pub fn new<'a>(
        main_text: &str,
        segments: &[(String, String)],
        blocks: impl ExactSizeIterator<Item = &'a str> + Clone,
    ) -> TextGold {
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut number = |w: String| {
            let next = ids.len() as u32;
            *ids.entry(w).or_insert(next)
        };
        let (segment, _) = align_words(segments, blocks.clone());
        let mut at = 0;
        let mut counted = Vec::with_capacity(blocks.len());
        let mut left_out = Vec::with_capacity(blocks.len());
        for text in blocks {
            let (mut own, mut heads) = (Vec::new(), Vec::new());
            for w in lower_words(text) {
                let head = segment
                    .get(at)
                    .copied()
                    .flatten()
                    .is_some_and(|s| segments[s].0 == "H");
                if head { &mut heads } else { &mut own }.push(number(w));
                at += 1;
            }
            counted.push(own);
            left_out.push(heads);
        }
        let mut gold = HashMap::new();
        let mut total = 0;
        for w in lower_words(main_text) {
            *gold.entry(number(w)).or_insert(0) += 1;
            total += 1;
        }
        TextGold {
            blocks: counted,
            head: left_out,
            gold,
            total,
        }
    }

    /// Scores the blocks for which `content` is true; head matter doesn't count.
    pub fn score(&self, content: &[bool]) -> Prf {
        self.score_words(content, |i| self.blocks[i].iter())
    }

    /// Scores the blocks for which `body` is true, with all their words.
    pub fn score_body(&self, body: &[bool]) -> Prf {
        self.score_words(body, |i| self.blocks[i].iter().chain(&self.head[i]))
    }

    fn score_words<'a, I: Iterator<Item = &'a u32>>(
        &'a self,
        chosen: &[bool],
        words: impl Fn(usize) -> I,
    ) -> Prf {
        let mut left = self.gold.clone();
        let (mut hits, mut answered) = (0_u32, 0_u32);
        let count = self.blocks.len().min(chosen.len());
        for i in (0..count).filter(|i| chosen[*i]) {
            for w in words(i) {
                answered += 1;
                if let Some(n) = left.get_mut(w).filter(|n| **n > 0) {
                    *n -= 1;
                    hits += 1;
                }
            }
        }
        Prf::from_counts(f64::from(hits), f64::from(answered), f64::from(self.total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_score_by_hand() {
        let segments = vec![
            ("H".to_owned(), "Title here".to_owned()),
            ("C".to_owned(), "one two two".to_owned()),
        ];
        let blocks = ["Title here", "one two two", "menu one"];
        let gold = TextGold::new("one two two three", &segments, blocks.into_iter());
        let all = gold.score(&[true, true, true]);
        assert!((all.precision - 3.0 / 5.0).abs() < 1e-9 && (all.recall - 0.75).abs() < 1e-9);
        assert_eq!(gold.score(&[true, false, false]).f1, 0.0);
        // with the title's two words
        assert!((gold.score_body(&[true, true, false]).precision - 3.0 / 5.0).abs() < 1e-9);
        let empty = TextGold::new("", &[], ["x"].into_iter());
        assert_eq!(empty.score(&[false]).f1, 1.0);
        assert_eq!(empty.score(&[true]).f1, 0.0);
    }
}
