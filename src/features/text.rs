//! Features of the block's own text: size, signs, shape, cue words.

use super::facts::Facts;
use super::family::{Family, names};
use super::lexicon::CUES;
use super::matrix::{RowWriter, log1p, ratio};

/// The family.
pub const FAMILY: Family = Family {
    name: "text",
    features,
};

fn features() -> Vec<String> {
    let mut list = names(&[
        "log_words",
        "log_chars",
        "mean_word_chars",
        "longest_word",
        "upper_ratio",
        "capitalised_ratio",
        "digit_ratio",
        "sign_ratio",
        "comma_rate",
        "log_sentences",
        "words_a_sentence",
        "separators",
        "unspaced_ratio",
        "questions",
        "exclamations",
        "ends_sentence",
        "ends_colon",
        "ends_ellipsis",
        "starts_lower",
        "price",
        "at_sign",
        "copyright",
        "date",
        "address",
        "rich",
        "log_copies",
    ]);
    list.extend(CUES.iter().map(|(cue, ..)| format!("cue_{cue}")));
    list
}

/// Writes the values of block `i`.
pub fn write(f: &Facts, i: usize, w: &mut RowWriter<'_>) {
    let t = &f.text[i];
    w.put(log1p(t.words));
    w.put(log1p(t.chars));
    w.put(ratio(t.letters, t.words).min(30.0));
    w.put(t.longest.min(60.0));
    w.put(ratio(t.upper, t.letters));
    w.put(ratio(t.capitalised, t.words));
    w.put(ratio(t.digits, t.chars));
    w.put(ratio(t.signs, t.chars));
    w.put(ratio(t.commas, t.words));
    w.put(log1p(t.sentences));
    w.put(ratio(t.words, t.sentences.max(1.0)).min(80.0));
    w.put(log1p(t.separators));
    w.put(ratio(t.unspaced, t.chars));
    w.put(log1p(t.questions));
    w.put(log1p(t.exclamations));
    w.flag(t.ends_sentence);
    w.flag(t.ends_colon);
    w.flag(t.ends_ellipsis);
    w.flag(t.starts_lower);
    w.flag(t.price);
    w.flag(t.at_sign);
    w.flag(t.copyright);
    w.flag(t.date);
    w.flag(t.address);
    w.flag(t.is_rich(0.0));
    w.put(log1p(f.copies[i] - 1.0));
    for cue in t.cues {
        w.put(log1p(cue));
    }
}
