//! One JSON object a page, one line each; the fields are documented on [`crate::result`].

use crate::result::PageResult;
use std::io::{BufWriter, Result, Write};

/// Bytes that are written at a time.
const PIECE: usize = 32 << 10;

/// Writes a page as one line.
pub fn write_page(out: &mut dyn Write, page: &PageResult) -> Result<()> {
    // a page is many small pieces, and `out` may be anything
    let mut out = BufWriter::with_capacity(PIECE, out);
    serde_json::to_writer(&mut out, page)?;
    out.write_all(b"\n")?;
    out.flush()
}
