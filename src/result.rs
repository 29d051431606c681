//! What classifying a page answers: the public contract of the library and of the JSON lines.

use crate::error::Error;
use crate::label::{Label, Part};
use crate::page::{Declared, DeclaredSource};
use crate::verdict::{ContentStatus, Evidence, GateKind, Purpose, Verdict};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// The answer for one input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageResult {
    /// The input's path as given; `-` for standard input, `null` from the library.
    pub path: Option<String>,
    /// Address that the page names: canonical, `og:url`, or noted by the program that saved it.
    pub url: Option<String>,
    /// Title that the page declares.
    pub title: Option<String>,
    /// Language that the page declares.
    pub lang: Option<String>,
    /// Encoding that the bytes were read in.
    #[serde(deserialize_with = "encoding")]
    pub encoding: Option<Word>,
    /// Access to the article; `null` for failed inputs.
    pub paywall: Option<Paywall>,
    /// Whether the text is all there; `null` for failed inputs.
    pub content_status: Option<ContentStatus>,
    /// Why the text is not all there; `null` when it is.
    pub content_reason: Option<String>,
    /// The blocks in document order; together all visible text of the page.
    pub blocks: Vec<LabelledBlock>,
    /// Why the input failed.
    pub error: Option<Failure>,
}

/// Access to the page's article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paywall {
    /// What the page shows.
    pub verdict: Verdict,
    /// Probability that the page is gated.
    pub probability: f32,
    /// What the gate asks for; `null` without a gate.
    pub kind: Option<GateKind>,
    /// What the publisher's markup declares.
    pub declared: Option<Declared>,
    /// Where it is declared.
    pub declared_source: Option<DeclaredSource>,
    /// CSS selectors of the parts declared as gated, separated by commas.
    pub declared_selector: Option<String>,
    /// Reasons for the verdict, the strongest first.
    pub evidence: Vec<Evidence>,
}

/// A block with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelledBlock {
    /// Position on the page, 0 is the first.
    pub index: usize,
    /// The label.
    pub label: Label,
    /// Part within the content; `null` for other labels.
    pub part: Option<Part>,
    /// What a subscription block is for; `null` for other labels.
    pub purpose: Option<Purpose>,
    /// Index of the content block whose text this block repeats word for word; such a block is navigation,
    /// since the text is given once, whatever its probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u32>,
    /// Probability of the given label.
    pub confidence: f32,
    /// Probability of every label.
    pub probabilities: Probabilities,
    /// Name of the block's element; `null` for plain text.
    pub tag: Option<Cow<'static, str>>,
    /// CSS selector of the block's element; `null` for plain text.
    pub selector: Option<String>,
    /// The text, white space collapsed.
    pub text: String,
}

/// Probability of every label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Probabilities {
    /// Of content.
    pub content: f32,
    /// Of subscription.
    pub subscription: f32,
    /// Of navigation.
    pub navigation: f32,
}

/// A word of a fixed list. It has a name since serde would borrow a plain `&'static str` from what it reads.
pub type Word = &'static str;

/// Why an input failed, for machines and people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable word.
    #[serde(deserialize_with = "code")]
    pub code: Word,
    /// What happened.
    pub message: String,
}

impl PageResult {
    /// The answer for an input that failed.
    pub fn failed(path: Option<String>, error: &Error) -> PageResult {
        PageResult {
            path,
            url: None,
            title: None,
            lang: None,
            encoding: None,
            paywall: None,
            content_status: None,
            content_reason: None,
            blocks: Vec::new(),
            error: Some(Failure {
                code: error.code(),
                message: error.to_string(),
            }),
        }
    }

    /// Number of blocks with a label.
    pub fn count(&self, label: Label) -> usize {
        self.blocks.iter().filter(|b| b.label == label).count()
    }
}

/// The word that the JSON has for a value.
pub fn word(value: impl Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    value.as_str().map(str::to_owned)
}

/// Rounds a probability to four digits, which is more than it is worth.
pub fn rounded(p: f32) -> f32 {
    (p * 10_000.0).round() / 10_000.0
}

/// Reads an encoding's name back.
fn encoding<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Word>, D::Error> {
    let name = Option::<String>::deserialize(from)?;
    let known = |name: String| {
        encoding_rs::Encoding::for_label(name.as_bytes())
            .map(encoding_rs::Encoding::name)
            .ok_or_else(|| serde::de::Error::custom(format!("there is no encoding {name:?}")))
    };
    name.map(known).transpose()
}

/// Reads the word of an error back.
fn code<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    let word = String::deserialize(from)?;
    let known = Error::CODES.into_iter().find(|code| *code == word);
    known.ok_or_else(|| serde::de::Error::custom(format!("there is no error {word:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_json_gives_the_page_back() {
        let html =
            b"<title>A mill</title><h1>A mill</h1><p>The river stood high.</p><p>Subscribe to read on</p>";
        let page = crate::Classifier::new().unwrap().classify(html).unwrap();
        let failed = PageResult::failed(Some("a".to_owned()), &Error::Empty);
        for page in [page, failed] {
            let line = serde_json::to_string(&page).unwrap();
            assert_eq!(serde_json::from_str::<PageResult>(&line).unwrap(), page);
        }
        let strange = r#"{"code":"nonsense","message":""}"#;
        assert!(serde_json::from_str::<Failure>(strange).is_err());
    }
}
