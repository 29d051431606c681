//! One JSON object a page, one line each; the fields are documented on [`crate::result`].

use crate::result::PageResult;
use std::io::{Result, Write};

/// Writes a page as one line.
pub fn write_page(out: &mut dyn Write, page: &PageResult) -> Result<()> {
    serde_json::to_writer(&mut *out, page)?;
    out.write_all(b"\n")
}
