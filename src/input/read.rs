//! Reads one page or text whole, unpacked by its first bytes, up to the size limit.

use super::http::damaged;
use super::mhtml;
use super::sniff::{GZIP, ZSTD, plain_name};
use crate::error::{Error, Result};
use crate::pipeline::{InputKind, Limits};
use std::io::Read;
use std::path::Path;

/// Largest window that a zstd stream may ask for, as a power of two.
pub const ZSTD_WINDOW: u32 = 27;

/// A page out of its packing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The bytes of the page.
    pub bytes: Vec<u8>,
    /// Address that the packing tells.
    pub url: Option<String>,
    /// Charset that the packing tells.
    pub charset: Option<String>,
}

/// Reads a file, unpacking gzip and zstd by their first bytes whatever its name, and web archives (MHTML)
/// down to their page.
///
/// # Errors
/// [`Error::Io`], [`Error::TooLarge`], [`Error::Damaged`].
pub fn read_bytes(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    unpack(read_raw(path, limits)?, limits).map(|page| page.bytes)
}

/// Reads a stream to its end as [`read_bytes`] reads a file.
///
/// # Errors
/// As [`read_bytes`]; the path of an [`Error::Io`] is `-`.
pub fn read_stream(input: impl Read, limits: &Limits) -> Result<Vec<u8>> {
    let raw = read_up_to(input, limits.bytes).map_err(|e| Error::io("-", e))?;
    unpack(raw, limits).map(|page| page.bytes)
}

/// Reads a file as it is.
///
/// # Errors
/// [`Error::Io`], [`Error::TooLarge`].
pub fn read_raw(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    let kind = file.metadata().map_err(|e| Error::io(path, e))?;
    if kind.is_dir() {
        return Err(Error::io(
            path,
            std::io::Error::from(std::io::ErrorKind::IsADirectory),
        ));
    }
    let raw = read_up_to(file, limits.bytes).map_err(|e| Error::io(path, e))?;
    within(raw, limits)
}

/// Reads a stream to its end, up to the limit; any failure to read is damage of a packed stream.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::Damaged`].
pub fn read_limit(input: impl Read, limits: &Limits) -> Result<Vec<u8>> {
    within(read_up_to(input, limits.bytes).map_err(|e| damaged(&e))?, limits)
}

/// Unpacks gzip, all members.
///
/// # Errors
/// As [`read_limit`].
pub fn gunzip(raw: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    read_limit(flate2::read::MultiGzDecoder::new(raw), limits)
}

/// Unpacks zstd, all frames.
///
/// # Errors
/// As [`read_limit`].
pub fn unzstd(raw: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(raw).map_err(|e| damaged(&e))?;
    decoder.window_log_max(ZSTD_WINDOW).map_err(|e| damaged(&e))?;
    read_limit(decoder, limits)
}

/// Whether bytes are gzip, zstd or MHTML, and no page before they are unpacked.
pub fn is_packed(raw: &[u8]) -> bool {
    raw.starts_with(&GZIP) || raw.starts_with(&ZSTD) || mhtml::is_mhtml(raw)
}

/// Unpacks Brotli.
///
/// # Errors
/// As [`read_limit`].
pub fn unbrotli(raw: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    read_limit(brotli_decompressor::Decompressor::new(raw, 4096), limits)
}

/// Unpacks the bytes of a file by their first bytes.
///
/// # Errors
/// As [`read_limit`].
pub fn unpack(raw: Vec<u8>, limits: &Limits) -> Result<Page> {
    let raw = within(raw, limits)?;
    let bytes = if raw.starts_with(&GZIP) {
        gunzip(&raw, limits)?
    } else if raw.starts_with(&ZSTD) {
        unzstd(&raw, limits)?
    } else {
        raw
    };
    match mhtml::page_of(&bytes) {
        Some(page) => Ok(page),
        None => Ok(Page {
            bytes,
            ..Page::default()
        }),
    }
}

fn within(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<u8>> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::TooLarge {
            found: bytes.len() as u64,
            allowed: limits.bytes,
        });
    }
    Ok(bytes)
}

/// Reads one byte more than the limit at most, so that the caller sees the excess.
pub fn read_up_to(input: impl Read, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a path names plain text or a page, by its extension without `.gz` or `.zst`.
pub fn input_kind(path: &Path) -> InputKind {
    let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    if plain_name(&name).ends_with(".txt") {
        InputKind::Text
    } else {
        InputKind::Html
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;

    pub fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        e.write_all(bytes).unwrap();
        e.finish().unwrap()
    }

    #[test]
    fn packed_pages_are_unpacked_and_limited() {
        let limits = Limits {
            bytes: 1000,
            ..Limits::default()
        };
        let zst = |b: &[u8]| zstd::encode_all(b, 1).unwrap();
        assert_eq!(unpack(gz(b"page"), &limits).unwrap().bytes, b"page");
        assert_eq!(unpack(zst(b"page"), &limits).unwrap().bytes, b"page");
        assert_eq!(unpack(b"page".to_vec(), &limits).unwrap().bytes, b"page");
        assert!(is_packed(&gz(b"page")) && is_packed(&zst(b"page")) && !is_packed(b"<p>page"));
        for bomb in [
            gz(&vec![b' '; 100_000]),
            zst(&vec![b' '; 100_000]),
            vec![b' '; 1001],
        ] {
            assert!(matches!(
                unpack(bomb, &limits),
                Err(Error::TooLarge {
                    allowed: 1000,
                    found: 1001
                })
            ));
        }
        for whole in [gz(b"page page page"), zst(b"page page page")] {
            assert!(matches!(
                unpack(whole[..whole.len() - 6].to_vec(), &limits),
                Err(Error::Damaged { .. })
            ));
        }
    }

    #[test]
    fn the_extension_tells_text_from_pages() {
        assert_eq!(input_kind(Path::new("a/b.TXT.gz")), InputKind::Text);
        assert_eq!(input_kind(Path::new("a/b.txt.zst")), InputKind::Text);
        assert_eq!(input_kind(Path::new("a/b.html")), InputKind::Html);
        assert_eq!(input_kind(Path::new("a/b")), InputKind::Html);
    }
}
