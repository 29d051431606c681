//! Properties that hold for any input: nothing panics, nothing is lost, every selector finds its element.

use proptest::prelude::*;
use tollgate::blocks::outline_of_dom;
use tollgate::corpus::{align_main_text, align_segments};
use tollgate::learn::read_rows;
use tollgate::model::Model;
use tollgate::page::{Dom, decode};
use tollgate::pipeline::{InputKind, Limits, prepare};
use tollgate::{Classifier, Label};

/// Pieces that pages are made of, in any order and nesting.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zé漢 ]{1,12}",
        3 => prop::sample::select(vec![
            "<p>", "</p>", "<div class='a b'>", "</div>", "<a href=/x>", "</a>", "<b>", "</b>", "<ul>", "<li>", "</ul>",
            "<table>", "<tr>", "<td>", "</table>", "<br>", "<noscript>", "</noscript>", "<h1 id=t>", "</h1>", "<svg>", "</svg>",
            "<script>", "</script>", "<template>", "</template>", "<form>", "</form>", "<button>", "</button>", "<select>",
            "<option>", "</select>", "<title>", "</title>", "<iframe>", "</iframe>", "<dd>", "<dt>", "<font>", "<x-y>", "</x-y>",
            "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#x0;", "<body id=t>", "<html lang=x>", "<frameset>", "<math>", "</math>",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_page_or_a_typed_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for kind in [InputKind::Html, InputKind::Text] {
            if let Ok(p) = prepare(&bytes, kind, &Limits::default()) {
                let dense = p.rows.whole_features().dense;
                prop_assert_eq!(dense.rows(), p.outline.blocks.len());
                prop_assert!(dense.data.iter().all(|v| v.is_finite()));
            }
        }
        let _ = decode(&bytes);
    }

    #[test]
    fn every_selector_of_any_page_matches_its_element_alone(page in markup()) {
        let dom = Dom::parse(&page);
        let outline = outline_of_dom(&dom, usize::MAX);
        for block in &outline.blocks {
            let selector = outline.selector(block.element);
            let found = dom.select(&selector).map_err(TestCaseError::fail)?;
            prop_assert_eq!(found.len(), 1, "{} in {}", selector, page);
            prop_assert_eq!(Some(found[0]), outline.element(block.element).node);
        }
    }

    #[test]
    fn any_page_gets_labels_that_fit_its_probabilities(page in markup()) {
        use std::sync::OnceLock;
        static CLASSIFIER: OnceLock<Classifier> = OnceLock::new();
        let classifier = CLASSIFIER.get_or_init(|| Classifier::new().unwrap());
        if let Ok(result) = classifier.classify(page.as_bytes()) {
            for b in &result.blocks {
                let p = b.probabilities;
                prop_assert!((p.content + p.subscription + p.navigation - 1.0).abs() < 0.001);
                let own = match b.label {
                    Label::Content => p.content,
                    Label::Subscription => p.subscription,
                    Label::Navigation => p.navigation,
                };
                prop_assert_eq!(own, b.confidence);
                prop_assert!(!b.text.is_empty());
            }
        }
    }

    #[test]
    fn any_bytes_are_no_model_and_no_rows(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Model::from_bytes(&bytes, "x").is_err());
        let _ = read_rows(&bytes, "x");
    }

    #[test]
    fn alignment_labels_every_block_that_equals_its_segment(
        texts in prop::collection::vec(("[CSNH?]", "[a-f]{1,3}( [a-f]{1,3}){0,6}"), 1..12)
    ) {
        let blocks: Vec<&str> = texts.iter().map(|(_, t)| t.as_str()).collect();
        let labels = align_segments(&texts, blocks.iter().copied());
        prop_assert_eq!(labels.len(), blocks.len());
        for ((letter, _), label) in texts.iter().zip(labels) {
            prop_assert_eq!(label.is_none(), letter == "?");
        }
        prop_assert_eq!(align_main_text("a b", blocks.iter().copied()).len(), blocks.len());
    }
}
