//! Our own golden pages, which no model was trained on: the embedded model's labels, kept under its name.
//!
//! `TOLLGATE_UPDATE_GOLDEN=1 cargo test --test golden` writes the file anew after a new model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tollgate::corpus::load_labelled;
use tollgate::{Classifier, Label, Limits};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("training-data/golden")
}

/// One letter a block.
fn letters(labels: impl Iterator<Item = Label>) -> String {
    labels
        .map(|l| match l {
            Label::Content => 'C',
            Label::Subscription => 'S',
            Label::Navigation => 'N',
        })
        .collect()
}

#[test]
fn golden_pages_keep_the_labels_that_this_model_gave_them() {
    let classifier = Classifier::new().unwrap();
    let mut now: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "html") {
            let page = classifier.classify(&std::fs::read(&path).unwrap()).unwrap();
            let verdict = page.paywall.as_ref().unwrap().verdict.name();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            now.insert(
                name,
                format!("{verdict} {}", letters(page.blocks.iter().map(|b| b.label))),
            );
        }
    }
    assert!(now.len() >= 9);
    let model = &classifier.model().name;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("models/{model}/golden.json"));
    if std::env::var_os("TOLLGATE_UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    }
    let kept: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let changed: Vec<&String> = now
        .iter()
        .filter(|(k, v)| kept.get(*k) != Some(*v))
        .map(|(k, _)| k)
        .collect();
    assert!(
        changed.is_empty() && kept.len() == now.len(),
        "changed: {changed:?}"
    );
}

#[test]
fn most_blocks_of_the_golden_pages_are_labelled_right() {
    let labelled = load_labelled(&folder(), &Limits::default()).unwrap();
    assert!(labelled.failed.is_empty());
    let model = tollgate::model::embedded().unwrap();
    let (mut right, mut all) = (0, 0);
    let mut bad = Vec::new();
    for page in &labelled.pages {
        let p = model.page.predict(&page.prepared.features);
        let given = tollgate::model::decide(&p, &page.prepared.features).labels;
        let pairs: Vec<(Label, Label)> = page
            .labels
            .iter()
            .zip(given)
            .filter_map(|(gold, given)| gold.map(|g| (g.label, given)))
            .collect();
        let hits = pairs.iter().filter(|(a, b)| a == b).count();
        if hits * 10 < pairs.len() * 7 {
            bad.push(format!("{}: {hits} of {}", page.name, pairs.len()));
        }
        right += hits;
        all += pairs.len();
    }
    assert!(bad.is_empty(), "{bad:?}");
    assert!(right * 100 >= all * 88, "{right} of {all}");
}

#[test]
fn every_block_of_our_own_pages_has_a_label_and_every_page_a_gate() {
    for folder in ["pages", "golden", "strange-site"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("training-data")
            .join(folder);
        let labelled = load_labelled(&path, &Limits::default()).unwrap();
        let pages = std::fs::read_dir(&path).unwrap().filter(|e| {
            e.as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|x| x == "html")
        });
        assert_eq!(labelled.pages.len(), pages.count(), "{folder}");
        for page in &labelled.pages {
            assert!(page.labels.iter().all(Option::is_some), "{folder}/{}", page.name);
            assert!(page.gate.is_some(), "{folder}/{}", page.name);
        }
    }
}

/// Labelled wrongly today, and meant to be mended: a page whose listed blocks all come out right belongs
/// into `golden/`, and this test says so.
#[test]
fn every_known_miss_is_still_missed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("training-data/known-misses");
    let labelled = load_labelled(&path, &Limits::default()).unwrap();
    assert!(labelled.failed.is_empty() && !labelled.pages.is_empty());
    let model = tollgate::model::embedded().unwrap();
    let mut mended = Vec::new();
    for page in &labelled.pages {
        let p = model.page.predict(&page.prepared.features);
        let given = tollgate::model::decide(&p, &page.prepared.features).labels;
        let listed = page.labels.iter().zip(&given).filter(|(gold, _)| gold.is_some());
        if listed
            .clone()
            .all(|(gold, given)| gold.map(|g| g.label) == Some(*given))
        {
            mended.push(page.name.clone());
        }
        assert!(listed.count() > 0, "{}: the labels match no block", page.name);
    }
    assert!(mended.is_empty(), "mended, move to golden/: {mended:?}");
}
