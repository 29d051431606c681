//! From a labelled page to the verdict: the model decides, rules speak only where it is certain.

use super::blocked::blocked;
use super::body::Ending;
use super::column_table::EvidenceKind;
use super::columns::{PageFacts, Place};
use super::evidence::{Evidence, collect};
use super::gate_words::Cue;
use super::model::{VerdictModel, probability};
use super::purpose::Purpose;
use super::scramble;
use super::view::LabelledView;
use crate::label::Label;
use crate::page::Declared;
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
    /// No article at all: bot wall, error page, consent wall, script-only shell.
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

    /// Whether there is a gate.
    pub fn is_gated(self) -> bool {
        matches!(self, Verdict::Soft | Verdict::Hard)
    }
}

/// What the gate asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateKind {
    /// A paid subscription.
    Subscription,
    /// An account.
    Registration,
    /// A subscription or account after some articles.
    Metered,
    /// Membership.
    Membership,
    /// The page doesn't say.
    Unknown,
}

impl GateKind {
    /// The kind's word in reports.
    pub fn name(self) -> &'static str {
        match self {
            GateKind::Subscription => "subscription",
            GateKind::Registration => "registration",
            GateKind::Metered => "metered",
            GateKind::Membership => "membership",
            GateKind::Unknown => "unknown",
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
    /// The text is there and can't be read.
    Scrambled,
    /// No content block.
    Empty,
}

/// The observed verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The verdict.
    pub verdict: Verdict,
    /// Probability that the page is gated.
    pub probability: f32,
    /// What the gate asks for; `None` without one.
    pub kind: Option<GateKind>,
    /// Whether the text is all there.
    pub content_status: ContentStatus,
    /// Why the content has this status.
    pub content_reason: Option<String>,
    /// The reasons, the strongest first.
    pub evidence: Vec<Evidence>,
    /// Purpose of each subscription block.
    pub purposes: Vec<Option<Purpose>>,
}

/// A page is gated above this probability: below one half, since a missed gate costs as much as a false one and
/// most pages are open.
const GATED: f32 = 0.4;
/// A gated page withholds text above this probability.
const HARD: f32 = 0.5;
/// Probabilities of what rules decide.
const BLOCKED_GATED: f32 = 0.02;
const SCRAMBLED_GATED: f32 = 0.99;

/// Judges a labelled page.
pub fn judge(view: &LabelledView<'_>, model: &VerdictModel) -> Observed {
    let facts = PageFacts::read(view, &model.purposes);
    let mut purposes = vec![None; view.len()];
    for (i, purpose) in facts.prompts.purposes() {
        if view.labels[i] == Label::Subscription {
            purposes[i] = Some(purpose);
        }
    }
    if let Some((block, text)) = blocked(view) {
        return Observed {
            verdict: Verdict::Blocked,
            probability: BLOCKED_GATED,
            kind: None,
            content_status: ContentStatus::Empty,
            content_reason: Some(text.to_owned()),
            evidence: vec![Evidence {
                kind: EvidenceKind::Blocked,
                block,
                weight: 0.0,
                text: text.to_owned(),
            }],
            purposes,
        };
    }
    let row = facts.columns(view);
    let scrambled = scramble::find(view);
    let gated = match scrambled {
        Some(_) => SCRAMBLED_GATED,
        None => probability(model.gated.log_odds(&row)),
    };
    let hard = probability(model.hard.log_odds(&row));
    let verdict = match (gated > GATED, scrambled.is_some() || hard > HARD) {
        (false, _) => Verdict::Open,
        (true, false) => Verdict::Soft,
        (true, true) => Verdict::Hard,
    };
    let (content_status, content_reason) = status(view, &facts, verdict, scrambled.map(|(_, s)| s));
    Observed {
        verdict,
        probability: gated,
        kind: verdict.is_gated().then(|| kind(view, &facts)),
        content_status,
        content_reason,
        evidence: collect(view, &facts, model, &row, scrambled, verdict),
        purposes,
    }
}

fn status(
    view: &LabelledView<'_>,
    facts: &PageFacts,
    verdict: Verdict,
    scrambled: Option<scramble::Scramble>,
) -> (ContentStatus, Option<String>) {
    if let Some(s) = scrambled {
        return (ContentStatus::Scrambled, Some(s.name().to_owned()));
    }
    if !view.labels.contains(&Label::Content) {
        return (ContentStatus::Empty, Some("no content block".to_owned()));
    }
    if verdict != Verdict::Hard {
        return (ContentStatus::Complete, None);
    }
    let body = &facts.body;
    let prompt = facts.gate_unit().filter(|u| u.top().gate() > 0.3);
    let follows = prompt.is_some_and(|u| Place::of(body, u.first()) == Place::After);
    let how = match body.ending {
        Ending::Ellipsis => "ends in an ellipsis",
        Ending::Broken => "breaks off",
        Ending::Sentence | Ending::None if follows => "ends at a prompt",
        Ending::Sentence | Ending::None => "is short",
    };
    let reason = format!("the body {how} after {:.0} words", body.words);
    (ContentStatus::Truncated, Some(reason))
}

/// What the gate asks for, by what its prompts say.
fn kind(view: &LabelledView<'_>, facts: &PageFacts) -> GateKind {
    let units = || {
        facts
            .prompts
            .units
            .iter()
            .filter(|u| u.top().gate() > 0.35 || u.cues.gate().is_some())
    };
    let any = |cue: Cue| units().any(|u| u.cues.has(cue));
    if any(Cue::Meter) || view.page.meta.access.declared == Some(Declared::Metered) {
        return GateKind::Metered;
    }
    let Some(unit) = facts
        .gate_unit()
        .filter(|u| u.top().gate() > 0.2 || u.cues.gate().is_some())
    else {
        return GateKind::Unknown;
    };
    let offers = unit.price() || unit.scores[Purpose::Offer as usize] > 0.45;
    if any(Cue::Register) && !offers {
        GateKind::Registration
    } else if unit.cues.has(Cue::Member)
        && (says_members(unit.cues.phrase(Cue::Only)) || (!unit.cues.has(Cue::Only) && !offers))
    {
        GateKind::Membership
    } else {
        GateKind::Subscription
    }
}

fn says_members(phrase: Option<&str>) -> bool {
    phrase.is_some_and(|p| {
        ["member", "mitglied", "socio", "membr", "leden", "üye"]
            .iter()
            .any(|w| p.contains(w))
    })
}
