//! An explanation as text for people, in colour where it is wanted. Words come from `explain`.

use super::text::printable;
use crate::explain::{BlockExplanation, Contribution, Explanation, Neighbour, WordContribution};
use crate::label::Label;
use crate::model::HEAD_MATTER;
use crate::result::word;
use std::io::{Result, Write};

/// Longest text of a block in characters.
const LONG: usize = 300;
const SHORT: usize = 70;

/// Puts colours around words, or nothing.
#[derive(Debug, Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn label(self, label: Label) -> String {
        let code = match label {
            Label::Content => "1;32",
            Label::Subscription => "1;35",
            Label::Navigation => "1;34",
        };
        self.wrap(code, label.name())
    }

    fn amount(self, adds: f32) -> String {
        self.wrap(if adds > 0.0 { "32" } else { "31" }, &format!("{adds:+.2}"))
    }
}

/// Writes an explanation.
///
/// # Errors
/// What the writer says.
pub fn write_explanation(out: &mut dyn Write, told: &Explanation, colour: bool) -> Result<()> {
    let paint = Paint(colour);
    let title = told.title.as_deref().unwrap_or("(no title)");
    writeln!(out, "{}", paint.wrap("1", &cut(title, LONG)))?;
    if let Some(path) = &told.path {
        writeln!(out, "{}, {} blocks", printable(path), told.blocks_on_page)?;
    }
    if let Some(p) = &told.paywall {
        writeln!(
            out,
            "\nverdict {}, {:.0} % likely gated",
            paint.wrap("1", p.verdict.name()),
            p.probability * 100.0
        )?;
        for e in &p.evidence {
            let kind = word(e.kind).unwrap_or_default();
            let place = e.block.map_or(String::new(), |b| format!(" in block {b}"));
            writeln!(
                out,
                "  {}  {}{place}: {}",
                paint.amount(e.weight),
                kind,
                cut(&e.text, SHORT)
            )?;
        }
        if p.evidence.is_empty() {
            writeln!(out, "  nothing on the page speaks of a gate")?;
        }
    }
    for block in &told.blocks {
        write_block(out, block, paint)?;
    }
    Ok(())
}

fn write_block(out: &mut dyn Write, b: &BlockExplanation, paint: Paint) -> Result<()> {
    writeln!(
        out,
        "\nblock {}  {}  content {:.0} %, subscription {:.0} %, navigation {:.0} %",
        b.index,
        paint.label(b.label),
        b.probabilities.content * 100.0,
        b.probabilities.subscription * 100.0,
        b.probabilities.navigation * 100.0
    )?;
    writeln!(out, "  “{}”", cut(&b.text, LONG))?;
    if let Some(selector) = &b.selector {
        writeln!(out, "  {}", paint.wrap("2", &cut(selector, LONG)))?;
    }
    if let Some(first) = b.repeats {
        writeln!(
            out,
            "  repeats block {first} word for word: a text is content once, so this copy is navigation"
        )?;
    } else if b.label == Label::Navigation && (b.choice > 0.0 || b.head_matter > HEAD_MATTER) {
        writeln!(
            out,
            "  left out with all of the page: its surest block is unlikely to be body text, and a title alone is nothing to read"
        )?;
    } else if b.label != Label::Content && b.confidence < b.probabilities.content {
        writeln!(
            out,
            "  content as body text {:.0} %, as head matter {:.0} %: the choice of this page's text leaves it out ({:+.2})",
            (b.probabilities.content - b.head_matter) * 100.0,
            b.head_matter * 100.0,
            b.choice
        )?;
    } else if b.confidence < 0.5 {
        writeln!(
            out,
            "  the choice of this page's text decides here ({:+.2}), not the larger probability",
            b.choice
        )?;
    }
    writeln!(
        out,
        "  {} rather than {}: {} in log-odds (the page's average block: {:+.2})",
        paint.label(b.label),
        paint.label(b.rival),
        paint.amount(b.score),
        b.base
    )?;
    features(out, "speaks for it", &b.speaks_for, paint)?;
    features(out, "speaks against it", &b.against, paint)?;
    writeln!(out, "    {}  all other features together", paint.amount(b.rest))?;
    words(out, "its words", &b.words, paint)?;
    words(out, "markup and words nearby", &b.markup, paint)?;
    writeln!(out, "  neighbours")?;
    for n in &b.neighbours {
        neighbour(out, n, paint)?;
    }
    Ok(())
}

fn features(out: &mut dyn Write, heading: &str, list: &[Contribution], paint: Paint) -> Result<()> {
    writeln!(out, "  {heading}")?;
    for c in list {
        writeln!(out, "    {}  {}: {}", paint.amount(c.adds), c.meaning, c.shown)?;
    }
    Ok(())
}

fn words(out: &mut dyn Write, heading: &str, list: &[WordContribution], paint: Paint) -> Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {heading}")?;
    for w in list {
        writeln!(
            out,
            "    {}  {} “{}”",
            paint.amount(w.adds),
            w.place,
            cut(&w.text, SHORT)
        )?;
    }
    Ok(())
}

fn neighbour(out: &mut dyn Write, n: &Neighbour, paint: Paint) -> Result<()> {
    writeln!(
        out,
        "    {:>4}  {} {:.0} %  {}",
        n.index,
        paint.label(n.label),
        n.confidence * 100.0,
        cut(&n.text, SHORT)
    )
}

/// At most so many characters, without control characters.
fn cut(text: &str, most: usize) -> String {
    let clean = printable(text);
    if clean.chars().count() <= most {
        return clean.into_owned();
    }
    let start: String = clean.chars().take(most).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_a_page_never_reach_the_terminal() {
        let told = Explanation {
            path: Some("a\x1b[2J.html".to_owned()),
            title: Some("T\x1b]0;evil\x07".to_owned()),
            blocks_on_page: 0,
            paywall: None,
            content_status: None,
            blocks: Vec::new(),
        };
        let mut out = Vec::new();
        write_explanation(&mut out, &told, false).unwrap();
        assert!(!out.contains(&0x1b) && !out.contains(&7));
    }
}
