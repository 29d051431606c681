//! Hashed tokens of a block: its words, its neighbours' words, the names in its markup.
//! Emits features to a callback, so that counting, training and scoring share one definition.

use super::text_facts::{TextFacts, WordHashes, mix};
use crate::blocks::{Block, Outline};

/// Hash of a lower-case word, equal to the one that [`TextFacts`] computes.
pub fn hash_str(word: &str) -> u32 {
    word.chars().fold(0x811c_9dc5, |h, c| mix(h, c as u32))
}

/// Splits class, id and hint text at signs, digits and camel case, and hands on the hash of each
/// lower-case token of two letters or more.
pub fn markup_tokens(text: &str, mut emit: impl FnMut(u32)) {
    let mut hash = 0x811c_9dc5;
    let mut len = 0;
    let mut previous_lower = false;
    if text.is_ascii() {
        for b in text.bytes() {
            let letter = b.is_ascii_alphabetic();
            if (!letter || (b.is_ascii_uppercase() && previous_lower)) && len > 0 {
                if len > 1 {
                    emit(hash);
                }
                hash = 0x811c_9dc5;
                len = 0;
            }
            if letter {
                hash = mix(hash, u32::from(b.to_ascii_lowercase()));
                len += 1;
            }
            previous_lower = b.is_ascii_lowercase();
        }
        if len > 1 {
            emit(hash);
        }
        return;
    }
    for c in text.chars() {
        let letter = c.is_alphabetic();
        if (!letter || (c.is_uppercase() && previous_lower)) && len > 0 {
            if len > 1 {
                emit(hash);
            }
            hash = 0x811c_9dc5;
            len = 0;
        }
        if letter {
            let lower = if c.is_ascii() {
                c.to_ascii_lowercase()
            } else {
                c.to_lowercase().next().unwrap_or(c)
            };
            hash = mix(hash, lower as u32);
            len += 1;
        }
        previous_lower = c.is_lowercase();
    }
    if len > 1 {
        emit(hash);
    }
}

/// Where a token stands; tokens of different fields are different features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Field {
    /// A word of the block.
    Word = 0x1000_0001,
    /// Two words in a row.
    Pair = 0x2000_0003,
    /// The whole text of a short block.
    Whole = 0x3000_0005,
    /// A word of the block before.
    Before = 0x4000_0007,
    /// A word of the block after.
    After = 0x5000_0009,
    /// A markup token of the block's element.
    Own = 0x6000_000b,
    /// A markup token of the parent.
    Parent = 0x7000_000d,
    /// A markup token of any ancestor.
    Ancestor = 0x8000_000f,
    /// A token of the link's address.
    Href = 0x9000_0011,
    /// Element names up the tree.
    Path = 0xa000_0013,
    /// The beginning of a long word, which related words of related languages share.
    Stem = 0xc000_0017,
    /// A token of a field in the block's form.
    Form = 0xb000_0015,
}

/// Bucket of a token in a table of `1 << bits` weights.
pub fn bucket(field: Field, token: u32, bits: u32) -> u32 {
    let x = (token ^ (field as u32)).wrapping_mul(0x9e37_79b1);
    (x ^ (x >> 15)).wrapping_mul(0x85eb_ca77) >> (32 - bits)
}

/// Emits the words of one block: each word, its stem, each pair, and the whole of a short text.
pub fn emit_own_words(facts: &TextFacts, hashes: &WordHashes, emit: &mut impl FnMut(Field, u32)) {
    let words = hashes.words(facts);
    for &w in words {
        emit(Field::Word, w);
    }
    for &s in hashes.stems(facts) {
        emit(Field::Stem, s);
    }
    for pair in words.windows(2) {
        emit(Field::Pair, mix(pair[0], pair[1]));
    }
    if facts.words <= 12.0 {
        emit(Field::Whole, facts.hash);
    }
}

/// Emits the first words of the blocks before and after.
pub fn emit_near_words(
    facts: &[TextFacts],
    hashes: &WordHashes,
    i: usize,
    emit: &mut impl FnMut(Field, u32),
) {
    let mut near = |facts: &TextFacts, field: Field| {
        for &w in hashes.words(facts).iter().take(12) {
            emit(field, w);
        }
    };
    if i > 0 {
        near(&facts[i - 1], Field::Before);
    }
    if i + 1 < facts.len() {
        near(&facts[i + 1], Field::After);
    }
}

/// Emits unspaced scripts' character pairs as words.
pub fn unspaced_pairs(text: &str, limit: usize) -> Vec<u32> {
    let mut pairs = Vec::new();
    let mut previous = None;
    for c in text.chars() {
        let this = crate::blocks::words::is_unspaced(c).then_some(c);
        if let (Some(a), Some(b)) = (previous, this) {
            pairs.push(mix(mix(0x811c_9dc5, a as u32), b as u32));
            if pairs.len() >= limit {
                break;
            }
        }
        previous = this;
    }
    pairs
}

/// Markup tokens of one element at most; utility classes of generated pages can be hundreds.
const MAX_ELEMENT_TOKENS: usize = 40;
/// Ancestors of a block whose markup counts, its own element included.
pub const ANCESTORS: usize = 24;
/// Elements up the tree whose names count.
const PATH: usize = 4;

/// Markup tokens of every element of a page.
#[derive(Debug, Clone)]
pub struct ElementTokens {
    tokens: Vec<u32>,
    ranges: Vec<(u32, u32)>,
    families: Vec<u32>,
}

impl ElementTokens {
    /// Reads the tokens of all elements, and what `family` tells of them as bits.
    pub fn read(outline: &Outline, family: impl Fn(u32) -> u32) -> ElementTokens {
        let mut tokens = Vec::new();
        let mut ranges = Vec::with_capacity(outline.elements.len());
        let mut families = Vec::with_capacity(outline.elements.len());
        // names stand on many elements: where the tokens of each stand that was read
        let mut known: Vec<Option<(u32, u32, u32)>> = vec![None; outline.names.len()];
        let mut read: Vec<u32> = Vec::new();
        for e in &outline.elements {
            let start = tokens.len();
            let mut bits = 0;
            for name in e.names() {
                let (from, to, own_bits) = *known[name.index()].get_or_insert_with(|| {
                    let (from, mut bits) = (read.len() as u32, 0);
                    markup_tokens(outline.names.text(name), |t| {
                        read.push(t);
                        bits |= family(t);
                    });
                    (from, read.len() as u32, bits)
                });
                let room = MAX_ELEMENT_TOKENS - (tokens.len() - start);
                let all = &read[from as usize..to as usize];
                let taken = &all[..all.len().min(room)];
                tokens.extend_from_slice(taken);
                bits |= if taken.len() == all.len() {
                    own_bits
                } else {
                    taken.iter().fold(0, |bits, t| bits | family(*t))
                };
            }
            ranges.push((start as u32, tokens.len() as u32));
            families.push(bits);
        }
        ElementTokens {
            tokens,
            ranges,
            families,
        }
    }

    /// Tokens of one element.
    pub fn of(&self, element: u32) -> &[u32] {
        let (from, to) = self.ranges[element as usize];
        &self.tokens[from as usize..to as usize]
    }

    /// What was told of an element's tokens, as bits.
    pub fn families(&self, element: usize) -> u32 {
        self.families[element]
    }

    /// Tokens of all elements in their order.
    pub fn all(&self) -> &[u32] {
        &self.tokens
    }
}

/// Emits the tokens of the block's markup: its element, parent, ancestors, link and path. The ancestors'
/// are left out without `with_ancestors`.
pub fn emit_markup(
    outline: &Outline,
    tokens: &ElementTokens,
    i: usize,
    with_ancestors: bool,
    emit: &mut impl FnMut(Field, u32),
) {
    let block: &Block = &outline.blocks[i];
    let mut path = 0x811c_9dc5;
    let mut field = Field::Own;
    for (level, (index, e)) in outline.ancestry(block.anchor).take(ANCESTORS).enumerate() {
        if field == Field::Ancestor && level >= PATH && !with_ancestors {
            break;
        }
        for &t in tokens.of(index) {
            if with_ancestors {
                emit(Field::Ancestor, t);
            }
            if field != Field::Ancestor {
                emit(field, t);
            }
        }
        if level < PATH {
            path = mix(path, e.tag as u32 + 1);
            emit(Field::Path, path);
        }
        field = match field {
            Field::Own if index == block.element => Field::Parent,
            Field::Own => Field::Own,
            _ => Field::Ancestor,
        };
    }
    if let Some(href) = &block.href {
        markup_tokens(href, |t| emit(Field::Href, t));
    }
}

/// Tokens of the fields of one form at most.
const MAX_FORM_TOKENS: usize = 60;

/// Markup tokens of every field of a page.
#[derive(Debug, Clone)]
pub struct FieldTokens {
    tokens: Vec<u32>,
    ends: Vec<u32>,
}

impl FieldTokens {
    /// Reads the tokens of all fields.
    pub fn read(outline: &Outline) -> FieldTokens {
        let mut all = FieldTokens {
            tokens: Vec::new(),
            ends: Vec::with_capacity(outline.fields.len()),
        };
        for field in &outline.fields {
            markup_tokens(&field.text, |t| all.tokens.push(t));
            all.ends.push(all.tokens.len() as u32);
        }
        all
    }

    /// Emits the tokens of the fields below `element`.
    pub fn emit(&self, outline: &Outline, element: u32, emit: &mut impl FnMut(Field, u32)) {
        let Some(e) = outline.elements.get(element as usize) else {
            return;
        };
        let first = outline.fields.partition_point(|f| f.block < e.first_block);
        let mut left = MAX_FORM_TOKENS;
        for (k, field) in outline.fields.iter().enumerate().skip(first) {
            if field.block > e.end_block || left == 0 {
                break;
            }
            if !outline.ancestry(field.element).any(|(at, _)| at == element) {
                continue;
            }
            let from = if k == 0 { 0 } else { self.ends[k - 1] as usize };
            for &t in self.tokens[from..self.ends[k] as usize].iter().take(left) {
                emit(Field::Form, t);
            }
            left = left.saturating_sub(self.ends[k] as usize - from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        markup_tokens(text, |t| out.push(t));
        out
    }

    #[test]
    fn only_the_fields_below_an_element_are_emitted() {
        let dom = crate::page::Dom::parse(
            "<form><div><input name=inner></div><input name=outer><p>Text</p></form><input name=elsewhere>",
        );
        let outline = crate::blocks::outline_of_dom(&dom, 99);
        let form = outline
            .elements
            .iter()
            .position(|e| e.tag == crate::page::Tag::Form)
            .unwrap();
        let mut seen = Vec::new();
        FieldTokens::read(&outline).emit(&outline, form as u32, &mut |_, t| seen.push(t));
        let has = |word: &str| seen.contains(&hash_str(word));
        assert!(has("inner") && has("outer") && !has("elsewhere"));
    }

    #[test]
    fn class_names_are_cut_at_signs_digits_and_camel_case() {
        let want: Vec<u32> = ["article", "body", "text", "wrapper"]
            .iter()
            .map(|w| hash_str(w))
            .collect();
        assert_eq!(names("article-body__textWrapper--2 x"), want);
        assert_eq!(names(""), Vec::<u32>::new());
    }

    #[test]
    fn word_hashes_agree_with_the_facts() {
        let mut hashes = WordHashes::default();
        TextFacts::read_into("Others before", &mut hashes);
        let facts = TextFacts::read_into("Join US", &mut hashes);
        assert_eq!(hashes.words(&facts), [hash_str("join"), hash_str("us")]);
    }

    #[test]
    fn buckets_stay_in_the_table_and_tell_fields_apart() {
        for bits in [1, 10, 18] {
            for t in 0..1000 {
                assert!(bucket(Field::Word, t, bits) < 1 << bits);
            }
        }
        assert_ne!(bucket(Field::Word, 7, 18), bucket(Field::After, 7, 18));
    }
}
