//! What the labelled blocks show: a first, rule-based verdict with its evidence.
//!
//! The weights are set by hand on what walls look like, not fitted; the probability is the logistic of
//! their sum.

use super::gate_words::{BLOCKED, GATE};
use crate::blocks::Outline;
use crate::label::Label;
use crate::page::{Declared, Tag};
use serde::{Deserialize, Serialize};

/// Whether the page's article is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No gate.
    Open,
    /// The text is there, and a gate about access to it.
    Soft,
    /// Text is withheld.
    Hard,
    /// No article at all: bot wall, error page, script-only shell.
    Blocked,
}

impl Verdict {
    /// The verdict's word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Open => "open",
            Verdict::Soft => "soft",
            Verdict::Hard => "hard",
            Verdict::Blocked => "blocked",
        }
    }
}

/// Whether the page's text is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContentStatus {
    /// Nothing hints at missing text.
    Complete,
    /// The text breaks off.
    Truncated,
    /// No content block.
    Empty,
}

/// What a piece of evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// A subscription block speaks of access to this text.
    Prompt,
    /// The text breaks off.
    Truncation,
    /// The publisher declares the text locked or metered.
    Markup,
    /// The page is no article.
    Blocked,
}

/// One reason for the verdict that a person can check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// What it is about.
    pub kind: EvidenceKind,
    /// The block it points to.
    pub block: Option<usize>,
    /// What it adds to the log-odds of a gate.
    pub weight: f32,
    /// The words seen.
    pub text: String,
}

/// The observed verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The verdict.
    pub verdict: Verdict,
    /// Probability that the page is gated.
    pub probability: f32,
    /// Whether the text is all there.
    pub content_status: ContentStatus,
    /// The reasons, the strongest first.
    pub evidence: Vec<Evidence>,
}

/// Log-odds of a gate before any evidence.
const PRIOR: f32 = -2.6;
const PROMPT: f32 = 2.4;
const PROMPT_AGAIN: f32 = 0.7;
const BROKEN_OFF: f32 = 1.3;
const SHORT_BEFORE_PROMPT: f32 = 0.9;
const DECLARED_LOCKED: f32 = 0.9;
const DECLARED_METERED: f32 = 0.4;
const DECLARED_FREE: f32 = -0.9;
/// A page with fewer content words than this may be no article.
const FEW_WORDS: f32 = 120.0;
/// Body text shorter than this before a prompt hints at a teaser.
const TEASER_WORDS: f32 = 220.0;
/// A content block of this size is an article's, not a bot wall's.
const ARTICLE_BLOCK: f32 = 40.0;
/// A page with fewer words than this shows nothing.
const NO_WORDS: f32 = 3.0;

/// Judges a page by its labelled blocks and their sizes in words; declared access only tips the balance.
pub fn observe(outline: &Outline, sizes: &[f32], labels: &[Label], declared: Option<Declared>) -> Observed {
    let text = |i: usize| outline.blocks[i].text.as_str();
    let content: Vec<usize> = (0..labels.len())
        .filter(|i| labels[*i] == Label::Content)
        .collect();
    let size: f32 = content.iter().map(|i| sizes[*i]).sum();
    if let Some(blocked) = blocked(outline, sizes, labels) {
        return blocked;
    }
    let mut evidence = Vec::new();
    for (i, _) in labels
        .iter()
        .enumerate()
        .filter(|(_, l)| **l == Label::Subscription)
    {
        let lower = text(i).to_lowercase();
        if let Some(phrase) = GATE.iter().find(|p| lower.contains(**p)) {
            let weight = if evidence.is_empty() { PROMPT } else { PROMPT_AGAIN };
            if evidence.len() < 4 {
                evidence.push(Evidence {
                    kind: EvidenceKind::Prompt,
                    block: Some(i),
                    weight,
                    text: (*phrase).to_owned(),
                });
            }
        }
    }
    let broken = broken_off(outline, sizes, labels, &content);
    if let Some(i) = broken {
        let tail: String = text(i)
            .chars()
            .rev()
            .take(40)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        evidence.push(Evidence {
            kind: EvidenceKind::Truncation,
            block: Some(i),
            weight: BROKEN_OFF,
            text: tail,
        });
    }
    let teaser = size < TEASER_WORDS && evidence.iter().any(|e| e.kind == EvidenceKind::Prompt);
    if teaser {
        let block = content.last().copied();
        let text = format!("{size:.0} words of content before the prompt");
        evidence.push(Evidence {
            kind: EvidenceKind::Truncation,
            block,
            weight: SHORT_BEFORE_PROMPT,
            text,
        });
    }
    let (weight, word) = match declared {
        Some(Declared::Locked) => (DECLARED_LOCKED, "locked"),
        Some(Declared::Metered) => (DECLARED_METERED, "metered"),
        Some(Declared::Free) => (DECLARED_FREE, "free"),
        None => (0.0, ""),
    };
    if weight != 0.0 {
        let text = format!("declared {word}");
        evidence.push(Evidence {
            kind: EvidenceKind::Markup,
            block: None,
            weight,
            text,
        });
    }
    let sum = PRIOR + evidence.iter().map(|e| e.weight).sum::<f32>();
    let gated = sum > 0.0;
    let withheld = gated && (broken.is_some() || teaser);
    let content_status = match (content.is_empty(), broken.is_some() || withheld) {
        (true, _) => ContentStatus::Empty,
        (false, true) => ContentStatus::Truncated,
        (false, false) => ContentStatus::Complete,
    };
    evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    Observed {
        verdict: if withheld {
            Verdict::Hard
        } else if gated {
            Verdict::Soft
        } else {
            Verdict::Open
        },
        probability: 1.0 / (1.0 + libm::expf(-sum)),
        content_status,
        evidence,
    }
}

fn blocked(outline: &Outline, sizes: &[f32], labels: &[Label]) -> Option<Observed> {
    let (block, text) = if sizes.iter().sum::<f32>() < NO_WORDS {
        (None, "no visible text")
    } else {
        let (block, phrase) = block_page_phrase(outline, sizes, labels)?;
        (Some(block), phrase)
    };
    Some(Observed {
        verdict: Verdict::Blocked,
        probability: 0.02,
        content_status: ContentStatus::Empty,
        evidence: vec![Evidence {
            kind: EvidenceKind::Blocked,
            block,
            weight: 0.0,
            text: text.to_owned(),
        }],
    })
}

/// What a short page without an article says that only bot walls and error pages say, and where.
fn block_page_phrase(outline: &Outline, sizes: &[f32], labels: &[Label]) -> Option<(usize, &'static str)> {
    let content = || {
        (0..labels.len())
            .filter(|i| labels[*i] == Label::Content)
            .map(|i| sizes[i])
    };
    let long = sizes.iter().sum::<f32>() >= 4.0 * FEW_WORDS
        || content().sum::<f32>() >= FEW_WORDS
        || content().any(|size| size >= ARTICLE_BLOCK);
    if long {
        return None;
    }
    let says = |i: usize, phrases: &[&'static str]| {
        let lower = outline.blocks[i].text.to_lowercase();
        phrases.iter().copied().find(|p| lower.contains(p))
    };
    let prompt = |i: usize| labels[i] == Label::Subscription && says(i, GATE).is_some();
    if (0..labels.len()).any(prompt) {
        return None;
    }
    let aside = |i: usize| {
        outline
            .ancestry(outline.blocks[i].element)
            .any(|(_, e)| matches!(e.tag, Tag::Noscript | Tag::Footer))
    };
    (0..labels.len())
        .filter(|i| !aside(*i))
        .find_map(|i| says(i, BLOCKED).map(|phrase| (i, phrase)))
}

/// The last longer content block, when a subscription block follows soon and it ends without an end.
fn broken_off(outline: &Outline, sizes: &[f32], labels: &[Label], content: &[usize]) -> Option<usize> {
    let long = |i: &&usize| sizes[**i] >= 8.0;
    let last = *content.iter().rev().find(long)?;
    let followed = labels[last + 1..]
        .iter()
        .take(6)
        .any(|l| *l == Label::Subscription);
    let text = outline.blocks[last]
        .text
        .trim_end_matches(['"', '”', '’', '»', ')', '“', '」', ']']);
    let ended = text.ends_with(['.', '!', '?', ':', '。', '！', '？', '۔', '।', '؟'])
        && !text.ends_with("...")
        && !text.ends_with("[…");
    (followed && !ended).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::outline_of_text;
    use Label::{Content, Navigation, Subscription};

    fn judge(lines: &[(&str, Label)], declared: Option<Declared>) -> Observed {
        let text = lines.iter().map(|(t, _)| *t).collect::<Vec<_>>().join("\n");
        let labels: Vec<Label> = lines.iter().map(|(_, l)| *l).collect();
        let outline = outline_of_text(&text, 99);
        let sizes = crate::features::extract(&outline, &crate::page::PageMeta::default()).words;
        observe(&outline, &sizes, &labels, declared)
    }

    #[test]
    fn a_wall_after_a_cut_teaser_is_hard() {
        let o = judge(
            &[
                (
                    "The town council met on Monday to talk about the old bridge and",
                    Content,
                ),
                ("Subscribe to continue reading", Subscription),
            ],
            None,
        );
        assert_eq!(
            (o.verdict, o.content_status),
            (Verdict::Hard, ContentStatus::Truncated)
        );
        assert!(o.probability > 0.6);
        assert!(
            o.evidence
                .iter()
                .any(|e| e.kind == EvidenceKind::Prompt && e.block == Some(1))
        );
    }

    #[test]
    fn a_newsletter_box_gates_nothing() {
        let o = judge(
            &[
                (
                    "The town council met on Monday to talk about the old bridge.",
                    Content,
                ),
                ("Get our newsletter in your inbox", Subscription),
            ],
            Some(Declared::Locked),
        );
        assert_eq!(o.verdict, Verdict::Open);
        assert!(o.probability < 0.3);
    }

    #[test]
    fn a_meter_over_a_whole_text_is_soft() {
        let long = "Every word of this sentence stands on the page for all to read today. ".repeat(30);
        let o = judge(
            &[
                (&long, Content),
                ("You have 2 free articles left this month", Subscription),
            ],
            Some(Declared::Metered),
        );
        assert_eq!(
            (o.verdict, o.content_status),
            (Verdict::Soft, ContentStatus::Complete)
        );
    }

    #[test]
    fn a_bot_wall_is_blocked() {
        let o = judge(&[("Checking your browser before you go on", Navigation)], None);
        assert_eq!(
            (o.verdict, o.content_status),
            (Verdict::Blocked, ContentStatus::Empty)
        );
    }
}
