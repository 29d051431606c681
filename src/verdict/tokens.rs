//! Hashed words of one text for the purpose model: words, pairs of words, stems, and pairs of characters in
//! scripts without spaces. Kept apart from the block model's tokens, so that each can change alone.

use crate::blocks::words::{is_unspaced, words};

/// Table size, as a power of two.
pub const BITS: u32 = 13;
/// Words of a text that are looked at.
const MAX_WORDS: usize = 60;
/// Letters of a word that count as its stem.
const STEM: usize = 5;

const START: u32 = 0x811c_9dc5;

fn mix(hash: u32, value: u32) -> u32 {
    (hash ^ value).wrapping_mul(0x0100_0193)
}

fn hash(chars: impl Iterator<Item = char>, salt: u32) -> u32 {
    chars.fold(mix(START, salt), |h, c| {
        // prices and dates differ from page to page
        mix(h, if c.is_numeric() { u32::from('0') } else { c as u32 })
    })
}

fn bucket(hash: u32) -> u16 {
    let x = hash.wrapping_mul(0x9e37_79b1);
    ((x ^ (x >> 15)).wrapping_mul(0x85eb_ca77) >> (32 - BITS)) as u16
}

/// Buckets of a text's tokens, in order.
pub fn tokens(text: &str) -> Vec<u16> {
    let mut out = Vec::new();
    let mut previous = None;
    for word in words(text).take(MAX_WORDS) {
        if word.is_ascii() {
            // most words are; they need no copy
            let lower = || word.chars().map(|c| c.to_ascii_lowercase());
            previous = Some(push_word(&mut out, previous, lower, word.len()));
            continue;
        }
        let lower = word.to_lowercase();
        if lower.chars().any(is_unspaced) {
            let chars: Vec<char> = lower.chars().take(4 * MAX_WORDS).collect();
            for pair in chars.windows(2) {
                out.push(bucket(hash(pair.iter().copied(), 4)));
            }
            previous = None;
            continue;
        }
        previous = Some(push_word(
            &mut out,
            previous,
            || lower.chars(),
            lower.chars().count(),
        ));
    }
    out
}

/// Adds a word's tokens and returns its hash.
fn push_word<I: Iterator<Item = char>>(
    out: &mut Vec<u16>,
    previous: Option<u32>,
    lower: impl Fn() -> I,
    letters: usize,
) -> u32 {
    let own = hash(lower(), 1);
    out.push(bucket(own));
    if letters > STEM {
        out.push(bucket(hash(lower().take(STEM), 2)));
    }
    if let Some(previous) = previous {
        out.push(bucket(mix(mix(previous, own), 3)));
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_digits_make_no_difference_and_order_does() {
        assert_eq!(tokens("Read ON for 12 euros"), tokens("read on for 34 euros"));
        assert_ne!(tokens("log in to read"), tokens("read to log in"));
        assert_eq!(tokens("ÉTÉ Straße"), tokens("été straße"));
        assert!(tokens("").is_empty());
        assert!(tokens("有料会員限定").len() >= 5);
    }
}
