//! Short texts in some thirty languages, written by us and labelled: what prompts and their look-alikes say where
//! the corpus has few pages. They teach the word model of the blocks' own words, nothing else.

use crate::blocks::words::collapsed;
use crate::error::{Error, Result};
use crate::features::TokenLists;
use crate::label::Label;
use crate::pipeline::prepare_lines;
use serde::Deserialize;
use std::path::Path;

/// Weight of a phrase beside a block of a page.
pub const WEIGHT: f32 = 0.2;
/// Shorter texts ("E-mail", "Name") mean what their form means, which a phrase alone can't tell.
const LEAST_BYTES: usize = 25;
const ORIGIN: &str = "training-data/phrases.csv";

/// One row of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(rename = "unit")]
    _unit: u32,
    #[serde(rename = "lang")]
    _lang: String,
    label: Label,
    text: String,
}

/// The phrases as tokens, with their labels.
#[derive(Debug, Default)]
pub struct Phrases {
    /// Tokens of each phrase.
    pub tokens: TokenLists,
    /// Label of each phrase.
    pub labels: Vec<Label>,
}

impl Phrases {
    /// The phrases that are part of the program.
    ///
    /// # Errors
    /// [`Error::Labels`] with the line that is wrong.
    pub fn embedded() -> Result<Phrases> {
        Phrases::read(include_bytes!("../../training-data/phrases.csv"))
    }

    fn read(bytes: &[u8]) -> Result<Phrases> {
        let mut labels = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        for (i, row) in csv::Reader::from_reader(bytes).deserialize().enumerate() {
            let row: Row = row.map_err(|e| Error::Labels {
                path: Path::new(ORIGIN).to_owned(),
                line: i as u64 + 2,
                reason: e.to_string(),
            })?;
            let text = collapsed(&row.text);
            if text.len() > LEAST_BYTES {
                labels.push(row.label);
                texts.push(text);
            }
        }
        let prepared = prepare_lines(&texts.join("\n"));
        Ok(Phrases {
            tokens: prepared.rows.tokens(0..prepared.rows.len()),
            labels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrases_are_whole_and_each_label_has_some() {
        let phrases = Phrases::embedded().unwrap();
        assert_eq!(phrases.tokens.len(), phrases.labels.len());
        for label in Label::ALL {
            assert!(phrases.labels.iter().filter(|l| **l == label).count() > 100);
        }
    }

    #[test]
    fn a_wrong_label_is_an_error_with_its_line() {
        let bad = b"unit,lang,label,text\n1,en,content,A sentence that is long enough\n2,en,prompt,Join\n";
        assert!(matches!(Phrases::read(bad), Err(Error::Labels { line: 3, .. })));
    }
}
