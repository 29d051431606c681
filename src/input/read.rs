//! Reads one input whole, unpacked, up to the size limit.

use crate::error::{Error, Result};
use crate::pipeline::{InputKind, Limits};
use std::io::Read;
use std::path::Path;

/// First two bytes of a gzip member.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a file, unpacking gzip by its first bytes whatever its name.
///
/// # Errors
/// [`Error::Io`], [`Error::TooLarge`], [`Error::Damaged`].
pub fn read_bytes(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    let kind = file.metadata().map_err(|e| Error::io(path, e))?;
    if kind.is_dir() {
        return Err(Error::io(
            path,
            std::io::Error::from(std::io::ErrorKind::IsADirectory),
        ));
    }
    read_limited(file, limits).map_err(|e| match e {
        Error::Io { source, .. } => Error::io(path, source),
        other => other,
    })
}

/// Reads a stream to its end, unpacking gzip by its first bytes.
///
/// # Errors
/// As [`read_bytes`]; the path of an [`Error::Io`] is `-`.
pub fn read_limited(input: impl Read, limits: &Limits) -> Result<Vec<u8>> {
    let raw = read_up_to(input, limits.bytes).map_err(|e| Error::io("-", e))?;
    if raw.len() as u64 > limits.bytes {
        return Err(Error::TooLarge {
            found: raw.len() as u64,
            allowed: limits.bytes,
        });
    }
    if !raw.starts_with(&GZIP) {
        return Ok(raw);
    }
    let bytes = read_up_to(flate2::read::MultiGzDecoder::new(raw.as_slice()), limits.bytes).map_err(|e| {
        Error::Damaged {
            reason: e.to_string(),
        }
    })?;
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::TooLarge {
            found: bytes.len() as u64,
            allowed: limits.bytes,
        });
    }
    Ok(bytes)
}

/// Reads one byte more than the limit at most, so that the caller sees the excess.
fn read_up_to(input: impl Read, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a path names plain text or a page, by its extension without `.gz`.
pub fn input_kind(path: &Path) -> InputKind {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    if name.ends_with(".txt") {
        InputKind::Text
    } else {
        InputKind::Html
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        e.write_all(bytes).unwrap();
        e.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_and_limited() {
        let limits = Limits {
            bytes: 1000,
            ..Limits::default()
        };
        assert_eq!(read_limited(&gz(b"page")[..], &limits).unwrap(), b"page");
        assert_eq!(read_limited(&b"page"[..], &limits).unwrap(), b"page");
        let bomb = gz(&vec![b' '; 100_000]);
        assert!(matches!(
            read_limited(&bomb[..], &limits),
            Err(Error::TooLarge { allowed: 1000, .. })
        ));
        let whole = gz(b"page page page");
        assert!(matches!(
            read_limited(&whole[..whole.len() - 6], &limits),
            Err(Error::Damaged { .. })
        ));
    }

    #[test]
    fn the_extension_tells_text_from_pages() {
        assert_eq!(input_kind(Path::new("a/b.TXT.gz")), InputKind::Text);
        assert_eq!(input_kind(Path::new("a/b.html")), InputKind::Html);
        assert_eq!(input_kind(Path::new("a/b")), InputKind::Html);
    }
}
