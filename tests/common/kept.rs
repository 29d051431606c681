//! What a model gave our own pages, kept in a file beside it.

use std::collections::BTreeMap;
use std::path::Path;

/// Compares with `models/MODEL/FILE`, or writes it where `TOLLGATE_UPDATE_GOLDEN` is set.
pub fn check(now: &BTreeMap<String, String>, model: &str, file: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("models/{model}/{file}"));
    if std::env::var_os("TOLLGATE_UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, serde_json::to_string_pretty(now).unwrap() + "\n").unwrap();
    }
    let kept: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let names = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| -> Vec<String> {
        a.iter()
            .filter(|(name, value)| b.get(*name) != Some(value))
            .map(|(name, _)| name.clone())
            .collect()
    };
    let (changed, before) = (names(now, &kept), names(&kept, now));
    assert!(
        changed.is_empty() && before.is_empty(),
        "changed: {changed:?}, before: {before:?}"
    );
}
