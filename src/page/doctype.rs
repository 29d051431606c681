//! The document type, on which it depends whether a table ends a paragraph.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Doctype;

/// Reads what stands behind `<!doctype` up to its `>`, and how many bytes that is.
pub(super) fn doctype(text: &str) -> (Doctype, usize) {
    let mut s = Scan {
        text,
        at: 0,
        broken: false,
    };
    let mut d = Doctype::default();
    s.skip_space();
    let name = s.take_until(|b| b == b'>' || is_space(b));
    if name.is_empty() {
        d.force_quirks = true;
        return (d, s.end());
    }
    d.name = Some(tendril(&name.to_ascii_lowercase()));
    s.skip_space();
    match s.peek() {
        None => d.force_quirks = true,
        Some(b'>') => {}
        Some(_) => {
            let keyword = s.text.get(s.at..s.at + 6).unwrap_or("");
            let public = keyword.eq_ignore_ascii_case("public");
            if public || keyword.eq_ignore_ascii_case("system") {
                s.at += 6;
                identifiers(&mut s, &mut d, public);
            } else {
                d.force_quirks = true;
            }
        }
    }
    (d, s.end())
}

fn identifiers(s: &mut Scan<'_>, d: &mut Doctype, public: bool) {
    s.skip_space();
    let Some(first) = s.quoted(d) else {
        d.force_quirks = true;
        return;
    };
    if public {
        d.public_id = Some(first);
        if s.broken {
            return;
        }
        s.skip_space();
        match s.peek() {
            Some(b'"' | b'\'') => d.system_id = s.quoted(d),
            Some(b'>') => return,
            _ => {
                d.force_quirks = true;
                return;
            }
        }
    } else {
        d.system_id = Some(first);
    }
    if !s.broken {
        s.skip_space();
        if s.peek().is_none() {
            d.force_quirks = true;
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    broken: bool,
}

fn is_space(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | 0x0c | b' ')
}

fn tendril(text: &str) -> StrTendril {
    StrTendril::from(text.replace('\0', "\u{fffd}"))
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn take_until(&mut self, stop: impl Fn(u8) -> bool) -> &'a str {
        let from = self.at;
        while self.peek().is_some_and(|b| !stop(b)) {
            self.at += 1;
        }
        &self.text[from..self.at]
    }

    /// A quoted identifier; one that ends at `>` or at the end of the page is broken.
    fn quoted(&mut self, d: &mut Doctype) -> Option<StrTendril> {
        let quote = self.peek().filter(|b| matches!(b, b'"' | b'\''))?;
        self.at += 1;
        let id = self.take_until(|b| b == quote || b == b'>');
        if self.peek() == Some(quote) {
            self.at += 1;
        } else {
            d.force_quirks = true;
            self.broken = true;
        }
        Some(tendril(id))
    }

    /// Index behind the `>` that ends it all.
    fn end(&self) -> usize {
        memchr::memchr(b'>', &self.text.as_bytes()[self.at..]).map_or(self.text.len(), |i| self.at + i + 1)
    }
}
