//! One line a page for people: verdict, number of blocks by label, title, path.

use crate::label::Label;
use crate::result::PageResult;
use std::io::{Result, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const TITLE_WIDTH: usize = 48;

/// Writes the column names.
pub fn write_header(out: &mut dyn Write) -> Result<()> {
    writeln!(
        out,
        "{:<8} {:>5} {:>8} {:>8} {:>8}  {:<TITLE_WIDTH$}  path",
        "verdict", "gated", "content", "subscr.", "navig.", "title"
    )
}

/// Writes a page.
pub fn write_page(out: &mut dyn Write, page: &PageResult) -> Result<()> {
    let path = page.path.as_deref().unwrap_or("-");
    if let Some(error) = &page.error {
        return writeln!(
            out,
            "{:<8} {:>5} {:>8} {:>8} {:>8}  {}  {}",
            "failed",
            "",
            "",
            "",
            "",
            fitted(error.code),
            clean(path)
        );
    }
    let (verdict, gated) = page
        .paywall
        .as_ref()
        .map_or(("", 0.0), |p| (p.verdict.name(), p.probability));
    let count = |l| page.count(l);
    writeln!(
        out,
        "{:<8} {:>4.0}% {:>8} {:>8} {:>8}  {}  {}",
        verdict,
        gated * 100.0,
        count(Label::Content),
        count(Label::Subscription),
        count(Label::Navigation),
        fitted(page.title.as_deref().unwrap_or("")),
        clean(path),
    )
}

/// Text cut or padded to the title's column, by display width.
fn fitted(text: &str) -> String {
    let text = clean(text);
    let width = text.width();
    if width <= TITLE_WIDTH {
        return format!("{text}{}", " ".repeat(TITLE_WIDTH - width));
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w > TITLE_WIDTH - 1 {
            break;
        }
        out.push(c);
        used += w;
    }
    out.push('…');
    out + &" ".repeat(TITLE_WIDTH - 1 - used)
}

/// Control characters of a hostile title or file name must not reach the terminal.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fit_the_column_by_display_width() {
        assert_eq!(fitted("a").width(), TITLE_WIDTH);
        assert_eq!(fitted(&"長い題".repeat(20)).width(), TITLE_WIDTH);
        assert!(!fitted("a\u{1b}[31mb").contains('\u{1b}'));
    }
}
