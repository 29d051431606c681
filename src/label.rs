//! The answers: the label of a block, the part within content, the gate of a page.
//! `Label::ALL` is the one order of columns everywhere; no bare number stands for a label.

use serde::{Deserialize, Serialize};

/// What a block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// What the page exists to say.
    Content,
    /// A prompt to subscribe, register, join, sign up, pay or log in to read.
    Subscription,
    /// Everything else.
    Navigation,
}

impl Label {
    /// Number of labels.
    pub const COUNT: usize = 3;
    /// The labels in the order of every probability column.
    pub const ALL: [Label; Label::COUNT] = [Label::Content, Label::Subscription, Label::Navigation];

    /// Column of this label in [`Label::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The label's word in CSV, JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Label::Content => "content",
            Label::Subscription => "subscription",
            Label::Navigation => "navigation",
        }
    }

    /// Reads a label's word; `None` for any other word.
    pub fn parse(word: &str) -> Option<Label> {
        Label::ALL.into_iter().find(|l| l.name() == word)
    }
}

/// Which part of the content a content block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The page's main heading.
    Title,
    /// Who wrote it.
    Byline,
    /// When it was published or changed.
    Date,
    /// A caption or credit of a picture, table or film.
    Caption,
    /// Everything else: the body text.
    Body,
}

impl Part {
    /// The part's word in CSV and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Part::Title => "title",
            Part::Byline => "byline",
            Part::Date => "date",
            Part::Caption => "caption",
            Part::Body => "body",
        }
    }
}

/// The observed gate of a page, as a person labels it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// Nothing stands between the reader and the text.
    Open,
    /// The text is there and a gate about access to it stands on the page.
    Soft,
    /// Text is withheld until the reader pays, registers or logs in.
    Hard,
}

impl Gate {
    /// The gate's word in `labels.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Gate::Open => "open",
            Gate::Soft => "soft",
            Gate::Hard => "hard",
        }
    }

    /// Reads a gate's word (`none`, the gold files' word for open, is understood).
    pub fn parse(word: &str) -> Option<Gate> {
        match word {
            "open" | "none" => Some(Gate::Open),
            "soft" => Some(Gate::Soft),
            "hard" => Some(Gate::Hard),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_order_is_the_column_order() {
        for (i, l) in Label::ALL.into_iter().enumerate() {
            assert_eq!(l.index(), i);
            assert_eq!(Label::parse(l.name()), Some(l));
        }
        assert_eq!(Label::parse("Content"), None);
    }

    #[test]
    fn gates_read_their_own_words_and_none() {
        for g in [Gate::Open, Gate::Soft, Gate::Hard] {
            assert_eq!(Gate::parse(g.name()), Some(g));
        }
        assert_eq!(Gate::parse("none"), Some(Gate::Open));
        assert_eq!(Gate::parse(""), None);
    }
}
