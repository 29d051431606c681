//! Small good archives and tables of every kind, to be read, cut and changed.

use std::io::Write;

/// The name of each archive, which says what it is, and its bytes.
pub fn archives() -> Vec<(&'static str, Vec<u8>)> {
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
    zip.write_all(b"<p>a</p>").unwrap();
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
