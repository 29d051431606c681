//! The reasons for a verdict that a person can check, with what each adds to the model's log-odds.

use super::body::Ending;
use super::column_table::EvidenceKind;
use super::columns::PageFacts;
use super::gate_words::Cue;
use super::judge::Verdict;
use super::model::VerdictModel;
use super::scramble::Scramble;
use super::view::LabelledView;
use serde::{Deserialize, Serialize};

/// One reason for the verdict that a person can check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// Weight of what a rule decides.
const CERTAIN: f32 = 9.0;
/// Prompts that are shown at most.
const MOST_PROMPTS: usize = 4;
/// Words seen, in characters.
const MOST_CHARS: usize = 160;

/// The evidence of a page, the strongest first.
pub fn collect(
    view: &LabelledView<'_>,
    facts: &PageFacts,
    model: &VerdictModel,
    row: &[f32],
    scrambled: Option<(usize, Scramble)>,
    verdict: Verdict,
) -> Vec<Evidence> {
    let mut list = Vec::new();
    let share = |kind| rounded(model.gated.share(row, kind));
    if let Some((block, how)) = scrambled {
        list.push(Evidence {
            kind: EvidenceKind::Scrambling,
            block: Some(block),
            weight: CERTAIN,
            text: how.name().to_owned(),
        });
    }
    prompts(view, facts, share(EvidenceKind::Prompt), &mut list);
    let meter = facts
        .prompts
        .units
        .iter()
        .flat_map(|u| &u.prompts)
        .find(|p| p.cues.has(Cue::Meter));
    if let Some(p) = meter {
        list.push(Evidence {
            kind: EvidenceKind::Meter,
            block: Some(p.block),
            weight: share(EvidenceKind::Meter),
            text: cut(view.text(p.block)),
        });
    }
    let body = &facts.body;
    if verdict == Verdict::Hard && scrambled.is_none() {
        let tail = match (body.last, body.ending) {
            (Some(i), Ending::Ellipsis | Ending::Broken) => {
                format!("{:.0} words, then {}", body.words, end_of(view.text(i)))
            }
            _ => format!("{:.0} words of body", body.words),
        };
        list.push(Evidence {
            kind: EvidenceKind::Truncation,
            block: body.last,
            weight: share(EvidenceKind::Truncation),
            text: tail,
        });
    }
    let access = &view.page.meta.access;
    if let Some(declared) = access.declared {
        let parts = access.selectors.join(", ");
        let found = facts.gated.content_words;
        let text = if parts.is_empty() {
            format!("declared {}", declared.name())
        } else {
            format!("declared {}; {found:.0} words in {parts}", declared.name())
        };
        list.push(Evidence {
            kind: EvidenceKind::Markup,
            block: None,
            weight: share(EvidenceKind::Markup),
            text: cut(&text),
        });
    }
    let vendor = facts
        .walls
        .block
        .map(|(i, word)| (Some(i), word))
        .or(facts.walls.script.map(|s| (None, s)));
    if let Some((block, word)) = vendor {
        list.push(Evidence {
            kind: EvidenceKind::Vendor,
            block,
            weight: share(EvidenceKind::Vendor),
            text: word.to_owned(),
        });
    }
    list.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    list
}

/// The prompts that speak of access, with their share of what all prompts weigh.
fn prompts(view: &LabelledView<'_>, facts: &PageFacts, weight: f32, list: &mut Vec<Evidence>) {
    let said = facts
        .prompts
        .units
        .iter()
        .flat_map(|u| &u.prompts)
        .chain(&facts.prompts.missed);
    let mut gates: Vec<(f32, usize)> = said
        .filter(|p| p.gate() > 0.4 || p.cues.gate().is_some())
        .map(|p| (p.gate() * view.subscription[p.block].max(0.05), p.block))
        .collect();
    gates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    gates.truncate(MOST_PROMPTS);
    let total: f32 = gates.iter().map(|g| g.0).sum();
    for (gate, block) in gates {
        list.push(Evidence {
            kind: EvidenceKind::Prompt,
            block: Some(block),
            weight: rounded(f64::from(weight * gate / total.max(1e-6))),
            text: cut(view.text(block)),
        });
    }
}

fn rounded(weight: f64) -> f32 {
    (weight as f32 * 1000.0).round() / 1000.0
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

fn end_of(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(40);
    text.chars().skip(skip).collect()
}
