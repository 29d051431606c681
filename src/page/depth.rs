//! Bounds the depth of the tree in linear time: a token sink between tokenizer and tree builder.
//!
//! The tree builder searches its stack of open elements at almost every tag, so time grows with the
//! square of the nesting: 50,000 nested `<div>` (550 KB) take seconds. Browsers flatten beyond about
//! 512 levels; so do we, by following the stack of open elements and dropping start tags that would
//! lie deeper, with their end tags, while their text stays. Unclosed formatting elements are bounded
//! too, since the builder opens all of them again in every block. Holds no other change of the page.

use super::element_sets::{
    breaks_out, closes_paragraph, is_foreign_root, is_formatting, is_heading, is_integration_point,
    is_raw_text, is_scope, is_special, is_void, stops_end_tag,
};
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{LocalName, local_name as name};
use std::cell::RefCell;
use std::collections::HashMap;

/// Deepest nesting that reaches the tree builder; the value browsers use.
pub const MAX_DEPTH: usize = 512;
/// Most formatting elements (`b`, `font`, ...) that may be open at once.
const MAX_FORMATTING: usize = 24;

/// A token sink that forwards all tokens but tags beyond [`MAX_DEPTH`].
pub struct DepthBound<S> {
    inner: S,
    open: RefCell<OpenElements>,
}

impl<S> DepthBound<S> {
    /// Stands before `inner`, usually a tree builder.
    pub fn new(inner: S) -> Self {
        DepthBound {
            inner,
            open: RefCell::default(),
        }
    }

    /// The sink behind this one.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: TokenSink> TokenSink for DepthBound<S> {
    type Handle = S::Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<Self::Handle> {
        if let Token::TagToken(tag) = &token {
            let keep = match tag.kind {
                TagKind::StartTag => self.open.borrow_mut().start(tag),
                TagKind::EndTag => self.open.borrow_mut().end(tag),
            };
            if !keep {
                return TokenSinkResult::Continue;
            }
        }
        self.inner.process_token(token, line_number)
    }

    fn end(&self) {
        self.inner.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.inner
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// The open elements as the tree builder has them, as far as depth needs it.
#[derive(Default)]
struct OpenElements {
    stack: Vec<LocalName>,
    formatting: Vec<LocalName>,
    dropped: HashMap<LocalName, usize>,
    paragraphs: usize,
    foreign: usize,
}

impl OpenElements {
    /// Follows a start tag; false when the tag must be dropped.
    fn start(&mut self, tag: &Tag) -> bool {
        let n = &tag.name;
        if self.in_foreign() {
            if breaks_out(n) {
                // an HTML tag ends SVG and MathML, however deep they stand in each other
                while self.in_foreign() {
                    let root = self.stack.iter().rposition(is_foreign_root).unwrap_or(0);
                    self.truncate(root);
                }
            } else if tag.self_closing {
                return true;
            }
        }
        if is_void(n) || is_raw_text(n) {
            return true;
        }
        if matches!(
            *n,
            name!("html") | name!("head") | name!("body") | name!("frameset")
        ) {
            return true;
        }
        self.close_implied(n);
        if self.stack.len() >= MAX_DEPTH {
            *self.dropped.entry(n.clone()).or_default() += 1;
            return false;
        }
        if is_formatting(n) {
            if *n == name!("a") {
                self.forget_formatting(n);
            }
            if self.formatting.len() >= MAX_FORMATTING {
                *self.dropped.entry(n.clone()).or_default() += 1;
                return false;
            }
            self.formatting.push(n.clone());
        }
        self.push(n.clone());
        true
    }

    /// Follows an end tag; false when it belongs to a dropped start tag.
    fn end(&mut self, tag: &Tag) -> bool {
        let n = &tag.name;
        if !self.dropped.is_empty()
            && let Some(count) = self.dropped.get_mut(n)
        {
            *count -= 1;
            if *count == 0 {
                self.dropped.remove(n);
            }
            return false;
        }
        if is_formatting(n) {
            self.forget_formatting(n);
        }
        let heading = is_heading(n);
        for at in (0..self.stack.len()).rev() {
            let open = &self.stack[at];
            if open == n || (heading && is_heading(open)) {
                let leaves_blocks_open =
                    *n == name!("form") || (is_formatting(n) && self.stack[at + 1..].iter().any(is_special));
                if leaves_blocks_open {
                    // the builder takes out this one element and leaves what was opened in it open
                    self.stack.remove(at);
                } else {
                    self.truncate(at);
                }
                break;
            }
            if stops_end_tag(n, open) {
                break;
            }
        }
        true
    }

    /// Whether tags are read by the rules of SVG and MathML here.
    fn in_foreign(&self) -> bool {
        self.foreign > 0
            && self.stack.iter().rev().find_map(|open| {
                if is_foreign_root(open) {
                    Some(true)
                } else if is_integration_point(open) {
                    Some(false)
                } else {
                    None
                }
            }) == Some(true)
    }

    /// Closes what the builder closes by itself when `n` starts.
    fn close_implied(&mut self, n: &LocalName) {
        match *n {
            name!("li") => self.close_item(&[name!("li")]),
            name!("dd") | name!("dt") => self.close_item(&[name!("dd"), name!("dt")]),
            name!("td") | name!("th") => self.cut_above(&[name!("tr"), name!("table"), name!("template")]),
            name!("tr") => self.cut_above(&[
                name!("tbody"),
                name!("thead"),
                name!("tfoot"),
                name!("table"),
                name!("template"),
            ]),
            name!("tbody") | name!("thead") | name!("tfoot") | name!("caption") | name!("colgroup") => {
                self.cut_above(&[name!("table"), name!("template")]);
            }
            name!("option") | name!("optgroup") if self.stack.last() == Some(&name!("option")) => {
                let top = self.stack.len() - 1;
                self.truncate(top);
            }
            _ => {}
        }
        if self.paragraphs > 0 && closes_paragraph(n) {
            for at in (0..self.stack.len()).rev() {
                let open = &self.stack[at];
                if *open == name!("p") {
                    self.truncate(at);
                    break;
                }
                if is_scope(open) || *open == name!("button") {
                    break;
                }
            }
        }
    }

    fn close_item(&mut self, closes: &[LocalName]) {
        for at in (0..self.stack.len()).rev() {
            let open = &self.stack[at];
            if closes.contains(open) {
                self.truncate(at);
                return;
            }
            if is_special(open) && !matches!(*open, name!("address") | name!("div") | name!("p")) {
                return;
            }
        }
    }

    fn cut_above(&mut self, stops: &[LocalName]) {
        if let Some(at) = self.stack.iter().rposition(|open| stops.contains(open)) {
            self.truncate(at + 1);
        }
    }

    fn push(&mut self, n: LocalName) {
        match n {
            name!("p") => self.paragraphs += 1,
            name!("svg") | name!("math") => self.foreign += 1,
            _ => {}
        }
        self.stack.push(n);
    }

    fn truncate(&mut self, len: usize) {
        while self.stack.len() > len {
            match self.stack.pop() {
                Some(name!("p")) => self.paragraphs -= 1,
                Some(name!("svg") | name!("math")) => self.foreign -= 1,
                _ => {}
            }
        }
    }

    fn forget_formatting(&mut self, n: &LocalName) {
        if let Some(at) = self.formatting.iter().rposition(|f| f == n) {
            self.formatting.remove(at);
        }
    }
}
