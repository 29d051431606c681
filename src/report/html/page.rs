//! What the report holds of one page: the row of the table, and the detail that is opened on demand.
//! Names and positions are the contract with `report.js`.

use super::Measured;
use crate::corpus::site_of;
use crate::label::Label;
use crate::result::PageResult;
use serde_json::{Value, json};

/// Bins of the confidence histogram, from 0 to 1.
const BINS: usize = 20;

/// The row of the table.
pub fn row(page: &PageResult, measured: Measured) -> Value {
    if let Some(error) = &page.error {
        return json!({"path": page.path, "error": error.code, "message": error.message, "bytes": measured.bytes});
    }
    let mut chars = [0_usize; Label::COUNT];
    let mut bins = [0_u32; BINS];
    let mut sum = 0.0;
    for b in &page.blocks {
        chars[b.label.index()] += b.text.chars().count();
        bins[((b.confidence * BINS as f32) as usize).min(BINS - 1)] += 1;
        sum += f64::from(b.confidence);
    }
    let access = page.paywall.as_ref();
    json!({
        "path": page.path,
        "title": page.title,
        "url": page.url,
        "site": site_of(page.url.as_deref()),
        "verdict": access.map(|p| p.verdict),
        "gated": access.map(|p| p.probability),
        "declared": access.and_then(|p| p.declared),
        "chars": chars,
        "bins": bins,
        "confidence": crate::result::rounded((sum / page.blocks.len().max(1) as f64) as f32),
        "bytes": measured.bytes,
        "micros": measured.micros,
    })
}

/// All that is shown when a page is opened.
pub fn detail(page: &PageResult) -> Value {
    let blocks = page.blocks.iter().map(|b| {
        let kind = b.part.map(crate::label::Part::name);
        let kind = kind.or(b.purpose.map(crate::verdict::Purpose::name));
        json!([b.label.index(), b.confidence, kind, b.tag, b.text])
    });
    json!({
        "blocks": blocks.collect::<Vec<_>>(),
        "access": page.paywall,
        "status": page.content_status,
        "reason": page.content_reason,
        "lang": page.lang,
        "encoding": page.encoding,
    })
}
