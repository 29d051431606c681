//! Any bytes, named as any archive, give records or typed errors: no panic, and no more items than bytes.

#[path = "common/archives.rs"]
mod archives;

use archives::archives;
use proptest::prelude::*;
use std::ops::ControlFlow;
use tollgate::input::{Item, ReadOptions, Source, read_source};

/// Reads a file of the name with the bytes; the number of items.
fn read(name: &str, bytes: &[u8]) -> usize {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut options = ReadOptions::default();
    options.limits.bytes = 1 << 16;
    options.limits.member = 1 << 18;
    options.limits.header = 1 << 10;
    let mut items = 0;
    let _ = read_source(&Source::File(path), &options, &mut |item| {
        items += 1;
        if let Item::Record(record) = item {
            let page = record.unpack(&options.limits);
            assert!(page.map_or(0, |p| p.bytes.len()) <= 1 << 16);
        }
        if items > bytes.len() + 1 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    items
}

#[test]
fn whole_archives_give_their_records() {
    let counts: Vec<usize> = archives().iter().map(|(name, bytes)| read(name, bytes)).collect();
    assert_eq!(counts, [2, 2, 1, 1, 2, 1, 3, 3]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_records_or_errors(bytes in prop::collection::vec(any::<u8>(), 0..600), which in 0usize..8) {
        let (name, whole) = archives().swap_remove(which);
        prop_assert!(read(name, &bytes) <= bytes.len() + 1);
        // behind a good begin, so that the reader of the kind is reached
        let begun = [&whole[..whole.len().min(12)], &bytes].concat();
        prop_assert!(read(name, &begun) <= begun.len() + 1);
    }

    #[test]
    fn changed_and_cut_archives_are_records_or_errors(
        which in 0usize..8,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let (name, mut bytes) = archives().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        prop_assert!(read(name, &bytes) <= bytes.len() + 1);
    }
}
