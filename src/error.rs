//! Every failure a caller can match on, with the path and the numbers that explain it.
//! Holds no recovery and no printing: the binary decides what a failure means.

use std::path::PathBuf;

/// Result alias of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an input, a label file, a rows file or a model file was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused an operation.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// File or folder concerned.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A path given by the user names nothing that can be classified.
    #[error("{path}: no page found (no such file, nothing that matches the pattern, or a folder without pages)", path = path.display())]
    NoInput {
        /// Path or pattern as given.
        path: PathBuf,
    },
    /// The input has no bytes, or none beside white space.
    #[error("the input is empty")]
    Empty,
    /// The bytes are of a kind that is no page and no text.
    #[error("not a page: the bytes look like {kind}")]
    NotAPage {
        /// Media type or description of what the bytes are.
        kind: String,
    },
    /// The input is larger than the limit.
    #[error("page of {found} bytes is over the limit of {allowed} bytes")]
    TooLarge {
        /// Bytes found (for compressed input: bytes unpacked until the limit was hit).
        found: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// The page has more blocks than the limit.
    #[error("page of {found} blocks is over the limit of {allowed} blocks")]
    TooManyBlocks {
        /// Blocks found.
        found: usize,
        /// Blocks allowed.
        allowed: usize,
    },
    /// A compressed input could not be unpacked.
    #[error("damaged compressed input: {reason}")]
    Damaged {
        /// What the decompressor said.
        reason: String,
    },
    /// An archive, or a record of it, can't be read.
    #[error("damaged archive: {reason}")]
    Archive {
        /// What is wrong.
        reason: String,
    },
    /// An archive within an archive: it is reported and not opened.
    #[error("{kind} within an archive: unpack it first")]
    NestedArchive {
        /// What the bytes or the name say.
        kind: &'static str,
    },
    /// A record of an archive is larger than the limit.
    #[error("archive record of {found} bytes is over the limit of {allowed} bytes")]
    MemberTooLarge {
        /// Bytes found or announced.
        found: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// The headers of an archive's record are larger than the limit.
    #[error("record headers of more than {found} bytes are over the limit of {allowed} bytes")]
    HeaderTooLarge {
        /// Bytes found before reading stopped.
        found: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// A row has no text in the column that should hold the page.
    #[error("column {column:?}: {reason}")]
    Column {
        /// Name of the column.
        column: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A label file, a gold file or a rows file has a fault.
    #[error("{path}, line {line}: {reason}", path = path.display())]
    Labels {
        /// The file.
        path: PathBuf,
        /// Line of the fault, 1 is the first; 0 when the fault is of the whole file.
        line: u64,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A model file was refused.
    #[error("model {origin}: {reason}")]
    Model {
        /// Path of the file, or `embedded`.
        origin: String,
        /// Why it was refused.
        reason: String,
    },
    /// Training can't be done with what was given.
    #[error("training: {reason}")]
    Training {
        /// What is missing and what to do.
        reason: String,
    },
}

impl Error {
    /// Wraps an error of the operating system with the path it is about.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::Io {
            path: path.into(),
            source,
        }
    }

    /// All words of [`Error::code`].
    pub const CODES: [&'static str; 15] = [
        "io",
        "no-input",
        "empty",
        "not-a-page",
        "too-large",
        "too-many-blocks",
        "damaged",
        "damaged-archive",
        "nested-archive",
        "member-too-large",
        "header-too-large",
        "column",
        "labels",
        "model",
        "training",
    ];

    /// A short stable word for machines, the same in every release.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Io { .. } => "io",
            Error::NoInput { .. } => "no-input",
            Error::Empty => "empty",
            Error::NotAPage { .. } => "not-a-page",
            Error::TooLarge { .. } => "too-large",
            Error::TooManyBlocks { .. } => "too-many-blocks",
            Error::Damaged { .. } => "damaged",
            Error::Archive { .. } => "damaged-archive",
            Error::NestedArchive { .. } => "nested-archive",
            Error::MemberTooLarge { .. } => "member-too-large",
            Error::HeaderTooLarge { .. } => "header-too-large",
            Error::Column { .. } => "column",
            Error::Labels { .. } => "labels",
            Error::Model { .. } => "model",
            Error::Training { .. } => "training",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_words_has_each_errors_word_once() {
        let path = || PathBuf::from("a");
        let reason = || "why".to_owned();
        let (found, allowed) = (2, 1);
        let all = [
            Error::io("a", std::io::ErrorKind::NotFound.into()),
            Error::NoInput { path: path() },
            Error::Empty,
            Error::NotAPage { kind: reason() },
            Error::TooLarge { found, allowed },
            Error::TooManyBlocks { found: 2, allowed: 1 },
            Error::Damaged { reason: reason() },
            Error::Archive { reason: reason() },
            Error::NestedArchive { kind: "zip" },
            Error::MemberTooLarge { found, allowed },
            Error::HeaderTooLarge { found, allowed },
            Error::Column {
                column: reason(),
                reason: reason(),
            },
            Error::Labels {
                path: path(),
                line: 1,
                reason: reason(),
            },
            Error::Model {
                origin: reason(),
                reason: reason(),
            },
            Error::Training { reason: reason() },
        ];
        assert_eq!(all.map(|e| e.code()), Error::CODES);
    }
}
