//! A CSS selector for an element: short, readable, matching exactly that element of the parsed page.

use super::outline::Outline;
use std::fmt::Write;

impl Outline {
    /// A selector that matches the element and no other: a path of child steps from the nearest
    /// ancestor with an `id` of its own, or from the root.
    pub fn selector(&self, element: u32) -> String {
        self.selectors().of(element).to_owned()
    }

    /// The selectors of many elements, made quickly when they come in document order: what two in a row have
    /// in common is kept.
    pub fn selectors(&self) -> Selectors<'_> {
        Selectors {
            outline: self,
            text: String::new(),
            ends: Vec::new(),
            first: 0,
            climbed: Vec::new(),
        }
    }

    /// One step of a path.
    fn push_step(&self, out: &mut String, element: u32) {
        let e = self.element(element);
        let name = match self.text_of(e.other_name) {
            Some(name) if !usable_name(name) => "*",
            Some(name) => name,
            None => e.tag.name(),
        };
        out.push_str(name);
        if e.depth > 0 && name != "body" {
            out.push_str(":nth-child(");
            match u8::try_from(e.nth) {
                Ok(digit @ 0..10) => out.push(char::from(b'0' + digit)),
                _ => {
                    let _ = write!(out, "{}", e.nth);
                }
            }
            out.push(')');
        }
    }

    fn usable_id(&self, id: &str) -> bool {
        usable_name(id) && self.repeated_ids.binary_search_by(|r| (**r).cmp(id)).is_err()
    }
}

/// Makes selectors and remembers the last one.
#[derive(Debug)]
pub struct Selectors<'a> {
    outline: &'a Outline,
    /// The last selector.
    text: String,
    /// By depth, the element whose selector is the text up to there.
    ends: Vec<(u32, usize)>,
    /// The depth at which the text begins.
    first: usize,
    climbed: Vec<u32>,
}

impl Selectors<'_> {
    /// The selector of an element, as [`Outline::selector`] gives it.
    pub fn of(&mut self, element: u32) -> &str {
        let outline = self.outline;
        self.climbed.clear();
        let mut kept = 0;
        for (at, e) in outline.ancestry(element) {
            let depth = usize::from(e.depth);
            if depth >= self.first
                && let Some((known, end)) = self.ends.get(depth)
                && *known == at
            {
                self.text.truncate(*end);
                kept = depth + 1;
                break;
            }
            if let Some(id) = outline.text_of(e.id).filter(|id| outline.usable_id(id)) {
                self.begin(depth);
                self.text.push('#');
                self.text.push_str(id);
                self.ends.push((at, self.text.len()));
                kept = depth + 1;
                break;
            }
            self.climbed.push(at);
            if e.parent == at {
                self.begin(depth);
                kept = depth;
            }
        }
        self.ends.truncate(kept);
        while let Some(at) = self.climbed.pop() {
            if !self.text.is_empty() {
                self.text.push_str(" > ");
            }
            outline.push_step(&mut self.text, at);
            self.ends.push((at, self.text.len()));
        }
        &self.text
    }

    /// Begins a text at a depth.
    fn begin(&mut self, depth: usize) {
        self.text.clear();
        self.first = depth;
        self.ends.resize(depth, (u32::MAX, 0));
    }
}

/// Names that need no escaping in CSS.
fn usable_name(name: &str) -> bool {
    name.len() <= 80
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use crate::blocks::outline_of_dom;
    use crate::page::Dom;

    #[test]
    fn every_selector_matches_its_element_alone() {
        let page = "<div id=top><p>a<p>b<div id=x1><span>c</span><br>d</div></div><ul><li>e<li id=7bad>f</ul>\
             <p id=twin>g<p id=twin>h<my-tag><p>i</my-tag><noscript><p>j<p>k</noscript><table><tr><td>l<td>m</table><q>n</q>\
             <o:p>o</o:p><article><section><p>p<p>q</section><section><p>r<p>s</section></article>";
        let dom = Dom::parse(page);
        let outline = outline_of_dom(&dom, usize::MAX);
        assert_eq!(outline.blocks.len(), 19);
        let mut selectors = outline.selectors();
        for b in &outline.blocks {
            let selector = outline.selector(b.element);
            assert_eq!(selectors.of(b.element), selector);
            let found = dom.select(&selector).unwrap();
            assert_eq!(found.len(), 1, "{selector}");
            assert_eq!(Some(found[0]), outline.element(b.element).node, "{selector}");
        }
        // in any order
        for b in outline
            .blocks
            .iter()
            .rev()
            .chain(outline.blocks.iter().step_by(3))
        {
            assert_eq!(selectors.of(b.element), outline.selector(b.element));
        }
        assert_eq!(outline.selector(outline.blocks[2].element), "#x1");
        assert_eq!(
            outline.selector(outline.blocks[1].element),
            "#top > p:nth-child(2)"
        );
    }
}
