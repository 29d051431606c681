//! The names of the dense features in column order, with a version and a fingerprint.

use super::context::context_names;
use super::family::Family;
use super::{container, markup, nesting, order, page_kind, place, text};
use std::sync::OnceLock;

/// The feature schema: what each column of the dense matrix is.
#[derive(Debug)]
pub struct Schema {
    names: Vec<String>,
}

/// Families in column order.
const FAMILIES: [&Family; 8] = [
    &text::FAMILY,
    &markup::FAMILY,
    &container::FAMILY,
    &place::FAMILY,
    &nesting::FAMILY,
    &order::FAMILY,
    &page_kind::DECLARED,
    &page_kind::PAGE,
];

impl Schema {
    /// Raised when a feature's meaning changes under the same name.
    pub const VERSION: u32 = 2;

    /// The schema of this program.
    pub fn get() -> &'static Schema {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| Schema {
            names: FAMILIES
                .iter()
                .flat_map(|f| (f.features)().into_iter().map(|n| format!("{}.{n}", f.name)))
                .collect(),
        })
    }

    /// Column names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never true; there for completeness.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A number that changes with any name, context names included, the order or the version (FNV-1a, 64 bit).
    pub fn fingerprint(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut text = format!("{}\n{}", Self::VERSION, self.names.join("\n"));
        text.push_str(&context_names("context").join("\n"));
        for b in text.bytes() {
            hash = (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_unique() {
        let mut names = Schema::get().names().to_vec();
        names.sort();
        let n = names.len();
        names.dedup();
        assert_eq!(names.len(), n);
    }
}
