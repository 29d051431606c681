//! What tests over our own labelled pages share: finding and loading a folder.

use std::path::{Path, PathBuf};
use tollgate::Limits;
use tollgate::corpus::{LabelledPage, load_labelled};

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
