//! Archives made to be slow, to fill the memory or to deceive: reading them takes time in proportion to their bytes,
//! and what is held stays within the limits.

#[path = "common/gz.rs"]
mod gz;

use gz::gz;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use tollgate::InputKind;
use tollgate::input::{Item, ReadOptions, read_from};

/// What came of an archive: records, failures, and the time it took.
struct Read {
    records: usize,
    failures: Vec<&'static str>,
    took: Duration,
}

fn read(name: &str, bytes: &[u8]) -> Read {
    let options = ReadOptions::default();
    let mut read = Read {
        records: 0,
        failures: Vec::new(),
        took: Duration::ZERO,
    };
    let start = Instant::now();
    let _ = read_from(name, InputKind::Html, bytes, &options, &mut |item| {
        match item {
            Item::Record(record) => match record.unpack(&options.limits) {
                Ok(_) => read.records += 1,
                Err(e) => read.failures.push(e.code()),
            },
            Item::Failed { error, .. } => read.failures.push(error.code()),
            Item::Skipped(_) => {}
        }
        ControlFlow::Continue(())
    });
    read.took = start.elapsed();
    read
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

#[test]
fn records_that_all_lie_about_their_length_are_read_in_linear_time() {
    for announced in ["900000", "120000000"] {
        let lying = format!(
            "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\nContent-Length: {announced}\r\n\r\n<p>a\r\n\r\n"
        );
        // without a bound, each of 60,000 records is read as far as it lies: hundreds of gigabytes
        let read = read("a.warc", lying.repeat(60_000).as_bytes());
        assert!(read.took.as_secs() < 30, "{announced}: {:?}", read.took);
        assert!(!read.failures.is_empty());
    }
}

#[test]
fn begins_of_members_that_are_none_cost_little() {
    // each claims a file name that goes on and on
    let mut gzip = gz(b"WARC/1.0\r\nbroken");
    gzip.extend(b"\x1f\x8b\x08\x08AAAAAA".repeat(200_000));
    let read_gzip = read("a.warc.gz", &gzip);
    assert!(read_gzip.took.as_secs() < 20, "{:?}", read_gzip.took);
    let mut frames = zst(b"WARC/1.0\r\nbroken");
    frames.extend(b"\x28\xb5\x2f\xfd\xff".repeat(100_000));
    let read_zstd = read("a.warc.zst", &frames);
    assert!(read_zstd.took.as_secs() < 20, "{:?}", read_zstd.took);
}

#[test]
fn a_large_dictionary_is_loaded_once_for_all_frames() {
    let dictionary = b"the lock keeper and the miller of Tolworth ".repeat(390_000);
    let mut file = b"\x5d\x2a\x4d\x18".to_vec();
    file.extend((dictionary.len() as u32).to_le_bytes());
    file.extend(&dictionary);
    assert!(dictionary.len() > 16_000_000 && dictionary.len() <= 16 << 20);
    let mut packer = zstd::bulk::Compressor::with_dictionary(1, &dictionary).unwrap();
    let page = "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\nContent-Length: 46\r\n\r\n\
        <p>the lock keeper and the miller of Tolworth.\r\n\r\n";
    let frame = packer.compress(page.as_bytes()).unwrap();
    // good frames, and places that look like frames and are none
    file.extend(frame.repeat(20_000));
    file.extend(b"\x28\xb5\x2f\xfd\xff".repeat(20_000));
    file.extend(&frame);
    let read = read("a.warc.zst", &file);
    assert_eq!(read.records, 20_001);
    // loaded anew for each, 16 MB take several milliseconds: minutes in all
    assert!(read.took.as_secs() < 20, "{:?}", read.took);
}

#[test]
fn members_without_content_are_read_in_linear_time_and_without_recursion() {
    let empty = gz(b"").repeat(300_000);
    for name in ["a.warc.gz", "a.jsonl.gz", "a.tar.gz"] {
        let whole = [gz(b"WARC/1.0\r\n"), empty.clone()].concat();
        let read = read(name, &whole);
        assert!(read.took.as_secs() < 20, "{name}: {:?}", read.took);
    }
}

/// A gzip or zstd stream of so many megabytes of one byte, in a few kilobytes.
fn bomb(packing: &str, byte: u8, megabytes: usize) -> Vec<u8> {
    let piece = vec![byte; 1 << 20];
    let mut packed = Vec::new();
    if packing == "gz" {
        let mut e = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::best());
        (0..megabytes).for_each(|_| std::io::Write::write_all(&mut e, &piece).unwrap());
        e.finish().unwrap();
    } else {
        let mut e = zstd::stream::write::Encoder::new(&mut packed, 3).unwrap();
        (0..megabytes).for_each(|_| std::io::Write::write_all(&mut e, &piece).unwrap());
        e.finish().unwrap();
    }
    packed
}

#[test]
fn bombs_are_refused_at_the_limit() {
    for packing in ["gz", "zst"] {
        let bytes = bomb(packing, b' ', 300);
        assert!(bytes.len() < 1 << 20);
        let page = read(&format!("a.html.{packing}"), &bytes);
        assert_eq!(page.failures, ["too-large"], "{packing}");
        // one line of JSON, one record, one member: each has its limit
        let lines = read(&format!("a.jsonl.{packing}"), &bomb(packing, b'x', 900));
        assert_eq!(lines.failures, ["member-too-large"], "{packing}");
        // the packed body of an answer in a record that is packed itself
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n";
        let block = [head.as_bytes(), &bomb("gz", b' ', 300)].concat();
        let record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n",
            block.len()
        );
        let record = [record.as_bytes(), &block, b"\r\n\r\n"].concat();
        let packed = if packing == "gz" {
            gz(&record)
        } else {
            zst(&record)
        };
        let answer = read(&format!("a.warc.{packing}"), &packed);
        assert_eq!(
            (answer.records, answer.failures.as_slice()),
            (0, &["too-large"][..])
        );
    }
}

#[test]
fn gzip_in_gzip_is_unpacked_once_and_what_is_left_is_no_page() {
    let mut bytes = b"<p>a page".to_vec();
    for _ in 0..50 {
        bytes = gz(&bytes);
    }
    let classifier = tollgate::Classifier::new().unwrap();
    let limits = tollgate::Limits::default();
    let once = tollgate::input::read_stream(bytes.as_slice(), &limits).unwrap();
    let refused = classifier.classify(&once).unwrap_err();
    assert_eq!(refused.code(), "not-a-page");
    assert!(refused.to_string().contains("gzip"), "{refused}");
}

#[test]
fn a_zip_of_overlapping_or_lying_members_holds_no_more_than_the_limit() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for n in 0..3 {
        zip.start_file(format!("{n}.html"), options).unwrap();
        for _ in 0..200 {
            std::io::Write::write_all(&mut zip, &vec![b' '; 1 << 20]).unwrap();
        }
    }
    zip.start_file("last.html", options).unwrap();
    std::io::Write::write_all(&mut zip, b"<!doctype html><p>The last page").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.zip");
    std::fs::write(&path, &bytes).unwrap();
    let mut codes = Vec::new();
    let options = ReadOptions::default();
    let source = tollgate::input::Source::File(path);
    let _ = tollgate::input::read_source(&source, &options, &mut |item| {
        codes.push(match item {
            Item::Failed { error, .. } => error.code(),
            Item::Record(_) => "",
            Item::Skipped(why) => why,
        });
        ControlFlow::Continue(())
    });
    assert_eq!(codes, ["too-large", "too-large", "too-large", ""]);
}

#[test]
fn a_frame_that_fails_at_once_is_not_read_again_and_again() {
    let bytes = include_bytes!("findings/warc/frame-that-fails-at-once");
    let read = read("a.warc.zst", bytes);
    assert!(read.records + read.failures.len() < bytes.len());
}
