//! The names in a page's markup (classes, ids, hints, unknown elements), each kept once: a template repeats
//! its names on thousands of elements. They stand in one text, which is searched as a whole. Knows nothing of what
//! they mean.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::num::NonZeroU32;

/// A name in a page's list of [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name(NonZeroU32);

impl Name {
    /// Position in the list, 0 is the first.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// The different names of a page, in the order in which they were first met.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Each name and [`Names::BETWEEN`] after it.
    joined: String,
    /// Where each name ends in it.
    ends: Vec<usize>,
    /// Positions of the names, found by their texts.
    table: HashTable<u32>,
    /// Another one each time: nobody can write names that all fall into one place of the table.
    seed: RandomState,
}

impl Names {
    /// Stands between the names in [`Names::joined`]; a name may have it as well.
    pub const BETWEEN: char = '\n';

    /// The name of a text, which is added when it is new.
    pub(crate) fn add(&mut self, text: &str) -> Name {
        let Names {
            joined,
            ends,
            table,
            seed,
        } = self;
        let hash = |text: &str| seed.hash_one(text);
        let at = |i: u32| span(joined, ends, i as usize);
        let own = hash(text);
        let known = table.find(own, |i| at(*i) == text).copied();
        // a page has fewer names than bytes, and fewer bytes than this
        let new = ends.len() as u32;
        if known.is_none() {
            table.insert_unique(own, new, |i| hash(at(*i)));
            joined.push_str(text);
            ends.push(joined.len());
            joined.push(Names::BETWEEN);
        }
        Name(NonZeroU32::new(known.unwrap_or(new) + 1).unwrap_or(NonZeroU32::MAX))
    }

    /// The text of a name; empty for one of another page.
    pub fn text(&self, name: Name) -> &str {
        span(&self.joined, &self.ends, name.index())
    }

    /// All names as one text, with [`Names::BETWEEN`] after each.
    pub fn joined(&self) -> &str {
        &self.joined
    }

    /// Position in the list of the name at a byte of [`Names::joined`], with its text.
    pub fn at(&self, byte: usize) -> (usize, &str) {
        let index = self.ends.partition_point(|end| *end <= byte);
        (index, span(&self.joined, &self.ends, index))
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// The text of the name at a position; empty when there is none.
fn span<'a>(joined: &'a str, ends: &[usize], index: usize) -> &'a str {
    let start = index.checked_sub(1).map_or(0, |before| {
        ends.get(before)
            .map_or(usize::MAX, |end| end + Names::BETWEEN.len_utf8())
    });
    let end = ends.get(index).copied().unwrap_or(0);
    joined.get(start..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_name_however_often_it_is_added() {
        let mut names = Names::default();
        let (a, b) = (names.add("card"), names.add("list"));
        assert_eq!(names.add("card"), a);
        assert_ne!(a, b);
        assert_eq!((names.text(a), names.text(b)), ("card", "list"));
        assert_eq!((a.index(), b.index(), names.len()), (0, 1, 2));
        let empty = names.add("");
        let long = names.add("side\nbar ä");
        assert_eq!((names.add(""), names.add("side\nbar ä")), (empty, long));
        assert_eq!((names.text(empty), names.text(long)), ("", "side\nbar ä"));
        assert_eq!(Names::default().text(b), "");
    }

    #[test]
    fn names_are_found_by_their_place_in_the_joined_text() {
        let mut names = Names::default();
        for text in ["card", "", "list item"] {
            names.add(text);
        }
        assert_eq!(names.joined(), "card\n\nlist item\n");
        assert_eq!(names.at(0), (0, "card"));
        assert_eq!(names.at(3), (0, "card"));
        assert_eq!(names.at(6), (2, "list item"));
    }

    #[test]
    fn thousands_of_names_are_told_apart() {
        let mut names = Names::default();
        let added: Vec<Name> = (0..5000).map(|i| names.add(&format!("n{i}"))).collect();
        for (i, name) in added.iter().enumerate() {
            assert_eq!(names.text(*name), format!("n{i}"));
            assert_eq!(names.add(&format!("n{i}")), *name);
        }
    }
}
