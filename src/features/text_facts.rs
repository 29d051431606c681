//! What one pass over a block's text tells: counts and flags that the families share.

use super::lexicon::{CUES, CURRENCY_SIGNS, CURRENCY_WORDS};
use super::tokens::{hash_str, unspaced_pairs};
use crate::blocks::words::is_unspaced;
use foldhash::HashMap;
use memchr::memmem::Finder;
use std::sync::OnceLock;

/// Counts over one text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextFacts {
    /// Characters.
    pub chars: f32,
    /// Words; two characters of an unspaced script count as one.
    pub words: f32,
    /// Letters.
    pub letters: f32,
    /// Upper-case letters.
    pub upper: f32,
    /// Words that begin with an upper-case letter.
    pub capitalised: f32,
    /// Digits.
    pub digits: f32,
    /// Signs that are neither letter, digit nor space.
    pub signs: f32,
    /// Commas of any script.
    pub commas: f32,
    /// Ends of sentences.
    pub sentences: f32,
    /// Separators such as `|`, `/`, `·`, `»`.
    pub separators: f32,
    /// Characters of unspaced scripts.
    pub unspaced: f32,
    /// Longest word in characters.
    pub longest: f32,
    /// Question marks.
    pub questions: f32,
    /// Exclamation marks.
    pub exclamations: f32,
    /// Ends with the end of a sentence.
    pub ends_sentence: bool,
    /// Ends with a colon.
    pub ends_colon: bool,
    /// Ends with an ellipsis.
    pub ends_ellipsis: bool,
    /// Begins with a lower-case letter.
    pub starts_lower: bool,
    /// Has a price.
    pub price: bool,
    /// Has an `@`.
    pub at_sign: bool,
    /// Has a copyright sign.
    pub copyright: bool,
    /// Has what looks like a date or time.
    pub date: bool,
    /// Has a web address.
    pub address: bool,
    /// Numbers of words by cue family.
    pub cues: [f32; CUES.len()],
    /// Hash of the text in lower case.
    pub hash: u32,
    /// Where the hashes of the words in lower case stand, at most [`MAX_WORDS`] of words and of unspaced pairs.
    words_at: (u32, u32),
    /// Where those of the first [`STEM_CHARS`] letters of the longer ones of these words stand.
    stems_at: (u32, u32),
}

/// Hashes of the words of many texts, one after the other.
#[derive(Debug, Clone, Default)]
pub struct WordHashes {
    words: Vec<u32>,
    stems: Vec<u32>,
}

impl WordHashes {
    /// Hashes of the words of a text that was read into these.
    pub fn words(&self, text: &TextFacts) -> &[u32] {
        &self.words[text.words_at.0 as usize..text.words_at.1 as usize]
    }

    /// Hashes of the beginnings of its longer words.
    pub fn stems(&self, text: &TextFacts) -> &[u32] {
        &self.stems[text.stems_at.0 as usize..text.stems_at.1 as usize]
    }
}

/// Words of a block that get hashed; the rest counts but isn't looked at.
pub const MAX_WORDS: usize = 48;

/// Letters of a word that count as its stem.
pub const STEM_CHARS: u32 = 5;

/// Bit of words that name a currency, beside those of the cue families.
const CURRENCY: u32 = 1 << CUES.len();

/// What each known word is, as bits.
fn word_index() -> &'static HashMap<u32, u32> {
    static INDEX: OnceLock<HashMap<u32, u32>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut map = HashMap::default();
        for (i, (_, words, _)) in CUES.iter().enumerate() {
            for w in *words {
                *map.entry(hash_str(w)).or_insert(0) |= 1 << i;
            }
        }
        for w in CURRENCY_WORDS {
            *map.entry(hash_str(w)).or_insert(0) |= CURRENCY;
        }
        map
    })
}

/// Whether a text has a web address.
fn has_address(text: &str) -> bool {
    static PARTS: OnceLock<[Finder<'static>; 2]> = OnceLock::new();
    let parts = PARTS.get_or_init(|| [Finder::new("http"), Finder::new("www.")]);
    parts.iter().any(|part| part.find(text.as_bytes()).is_some())
}

impl TextFacts {
    /// Reads a text whose words are not asked for.
    pub fn read(text: &str) -> TextFacts {
        TextFacts::read_into(text, &mut WordHashes::default())
    }

    /// Reads a text and adds its words to `hashes`.
    pub fn read_into(text: &str, hashes: &mut WordHashes) -> TextFacts {
        let mut f = TextFacts {
            words_at: (hashes.words.len() as u32, 0),
            stems_at: (hashes.stems.len() as u32, 0),
            ..TextFacts::default()
        };
        // most texts are ASCII, whose characters need no tables
        let (currency, years, marked_digits) = if text.is_ascii() {
            f.scan::<true>(text.bytes().map(char::from), hashes)
        } else {
            f.scan::<false>(text.chars(), hashes)
        };
        f.words += f.unspaced / 2.0;
        let tail = text.trim_end_matches(['"', '”', '’', '»', ')', '\'', '“', '」', ']']);
        f.ends_sentence = tail.ends_with(['.', '!', '?', '。', '！', '？', '…', '۔', '।', '؟']);
        if f.ends_sentence && !text.ends_with(['。', '！', '？', '۔', '।']) {
            f.sentences += 1.0;
        }
        f.ends_colon = tail.ends_with([':', '：']);
        f.ends_ellipsis = tail.ends_with('…') || tail.ends_with("...");
        f.starts_lower = text.chars().next().is_some_and(char::is_lowercase);
        f.price = f.digits > 0.0 && (currency || f.price);
        f.date = years || marked_digits >= 2 || (marked_digits >= 1 && f.words <= 8.0 && f.digits >= 3.0);
        f.address = has_address(text);
        if f.unspaced > 0.0 {
            hashes.words.extend(unspaced_pairs(text, MAX_WORDS));
            for (i, (_, _, parts)) in CUES.iter().enumerate() {
                f.cues[i] += parts.iter().filter(|p| text.contains(**p)).count() as f32;
            }
        }
        f.words_at.1 = hashes.words.len() as u32;
        f.stems_at.1 = hashes.stems.len() as u32;
        f
    }

    /// Goes through the characters once. Tells whether there is a sign of a currency, what may be a year, and
    /// how many numbers a `:`, `-`, `/` or `.` follows (12:30, 2024-05-01, 1.5.2024).
    fn scan<const ASCII: bool>(
        &mut self,
        text: impl Iterator<Item = char>,
        hashes: &mut WordHashes,
    ) -> (bool, bool, u32) {
        let mut word = WordHash::default();
        let mut all = 0x811c_9dc5_u32;
        let mut previous = ' ';
        let (mut marked_digits, mut number) = (0_u32, 0_u32);
        let (mut years, mut currency) = (false, false);
        let mut count = Counts::default();
        for c in text {
            count.chars += 1;
            let lower = if ASCII || c.is_ascii() {
                c.to_ascii_lowercase()
            } else {
                c.to_lowercase().next().unwrap_or(c)
            };
            all = mix(all, lower as u32);
            let (alphabetic, upper) = if ASCII {
                (c.is_ascii_alphabetic(), c.is_ascii_uppercase())
            } else {
                (c.is_alphabetic(), c.is_uppercase())
            };
            if alphabetic || c == '_' || c.is_ascii_digit() || (!ASCII && c.is_alphanumeric()) {
                count.capitalised += u32::from(word.chars == 0 && upper);
                if c.is_ascii_digit() {
                    count.digits += 1;
                    number = if word.digits {
                        number.saturating_mul(10).saturating_add(c as u32 - 48)
                    } else {
                        c as u32 - 48
                    };
                    word.digits = true;
                } else if alphabetic {
                    count.letters += 1;
                    count.upper += u32::from(upper);
                }
                count.unspaced += u32::from(!ASCII && is_unspaced(c));
                word.push(lower);
            } else {
                years |= word.is_year(number);
                marked_digits += u32::from(word.digits && matches!(c, ':' | '-' | '/' | '.'));
                self.end_word(&mut word, hashes);
                count.signs += u32::from(c != ' ');
                match c {
                    ' ' => count.sentences += u32::from(matches!(previous, '.' | '!' | '?' | '…')),
                    ',' | '、' | '，' | '،' => count.commas += 1,
                    '。' | '！' | '？' | '۔' | '।' => count.sentences += 1,
                    '?' | '؟' => count.questions += 1,
                    '!' => count.exclamations += 1,
                    '|' | '/' | '·' | '»' | '›' | '>' | '•' | '→' => count.separators += 1,
                    '@' => self.at_sign = true,
                    '©' => self.copyright = true,
                    '$' => currency = true,
                    c => currency |= !ASCII && !c.is_ascii() && CURRENCY_SIGNS.contains(&c),
                }
            }
            previous = c;
        }
        years |= word.is_year(number);
        self.end_word(&mut word, hashes);
        self.hash = all;
        count.tell(self);
        (currency, years, marked_digits)
    }

    fn end_word(&mut self, word: &mut WordHash, hashes: &mut WordHashes) {
        if word.chars == 0 {
            return;
        }
        self.words += 1.0;
        self.longest = self.longest.max(word.chars as f32);
        if let Some(bits) = word_index().get(&word.hash) {
            for (i, cue) in self.cues.iter_mut().enumerate() {
                *cue += (bits >> i & 1) as f32;
            }
            self.price |= bits & CURRENCY != 0;
        }
        if hashes.words.len() - (self.words_at.0 as usize) < MAX_WORDS {
            hashes.words.push(word.hash);
            if word.chars > STEM_CHARS {
                hashes.stems.push(word.stem);
            }
        }
        *word = WordHash::default();
    }

    /// Running text: long, with sentences.
    pub fn is_rich(&self, link_density: f32) -> bool {
        self.words >= 12.0 && link_density < 0.35 && (self.sentences >= 1.0 || self.commas >= 2.0)
    }
}

/// Counts of characters while a text is read.
#[derive(Default)]
struct Counts {
    chars: u32,
    letters: u32,
    upper: u32,
    capitalised: u32,
    digits: u32,
    signs: u32,
    commas: u32,
    sentences: u32,
    separators: u32,
    unspaced: u32,
    questions: u32,
    exclamations: u32,
}

impl Counts {
    fn tell(&self, f: &mut TextFacts) {
        for (to, count) in [
            (&mut f.chars, self.chars),
            (&mut f.letters, self.letters),
            (&mut f.upper, self.upper),
            (&mut f.capitalised, self.capitalised),
            (&mut f.digits, self.digits),
            (&mut f.signs, self.signs),
            (&mut f.commas, self.commas),
            (&mut f.sentences, self.sentences),
            (&mut f.separators, self.separators),
            (&mut f.unspaced, self.unspaced),
            (&mut f.questions, self.questions),
            (&mut f.exclamations, self.exclamations),
        ] {
            *to = count as f32;
        }
    }
}

struct WordHash {
    hash: u32,
    stem: u32,
    chars: u32,
    digits: bool,
}

impl Default for WordHash {
    fn default() -> Self {
        WordHash {
            hash: 0x811c_9dc5,
            stem: 0,
            chars: 0,
            digits: false,
        }
    }
}

impl WordHash {
    /// Whether the word is a number of four digits that may be a year.
    fn is_year(&self, number: u32) -> bool {
        self.digits && self.chars == 4 && (1950..2050).contains(&number)
    }

    fn push(&mut self, c: char) {
        self.hash = mix(self.hash, c as u32);
        self.chars += 1;
        if self.chars == STEM_CHARS {
            self.stem = self.hash;
        }
        if !c.is_ascii_digit() {
            self.digits = false;
        }
    }
}

/// One step of FNV-1a over code points.
pub fn mix(hash: u32, value: u32) -> u32 {
    (hash ^ value).wrapping_mul(0x0100_0193)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_prompt() {
        let f = TextFacts::read("Subscribe now for $1/week!");
        assert_eq!(
            (f.words, f.price, f.exclamations, f.ends_sentence),
            (5.0, true, 1.0, true)
        );
        assert_eq!(f.cues[0], 1.0);
        assert_eq!(f.capitalised, 1.0);
    }

    #[test]
    fn facts_of_unspaced_text() {
        let f = TextFacts::read("有料会員の登録はこちら。");
        assert!(f.words > 5.0 && f.words < 8.0);
        assert!(f.ends_sentence && f.sentences == 1.0);
        assert_eq!(f.cues[0], 1.0);
    }

    #[test]
    fn dates_and_ellipses() {
        assert!(TextFacts::read("12. Mai 2024").date);
        assert!(TextFacts::read("Updated 10:45").date);
        assert!(!TextFacts::read("Chapter twelve").date);
        assert!(TextFacts::read("and then …").ends_ellipsis);
        assert!(TextFacts::read("lower").starts_lower);
    }
}
