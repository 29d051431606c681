//! What tests over our own labelled pages share: loading a folder, and the model's labels beside the gold.

use std::path::{Path, PathBuf};
use tollgate::corpus::{LabelledPage, load_labelled};
use tollgate::model::{Model, decide};
use tollgate::{Label, Limits};

/// A folder of `training-data/`.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("training-data")
        .join(name)
}

/// All labelled pages of a folder of `training-data/`.
pub fn pages(name: &str) -> Vec<LabelledPage> {
    let labelled = load_labelled(&folder(name), &Limits::default()).unwrap();
    assert!(labelled.failed.is_empty(), "{name}: {:?}", labelled.failed);
    labelled.pages
}

/// The gold label and the model's label of each labelled block.
pub fn judged(model: &Model, page: &LabelledPage) -> Vec<(Label, Label)> {
    let p = model.page.predict(&page.prepared.features);
    let given = decide(&p, &page.prepared.features).labels;
    page.labels
        .iter()
        .zip(given)
        .filter_map(|(gold, given)| gold.map(|g| (g.label, given)))
        .collect()
}

/// How many of the blocks have the right label.
pub fn right(judged: &[(Label, Label)]) -> usize {
    judged.iter().filter(|(gold, given)| gold == given).count()
}
