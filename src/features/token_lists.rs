//! Lists of hashed tokens, one a block. What the blocks below an element have in common, the markup above
//! them, is kept once an element. Says which tokens a block has; what a token is, is decided in `tokens`.

use super::extract::TOKEN_BITS;
use super::tokens::{ANCESTORS, ElementTokens, Field, bucket};
use crate::blocks::Outline;
use std::sync::Arc;

/// Tokens of one block at most.
const MAX_BLOCK_TOKENS: usize = 500;

/// No element.
const NONE: u32 = u32::MAX;

/// Buckets of hashed tokens, a list for each block.
#[derive(Debug, Clone, Default)]
pub struct TokenLists {
    buckets: Vec<u32>,
    own_ends: Vec<u32>,
    ends: Vec<u32>,
    /// The elements above each block that count as well.
    climbs: Vec<Climb>,
    above: Arc<Above>,
}

/// Elements from one up to another, which is left out; none from [`NONE`], up to the root with it.
#[derive(Debug, Clone, Copy)]
struct Climb {
    from: u32,
    until: u32,
}

/// The markup tokens of elements, as those of ancestors.
#[derive(Debug, Clone, Default)]
pub(super) struct Above {
    buckets: Vec<u32>,
    ends: Vec<u32>,
    parents: Vec<u32>,
    /// By element, how many tokens it and all above it have.
    counts: Vec<u32>,
    /// By element, the first one above it that is too far up to count.
    far: Vec<u32>,
}

impl Above {
    /// Reads the elements of a page.
    pub(super) fn read(outline: &Outline, tokens: &ElementTokens) -> Above {
        let n = outline.elements.len();
        let mut above = Above {
            buckets: tokens
                .all()
                .iter()
                .map(|t| bucket(Field::Ancestor, *t, TOKEN_BITS))
                .collect(),
            ends: Vec::with_capacity(n),
            parents: Vec::with_capacity(n),
            counts: Vec::with_capacity(n),
            far: Vec::with_capacity(n),
        };
        let mut end = 0;
        // the element of each depth on the way to the one at hand
        let mut path: Vec<u32> = Vec::new();
        for (i, e) in outline.elements.iter().enumerate() {
            let own = tokens.of(i as u32).len() as u32;
            let root = e.parent as usize == i;
            end += own;
            above.ends.push(end);
            above.parents.push(if root { NONE } else { e.parent });
            above
                .counts
                .push(own + if root { 0 } else { above.counts[e.parent as usize] });
            let depth = e.depth as usize;
            path.truncate(depth);
            path.push(i as u32);
            above.far.push(if depth < ANCESTORS {
                NONE
            } else {
                path[depth - ANCESTORS]
            });
        }
        above
    }

    fn of(&self, element: u32) -> &[u32] {
        let at = element as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.buckets[from..self.ends[at] as usize]
    }
}

impl TokenLists {
    /// No block yet, of a page with this markup.
    pub(super) fn new(above: Arc<Above>) -> TokenLists {
        TokenLists {
            above,
            ..TokenLists::default()
        }
    }

    /// Adds a token to the block that is being listed, as long as it has room.
    pub(super) fn push(&mut self, field: Field, token: u32) {
        let start = self.ends.last().map_or(0, |end| *end as usize);
        if self.buckets.len() - start < MAX_BLOCK_TOKENS {
            self.buckets.push(bucket(field, token, TOKEN_BITS));
        }
    }

    /// The block's own words are listed.
    pub(super) fn end_own_words(&mut self) {
        self.own_ends.push(self.buckets.len() as u32);
    }

    /// Where the list stands, for [`TokenLists::go_back`].
    pub(super) fn mark(&self) -> usize {
        self.buckets.len()
    }

    /// Drops what was listed since a mark.
    pub(super) fn go_back(&mut self, mark: usize) {
        self.buckets.truncate(mark);
    }

    /// The block is listed, with the markup of `anchor` and all above it. False, and nothing done, when that
    /// makes more tokens than a block may have.
    pub(super) fn end_block_below(&mut self, anchor: u32) -> bool {
        let until = self.above.far[anchor as usize];
        let start = self.ends.last().map_or(0, |end| *end as usize);
        let all = self.buckets.len() - start + self.above_count(Climb { from: anchor, until });
        if all > MAX_BLOCK_TOKENS {
            return false;
        }
        self.ends.push(self.buckets.len() as u32);
        self.climbs.push(Climb { from: anchor, until });
        true
    }

    /// The block is listed as a whole.
    pub(super) fn end_block(&mut self) {
        self.ends.push(self.buckets.len() as u32);
        self.climbs.push(Climb {
            from: NONE,
            until: NONE,
        });
    }

    fn above_count(&self, climb: Climb) -> usize {
        let count = |at: u32| self.above.counts.get(at as usize).map_or(0, |c| *c as usize);
        count(climb.from) - count(climb.until)
    }

    /// Buckets of block `i`.
    pub fn of(&self, i: usize) -> Vec<u32> {
        let mut all = self.listed(i).to_vec();
        let Climb { from, until } = self.climbs[i];
        let mut at = from;
        while at != until && at != NONE {
            all.extend_from_slice(self.above.of(at));
            at = self.above.parents[at as usize];
        }
        all
    }

    /// Number of buckets of block `i`.
    pub fn count(&self, i: usize) -> usize {
        self.listed(i).len() + self.above_count(self.climbs[i])
    }

    fn start(&self, i: usize) -> usize {
        if i == 0 { 0 } else { self.ends[i - 1] as usize }
    }

    fn listed(&self, i: usize) -> &[u32] {
        &self.buckets[self.start(i)..self.ends[i] as usize]
    }

    /// Buckets of the words of block `i` alone, without its neighbours' words and its markup.
    pub fn own_words_of(&self, i: usize) -> &[u32] {
        &self.buckets[self.start(i)..self.own_ends[i] as usize]
    }

    /// For every block the sum of `weights` of its buckets, each element's markup summed up once.
    pub fn sums<const N: usize>(&self, weights: impl Fn(u32) -> [i32; N]) -> Vec<[i32; N]> {
        let sum = |buckets: &[u32], mut sum: [i32; N]| {
            for bucket in buckets {
                let weights = weights(*bucket);
                for k in 0..N {
                    sum[k] += weights[k];
                }
            }
            sum
        };
        let mut up: Vec<[i32; N]> = Vec::with_capacity(self.above.parents.len());
        for (at, parent) in self.above.parents.iter().enumerate() {
            let above = up.get(*parent as usize).copied().unwrap_or([0; N]);
            up.push(sum(self.above.of(at as u32), above));
        }
        let above = |at: u32| up.get(at as usize).copied().unwrap_or([0; N]);
        (0..self.len())
            .map(|i| {
                let Climb { from, until } = self.climbs[i];
                let mut start = above(from);
                for (sum, less) in start.iter_mut().zip(above(until)) {
                    *sum -= less;
                }
                sum(self.listed(i), start)
            })
            .collect()
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no block.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::PageRows;
    use crate::page::{Dom, PageMeta};

    /// Every bucket of every block, spelled out, is what the sums were taken over.
    #[test]
    fn sums_are_those_of_the_lists_on_deep_and_on_crowded_pages() {
        let deep = format!(
            "{}<p class='text lead'>Deep down <b class=x>here</b></p>{}",
            "<div class='wrap outer-box'>".repeat(60),
            "</div>".repeat(60)
        );
        let crowded = format!(
            "{}<p>Low</p>",
            format!("<div class='{}'>", "aa bb cc dd ee ff gg hh ii jj ".repeat(6)).repeat(30)
        );
        for page in [deep.as_str(), crowded.as_str(), "<p>One<p>Two", ""] {
            let dom = Dom::parse(page);
            let outline = Arc::new(crate::blocks::outline_of_dom(&dom, 99));
            let lists = PageRows::read(&outline, &Arc::new(PageMeta::read(&dom)))
                .whole_features()
                .tokens;
            let sums = lists.sums(|bucket| [bucket as i32 % 1009, 1]);
            assert_eq!(sums.len(), outline.blocks.len());
            for (i, [sum, count]) in sums.into_iter().enumerate() {
                let all = lists.of(i);
                assert_eq!(sum, all.iter().map(|b| *b as i32 % 1009).sum::<i32>(), "{page}");
                assert_eq!((count as usize, all.len()), (lists.count(i), lists.count(i)));
                assert!(all.len() <= MAX_BLOCK_TOKENS && all.starts_with(lists.own_words_of(i)));
            }
        }
    }

    #[test]
    fn what_was_listed_since_a_mark_can_be_dropped() {
        let mut lists = TokenLists::default();
        lists.push(Field::Word, 1);
        lists.end_own_words();
        let mark = lists.mark();
        lists.push(Field::Word, 2);
        lists.push(Field::Word, 3);
        lists.go_back(mark);
        lists.push(Field::Word, 4);
        lists.end_block();
        assert_eq!(
            lists.of(0),
            [1, 4].map(|token| bucket(Field::Word, token, TOKEN_BITS))
        );
        assert_eq!(lists.own_words_of(0), [bucket(Field::Word, 1, TOKEN_BITS)]);
    }
}
