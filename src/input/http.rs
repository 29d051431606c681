//! Bodies of HTTP answers as archives keep them: chunked, and packed by gzip, deflate or brotli.
//! Archives lie: a body that isn't packed as its headers say is taken as it is.

use super::fields::Fields;
use super::read::{gunzip, read_limit, unbrotli, unzstd};
use crate::error::{Error, Result};
use crate::pipeline::Limits;
use flate2::read::{DeflateDecoder, ZlibDecoder};

/// How a body is packed, in the order in which it was packed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coding {
    /// Sent in chunks.
    pub chunked: bool,
    /// Content codings, in lower case.
    pub codings: Vec<String>,
}

impl Coding {
    /// Reads the headers.
    pub fn of(fields: &Fields) -> Coding {
        let mut codings = fields.list("content-encoding");
        let transfer = fields.list("transfer-encoding");
        codings.extend(transfer.iter().filter(|c| *c != "chunked").cloned());
        Coding {
            chunked: transfer.iter().any(|c| c == "chunked"),
            codings,
        }
    }
}

/// Unpacks a body.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::Damaged`].
pub fn decode_body(body: Vec<u8>, coding: &Coding, limits: &Limits) -> Result<Vec<u8>> {
    let mut bytes = if coding.chunked { unchunk(body) } else { body };
    for name in coding.codings.iter().rev() {
        bytes = match name.as_str() {
            "gzip" | "x-gzip" if bytes.starts_with(&[0x1f, 0x8b]) => gunzip(&bytes, limits)?,
            "deflate" if !plain(&bytes) => {
                // the standard means zlib; some servers send the bare stream
                if bytes.first().is_some_and(|b| b & 0x0f == 8)
                    && bytes.len() > 1
                    && (u16::from(bytes[0]) << 8 | u16::from(bytes[1])) % 31 == 0
                {
                    read_limit(ZlibDecoder::new(bytes.as_slice()), limits)?
                } else {
                    read_limit(DeflateDecoder::new(bytes.as_slice()), limits)?
                }
            }
            "br" if !plain(&bytes) => unbrotli(&bytes, limits)?,
            "zstd" if bytes.starts_with(&super::sniff::ZSTD) => unzstd(&bytes, limits)?,
            _ => bytes,
        };
    }
    Ok(bytes)
}

/// Whether the bytes are a page already.
fn plain(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64)];
    head.trim_ascii_start().starts_with(b"<") && head.iter().all(|b| *b >= 0x20 || b.is_ascii_whitespace())
}

/// Joins chunks. Bytes that are no chunks stay as they are; a body that breaks off keeps what came.
fn unchunk(body: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body.as_slice();
    let mut first = true;
    while let Some((size, after)) = chunk_size(rest) {
        if size == 0 {
            return out;
        }
        first = false;
        out.extend_from_slice(&after[..size.min(after.len())]);
        rest = after.get(size..).unwrap_or(&[]);
        rest = rest
            .strip_prefix(b"\r\n")
            .or(rest.strip_prefix(b"\n"))
            .unwrap_or(rest);
    }
    if first { body } else { out }
}

/// The length in a chunk's first line, and what follows the line.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let window = &bytes[..bytes.len().min(1024)];
    let end = memchr::memchr(b'\n', window)?;
    let line = std::str::from_utf8(&window[..end]).ok()?;
    let digits = line.split(';').next()?.trim();
    let valid = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let size = usize::from_str_radix(digits, 16).ok().filter(|_| valid)?;
    Some((size, &bytes[end + 1..]))
}

/// The status code of an answer's first line.
pub fn status(line: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(&line[..line.len().min(64)]).ok()?;
    let mut words = text.split_ascii_whitespace();
    words.next().filter(|w| w.starts_with("HTTP"))?;
    words.next()?.parse().ok()
}

/// What the reader of a damaged stream says.
pub fn damaged(error: &std::io::Error) -> Error {
    Error::Damaged {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn coding(chunked: bool, codings: &[&str]) -> Coding {
        Coding {
            chunked,
            codings: codings.iter().map(|c| (*c).to_owned()).collect(),
        }
    }

    #[test]
    fn chunks_are_joined_and_bodies_without_chunks_kept() {
        let limits = Limits::default();
        let chunked = |b: &[u8]| decode_body(b.to_vec(), &coding(true, &[]), &limits).unwrap();
        assert_eq!(chunked(b"4\r\n<p>a\r\n3;x=y\r\n</p\r\n0\r\n\r\n"), b"<p>a</p");
        assert_eq!(chunked(b"<p>no chunks</p>"), b"<p>no chunks</p>");
        assert_eq!(chunked(b"4\r\n<p>a\r\nffffffffffffff\r\n</p>"), b"<p>a</p>");
        assert_eq!(chunked(b""), b"");
    }

    #[test]
    fn codings_are_undone_in_order_and_lies_are_seen_through() {
        let limits = Limits::default();
        let page = b"<p>The lock keeper's cat sleeps on the gate.</p>";
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(page).unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(page).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(page).unwrap();
        let gzip = gzip.finish().unwrap();
        let chunks = [
            format!("{:x}\r\n", gzip.len()).as_bytes(),
            &gzip,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        for (bytes, c) in [
            (zlib.finish().unwrap(), coding(false, &["deflate"])),
            (bare.finish().unwrap(), coding(false, &["deflate"])),
            (gzip, coding(false, &["gzip"])),
            (chunks, coding(true, &["gzip"])),
            (page.to_vec(), coding(false, &["gzip"])),
            (page.to_vec(), coding(true, &["br"])),
            (page.to_vec(), coding(false, &["deflate", "identity"])),
        ] {
            assert_eq!(decode_body(bytes, &c, &limits).unwrap(), page, "{c:?}");
        }
        let nonsense = decode_body(vec![0xff; 90], &coding(false, &["br"]), &limits);
        assert!(matches!(nonsense, Err(Error::Damaged { .. })));
    }

    #[test]
    fn the_status_is_read() {
        assert_eq!(status(b"HTTP/1.1 404 Not Found"), Some(404));
        assert_eq!(status(b"HTTP/2 200"), Some(200));
        assert_eq!(status(b"GET / HTTP/1.1"), None);
    }
}
