//! What a feature family is: a word before its names, and the names in column order.

/// A group of features.
pub struct Family {
    /// Word before the feature names, for example `text`.
    pub name: &'static str,
    /// Feature names in the order in which the family's writer puts the values.
    pub features: fn() -> Vec<String>,
}

/// Names from a static list.
pub fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|n| (*n).to_owned()).collect()
}
