//! The short texts of ours with the purpose of their unit, as the purpose model learns them.

use super::fit_purpose::PurposeRow;
use crate::blocks::words::count_words;
use crate::error::{Error, Result};
use crate::label::Label;
use crate::verdict::{Purpose, tokens};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

const PHRASES: &str = "training-data/phrases.csv";
const PURPOSES: &str = "training-data/purposes.csv";
/// What a text that is no prompt counts beside one that is.
const NO_PROMPT_WEIGHT: f32 = 0.5;

#[derive(Debug, Deserialize)]
struct PurposeOfUnit {
    unit: u32,
    purpose: Purpose,
}

#[derive(Debug, Deserialize)]
struct Phrase {
    unit: u32,
    label: Label,
    text: String,
}

/// The texts that are part of the program.
///
/// # Errors
/// [`Error::Labels`] with the line that is wrong.
pub fn purpose_rows() -> Result<Vec<PurposeRow>> {
    let purposes: Vec<PurposeOfUnit> = read(include_bytes!("../../training-data/purposes.csv"), PURPOSES)?;
    let phrases: Vec<Phrase> = read(include_bytes!("../../training-data/phrases.csv"), PHRASES)?;
    let of_unit: HashMap<u32, Purpose> = purposes.into_iter().map(|p| (p.unit, p.purpose)).collect();
    let rows = phrases.into_iter().filter_map(|phrase| {
        let purpose = match phrase.label {
            Label::Subscription => Some(*of_unit.get(&phrase.unit)?),
            Label::Content | Label::Navigation => None,
        };
        // "Name" and "E-mail" stand in units of every purpose
        let size = (count_words(&phrase.text) as f32 / 5.0).min(1.0);
        let size = if phrase.text.is_ascii() {
            size
        } else {
            size.max(0.4)
        };
        Some(PurposeRow {
            tokens: tokens(&phrase.text),
            purpose,
            weight: if purpose.is_some() {
                size
            } else {
                size * NO_PROMPT_WEIGHT
            },
        })
    });
    Ok(rows.collect())
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8], name: &str) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    for (i, row) in csv::Reader::from_reader(bytes).deserialize().enumerate() {
        rows.push(row.map_err(|e: csv::Error| Error::Labels {
            path: Path::new(name).to_owned(),
            line: i as u64 + 2,
            reason: e.to_string(),
        })?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_has_a_purpose_and_each_purpose_has_texts() {
        let rows = purpose_rows().unwrap();
        for purpose in Purpose::ALL {
            assert!(
                rows.iter().filter(|r| r.purpose == Some(purpose)).count() > 100,
                "{purpose:?}"
            );
        }
        assert!(rows.len() > 6000);
    }
}
