//! Archives and tables, made here, go through the real binary: every page gets its line, with the same blocks
//! as the page alone, and what is damaged is one line and not the end.

#[path = "common/gz.rs"]
mod gz;

use gz::gz;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

fn page(n: usize) -> String {
    format!(
        "<html lang=en><title>Page {n}</title><body><nav><a href=/>Home</a></nav><article><h1>The mill of Tolworth, part {n}</h1>\
         <p>The miller of Tolworth has kept a diary for {n} years, and every entry begins with the height of the river.</p>\
         <p>On dry days he wrote about bread, on wet days about the weir, and on Sundays about nothing at all.</p></article></body></html>"
    )
}

fn tollgate(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("classify")
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn record(kind: &str, media: &str, uri: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("HTTP/1.1 {headers}\r\n\r\n").as_bytes(), body].concat();
    record(
        "response",
        "application/http; msgtype=response",
        "https://ombury.example/a",
        &block,
    )
}

fn html(body: &[u8]) -> Vec<u8> {
    answer("200 OK\r\nContent-Type: text/html; charset=utf-8", body)
}

fn codes(pages: &[Value]) -> Vec<&str> {
    pages
        .iter()
        .map(|p| p["error"]["code"].as_str().unwrap_or(""))
        .collect()
}

fn paths(pages: &[Value]) -> Vec<&str> {
    pages.iter().map(|p| p["path"].as_str().unwrap()).collect()
}

#[test]
fn every_page_of_a_warc_has_the_blocks_of_the_page_alone_however_it_is_packed() {
    let dir = tempfile::tempdir().unwrap();
    let one = page(1);
    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", one.len(), one);
    let records = [
        record("warcinfo", "application/warc-fields", "", b"software: a test\r\n"),
        html(one.as_bytes()),
        answer(
            "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
            &gz(one.as_bytes()),
        ),
        answer(
            "200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked",
            chunked.as_bytes(),
        ),
        answer("200 OK\r\nContent-Type: image/png", b"\x89PNG"),
        answer("302 Found\r\nContent-Type: text/html\r\nLocation: /b", b"moved"),
        record(
            "resource",
            "text/html",
            "https://ombury.example/r",
            one.as_bytes(),
        ),
        record(
            "conversion",
            "text/plain",
            "https://ombury.example/t",
            b"A line of text.\nAnother line of text.\n",
        ),
        answer(
            "200 OK\r\nContent-Type: text/html; charset=Shift_JIS",
            b"<p>\x82\xb1\x82\xea</p>",
        ),
    ];
    std::fs::write(dir.path().join("one.html"), &one).unwrap();
    std::fs::write(dir.path().join("plain.warc"), records.concat()).unwrap();
    std::fs::write(
        dir.path().join("members.warc.gz"),
        records.iter().flat_map(|r| gz(r)).collect::<Vec<_>>(),
    )
    .unwrap();
    std::fs::write(dir.path().join("whole.gz"), gz(&records.concat())).unwrap();
    std::fs::write(
        dir.path().join("frames.warc.zst"),
        records.iter().flat_map(|r| zst(r)).collect::<Vec<_>>(),
    )
    .unwrap();
    let alone = &lines(&tollgate(dir.path(), &["-f", "jsonl", "one.html"]))[0];
    for name in ["plain.warc", "members.warc.gz", "whole.gz", "frames.warc.zst"] {
        let out = tollgate(dir.path(), &["--summary-json", "summary.json", name]);
        assert!(
            out.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        let pages = lines(&out);
        let numbers = [2, 3, 4, 7, 8, 9].map(|n| format!("{name}#{n}"));
        assert_eq!(paths(&pages), numbers);
        for p in &pages[..4] {
            assert_eq!(p["blocks"], alone["blocks"], "{name}");
        }
        assert_eq!(pages[0]["url"], "https://ombury.example/a");
        assert_eq!(pages[4]["blocks"].as_array().unwrap().len(), 2);
        assert!(pages[4]["blocks"][0]["tag"].is_null());
        assert_eq!(pages[5]["blocks"][0]["text"], "これ");
        let summary: Value =
            serde_json::from_slice(&std::fs::read(dir.path().join("summary.json")).unwrap()).unwrap();
        assert_eq!(summary["pages"], 6);
        assert_eq!(
            summary["skipped"],
            serde_json::json!({"record-type": 1, "content-type": 1, "redirect": 1})
        );
    }
}

#[test]
fn a_damaged_record_is_one_line_and_the_next_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let good = |n: usize| html(page(n).as_bytes());
    let long = String::from_utf8(good(2)).unwrap();
    let length = long.lines().find(|l| l.starts_with("Content-Length")).unwrap();
    let lying = |n: &str| long.replace(length, &format!("Content-Length: {n}")).into_bytes();
    let no_length = long.replace(length, "X: y").into_bytes();
    let huge_head = [
        b"WARC/1.0\r\nX: ".to_vec(),
        vec![b'x'; 300_000],
        b"\r\n\r\n".to_vec(),
    ]
    .concat();
    for (what, bad, code) in [
        ("too long", lying("1500"), "damaged-archive"),
        ("too short", lying("200"), "damaged-archive"),
        ("absurd", lying("99999999999999"), "member-too-large"),
        ("none", no_length, "damaged-archive"),
        (
            "noise",
            b"noise between records\r\n\r\n".to_vec(),
            "damaged-archive",
        ),
        ("head", huge_head, "header-too-large"),
    ] {
        let records = [good(1), bad, good(3), good(4)];
        let files = [
            ("plain.warc", records.concat()),
            ("members.warc.gz", records.iter().flat_map(|r| gz(r)).collect()),
            ("frames.warc.zst", records.iter().flat_map(|r| zst(r)).collect()),
            ("whole.warc.gz", gz(&records.concat())),
        ];
        for (name, bytes) in files {
            std::fs::write(dir.path().join(name), bytes).unwrap();
            let out = tollgate(dir.path(), &["-q", name]);
            assert_eq!(out.status.code(), Some(2), "{what} {name}");
            let pages = lines(&out);
            assert_eq!(codes(&pages), ["", code, "", ""], "{what} {name}: {pages:?}");
            assert_eq!(pages[3]["title"], "Page 4");
        }
    }
    let mut cut = gz(&good(2));
    cut.truncate(cut.len() - 20);
    std::fs::write(
        dir.path().join("cut.warc.gz"),
        [gz(&good(1)), cut, gz(&good(3))].concat(),
    )
    .unwrap();
    let pages = lines(&tollgate(dir.path(), &["-q", "cut.warc.gz"]));
    assert_eq!(codes(&pages), ["", "damaged-archive", ""]);
}

#[test]
fn limits_of_archives_are_typed_and_say_found_and_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let bomb = answer(
        "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
        &gz(&vec![b' '; 5_000_000]),
    );
    let wide = html(&vec![b'a'; 200_000]);
    let file = [gz(&bomb), gz(&wide), gz(&html(page(3).as_bytes()))].concat();
    std::fs::write(dir.path().join("a.warc.gz"), file).unwrap();
    let pages = lines(&tollgate(
        dir.path(),
        &["-q", "--max-bytes", "100000", "a.warc.gz"],
    ));
    assert_eq!(codes(&pages), ["too-large", "too-large", ""]);
    assert!(
        pages[0]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("limit of 100000")
    );
    assert!(
        pages[1]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("page of 200000 bytes")
    );
    let pages = lines(&tollgate(
        dir.path(),
        &["-q", "--max-member-bytes", "100000", "a.warc.gz"],
    ));
    assert_eq!(codes(&pages)[1..], ["member-too-large", ""]);
    let pages = lines(&tollgate(dir.path(), &["-q", "--max-blocks", "2", "a.warc.gz"]));
    assert_eq!(codes(&pages)[2], "too-many-blocks");
}

#[test]
fn zip_wacz_and_tar_give_their_pages_and_report_archives_within() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (page(1), page(2));
    let warc = gz(&html(one.as_bytes()));
    let files: [(&str, &[u8]); 6] = [
        ("a.html", one.as_bytes()),
        ("style.css", b"p { color: red }"),
        ("sub/index.php", two.as_bytes()),
        ("old.warc.gz", &warc),
        ("note.txt", b"One line.\nTwo lines.\n"),
        ("data.json", b"{\"a\": 1}"),
    ];
    let write_zip = |name: &str, files: &[(&str, &[u8])]| {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(dir.path().join(name)).unwrap());
        for (file, bytes) in files {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(*file, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
    };
    write_zip("a.zip", &files);
    let mut tar = tar::Builder::new(Vec::new());
    for (file, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, file, bytes).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    std::fs::write(dir.path().join("a.tar"), &tar).unwrap();
    std::fs::write(dir.path().join("a.tgz"), gz(&tar)).unwrap();
    std::fs::write(dir.path().join("b.tar.zst"), zst(&tar)).unwrap();
    for name in ["a.zip", "a.tar", "a.tgz", "b.tar.zst"] {
        let pages = lines(&tollgate(dir.path(), &["-q", name]));
        let wanted = ["a.html", "sub/index.php", "old.warc.gz", "note.txt"].map(|f| format!("{name}#{f}"));
        assert_eq!(paths(&pages), wanted);
        assert_eq!(codes(&pages), ["", "", "nested-archive", ""]);
        assert_eq!(pages[1]["title"], "Page 2");
        assert_eq!(pages[3]["blocks"].as_array().unwrap().len(), 2);
    }
    write_zip(
        "a.wacz",
        &[
            ("datapackage.json", b"{}"),
            ("archive/data.warc.gz", &warc),
            ("pages/pages.jsonl", b"{}"),
        ],
    );
    let pages = lines(&tollgate(dir.path(), &["-q", "a.wacz"]));
    assert_eq!(paths(&pages), ["a.wacz#archive/data.warc.gz#1"]);
    assert_eq!(pages[0]["title"], "Page 1");
    let cut = std::fs::read(dir.path().join("a.tar")).unwrap();
    std::fs::write(dir.path().join("cut.tar"), &cut[..1300]).unwrap();
    let pages = lines(&tollgate(dir.path(), &["-q", "cut.tar"]));
    assert_eq!(codes(&pages)[0], "");
    assert!(codes(&pages).last().unwrap().starts_with("damaged"), "{pages:?}");
}

#[test]
fn json_lines_and_parquet_give_a_page_a_row() {
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use std::sync::Arc;
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (1..=3).map(page).collect();
    let json: Vec<String> = rows
        .iter()
        .map(|r| serde_json::json!({"body": r, "address": "https://a.example/"}).to_string())
        .collect();
    let text = format!("{}\nnonsense\n\n{}\n{{}}\n{}", json[0], json[1], json[2]);
    std::fs::write(dir.path().join("a.jsonl"), &text).unwrap();
    std::fs::write(dir.path().join("a.jsonl.gz"), gz(text.as_bytes())).unwrap();
    std::fs::write(dir.path().join("b.ndjson.zst"), zst(text.as_bytes())).unwrap();
    let columns = ["-q", "--html-column", "body", "--url-column", "address"];
    for name in ["a.jsonl", "a.jsonl.gz", "b.ndjson.zst"] {
        let pages = lines(&tollgate(dir.path(), &[&columns[..], &[name]].concat()));
        assert_eq!(codes(&pages), ["", "damaged-archive", "", "column", ""]);
        assert_eq!(paths(&pages), [1, 2, 4, 5, 6].map(|n| format!("{name}#{n}")));
        assert_eq!(pages[4]["url"], "https://a.example/");
        assert_eq!(pages[4]["title"], "Page 3");
    }
    let html: ArrayRef = Arc::new(StringArray::from(vec![
        Some(rows[0].as_str()),
        None,
        Some(rows[2].as_str()),
    ]));
    let url: ArrayRef = Arc::new(StringArray::from(vec!["https://a.example/"; 3]));
    let batch = RecordBatch::try_from_iter([("address", url), ("body", html)]).unwrap();
    let mut file = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    std::fs::write(dir.path().join("a.parquet"), &file).unwrap();
    let pages = lines(&tollgate(dir.path(), &[&columns[..], &["a.parquet"]].concat()));
    assert_eq!(codes(&pages), ["", "column", ""]);
    assert_eq!(pages[2]["title"], "Page 3");
    let pages = lines(&tollgate(dir.path(), &["-q", "a.parquet"]));
    assert_eq!(codes(&pages), ["column"]);
    assert!(
        pages[0]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("address, body")
    );
    // an address column that was asked for and isn't there is a slip of the pen, not a file without addresses
    let slip = [
        "-q",
        "--html-column",
        "body",
        "--url-column",
        "adress",
        "a.parquet",
    ];
    let pages = lines(&tollgate(dir.path(), &slip));
    assert_eq!(codes(&pages), ["column"]);
    let message = pages[0]["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("adress") && message.contains("address, body"),
        "{message}"
    );
    let pages = lines(&tollgate(
        dir.path(),
        &["-q", "--html-column", "body", "a.parquet"],
    ));
    assert_eq!(codes(&pages), ["", "column", ""]);
    std::fs::write(dir.path().join("cut.parquet"), &file[..file.len() / 2]).unwrap();
    assert_eq!(
        codes(&lines(&tollgate(dir.path(), &["-q", "cut.parquet"]))),
        ["damaged-archive"]
    );
}

#[test]
fn a_saved_mhtml_page_and_a_list_of_files_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let quoted = page(5).replace('=', "=3D");
    let mhtml = format!(
        "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://ombury.example/m\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/html\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n--b1--\r\n"
    );
    std::fs::write(dir.path().join("a.mhtml"), mhtml).unwrap();
    std::fs::write(dir.path().join("list"), "a.mhtml\nmissing.html\n").unwrap();
    let pages = lines(&tollgate(dir.path(), &["-q", "--files-from", "list"]));
    assert_eq!(codes(&pages), ["", "no-input"]);
    assert_eq!(pages[0]["url"], "https://ombury.example/m");
    assert_eq!(pages[0]["title"], "Page 5");
}

#[test]
fn packed_and_unordered_output_holds_the_same_pages() {
    let dir = tempfile::tempdir().unwrap();
    let records: Vec<u8> = (0..150).flat_map(|n| html(page(n).as_bytes())).collect();
    std::fs::write(dir.path().join("a.warc"), records).unwrap();
    let plain = tollgate(dir.path(), &["-q", "-f", "jsonl", "a.warc"]).stdout;
    for (name, format) in [
        ("x.jsonl.gz", "jsonl"),
        ("x.jsonl.zst", "jsonl"),
        ("x.csv.gz", "csv"),
    ] {
        let out = tollgate(dir.path(), &["-q", "a.warc", "-o", name]);
        assert!(out.status.success());
        let bytes = std::fs::read(dir.path().join(name)).unwrap();
        let mut unpacked = Vec::new();
        if name.ends_with(".gz") {
            std::io::copy(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut unpacked).unwrap();
        } else {
            unpacked = zstd::decode_all(&bytes[..]).unwrap();
        }
        let wanted = tollgate(dir.path(), &["-q", "-f", format, "a.warc"]).stdout;
        assert!(unpacked == wanted, "{name}");
    }
    let unordered = tollgate(
        dir.path(),
        &["-q", "--unordered", "-j", "4", "-f", "jsonl", "a.warc"],
    )
    .stdout;
    let sorted = |bytes: &[u8]| {
        let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        lines.sort();
        lines
    };
    assert!(sorted(&unordered) == sorted(&plain));
}

#[test]
fn parquet_output_has_a_row_a_page_or_a_row_a_block() {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let dir = tempfile::tempdir().unwrap();
    let records: Vec<u8> = (0..30).flat_map(|n| html(page(n).as_bytes())).collect();
    std::fs::write(dir.path().join("a.warc"), records).unwrap();
    let pages = lines(&tollgate(dir.path(), &["-q", "-f", "jsonl", "a.warc"]));
    let blocks: usize = pages.iter().map(|p| p["blocks"].as_array().unwrap().len()).sum();
    let rows = |path: &str| {
        let file = std::fs::File::open(dir.path().join(path)).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        reader.metadata().file_metadata().num_rows()
    };
    assert!(
        tollgate(dir.path(), &["-q", "a.warc", "-o", "x.parquet"])
            .status
            .success()
    );
    assert_eq!(rows("x.parquet"), 30);
    let by_block = ["-q", "-f", "parquet", "--rows", "blocks", "a.warc", "-o", "y"];
    assert!(tollgate(dir.path(), &by_block).status.success());
    assert_eq!(rows("y"), blocks as i64);
    let parts = [
        "-q",
        "-f",
        "parquet",
        "--split-rows",
        "20",
        "--resume",
        "a.warc",
        "-o",
        "parts",
    ];
    assert!(tollgate(dir.path(), &parts).status.success());
    assert_eq!(
        (rows("parts/part-00000.parquet"), rows("parts/part-00001.parquet")),
        (20, 10)
    );
    let refused = tollgate(dir.path(), &["-q", "--resume", "a.warc", "-o", "z.parquet"]);
    assert_eq!(refused.status.code(), Some(2));
}
