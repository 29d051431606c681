//! Any bytes, named as any archive, give records or typed errors: no panic, and no more items than bytes.

use proptest::prelude::*;
use std::ops::ControlFlow;
use tollgate::input::{Item, ReadOptions, Source, read_source};

/// Good archives to be cut and changed.
fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let block = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n<p>a</p>\r\n0\r\n\r\n";
    let record = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    );
    let warc = record.repeat(3).into_bytes();
    let gz = |bytes: &[u8]| {
        let mut e = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
        let mut out = Vec::new();
        std::io::copy(&mut e, &mut out).unwrap();
        out
    };
    let zst = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(8);
    header.set_cksum();
    tar.append_data(&mut header, "a.html", &b"<p>a</p>"[..]).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a.html", zip::write::SimpleFileOptions::default())
        .unwrap();
    std::io::Write::write_all(&mut zip, b"<p>a</p>").unwrap();
    let column: arrow_array::ArrayRef =
        std::sync::Arc::new(arrow_array::StringArray::from(vec!["<p>a</p>"; 3]));
    let batch = arrow_array::RecordBatch::try_from_iter([("html", column)]).unwrap();
    let mut parquet = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    vec![
        ("a.warc.gz", [gz(record.as_bytes()), gz(record.as_bytes())].concat()),
        ("a.warc.zst", [zst(record.as_bytes()), zst(record.as_bytes())].concat()),
        ("a.tar", tar.into_inner().unwrap()),
        ("a.zip", zip.finish().unwrap().into_inner()),
        ("a.jsonl", b"{\"html\":\"<p>a</p>\",\"url\":\"x\"}\n{\"html\":1}\n".to_vec()),
        ("a.mhtml", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--".to_vec()),
        ("a.parquet", parquet),
        ("a.warc", warc),
    ]
}

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
