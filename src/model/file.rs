//! What all model files share: gzip-compressed JSON with a format and a version that are checked first.
//! Knows no model.

use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::Path;

/// Numbers of a model are of this magnitude at most: far beyond what training gives, and small enough that no
/// sum or product of them leaves the range of floats.
const MOST: f64 = 1e9;

/// Whether a number is finite, and small enough for sums and products to stay so.
pub fn fits(value: impl Into<f64>) -> bool {
    value.into().abs() <= MOST
}

/// A kind of model file.
#[derive(Debug, Clone, Copy)]
pub struct FileKind {
    /// Its field `format`.
    pub format: &'static str,
    /// Its field `version`.
    pub version: u32,
    /// A file unpacks to at most this many bytes.
    pub most: u64,
    /// What it is called in errors.
    pub noun: &'static str,
}

/// What is looked at first. The rest is passed over without being held: a stranger's file may be made to fill
/// the memory.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    version: Option<u64>,
}

impl FileKind {
    /// Reads the bytes of a file, no more than a file of this kind may have.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Model`] for larger files.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(self.most.saturating_add(1)).read_to_end(&mut bytes))
            .map_err(|e| Error::io(path, e))?;
        if bytes.len() as u64 > self.most {
            return Err(Error::Model {
                origin: path.display().to_string(),
                reason: format!("larger than any {}, {} bytes", self.noun, self.most),
            });
        }
        Ok(bytes)
    }

    /// Reads a file of this kind, or says why it can't be one.
    ///
    /// # Errors
    /// A reason when the bytes are another thing, of another version, or damaged.
    pub fn unpack<T: DeserializeOwned>(&self, bytes: &[u8]) -> std::result::Result<T, String> {
        let noun = self.noun;
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(bytes)
            .take(self.most)
            .read_to_end(&mut json)
            .map_err(|e| format!("damaged or not a {noun} ({e})"))?;
        let Head { format, version } =
            serde_json::from_slice(&json).map_err(|e| format!("damaged or not a {noun} ({e})"))?;
        if format.as_deref() != Some(self.format) {
            return Err(format!("not a {noun}"));
        }
        if version != Some(u64::from(self.version)) {
            return Err(format!(
                "has format version {version:?}, this program reads {}",
                self.version
            ));
        }
        serde_json::from_slice(&json).map_err(|e| format!("damaged {noun} ({e})"))
    }
}

/// The bytes of a file; the same content gives the same bytes.
///
/// # Errors
/// A reason when the content can't be written as JSON.
pub fn pack(file: &impl Serialize) -> std::result::Result<Vec<u8>, String> {
    let json = serde_json::to_vec(file).map_err(|e| e.to_string())?;
    let mut packed = flate2::GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), flate2::Compression::best());
    packed
        .write_all(&json)
        .and_then(|()| packed.finish())
        .map_err(|e| e.to_string())
}
