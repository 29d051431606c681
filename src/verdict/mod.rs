//! Is the page's article open? Declared access (markup) and observed access (labelled blocks) kept apart.
//! Knows no format and no command line.

mod gate_words;
mod observed;

pub use observed::{ContentStatus, Evidence, EvidenceKind, Observed, Verdict, observe};
