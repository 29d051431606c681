//! Finds the phrases and markup words of the tables, all of them in one pass over a text.

use super::gate_words::{
    AGENCIES, BLOCKED, CREDITS, Cue, NO_WALL_MARKUP, PHRASES, SHORT_WALL_STEM, WALL_MARKUP, WALL_SCRIPTS,
    WALL_STEMS,
};
use crate::blocks::Names;
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Which cues a text has, and the first phrase of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cues {
    found: [Option<&'static str>; Cue::COUNT],
}

impl Cues {
    /// The phrase of a cue, when the text has it.
    pub fn phrase(&self, cue: Cue) -> Option<&'static str> {
        self.found[cue as usize]
    }

    /// Whether the text has a cue.
    pub fn has(&self, cue: Cue) -> bool {
        self.phrase(cue).is_some()
    }

    /// A phrase that speaks of access to the text, the plainest first.
    pub fn gate(&self) -> Option<&'static str> {
        [Cue::ReadOn, Cue::Only, Cue::Meter]
            .into_iter()
            .find_map(|c| self.phrase(c))
    }

    /// Adds what another text has.
    pub fn add(&mut self, other: &Cues) {
        for (own, more) in self.found.iter_mut().zip(other.found) {
            *own = own.or(more);
        }
    }
}

struct Phrases {
    search: AhoCorasick,
    cues: Vec<(Cue, &'static str)>,
}

/// Builds a search; the tables are constant, and a table too large to search is an empty one.
fn search(words: &[&'static str]) -> AhoCorasick {
    search_as(words, MatchKind::Standard, true)
}

fn search_as(words: &[&'static str], kind: MatchKind, any_case: bool) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(any_case)
        .match_kind(kind)
        .build(words)
        .unwrap_or_else(|_| AhoCorasick::new([""; 0]).expect("an empty search can be built"))
}

fn phrases() -> &'static Phrases {
    static INDEX: OnceLock<Phrases> = OnceLock::new();
    INDEX.get_or_init(|| {
        let cues: Vec<(Cue, &'static str)> = PHRASES
            .iter()
            .flat_map(|(cue, list)| list.iter().map(|p| (*cue, *p)))
            .collect();
        let list: Vec<&'static str> = cues.iter().map(|(_, p)| *p).collect();
        Phrases {
            search: search(&list),
            cues,
        }
    })
}

/// A text in lower case, as far as a search needs it: it takes ASCII letters of either case itself.
fn lower_for_search(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// The cues of a text.
pub fn cues(text: &str) -> Cues {
    let lower = lower_for_search(text);
    let index = phrases();
    let mut cues = Cues::default();
    for m in index.search.find_overlapping_iter(lower.as_ref()) {
        let (cue, phrase) = index.cues[m.pattern().as_usize()];
        let slot = &mut cues.found[cue as usize];
        *slot = Some(slot.map_or(phrase, |old| if old.len() >= phrase.len() { old } else { phrase }));
    }
    cues
}

/// A word of wall products in markup, unless the markup says that there is no wall.
pub fn wall_word(markup: &str) -> Option<&'static str> {
    static INDEX: OnceLock<(AhoCorasick, AhoCorasick)> = OnceLock::new();
    let (walls, none) = INDEX.get_or_init(|| (search(WALL_MARKUP), search(NO_WALL_MARKUP)));
    let found = walls.find(markup)?;
    (!none.is_match(markup)).then(|| WALL_MARKUP[found.pattern().as_usize()])
}

/// [`wall_word`] of each name. Pages have hundreds of names and few have a word: all are searched at once for a few
/// stems with wide instructions, and only names with a stem are looked at.
pub fn wall_words(names: &Names) -> Vec<Option<&'static str>> {
    static STEMS: OnceLock<AhoCorasick> = OnceLock::new();
    // only in this kind and in one case are wide instructions used
    let stems = STEMS.get_or_init(|| search_as(WALL_STEMS, MatchKind::LeftmostFirst, false));
    let text = names.joined().to_ascii_lowercase();
    let mut words = vec![None; names.len()];
    let mut look = |byte: usize| {
        let (index, name) = names.at(byte);
        words[index] = wall_word(name);
    };
    for m in stems.find_iter(&text) {
        look(m.start());
    }
    for start in memmem::find_iter(text.as_bytes(), SHORT_WALL_STEM) {
        look(start);
    }
    words
}

/// The wall product that a script's address names.
pub fn wall_script(address: &str) -> Option<&'static str> {
    static INDEX: OnceLock<AhoCorasick> = OnceLock::new();
    let found = INDEX.get_or_init(|| search(WALL_SCRIPTS)).find(address)?;
    Some(WALL_SCRIPTS[found.pattern().as_usize()])
}

/// Longer texts are no credit.
const CREDIT_BYTES: usize = 240;

/// Whether a text is the credit that agencies put under a whole text.
pub fn is_credit(text: &str) -> bool {
    static INDEX: OnceLock<AhoCorasick> = OnceLock::new();
    if text.len() > CREDIT_BYTES {
        return false;
    }
    let lower = text.to_lowercase();
    let name = lower.trim_matches(|c: char| !c.is_alphabetic());
    AGENCIES.contains(&name) || INDEX.get_or_init(|| search(CREDITS)).is_match(&lower)
}

/// What only pages say that are no article.
pub fn blocked_phrase(text: &str) -> Option<&'static str> {
    static INDEX: OnceLock<AhoCorasick> = OnceLock::new();
    let found = INDEX
        .get_or_init(|| search(BLOCKED))
        .find(lower_for_search(text).as_ref())?;
    Some(BLOCKED[found.pattern().as_usize()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_cues_of_its_phrases() {
        let c = cues("This Article is for subscribers. ALREADY A SUBSCRIBER? Log in to continue reading.");
        assert!(c.has(Cue::Only) && c.has(Cue::Already) && c.has(Cue::ReadOn));
        assert!(!c.has(Cue::Meter) && !c.has(Cue::Consent));
        assert_eq!(c.gate(), Some("to continue reading"));
        assert!(cues("Зарегистрируйтесь, чтобы прочитать").has(Cue::Register));
        assert_eq!(cues("Tous droits réservés").gate(), None);
        assert_eq!(cues("Riproduzione riservata").gate(), None);
    }

    #[test]
    fn credits_of_agencies_are_told_from_other_short_texts() {
        for text in [
            "Reporting by A. Writer; Editing by B. Reader",
            "(dpa)",
            "AFP",
            "© APA",
            "新华社",
        ] {
            assert!(is_credit(text), "{text}");
        }
        for text in [
            "",
            "Apart",
            "AP News",
            "Read more reporting",
            &"Editing by day. ".repeat(20),
        ] {
            assert!(!is_credit(text), "{text}");
        }
    }

    #[test]
    fn every_wall_word_has_a_stem_and_no_stem_what_stands_between_names() {
        let stems = || WALL_STEMS.iter().copied().chain([SHORT_WALL_STEM]);
        let has_stem = |w: &&str| stems().any(|stem| w.contains(stem));
        assert_eq!(WALL_MARKUP.iter().find(|w| !has_stem(w)), None);
        assert!(!stems().any(|stem| stem.contains(Names::BETWEEN)));
        // shorter ones would make the search for all of them slow
        assert!(WALL_STEMS.iter().all(|stem| stem.len() >= 4));
    }

    #[test]
    fn markup_that_denies_a_wall_names_none() {
        let names = [
            "article-Paywall__box",
            "has-no-paywall",
            "",
            "wall-clock",
            "pay",
            "wall",
            "x zephr paywall",
            "ärger-TP-Modal",
            "HAWK-eye",
        ];
        let found: Vec<_> = names.into_iter().map(wall_word).collect();
        let walls = [
            Some("paywall"),
            None,
            None,
            None,
            None,
            None,
            Some("zephr"),
            Some("tp-modal"),
            Some("wk-"),
        ];
        assert_eq!(found, walls);
        let mut list = Names::default();
        for name in names {
            list.add(name);
        }
        assert_eq!(wall_words(&list), walls);
        assert!(wall_words(&Names::default()).is_empty());
    }
}
