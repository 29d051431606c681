//! The names in a page's markup (classes, ids, hints, unknown elements), each kept once: a template repeats
//! its names on thousands of elements. Knows nothing of what they mean.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
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
    list: IndexSet<Box<str>, FxBuildHasher>,
}

impl Names {
    /// The name of a text, which is added when it is new.
    pub(super) fn add(&mut self, text: &str) -> Name {
        let at = match self.list.get_index_of(text) {
            Some(at) => at,
            None => self.list.insert_full(text.into()).0,
        };
        // a page has fewer names than bytes, and fewer bytes than this
        Name(NonZeroU32::new(at as u32 + 1).unwrap_or(NonZeroU32::MAX))
    }

    /// The text of a name; empty for one of another page.
    pub fn text(&self, name: Name) -> &str {
        self.list.get_index(name.index()).map_or("", |text| text)
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
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
    }
}
