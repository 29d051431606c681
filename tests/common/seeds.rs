//! The seeds of the fuzz targets, all of them from what we wrote ourselves: the pages of `training-data/` and
//! the small archives of the tests.

use super::archives::archives;
use parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::path::{Path, PathBuf};

/// A zip, Parquet or tar with more in it than the tests' small ones.
fn larger() -> Vec<(&'static str, Vec<u8>)> {
    use std::io::{Cursor, Write};
    let small = archives();
    let warc = &small.iter().find(|(name, _)| *name == "a.warc.gz").unwrap().1;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Zstd);
    for (name, options, bytes) in [
        ("datapackage.json", stored, &b"{}"[..]),
        ("archive/a.warc.gz", stored, warc),
        ("pages/a.html", packed, b"<!doctype html><p>a</p>"),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let mut out = vec![("zipped", zip.finish().unwrap().into_inner())];
    let plain = Encoding::PLAIN;
    for (compression, encoding, version) in [
        (Compression::SNAPPY, plain, WriterVersion::PARQUET_1_0),
        (
            Compression::ZSTD(ZstdLevel::default()),
            plain,
            WriterVersion::PARQUET_1_0,
        ),
        (
            Compression::GZIP(GzipLevel::default()),
            plain,
            WriterVersion::PARQUET_1_0,
        ),
        (
            Compression::BROTLI(BrotliLevel::default()),
            plain,
            WriterVersion::PARQUET_2_0,
        ),
        (
            Compression::UNCOMPRESSED,
            Encoding::DELTA_LENGTH_BYTE_ARRAY,
            WriterVersion::PARQUET_1_0,
        ),
        (
            Compression::UNCOMPRESSED,
            Encoding::DELTA_BYTE_ARRAY,
            WriterVersion::PARQUET_2_0,
        ),
    ] {
        let html: arrow_array::ArrayRef =
            std::sync::Arc::new(arrow_array::LargeBinaryArray::from_opt_vec(vec![
                Some(&b"<p>a</p>"[..]),
                None,
                Some(b"<p>a longer page</p>"),
            ]));
        let url: arrow_array::ArrayRef =
            std::sync::Arc::new(arrow_array::StringArray::from(vec!["https://a.example/"; 3]));
        let batch = arrow_array::RecordBatch::try_from_iter([("url", url), ("html", html)]).unwrap();
        let settings = WriterProperties::builder()
            .set_compression(compression)
            .set_encoding(encoding)
            .set_dictionary_enabled(encoding == plain)
            .set_writer_version(version)
            .build();
        let mut file = Vec::new();
        let mut writer =
            parquet::arrow::ArrowWriter::try_new(&mut file, batch.schema(), Some(settings)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        out.push(("parquet", file));
    }
    out
}

/// Each seed with the name of its target.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("training-data");
    let mut seeds = Vec::new();
    let mut write = |target: &'static str, bytes: &[u8]| seeds.push((target, bytes.to_vec()));
    let mut pages: Vec<PathBuf> = Vec::new();
    for folder in ["pages", "golden", "known-misses", "strange-site"] {
        for entry in std::fs::read_dir(own.join(folder)).unwrap() {
            pages.push(entry.unwrap().path());
        }
    }
    pages.retain(|p| p.extension().is_some_and(|e| e == "html"));
    pages.sort();
    for path in &pages {
        let page = std::fs::read(path).unwrap();
        for target in ["tree", "page", "text"] {
            write(target, &page);
        }
        write("decode", &[&[0], &page[..page.len().min(2000)]].concat());
    }
    let text = "<!doctype html><meta charset=shift_jis><p>これは保存された頁です。</p>";
    let wide = |big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    };
    for (n, bytes) in [
        b"<meta charset=shift_jis><p>\x82\xb1\x82\xea</p>".to_vec(),
        b"<meta charset=iso-2022-jp>\x1b$B$3$l\x1b(B</p>".to_vec(),
        b"<p>F\xfc\xdfe</p>".to_vec(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
        wide(true),
        wide(false),
        [&b"\xff\xfe"[..], &wide(false)].concat(),
    ]
    .iter()
    .enumerate()
    {
        write("decode", &[&[n as u8], bytes.as_slice()].concat());
    }
    for table in [
        &b"page,selector,label\na.html,,open\na.html,body,navigation\na.html,article > p:nth-of-type(2),content\n"[..],
        b"page,selector,label,run,site\n\"a.html\",\"h1, p\",content,2,a.example\n../a.html,p[,subscription,0,\n",
    ] {
        write("labels", table);
    }
    write(
        "gold",
        b"{\"page\":\"a.html\",\"site\":\"a.example\",\"gate\":\"none\",\"main_text\":\"a\",\"segments\":[[\"N\",\"Home\"],[\"C\",\"a\"]]}\n",
    );
    let model = std::fs::read(root.join("models/gate-4/model.json.gz")).unwrap();
    write("block_model", &[&[0], &model[..512]].concat());
    let model = std::fs::read(root.join("models/verdict-4/model.json.gz")).unwrap();
    write("verdict_model", &[&[0], model.as_slice()].concat());
    for target in ["block_model", "verdict_model"] {
        write(
            target,
            b"\x01{\"format\":\"tollgate-model\",\"version\":3,\"name\":\"a\"}",
        );
        // ways down the embedded model, and what to put there
        for way in 0..14_u8 {
            for what in 0..14_u8 {
                write(target, &[2, 0, way, 0, way / 2, 0, what, 0, 1, 0, 15, what, 77]);
            }
        }
    }
    for (name, bytes) in archives() {
        let target = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("tar") => "tape",
            Some("zip") => "zipped",
            Some("jsonl") => "json_lines",
            Some(ending @ ("mhtml" | "parquet")) => ending,
            _ => "warc",
        };
        write(target, &bytes);
        if target == "warc" || target == "tape" {
            write("packed", &bytes);
            write(target, &zstd::encode_all(bytes.as_slice(), 1).unwrap());
        }
    }
    for (target, bytes) in larger() {
        write(target, &bytes);
    }
    seeds
}
