//! Bytes with a name: files, folders, globs, standard input, compressed files. Size limits come first.
//! Knows no HTML.

mod find;
mod read;

pub use find::{Source, find_sources};
pub use read::{input_kind, read_bytes, read_limited};
