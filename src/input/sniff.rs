//! What a file is, by its first bytes and, where they leave it open, by its name.

use super::mhtml::is_mhtml;
use super::read::ZSTD_WINDOW;
use std::io::Read;

/// First two bytes of a gzip member.
pub const GZIP: [u8; 2] = [0x1f, 0x8b];
/// First four bytes of a zstd frame.
pub const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// First four bytes of the frame that holds the dictionary of a `.warc.zst`.
pub const ZSTD_DICTIONARY: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];
/// Bytes of a file that are looked at.
pub const HEAD: usize = 16 * 1024;

/// What a stream is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Nothing.
    Plain,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One page or text, or something that is neither.
    Page,
    /// A web archive in records.
    Warc(Packing),
    /// A tape archive.
    Tar(Packing),
    /// A line of JSON a page.
    JsonLines(Packing),
    /// A zip archive, WACZ among them.
    Zip,
    /// A table in columns.
    Parquet,
}

impl Shape {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Page => "a page",
            Shape::Warc(_) => "a WARC archive",
            Shape::Tar(_) => "a tar archive",
            Shape::JsonLines(_) => "a file of JSON lines",
            Shape::Zip => "a zip archive",
            Shape::Parquet => "a Parquet file",
        }
    }
}

/// Tells what a file is by its name and its first bytes.
pub fn shape(name: &str, head: &[u8]) -> Shape {
    if head.starts_with(&ZSTD_DICTIONARY) {
        return Shape::Warc(Packing::Zstd);
    }
    let mut inner = Vec::new();
    let (packing, head) = if head.starts_with(&GZIP) {
        // the head breaks off: what comes until then is enough
        let _ = flate2::bufread::GzDecoder::new(head)
            .take(1024)
            .read_to_end(&mut inner);
        (Packing::Gzip, inner.as_slice())
    } else if head.starts_with(&ZSTD) {
        if let Ok(mut decoder) = zstd::stream::read::Decoder::with_buffer(head) {
            let _ = decoder.window_log_max(ZSTD_WINDOW);
            let _ = decoder.take(1024).read_to_end(&mut inner);
        }
        (Packing::Zstd, inner.as_slice())
    } else {
        (Packing::Plain, head)
    };
    let name = name.to_ascii_lowercase();
    let plain = plain_name(&name);
    if head.starts_with(b"WARC/") {
        Shape::Warc(packing)
    } else if head.get(257..262) == Some(b"ustar") {
        Shape::Tar(packing)
    } else if packing == Packing::Plain
        && (head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06"))
    {
        Shape::Zip
    } else if packing == Packing::Plain && head.starts_with(b"PAR1") {
        Shape::Parquet
    } else if plain.ends_with(".jsonl")
        || plain.ends_with(".ndjson")
        || (head.trim_ascii_start().starts_with(b"{\"") && !is_page_name(&name))
    {
        Shape::JsonLines(packing)
    } else {
        Shape::Page
    }
}

/// A file name in lower case without the ending of its packing.
pub fn plain_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").or(name.strip_suffix(".zst"));
    plain.unwrap_or(&name).to_owned()
}

fn ends(name: &str, extensions: &[&str]) -> bool {
    let plain = plain_name(name.rsplit(['/', '\\']).next().unwrap_or(name));
    plain
        .rsplit_once('.')
        .is_some_and(|(stem, ext)| !stem.is_empty() && extensions.contains(&ext))
}

/// Whether a name is that of a page or text; such files are not opened to find out what they are.
pub fn is_page_name(name: &str) -> bool {
    ends(name, &["html", "htm", "xhtml", "txt", "mht", "mhtml"])
}

/// Whether a name is that of a web archive, which folders are searched for beside pages.
pub fn is_archive_name(name: &str) -> bool {
    ends(name, &["warc", "wacz"])
}

/// Whether bytes without a telling name begin as a page does.
pub fn looks_like_page(head: &[u8]) -> bool {
    let lower = head[..head.len().min(1024)].to_ascii_lowercase();
    let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
    has(b"<!doctype html") || has(b"<html") || is_mhtml(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn content_tells_what_a_file_is_whatever_its_name() {
        let gz = |b: &[u8]| {
            let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            e.write_all(b).unwrap();
            e.finish().unwrap()
        };
        let mut tar = vec![0u8; 600];
        tar[257..262].copy_from_slice(b"ustar");
        let zst = |b: &[u8]| zstd::encode_all(b, 1).unwrap();
        for (name, bytes, wanted) in [
            ("a", b"WARC/1.0\r\n".to_vec(), Shape::Warc(Packing::Plain)),
            ("a", gz(b"WARC/1.1\r\n"), Shape::Warc(Packing::Gzip)),
            ("a", zst(b"WARC/1.1\r\n"), Shape::Warc(Packing::Zstd)),
            ("a", ZSTD_DICTIONARY.to_vec(), Shape::Warc(Packing::Zstd)),
            ("a.html", tar.clone(), Shape::Tar(Packing::Plain)),
            ("a", gz(&tar), Shape::Tar(Packing::Gzip)),
            ("a", b"PK\x03\x04".to_vec(), Shape::Zip),
            ("a", b"PAR1".to_vec(), Shape::Parquet),
            ("a", b" {\"html\":1}".to_vec(), Shape::JsonLines(Packing::Plain)),
            ("a.txt", b"{\"html\":1}".to_vec(), Shape::Page),
            ("A.JSONL.GZ", gz(b"nonsense"), Shape::JsonLines(Packing::Gzip)),
            ("a.gz", gz(b"<p>page"), Shape::Page),
            ("a", Vec::new(), Shape::Page),
        ] {
            assert_eq!(shape(name, &bytes), wanted, "{name} {bytes:?}");
        }
    }

    #[test]
    fn names_of_pages_have_a_stem_and_a_known_ending() {
        for name in ["a.html", "x/a.HTM.gz", "a.txt.zst", "a.mhtml"] {
            assert!(is_page_name(name), "{name}");
        }
        for name in [".html", "html", "a.png", "a.html.bz2", "x/.txt"] {
            assert!(!is_page_name(name), "{name}");
        }
        assert!(is_archive_name("a.warc.gz") && is_archive_name("a.wacz") && !is_archive_name("a.zip"));
    }
}
