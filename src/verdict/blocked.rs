//! Pages that are no article: bot walls, error pages, consent walls, script-only shells. Rules, since these are certain.

use super::cues::{blocked_phrase, cues};
use super::gate_words::Cue;
use super::view::LabelledView;
use crate::label::Label;
use crate::page::Tag;

/// A page with fewer content words than this may be no article.
const FEW_WORDS: f32 = 120.0;
/// A content block of this size is an article's, not a bot wall's.
const ARTICLE_BLOCK: f32 = 40.0;
/// A page with fewer words than this shows nothing.
const NO_WORDS: f32 = 3.0;
/// Share of a page's words that speak of consent when it is a consent page.
const CONSENT_SHARE: f32 = 0.5;

/// Why a page is no article: a block, and what it says.
pub fn blocked(view: &LabelledView<'_>) -> Option<(Option<usize>, &'static str)> {
    let total: f32 = view.page.around.words.iter().sum();
    if total < NO_WORDS {
        return Some((None, "no visible text"));
    }
    let content = || {
        (0..view.len())
            .filter(|i| view.labels[*i] == Label::Content)
            .map(|i| view.words(i))
    };
    if total >= 4.0 * FEW_WORDS || content().sum::<f32>() >= FEW_WORDS {
        return None;
    }
    let gate = |i: usize| view.labels[i] == Label::Subscription && cues(view.text(i)).gate().is_some();
    if (0..view.len()).any(gate) {
        return None;
    }
    let consent = |i: &usize| view.words(*i) >= 6.0 && cues(view.text(*i)).has(Cue::Consent);
    let asked: f32 = (0..view.len()).filter(consent).map(|i| view.words(i)).sum();
    if asked > CONSENT_SHARE * total && asked > 25.0 {
        return Some(((0..view.len()).find(consent), "nothing but a question of consent"));
    }
    if content().any(|size| size >= ARTICLE_BLOCK) {
        return None;
    }
    let outline = &view.page.outline;
    let aside = |i: usize| {
        let mut up = outline.ancestry(outline.blocks[i].element);
        up.any(|(_, e)| matches!(e.tag, Tag::Noscript | Tag::Footer))
    };
    // in a shell without any other text, what stands in noscript is the page
    let shell = total < 60.0;
    (0..view.len())
        .filter(|i| shell || !aside(*i))
        .find_map(|i| blocked_phrase(view.text(i)).map(|phrase| (Some(i), phrase)))
}
