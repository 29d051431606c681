//! What all model files share: gzip-compressed JSON with a format and a version that are checked first.
//! Knows no model.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{Read, Write};

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

impl FileKind {
    /// Reads a file of this kind, or says why it can't be one.
    ///
    /// # Errors
    /// A reason when the bytes are another thing, of another version, or damaged.
    pub fn unpack<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, String> {
        let noun = self.noun;
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(bytes)
            .take(self.most)
            .read_to_end(&mut json)
            .map_err(|e| format!("damaged or not a {noun} ({e})"))?;
        let head: serde_json::Value =
            serde_json::from_slice(&json).map_err(|e| format!("damaged or not a {noun} ({e})"))?;
        if head.get("format").and_then(|f| f.as_str()) != Some(self.format) {
            return Err(format!("not a {noun}"));
        }
        let version = head.get("version").and_then(serde_json::Value::as_u64);
        if version != Some(u64::from(self.version)) {
            return Err(format!(
                "has format version {version:?}, this program reads {}",
                self.version
            ));
        }
        serde_json::from_value(head).map_err(|e| format!("damaged {noun} ({e})"))
    }
}

/// The bytes of a file; the same content gives the same bytes.
///
/// # Errors
/// A reason when the content can't be written as JSON.
pub fn pack(file: &impl Serialize) -> Result<Vec<u8>, String> {
    let json = serde_json::to_vec(file).map_err(|e| e.to_string())?;
    let mut packed = flate2::GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), flate2::Compression::best());
    packed
        .write_all(&json)
        .and_then(|()| packed.finish())
        .map_err(|e| e.to_string())
}
