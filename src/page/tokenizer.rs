//! Cuts markup into the tokens that html5ever's tree builder eats, as the HTML standard says.
//!
//! html5ever's own tokenizer takes three quarters of a parse. This one jumps from sign to sign with
//! memchr, shares the page's text instead of copying it, and leaves out what nothing reads: the text of
//! scripts and styles, and attributes outside of [`Attr`]. The tree builder still decides everything
//! about the tree, and `tests` hold both tokenizers to the same tree. Line breaks are `\n` alone here.

use super::attribute::Attr;
use super::char_ref::decode_into;
use super::doctype::doctype;
use super::element_sets::is_formatting;
use super::raw_text::{raw_text_end, script_end};
use foldhash::{HashMap, fast::FixedState};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{Attribute, LocalName, QualName, ns};
use memchr::{memchr, memchr2, memmem};
use std::borrow::Cow;
use std::hash::BuildHasher;

/// Dropped attributes of one element that are told apart by name; of further ones, repetitions count.
const MAX_DROPPED: usize = 64;

/// What is left out of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// What blocks, features and meta read.
    Needed,
    /// All attributes and all text, so that any CSS selector can be matched.
    All,
}

/// Feeds the tokens of a page to `sink`.
pub(super) fn tokenize<S: TokenSink>(text: &str, sink: &S, keep: Keep) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = unix_lines(text);
    let mut tokenizer = Tokenizer {
        buffer: StrTendril::from_slice(&text),
        nul: memchr(0, text.as_bytes()).is_some(),
        text: &text,
        at: 0,
        sink,
        keep,
        names: HashMap::default(),
    };
    tokenizer.run();
    let _ = sink.process_token(Token::EOFToken, 1);
    sink.end();
}

fn unix_lines(text: &str) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

struct Tokenizer<'a, S> {
    text: &'a str,
    /// The same text in the shape that tokens can share.
    buffer: StrTendril,
    /// Whether there is a NUL anywhere.
    nul: bool,
    at: usize,
    sink: &'a S,
    keep: Keep,
    names: HashMap<&'a str, LocalName>,
}

/// What the tree builder wants read next.
enum Next {
    Markup,
    Raw(RawKind),
    Plaintext,
}

fn is_space(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | 0x0c | b' ')
}

impl<'a, S: TokenSink> Tokenizer<'a, S> {
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            let rest = &self.bytes()[self.at..];
            let len = memchr(b'<', rest).unwrap_or(rest.len());
            let end = self.at + len;
            if len > 0 {
                self.emit_markup_text(self.at, end);
                self.at = end;
            }
            if self.at < self.text.len() {
                self.markup();
            }
        }
    }

    /// Reads what begins with the `<` at the cursor.
    fn markup(&mut self) {
        match self.bytes().get(self.at + 1) {
            Some(b) if b.is_ascii_alphabetic() => self.tag(TagKind::StartTag, self.at + 1),
            Some(b'/') => match self.bytes().get(self.at + 2) {
                Some(b) if b.is_ascii_alphabetic() => self.tag(TagKind::EndTag, self.at + 2),
                Some(b'>') => {
                    // no token, but the tree builder forgets that it would skip a line break
                    let _ = self.sink.process_token(Token::ParseError(Cow::Borrowed("")), 1);
                    self.at += 3;
                }
                Some(_) => self.bogus_comment(self.at + 2),
                None => self.literal(2),
            },
            Some(b'!') => self.declaration(),
            Some(b'?') => self.bogus_comment(self.at + 1),
            _ => self.literal(1),
        }
    }

    /// Signs that look like markup and are text.
    fn literal(&mut self, len: usize) {
        let end = self.at + len;
        self.emit(Token::CharacterTokens(self.share(self.at, end)));
        self.at = end;
    }

    fn declaration(&mut self) {
        let from = self.at + 2;
        let rest = &self.bytes()[from..];
        if rest.starts_with(b"--") {
            self.comment(from + 2);
        } else if rest.len() >= 7 && rest[..7].eq_ignore_ascii_case(b"doctype") {
            let (doctype, len) = doctype(&self.text[from + 7..]);
            self.at = from + 7 + len;
            self.emit(Token::DoctypeToken(doctype));
        } else if rest.starts_with(b"[CDATA[")
            && self
                .sink
                .adjusted_current_node_present_but_not_in_html_namespace()
        {
            let from = from + 7;
            let end = memmem::find(&self.bytes()[from..], b"]]>").map(|i| from + i);
            self.emit_text(from, end.unwrap_or(self.text.len()));
            self.at = end.map_or(self.text.len(), |e| e + 3);
        } else {
            self.bogus_comment(from);
        }
    }

    fn comment(&mut self, from: usize) {
        let rest = &self.bytes()[from..];
        let (len, end) = if rest.starts_with(b">") {
            (0, 1)
        } else if rest.starts_with(b"->") {
            (0, 2)
        } else {
            comment_end(rest)
        };
        self.emit_comment(from, from + len);
        self.at = from + end;
    }

    fn bogus_comment(&mut self, from: usize) {
        let len = memchr(b'>', &self.bytes()[from..]);
        let end = len.map_or(self.text.len(), |i| from + i);
        self.emit_comment(from, end);
        self.at = (end + 1).min(self.text.len());
    }

    fn emit_comment(&mut self, from: usize, to: usize) {
        self.emit(Token::CommentToken(self.value(from, to, false)));
    }

    /// Reads a tag whose name begins at `from`, and the raw text behind it if it has any.
    fn tag(&mut self, kind: TagKind, from: usize) {
        self.at = from;
        let bytes = self.bytes();
        while self.at < bytes.len() && !is_space(bytes[self.at]) && !matches!(bytes[self.at], b'/' | b'>') {
            self.at += 1;
        }
        let name = self.name(from, self.at);
        let Some((attrs, self_closing)) = self.attributes(&name) else {
            // the page ends within the tag
            self.at = self.text.len();
            return;
        };
        let keeps_text = self.keep == Keep::All || kind == TagKind::EndTag || holds_text(&name, &attrs);
        let tag = Tag {
            kind,
            name: name.clone(),
            self_closing,
            attrs,
            had_duplicate_attributes: false,
        };
        match self.emit(Token::TagToken(tag)) {
            Next::Markup => {}
            Next::Plaintext => {
                self.emit_replaced(self.at, self.text.len());
                self.at = self.text.len();
            }
            Next::Raw(raw) => self.raw_text(raw, &name, keeps_text),
        }
    }

    fn raw_text(&mut self, kind: RawKind, name: &str, keeps_text: bool) {
        let rest = &self.text[self.at..];
        let len = match kind {
            RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => script_end(rest),
            RawKind::Rcdata | RawKind::Rawtext => raw_text_end(rest, name),
        };
        let end = self.at + len;
        if keeps_text && len > 0 {
            if kind == RawKind::Rcdata {
                self.emit(Token::CharacterTokens(self.value_with(self.at, end, true, false)));
            } else {
                self.emit_replaced(self.at, end);
            }
        }
        self.at = end;
        if end < self.text.len() {
            self.tag(TagKind::EndTag, end + 2);
        }
    }

    /// Reads attributes up to and with the `>`; `None` when there is none.
    fn attributes(&mut self, element: &LocalName) -> Option<(Vec<Attribute>, bool)> {
        let mut attrs = Vec::new();
        let mut seen = 0_u64;
        let mut dropped = Dropped::default();
        let formatting = self.keep == Keep::Needed && is_formatting(element);
        let bytes = self.bytes();
        loop {
            match *bytes.get(self.at)? {
                b if is_space(b) => self.at += 1,
                b'>' => {
                    self.at += 1;
                    dropped.note(&mut attrs);
                    return Some((attrs, false));
                }
                b'/' => {
                    self.at += 1;
                    if self.peek()? == b'>' {
                        self.at += 1;
                        dropped.note(&mut attrs);
                        return Some((attrs, true));
                    }
                }
                _ => {
                    let name = self.attribute_name();
                    let (from, to) = self.attribute_value()?;
                    if self.keep == Keep::All {
                        let local = self.name(name.0, name.1);
                        // elements with thousands of attributes are no place for a linear search
                        if attrs.len() < 500 && !attrs.iter().any(|a: &Attribute| a.name.local == local) {
                            let value = self.value(from, to, true);
                            attrs.push(attribute(local, value));
                        }
                        continue;
                    }
                    let raw = &self.text[name.0..name.1];
                    match kept(raw).filter(|a| a.is_kept_on(element)) {
                        Some(attr) if seen & attr.bit() == 0 => {
                            seen |= attr.bit();
                            let value = self.value(from, to, true);
                            attrs.push(attribute(attr.local_name(), value));
                        }
                        None if formatting => {
                            dropped.add(&raw.to_ascii_lowercase(), &self.value(from, to, true));
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Where the name at the cursor begins and ends; its first sign may be any.
    fn attribute_name(&mut self) -> (usize, usize) {
        let from = self.at;
        let bytes = self.bytes();
        self.at += 1;
        while self.at < bytes.len()
            && !is_space(bytes[self.at])
            && !matches!(bytes[self.at], b'/' | b'>' | b'=')
        {
            self.at += 1;
        }
        (from, self.at)
    }

    /// Where the value behind an attribute's name begins and ends, if any; `None` when the page ends.
    fn attribute_value(&mut self) -> Option<(usize, usize)> {
        let name_end = self.at;
        self.skip_space();
        if self.peek()? != b'=' {
            return Some((name_end, name_end));
        }
        self.at += 1;
        self.skip_space();
        let quote = self.peek()?;
        match quote {
            b'"' | b'\'' => {
                let from = self.at + 1;
                let to = from + memchr(quote, &self.bytes()[from..])?;
                self.at = to + 1;
                Some((from, to))
            }
            b'>' => Some((self.at, self.at)),
            _ => {
                let from = self.at;
                let bytes = self.bytes();
                while self.at < bytes.len() && !is_space(bytes[self.at]) && bytes[self.at] != b'>' {
                    self.at += 1;
                }
                Some((from, self.at))
            }
        }
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// A name in lower case, made once.
    fn name(&mut self, from: usize, to: usize) -> LocalName {
        let raw = &self.text[from..to];
        if let Some(name) = self.names.get(raw) {
            return name.clone();
        }
        let name = LocalName::from(self.replaced(raw).to_ascii_lowercase());
        self.names.insert(raw, name.clone());
        name
    }

    /// Text with every NUL replaced, as it is everywhere but between tags.
    fn replaced<'b>(&self, raw: &'b str) -> Cow<'b, str> {
        if self.nul && raw.contains('\0') {
            Cow::Owned(raw.replace('\0', "\u{fffd}"))
        } else {
            Cow::Borrowed(raw)
        }
    }

    fn share(&self, from: usize, to: usize) -> StrTendril {
        self.buffer.subtendril(from as u32, (to - from) as u32)
    }

    /// A value; `references` tells whether they are decoded, as they are in attributes.
    fn value(&self, from: usize, to: usize, references: bool) -> StrTendril {
        self.value_with(from, to, references, true)
    }

    fn value_with(&self, from: usize, to: usize, references: bool, in_attribute: bool) -> StrTendril {
        let raw = &self.text[from..to];
        let decode = references && memchr(b'&', raw.as_bytes()).is_some();
        match self.replaced(raw) {
            Cow::Borrowed(_) if !decode => self.share(from, to),
            text if !decode => StrTendril::from_slice(&text),
            text => {
                let mut out = String::with_capacity(text.len());
                decode_into(&mut out, &text, in_attribute);
                StrTendril::from_slice(&out)
            }
        }
    }

    fn emit_replaced(&mut self, from: usize, to: usize) {
        if from < to {
            self.emit(Token::CharacterTokens(self.value(from, to, false)));
        }
    }

    /// Text between tags: NUL is a token of its own.
    fn emit_text(&mut self, from: usize, to: usize) {
        let mut start = from;
        if self.nul {
            while let Some(at) = memchr(0, &self.bytes()[start..to]).map(|i| i + start) {
                if start < at {
                    self.emit(Token::CharacterTokens(self.share(start, at)));
                }
                self.emit(Token::NullCharacterToken);
                start = at + 1;
            }
        }
        if start < to {
            self.emit(Token::CharacterTokens(self.share(start, to)));
        }
    }

    /// The same with character references.
    fn emit_markup_text(&mut self, from: usize, to: usize) {
        let special = if self.nul {
            memchr2(b'&', 0, &self.bytes()[from..to])
        } else {
            memchr(b'&', &self.bytes()[from..to])
        };
        if special.is_none() {
            self.emit(Token::CharacterTokens(self.share(from, to)));
            return;
        }
        let mut out = String::with_capacity(to - from);
        for (i, part) in self.text[from..to].split('\0').enumerate() {
            if i > 0 {
                self.emit(Token::NullCharacterToken);
            }
            out.clear();
            decode_into(&mut out, part, false);
            if !out.is_empty() {
                self.emit(Token::CharacterTokens(StrTendril::from_slice(&out)));
            }
        }
    }

    fn emit(&self, token: Token) -> Next {
        match self.sink.process_token(token, 1) {
            TokenSinkResult::RawData(kind) => Next::Raw(kind),
            TokenSinkResult::Plaintext => Next::Plaintext,
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => Next::Markup,
        }
    }
}

/// Length of a comment's text and of the whole with its end.
fn comment_end(rest: &[u8]) -> (usize, usize) {
    let mut from = 0;
    while let Some(at) = memmem::find(&rest[from..], b"--").map(|i| i + from) {
        if rest[at + 2..].starts_with(b">") {
            return (at, at + 3);
        }
        if rest[at + 2..].starts_with(b"!>") {
            return (at, at + 4);
        }
        from = at + 1;
    }
    let open = [&b"--!"[..], b"--", b"-"].into_iter().find(|e| rest.ends_with(e));
    (rest.len() - open.map_or(0, <[u8]>::len), rest.len())
}

fn attribute(local: LocalName, value: StrTendril) -> Attribute {
    Attribute {
        name: QualName::new(None, ns!(), local),
        value,
    }
}

/// The kept attribute of a name as it is written.
fn kept(raw: &str) -> Option<Attr> {
    if raw.bytes().any(|b| b.is_ascii_uppercase()) {
        Attr::from_name(&raw.to_ascii_lowercase())
    } else {
        Attr::from_name(raw)
    }
}

/// Whether the raw text of an element is read by anything.
fn holds_text(name: &str, attrs: &[Attribute]) -> bool {
    match name {
        "style" => false,
        "script" => attrs.iter().any(|a| {
            &*a.name.local == "type"
                && a.value
                    .trim()
                    .to_ascii_lowercase()
                    .starts_with("application/ld+json")
        }),
        _ => true,
    }
}

/// The attributes that were left out of a formatting element, as one number.
///
/// The tree builder closes the oldest of more than three formatting elements that are equal in all
/// attributes: elements that differ must go on to differ.
#[derive(Default)]
struct Dropped {
    names: Vec<u64>,
    sum: u64,
}

impl Dropped {
    fn add(&mut self, name: &str, value: &str) {
        let hash = |text: &str| FixedState::default().hash_one(text);
        let n = hash(name);
        if self.names.contains(&n) {
            return;
        }
        if self.names.len() < MAX_DROPPED {
            self.names.push(n);
        }
        // a sum, since order doesn't count
        self.sum = self
            .sum
            .wrapping_add((n ^ hash(value).rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }

    fn note(&self, attrs: &mut Vec<Attribute>) {
        if !self.names.is_empty() {
            let value = StrTendril::from(format!("{:x}", self.sum));
            // no attribute of a page can have a space in its name
            attrs.push(attribute(LocalName::from(" dropped"), value));
        }
    }
}
