//! A CSS selector for an element: short, readable, matching exactly that element of the parsed page.

use super::outline::Outline;
use std::fmt::Write;

impl Outline {
    /// A selector that matches the element and no other: a path of child steps from the nearest
    /// ancestor with an `id` of its own, or from the root.
    pub fn selector(&self, element: u32) -> String {
        let mut path: Vec<u32> = Vec::new();
        let mut out = String::new();
        for (at, e) in self.ancestry(element) {
            if let Some(id) = self.text_of(e.id).filter(|id| self.usable_id(id)) {
                out.push('#');
                out.push_str(id);
                break;
            }
            path.push(at);
        }
        for at in path.into_iter().rev() {
            if !out.is_empty() {
                out.push_str(" > ");
            }
            self.push_step(&mut out, at);
        }
        out
    }

    /// The selectors of many elements in a row: those of one parent share its selector.
    pub fn selectors(&self) -> impl FnMut(u32) -> String {
        let mut last: Option<(u32, String)> = None;
        move |element| {
            let e = self.element(element);
            if e.parent == element || self.text_of(e.id).is_some_and(|id| self.usable_id(id)) {
                return self.selector(element);
            }
            let parent = match last.take() {
                Some((parent, text)) if parent == e.parent => text,
                _ => self.selector(e.parent),
            };
            let mut out = String::with_capacity(parent.len() + 24);
            out.push_str(&parent);
            last = Some((e.parent, parent));
            out.push_str(" > ");
            self.push_step(&mut out, element);
            out
        }
    }

    /// One step of a path.
    fn push_step(&self, out: &mut String, element: u32) {
        let e = self.element(element);
        let name = Some(self.tag_name(e)).filter(|n| usable_name(n)).unwrap_or("*");
        out.push_str(name);
        if e.depth > 0 && name != "body" {
            let _ = write!(out, ":nth-child({})", e.nth);
        }
    }

    fn usable_id(&self, id: &str) -> bool {
        usable_name(id) && self.repeated_ids.binary_search_by(|r| (**r).cmp(id)).is_err()
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
             <p id=twin>g<p id=twin>h<my-tag><p>i</my-tag><noscript><p>j<p>k</noscript><table><tr><td>l<td>m</table><q>n</q>";
        let dom = Dom::parse(page);
        let outline = outline_of_dom(&dom, usize::MAX);
        assert_eq!(outline.blocks.len(), 14);
        let mut selectors = outline.selectors();
        for b in &outline.blocks {
            let selector = outline.selector(b.element);
            assert_eq!(selectors(b.element), selector);
            let found = dom.select(&selector).unwrap();
            assert_eq!(found.len(), 1, "{selector}");
            assert_eq!(Some(found[0]), outline.element(b.element).node, "{selector}");
        }
        assert_eq!(outline.selector(outline.blocks[2].element), "#x1");
        assert_eq!(
            outline.selector(outline.blocks[1].element),
            "#top > p:nth-child(2)"
        );
    }
}
