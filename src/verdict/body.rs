//! The article's body among the blocks: where it stands, how long it is, how it ends.

use super::cues::is_credit;
use super::view::LabelledView;

/// So many blocks without body text end a body; what follows is another one.
const GAP: usize = 40;
/// Shorter body blocks are no paragraph: crumbs, credits, list items.
const PARAGRAPH_WORDS: f32 = 12.0;

/// Words before a credit: bylines on top are none.
const CREDIT_AFTER: f32 = 30.0;
/// Blocks behind the body that may hold its credit.
const CREDIT_GAP: usize = 3;

/// How a text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// There is no text.
    #[default]
    None,
    /// With the end of a sentence.
    Sentence,
    /// With an ellipsis.
    Ellipsis,
    /// Without any end.
    Broken,
}

/// The main run of body text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// First and last block; `None` without body text.
    pub span: Option<(usize, usize)>,
    /// Words.
    pub words: f32,
    /// Paragraphs.
    pub paragraphs: usize,
    /// Last paragraph, or the last block where there is none.
    pub last: Option<usize>,
    /// How it ends.
    pub ending: Ending,
    /// Words of the body before each block, one more than blocks.
    before: Vec<f32>,
}

impl Body {
    /// Finds the body of a page.
    pub fn find(view: &LabelledView<'_>) -> Body {
        let blocks: Vec<usize> = (0..view.len()).filter(|i| view.is_body(*i)).collect();
        let (mut best, mut best_words) = (0..0, -1.0);
        let mut start = 0;
        for at in 0..blocks.len() {
            let ends = blocks.get(at + 1).is_none_or(|next| next - blocks[at] > GAP);
            if ends {
                let words: f32 = blocks[start..=at].iter().map(|i| view.words(*i)).sum();
                if words > best_words {
                    (best, best_words) = (start..at + 1, words);
                }
                start = at + 1;
            }
        }
        let own = &blocks[best];
        let mut before = vec![0.0; view.len() + 1];
        for i in own {
            before[i + 1] = view.words(*i);
        }
        for i in 0..view.len() {
            before[i + 1] += before[i];
        }
        let paragraph = |i: &&usize| view.words(**i) >= PARAGRAPH_WORDS;
        let last = own.iter().rev().find(paragraph).or(own.last()).copied();
        Body {
            span: own.first().copied().zip(own.last().copied()),
            words: best_words.max(0.0),
            paragraphs: own.iter().filter(paragraph).count(),
            last,
            ending: last.map_or(Ending::None, |i| ending(view.text(i))),
            before,
        }
    }

    /// Whether an agency's credit stands in it or right behind it.
    pub fn is_signed(&self, view: &LabelledView<'_>) -> bool {
        let Some((first, last)) = self.span else {
            return false;
        };
        let behind = (last + 1)..(last + 1 + CREDIT_GAP).min(view.len());
        (first..=last)
            .filter(|i| view.is_body(*i))
            .chain(behind)
            .any(|i| self.before(i) >= CREDIT_AFTER && is_credit(view.text(i)))
    }

    /// Words of the body before a block.
    pub fn before(&self, block: usize) -> f32 {
        self.before[block]
    }

    /// Words of the body from a block on.
    pub fn from(&self, block: usize) -> f32 {
        self.words - self.before[block]
    }
}

/// How a text ends, closing quotes and brackets aside.
pub fn ending(text: &str) -> Ending {
    let tail = text.trim_end_matches(|c: char| c.is_whitespace() || "\"”’»)“」]』›'".contains(c));
    if tail.is_empty() {
        Ending::None
    } else if tail.ends_with('…') || tail.ends_with("...") || tail.ends_with("・・・") {
        Ending::Ellipsis
    } else if tail.ends_with(['.', '!', '?', '。', '！', '？', '۔', '।', '؟', ';', '․']) {
        Ending::Sentence
    } else {
        Ending::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_told_in_several_scripts() {
        assert_eq!(ending("It ends here.”"), Ending::Sentence);
        assert_eq!(ending("終わり。」"), Ending::Sentence);
        assert_eq!(ending("and then ..."), Ending::Ellipsis);
        assert_eq!(ending("und dann […]"), Ending::Ellipsis);
        assert_eq!(ending("続き・・・"), Ending::Ellipsis);
        assert_eq!(ending("broken off in the mid"), Ending::Broken);
        assert_eq!(ending("  "), Ending::None);
    }
}
