//! The columns of the verdict's model by name and in a fixed order, each with the kind of evidence that it is.
//! A table: the values come from `columns`.

use EvidenceKind::{Markup, Meter, Prompt, Truncation, Vendor};
use serde::{Deserialize, Serialize};

/// What a piece of evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// A block speaks of access to this text.
    Prompt,
    /// The text breaks off or is short.
    Truncation,
    /// The text can't be read.
    Scrambling,
    /// Articles are counted, or the share left to read is.
    Meter,
    /// What the publisher's markup declares.
    Markup,
    /// A wall product's container or script.
    Vendor,
    /// The page is no article.
    Blocked,
}

/// Name of each column, and the kind of evidence that shows its weight, where one does.
pub const COLUMNS: [(&str, Option<EvidenceKind>); 70] = [
    ("gate_best", Some(Prompt)),
    ("gate_second", Some(Prompt)),
    ("gate_sum", Some(Prompt)),
    ("gate_shown", Some(Prompt)),
    ("gate_missed", Some(Prompt)),
    ("gate_before", Some(Prompt)),
    ("gate_inside", Some(Prompt)),
    ("gate_after", Some(Prompt)),
    ("gate_far", Some(Prompt)),
    ("gate_unit", Some(Prompt)),
    ("gate_hidden", Some(Prompt)),
    ("gate_price", Some(Prompt)),
    ("gate_already", Some(Prompt)),
    ("gate_mail", Some(Prompt)),
    ("gate_feature", Some(Prompt)),
    ("gate_consent", Some(Prompt)),
    ("gate_phrase", Some(Prompt)),
    ("gate_email", Some(Prompt)),
    ("gate_password", Some(Prompt)),
    ("only", Some(Prompt)),
    ("read_on", Some(Prompt)),
    ("meter", Some(Meter)),
    ("already", Some(Prompt)),
    ("register", Some(Prompt)),
    ("only_before", Some(Prompt)),
    ("read_on_after", Some(Prompt)),
    ("missed_phrase", Some(Prompt)),
    ("missed_after", Some(Prompt)),
    ("log_body", Some(Truncation)),
    ("short_body", Some(Truncation)),
    ("very_short_body", Some(Truncation)),
    ("no_body", Some(Truncation)),
    ("few_paragraphs", Some(Truncation)),
    ("ellipsis", Some(Truncation)),
    ("broken", Some(Truncation)),
    ("broken_after", Some(Truncation)),
    ("locked_not_whole", Some(Markup)),
    ("metered", Some(Markup)),
    ("free", Some(Markup)),
    ("locked_not_whole_short", Some(Markup)),
    ("locked_not_whole_no_prompt", Some(Markup)),
    ("free_gate", Some(Markup)),
    ("locked_gate_near", Some(Markup)),
    ("parts_missing", Some(Markup)),
    ("parts_content_gate_near", Some(Markup)),
    ("parts_prompt", Some(Markup)),
    ("wall_prompt", Some(Vendor)),
    ("wall_content", Some(Vendor)),
    ("wall_empty", Some(Vendor)),
    ("wall_script", Some(Vendor)),
    ("article_longer", Some(Truncation)),
    ("article_shorter", None),
    ("description_share", None),
    ("offer_after", None),
    ("newsletter", None),
    ("donation", None),
    ("prompt_share", None),
    ("units", None),
    ("article_type", None),
    ("plain_text", None),
    ("body_after_gate", Some(Prompt)),
    ("body_before_gate", Some(Prompt)),
    ("plain", Some(Prompt)),
    ("plain_shown", Some(Prompt)),
    ("plain_two", Some(Prompt)),
    ("plain_missed", Some(Prompt)),
    ("tail_phrase", Some(Prompt)),
    ("percent_left", Some(Meter)),
    ("rest", Some(Prompt)),
    ("long_body", Some(Truncation)),
];

/// Names of the columns.
pub fn names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}
