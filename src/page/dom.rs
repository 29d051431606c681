//! The parsed page: parse once with bounded depth, walk without recursion, find elements by selector.
//! Read-only after parsing. `scraper::Html` is not `Send`, so a `Dom` never leaves its thread.

use super::depth::DepthBound;
use super::tag::Tag;
use ego_tree::NodeId;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{QualName, local_name, ns};
use scraper::{Html, HtmlTreeSink, Node, Selector};
use std::collections::HashSet;

/// Identity of an element within one [`Dom`]; plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeKey(NodeId);

/// A parsed page.
pub struct Dom {
    html: Html,
}

/// One element as the walk shows it.
pub struct ElementView<'a> {
    /// Which element.
    pub key: NodeKey,
    /// Its name as an enum.
    pub tag: Tag,
    element: &'a scraper::node::Element,
}

impl<'a> ElementView<'a> {
    /// Element name in lower case.
    pub fn name(&self) -> &'a str {
        self.element.name()
    }

    /// Value of an attribute.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        self.element.attr(name)
    }

    /// All attributes, in a fixed order.
    pub fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.element.attrs()
    }
}

/// What the visitor wants done with an element's subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Walk its children; `close` will be called.
    Into,
    /// Leave its subtree out; `close` won't be called.
    Over,
}

/// Sees the elements and texts of a page in document order.
pub trait Visitor {
    /// An element opens.
    fn open(&mut self, element: &ElementView<'_>) -> Step;
    /// The text of a text node, not normalised.
    fn text(&mut self, text: &str);
    /// The element that was opened last and not closed yet ends.
    fn close(&mut self);
}

impl Dom {
    /// Parses a page. Never fails: any text is some page. `noscript` content becomes part of the tree.
    pub fn parse(text: &str) -> Dom {
        let mut html = parse_with(text, |sink| TreeBuilder::new(sink, TreeBuilderOpts::default()));
        graft_noscript(&mut html);
        Dom { html }
    }

    /// Elements that match a CSS selector, in document order.
    ///
    /// # Errors
    /// The parser's message when `selector` is not valid CSS.
    pub fn select(&self, selector: &str) -> Result<Vec<NodeKey>, String> {
        let parsed = Selector::parse(selector).map_err(|e| e.to_string())?;
        Ok(self.html.select(&parsed).map(|e| NodeKey(e.id())).collect())
    }

    /// `id` values that more than one element bears, sorted; elements without visible text count too,
    /// since a selector finds them all the same.
    pub fn repeated_ids(&self) -> Vec<Box<str>> {
        let mut seen: HashSet<&str> = HashSet::new();
        let elements = self.html.tree.nodes().filter_map(|n| n.value().as_element());
        let mut repeated: Vec<Box<str>> = elements
            .filter_map(scraper::node::Element::id)
            .filter(|id| !seen.insert(id))
            .map(Into::into)
            .collect();
        repeated.sort();
        repeated.dedup();
        repeated
    }

    /// Walks the whole document.
    pub fn walk(&self, visitor: &mut impl Visitor) {
        let root = self.html.tree.root();
        let mut next = root.first_child();
        while let Some(node) = next {
            let mut into = false;
            match node.value() {
                Node::Text(text) => visitor.text(text),
                Node::Element(element) => {
                    let view = ElementView {
                        key: NodeKey(node.id()),
                        tag: Tag::from_name(element.name()),
                        element,
                    };
                    if visitor.open(&view) == Step::Into {
                        into = node.has_children();
                        if !into {
                            visitor.close();
                        }
                    }
                }
                _ => {}
            }
            next = if into { node.first_child() } else { None };
            let mut up = node;
            while next.is_none() {
                next = up.next_sibling();
                if next.is_none() {
                    match up.parent() {
                        Some(parent) if parent.id() != root.id() => {
                            visitor.close();
                            up = parent;
                        }
                        _ => return,
                    }
                }
            }
        }
    }

    pub(super) fn html(&self) -> &Html {
        &self.html
    }
}

type Builder = TreeBuilder<NodeId, HtmlTreeSink>;

fn parse_with(text: &str, builder: impl FnOnce(HtmlTreeSink) -> Builder) -> Html {
    let bound = DepthBound::new(builder(HtmlTreeSink::new(Html::new_document())));
    let tokenizer = Tokenizer::new(bound, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    // feed returns at every `</script>` and charset declaration, for engines that act on them
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.into_inner().sink.finish()
}

/// Replaces the raw text of every `noscript` in the body that holds readable text by its parsed content.
///
/// Forums such as Discourse keep all their crawlable posts there. Parsing the whole page without
/// scripting would do the same, but breaks pages that have an `<iframe/>` in a `noscript`.
fn graft_noscript(html: &mut Html) {
    let noscript = local_name!("noscript");
    let found: Vec<NodeId> = html
        .tree
        .nodes()
        .filter(|n| n.value().as_element().is_some_and(|e| e.name.local == noscript))
        .filter(|n| {
            !n.parent()
                .and_then(|p| p.value().as_element().map(|e| e.name() == "head"))
                .unwrap_or(false)
        })
        .map(|n| n.id())
        .collect();
    for id in found {
        let Some(node) = html.tree.get(id) else { continue };
        let Some((child, raw)) = node
            .first_child()
            .and_then(|c| c.value().as_text().map(|t| (c.id(), t.text.clone())))
        else {
            continue;
        };
        if let Some(mut text) = html.tree.get_mut(child) {
            text.detach();
        }
        if !has_readable_text(&raw) {
            continue;
        }
        let fragment = parse_fragment(&raw);
        let root = html.tree.extend_tree(fragment.tree).id();
        let from = html
            .tree
            .get(root)
            .and_then(|r| r.children().find(|c| c.value().is_element()))
            .map_or(root, |e| e.id());
        if let Some(mut target) = html.tree.get_mut(id) {
            target.reparent_from_id_append(from);
        }
    }
}

fn parse_fragment(text: &str) -> Html {
    parse_with(text, |sink| {
        let body = QualName::new(None, ns!(html), local_name!("body"));
        let context = html5ever::tree_builder::create_element(&sink, body, Vec::new());
        TreeBuilder::new_for_fragment(sink, context, None, TreeBuilderOpts::default())
    })
}

/// Whether markup has a letter outside of its tags.
fn has_readable_text(raw: &str) -> bool {
    let mut depth = 0_u32;
    for c in raw.chars() {
        match c {
            '<' => depth = 1,
            '>' => depth = 0,
            c if depth == 0 && c.is_alphanumeric() => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Trace(String);

    impl Visitor for Trace {
        fn open(&mut self, element: &ElementView<'_>) -> Step {
            self.0.extend(["<", element.name(), ">"]);
            if element.tag == Tag::Script {
                Step::Over
            } else {
                Step::Into
            }
        }
        fn text(&mut self, text: &str) {
            self.0 += text;
        }
        fn close(&mut self) {
            self.0 += "/";
        }
    }

    fn trace(page: &str) -> String {
        let mut t = Trace::default();
        Dom::parse(page).walk(&mut t);
        t.0
    }

    #[test]
    fn walk_opens_and_closes_in_document_order() {
        assert_eq!(
            trace("<p>a<b>b</b><br>c<script>x</script>"),
            "<html><head>/<body><p>a<b>b/<br>/c<script>///"
        );
    }

    #[test]
    fn noscript_text_joins_the_tree_and_an_iframe_in_it_does_no_harm() {
        assert_eq!(
            trace("<div><noscript><p>post</p></noscript></div><noscript><iframe src=x/></noscript><p>after"),
            "<html><head>/<body><div><noscript><p>post///<noscript>/<p>after///"
        );
    }

    #[test]
    fn text_beyond_the_depth_bound_stays() {
        let page = format!(
            "{}deep{}<p>after</p>",
            "<div>".repeat(3000),
            "</div>".repeat(3000)
        );
        let t = trace(&page);
        assert!(t.contains("deep"));
        assert!(t.contains("<p>after"));
        assert_eq!(t.matches("<div>").count(), super::super::depth::MAX_DEPTH);
    }

    #[test]
    fn unclosed_items_and_paragraphs_are_no_depth() {
        for (open, n) in [
            ("<p>x", 2000),
            ("<ul><li>x</ul><li>y", 900),
            ("<table><tr><td>x</table>", 900),
        ] {
            let t = trace(&open.repeat(n));
            assert!(t.matches('x').count() == n, "{open}");
            let tag = &open[..=open.find('>').unwrap()];
            assert_eq!(t.matches(tag).count(), n, "{open}");
        }
    }

    #[test]
    fn half_a_million_nested_elements_take_linear_time() {
        let start = std::time::Instant::now();
        for open in [
            "<div>",
            "<b class=x>",
            "<svg>",
            "<table><td>",
            "<li><dd>",
            "<a><div></a>",
            "<p><b><p></b>",
            "<font size=1><p>",
            "<div></span>",
            "<span><div></span>",
            "<form><div></form>",
            "<x-y><div></x-y>",
            "<svg><div/>",
            "<svg><foreignObject><div/>",
            "<ul><li></ul></li>",
            "<p><button></p>",
        ] {
            let page = open.repeat(2_000_000 / open.len());
            std::hint::black_box(Dom::parse(&page));
        }
        assert!(start.elapsed().as_secs() < 60, "took {:?}", start.elapsed());
    }
}
