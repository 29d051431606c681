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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{InputKind, Limits, prepare};
    use Label::{Content, Navigation, Subscription};

    fn reason(page: &str, labels: &[Label]) -> Option<(Option<usize>, &'static str)> {
        let page = prepare(page.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        let n = page.outline.blocks.len();
        assert_eq!(n, labels.len());
        blocked(&LabelledView {
            page: &page,
            labels,
            parts: &vec![None; n],
            subscription: &vec![0.0; n],
        })
    }

    fn words(n: usize) -> String {
        "stone ".repeat(n)
    }

    #[test]
    fn a_page_without_words_or_with_a_short_refusal_is_no_article() {
        assert_eq!(reason("<p>a b</p>", &[Content]), Some((None, "no visible text")));
        assert_eq!(reason("<p>one two three</p>", &[Content]), None);
        let refused = "<h1>Access denied</h1><p>Ask the owner of this place.</p>";
        assert_eq!(reason(refused, &[Content; 2]), Some((Some(0), "access denied")));
    }

    #[test]
    fn a_refusal_beside_much_text_a_long_content_block_or_a_gate_is_none() {
        let beside = |more: &str| format!("<h1>Access denied</h1><p>{more}</p>");
        for (size, label, none) in [
            (39, Content, false),
            (40, Content, true),
            (60, Navigation, false),
            (470, Navigation, false),
            (480, Navigation, true),
        ] {
            let found = reason(&beside(&words(size)), &[Navigation, label]);
            assert_eq!(found.is_none(), none, "{size}");
        }
        // content in short blocks
        let paragraphs = format!(
            "<h1>Access denied</h1>{}",
            format!("<p>{}</p>", words(30)).repeat(4)
        );
        assert_eq!(
            reason(&paragraphs, &[Navigation, Content, Content, Content, Content]),
            None
        );
        assert!(reason(&paragraphs, &[Navigation, Content, Content, Content, Navigation]).is_some());
        let gate = beside("Subscribe to read the whole article.");
        assert_eq!(reason(&gate, &[Navigation, Subscription]), None);
        assert!(reason(&gate, &[Navigation, Navigation]).is_some());
    }

    #[test]
    fn a_refusal_in_noscript_or_the_footer_counts_on_a_page_without_other_text_alone() {
        for aside in ["noscript", "footer"] {
            let page = |size| format!("<p>{}</p><{aside}><p>Access denied</p></{aside}>", words(size));
            let found = |size| reason(&page(size), &[Navigation; 2]);
            assert_eq!(found(57), Some((Some(1), "access denied")), "{aside}");
            assert_eq!(found(58), None, "{aside}");
        }
    }

    #[test]
    fn a_page_that_only_asks_for_consent_is_no_article() {
        let consent = "We and our partners use cookies and ask for your consent to process personal data. ";
        let asked = |times: usize, more: usize| {
            let page = format!("<p>{}</p><p>{}</p>", words(more), consent.repeat(times));
            reason(&page, &[Navigation; 2])
        };
        let found = Some((Some(1), "nothing but a question of consent"));
        assert_eq!(asked(2, 30), None);
        assert_eq!(asked(2, 29), found);
        // a short question alone is a banner
        assert_eq!(asked(1, 3), None);
    }
}
