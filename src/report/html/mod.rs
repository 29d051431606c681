//! The report of a batch as one HTML file that stands alone. Pages are written one after the other, each
//! with its row for the table and its text packed, so that nothing is held in memory; a script at the end
//! reads what stands before it. Holds no browser logic: that is in `report.js`.

mod page;

use super::shell::{Shell, inert};
use super::{Measured, ReportOptions};
use crate::result::PageResult;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Result, Write};

const BODY: &str = include_str!("report.html");
const STYLE: &str = concat!(include_str!("../look.css"), include_str!("report.css"));
const SCRIPT: &str = include_str!("report.js");

fn shell() -> Shell<'static> {
    Shell {
        title: "Tollgate report",
        style: STYLE,
        script: Some(SCRIPT),
    }
}

/// Writes what stands before the first page.
pub fn write_start(out: &mut dyn Write) -> Result<()> {
    shell().write_start(out)?;
    out.write_all(BODY.replace("{{version}}", env!("CARGO_PKG_VERSION")).as_bytes())
}

/// Writes a page: its row as JSON, then its blocks and evidence as JSON, gzip and base64.
pub fn write_page(out: &mut dyn Write, page: &PageResult, options: ReportOptions) -> Result<()> {
    let row = serde_json::to_string(&page::row(page, options.measured.unwrap_or_default()))?;
    writeln!(
        out,
        "<script type=\"application/json\" data-row>{}</script>",
        inert(&row)
    )?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::new(6));
    serde_json::to_writer(&mut packed, &page::detail(page))?;
    let packed = STANDARD.encode(packed.finish()?);
    writeln!(out, "<script type=\"text/plain\">{packed}</script>")
}

/// Writes what stands after the last page.
pub fn write_end(out: &mut dyn Write) -> Result<()> {
    shell().write_end(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn report(title: &str) -> String {
        let page = format!("<title>{title}</title><h1>A mill</h1><p>The river &lt;b> stood high.</p>");
        let page = crate::Classifier::new()
            .unwrap()
            .classify(page.as_bytes())
            .unwrap();
        let mut out = Vec::new();
        write_start(&mut out).unwrap();
        write_page(&mut out, &page, ReportOptions::default()).unwrap();
        write_end(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_text_of_a_page_can_end_its_data_block() {
        let report = report("&lt;/script>&lt;script>alert(1)&lt;/script>&lt;!--");
        assert!(!report.contains("alert(1)</script>"));
        let plain = self::report("A mill");
        assert_eq!(
            report.matches("<script").count(),
            plain.matches("<script").count()
        );
        assert!(report.contains("\\u003c/script>\\u003cscript>alert(1)"));
    }

    #[test]
    fn a_page_carries_its_blocks_packed() {
        let report = report("A mill");
        let packed = report.split("<script type=\"text/plain\">").nth(1).unwrap();
        let packed = packed.split('<').next().unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(STANDARD.decode(packed).unwrap().as_slice())
            .read_to_string(&mut text)
            .unwrap();
        let detail: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(detail["blocks"][1][4], "The river <b> stood high.");
    }
}
