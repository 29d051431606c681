//! Bytes with a name: files, folders, patterns, standard input, archives and tables. Size limits come first.
//! Knows no HTML beyond how a page begins.

mod cells;
mod columnar;
mod entry;
mod fields;
mod find;
mod http;
mod json_lines;
mod json_row;
mod line;
mod lookback;
mod members;
mod mhtml;
mod parquet_guard;
mod parquet_pages;
mod read;
mod reader;
mod record;
mod sniff;
mod source;
mod tape;
mod warc;
mod warc_stream;
mod zipped;

pub use cells::{Cell, TextColumn};
pub use find::{Source, Sources, find_sources, listed_sources};
pub use json_row::Columns;
pub use line::{Line, open_lines, read_line};
pub use read::{input_kind, is_packed, read_bytes, read_stream};
pub use reader::InputReader;
pub use record::{Body, Item, Record, Unpacked};
pub use source::{Emit, ReadOptions, read_from, read_source};
