//! How far a run has come, on disk: what `--resume` goes on from, and the list of a folder's parts.

use super::output::write_file;
use super::summary::Counts;
use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The state after a page that is safely on disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// Settings of the run; only the same run goes on.
    pub run: Value,
    /// Whether the run came to its end.
    pub complete: bool,
    /// Pages written so far, and what was counted of them.
    pub counts: Counts,
    /// Hash of their names in order: the inputs must still be the same.
    pub names: u64,
    /// Bytes of the unfinished file that are safe.
    pub bytes: u64,
    /// Whether a page without an error has been written.
    pub begun: bool,
    /// Finished parts of a folder, in order.
    pub parts: Vec<Part>,
}

/// A finished part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Name of the file.
    pub file: String,
    /// Pages in it.
    pub pages: u64,
}

/// Adds a name to the hash of names (FNV-1a, the same in every release).
pub fn with_name(hash: u64, name: &str) -> u64 {
    let start = if hash == 0 { 0xcbf2_9ce4_8422_2325 } else { hash };
    name.bytes().chain([b'\n']).fold(start, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl Journal {
    /// Reads the journal of an earlier run of the same settings; an empty one when there is none.
    pub fn load(path: &Path, run: &Value) -> anyhow::Result<Journal> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Journal {
                    run: run.clone(),
                    ..Journal::default()
                });
            }
            Err(e) => return Err(e).with_context(|| path.display().to_string()),
        };
        let journal: Journal = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is no journal of a run", path.display()))?;
        ensure!(
            journal.run == *run,
            "{} is of a run with other inputs or settings: {}; this run: {run}",
            path.display(),
            journal.run
        );
        Ok(journal)
    }

    /// Writes the journal; it takes its name when it is whole.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        write_file(path, &text).with_context(|| path.display().to_string())
    }
}

/// A path with an ending added to its file name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
