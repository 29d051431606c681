//! Output packed by gzip or zstd on its way out.

use super::args::CompressArg;
use std::io::{Result, Write};
use std::path::Path;

/// A writer with packing, or without.
pub enum Packed<W: Write> {
    Plain(W),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(zstd::stream::write::Encoder<'static, W>),
}

/// The packing that a file name asks for.
pub fn packing_of(path: Option<&Path>) -> CompressArg {
    let extension = path.and_then(Path::extension).map(|e| e.to_ascii_lowercase());
    match extension.as_ref().and_then(|e| e.to_str()) {
        Some("gz") => CompressArg::Gzip,
        Some("zst") => CompressArg::Zstd,
        _ => CompressArg::None,
    }
}

impl<W: Write> Packed<W> {
    /// Begins a packed stream.
    pub fn new(inner: W, packing: CompressArg) -> Result<Self> {
        Ok(match packing {
            CompressArg::None => Packed::Plain(inner),
            CompressArg::Gzip => {
                Packed::Gzip(flate2::write::GzEncoder::new(inner, flate2::Compression::new(6)))
            }
            CompressArg::Zstd => Packed::Zstd(zstd::stream::write::Encoder::new(inner, 3)?),
        })
    }

    /// Ends the packed stream and gives the writer back.
    pub fn finish(self) -> Result<W> {
        match self {
            Packed::Plain(w) => Ok(w),
            Packed::Gzip(e) => e.finish(),
            Packed::Zstd(e) => e.finish(),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Packed::Plain(w) => w.write(bytes),
            Packed::Gzip(w) => w.write(bytes),
            Packed::Zstd(w) => w.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Packed::Plain(w) => w.flush(),
            Packed::Gzip(w) => w.flush(),
            Packed::Zstd(w) => w.flush(),
        }
    }
}
