//! Names for the hashed tokens of one block: hashes can't be turned back, so that the words and markup at
//! hand are hashed again. For explanations only; what a block's tokens are is decided in `tokens`.

use super::extract::TOKEN_BITS;
use super::text_facts::{STEM_CHARS, TextFacts, mix};
use super::tokens::{ANCESTORS, Field, bucket, hash_str, markup_tokens};
use crate::blocks::words::{is_unspaced, words};
use crate::blocks::{Outline, words::collapsed};
use std::collections::HashMap;

/// Where a token stands and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName {
    /// Where it stands, in plain words.
    pub place: &'static str,
    /// The word, class name or path.
    pub text: String,
}

/// Longest text of a name in characters.
const MAX_CHARS: usize = 60;

/// Names of the buckets that the tokens of block `i` can fall into.
pub fn token_names(outline: &Outline, i: usize) -> HashMap<u32, TokenName> {
    let mut names = Names::default();
    let block = &outline.blocks[i];
    names.own_words(&block.text);
    let near = |at: Option<usize>| at.and_then(|at| outline.blocks.get(at));
    for (at, field, place) in [
        (i.checked_sub(1), Field::Before, "in the block before"),
        (Some(i + 1), Field::After, "in the block after"),
    ] {
        if let Some(other) = near(at) {
            for (hash, word) in spoken(&other.text) {
                names.add(field, hash, place, &word);
            }
        }
    }
    let mut path = 0x811c_9dc5;
    let mut steps = Vec::new();
    for (level, (_, e)) in outline.ancestry(block.anchor).take(ANCESTORS).enumerate() {
        for text in e.names().map(|n| outline.names.text(n)) {
            for part in name_parts(text) {
                for (field, place) in [
                    (Field::Own, "name of its element"),
                    (Field::Parent, "name of the element around it"),
                    (Field::Ancestor, "name further up"),
                ] {
                    names.add(field, hash_str(&part), place, &part);
                }
            }
        }
        if level < 4 {
            path = mix(path, e.tag as u32 + 1);
            steps.insert(0, outline.tag_name(e));
            names.add(Field::Path, path, "elements", &steps.join(" > "));
        }
    }
    if let Some(href) = &block.href {
        for part in name_parts(href) {
            names.add(Field::Href, hash_str(&part), "in its link's address", &part);
        }
    }
    for field in &outline.fields {
        for part in name_parts(&field.text) {
            names.add(Field::Form, hash_str(&part), "in a field of its form", &part);
        }
    }
    names.by_bucket
}

#[derive(Default)]
struct Names {
    by_bucket: HashMap<u32, TokenName>,
}

impl Names {
    fn add(&mut self, field: Field, hash: u32, place: &'static str, text: &str) {
        self.by_bucket
            .entry(bucket(field, hash, TOKEN_BITS))
            .or_insert_with(|| TokenName {
                place,
                text: text.chars().take(MAX_CHARS).collect(),
            });
    }

    fn own_words(&mut self, text: &str) {
        let words = spoken(text);
        for (hash, word) in &words {
            self.add(Field::Word, *hash, "word", word);
        }
        for (_, word) in &words {
            let stem: String = word.chars().take(STEM_CHARS as usize).collect();
            self.add(Field::Stem, hash_str(&stem), "word that begins with", &stem);
        }
        for pair in words.windows(2) {
            let both = format!("{} {}", pair[0].1, pair[1].1);
            self.add(Field::Pair, mix(pair[0].0, pair[1].0), "two words", &both);
        }
        let whole = TextFacts::read(text).hash;
        self.add(Field::Whole, whole, "the whole text", &collapsed(text));
    }
}

/// Hashes and words of a text as [`TextFacts`] hashes them: words, then pairs of unspaced characters.
fn spoken(text: &str) -> Vec<(u32, String)> {
    let mut list: Vec<(u32, String)> = words(text)
        .map(|w| w.chars().map(lower).collect::<String>())
        .map(|w| (hash_str(&w), w))
        .collect();
    // only the first words are looked at: what follows them would make pairs that no block has
    list.truncate(super::text_facts::MAX_WORDS);
    let unspaced: Vec<char> = text.chars().collect();
    list.extend(
        unspaced
            .windows(2)
            .filter(|p| is_unspaced(p[0]) && is_unspaced(p[1]))
            .map(|p| p.iter().collect::<String>())
            .map(|w| (hash_str(&w), w)),
    );
    list
}

fn lower(c: char) -> char {
    if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

/// The lower-case parts of a class name, id or address whose hashes [`markup_tokens`] hands on.
fn name_parts(text: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    markup_tokens(text, |h| hashes.push(h));
    let mut parts = vec![String::new()];
    let mut previous_lower = false;
    for c in text.chars() {
        if !c.is_alphabetic() || (c.is_uppercase() && previous_lower) {
            parts.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(part) = parts.last_mut()
        {
            part.push(lower(c));
        }
        previous_lower = c.is_lowercase();
    }
    parts.retain(|p| hashes.contains(&hash_str(p)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{InputKind, Limits, prepare};

    #[test]
    fn every_token_of_a_block_has_a_name() {
        let page = "<div class='siteWrap'><nav><a href=/log-in>Anmelden</a></nav><div class='paywall-box__innerText' id=offer>\
            <p>Jetzt abonnieren und weiterlesen, für 3,50 € im Monat</p><p>有料会員の登録はこちら。</p>\
            <form><input type=email name=newsletterMail placeholder='Deine Adresse'><button>Los</button></form></div>";
        let prepared = prepare(page.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        for i in 0..prepared.outline.blocks.len() {
            let names = token_names(&prepared.outline, i);
            let text = &prepared.outline.blocks[i].text;
            for bucket in prepared.rows.tokens(i..i + 1).of(0) {
                assert!(names.contains_key(&bucket), "block {i}: {text}");
            }
        }
        let names = token_names(&prepared.outline, 1);
        let words: Vec<&str> = names.values().map(|n| n.text.as_str()).collect();
        for word in [
            "abonnieren",
            "jetzt abonnieren",
            "paywall",
            "inner",
            "offer",
            "anmelden",
        ] {
            assert!(words.contains(&word), "{word}");
        }
    }
}
