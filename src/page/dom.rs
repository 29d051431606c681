//! The parsed page: parse once with bounded depth, walk without recursion, find elements by selector.
//! Read-only after parsing.

use super::attribute::Attr;
use super::depth::DepthBound;
use super::selecting::select;
use super::sink::{Handle, Sink};
use super::tag::Tag;
use super::tokenizer::{Keep, tokenize};
use super::tree::{Kind, NodeRef, ROOT, Tree};
use foldhash::HashSet;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, create_element};
use html5ever::{QualName, local_name, ns};

/// Identity of an element or text within one [`Dom`]; plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeKey(pub(super) u32);

/// A parsed page.
pub struct Dom {
    tree: Tree,
}

/// One element as the walk shows it.
pub struct ElementView<'a> {
    /// Which element.
    pub key: NodeKey,
    /// Its name as an enum.
    pub tag: Tag,
    node: NodeRef<'a>,
}

impl<'a> ElementView<'a> {
    /// Element name in lower case.
    pub fn name(&self) -> &'a str {
        self.node.element().map_or("", |e| &*e.name)
    }

    /// Value of an attribute.
    pub fn attr(&self, attr: Attr) -> Option<&'a str> {
        self.node.attr(attr)
    }

    /// The kept attributes in the order of [`Attr`].
    pub fn attrs(&self) -> impl Iterator<Item = (Attr, &'a str)> {
        self.node.attrs()
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
    /// The same with the node, for visitors that want to find it again.
    fn text_node(&mut self, _node: NodeKey, text: &str) {
        self.text(text);
    }
    /// The element that was opened last and not closed yet ends.
    fn close(&mut self);
}

impl Dom {
    /// Parses a page. Never fails: any text is some page. `noscript` content becomes part of the tree.
    pub fn parse(text: &str) -> Dom {
        Dom::parse_keeping(text, Keep::Needed)
    }

    /// Parses a page with all attributes, so that any selector can be matched.
    pub fn parse_whole(text: &str) -> Dom {
        Dom::parse_keeping(text, Keep::All)
    }

    fn parse_keeping(text: &str, keep: Keep) -> Dom {
        let sink = Sink::new(Tree::new(text.len(), keep == Keep::All));
        let builder = TreeBuilder::new(sink, TreeBuilderOpts::default());
        let mut tree = build(text, builder, keep).into_tree();
        graft_noscript(&mut tree, keep);
        Dom { tree }
    }

    /// Elements that match a CSS selector, in document order. On a page from [`Dom::parse`] selectors see
    /// the attributes of [`Attr`] alone.
    ///
    /// # Errors
    /// The parser's message when `selector` is not valid CSS.
    pub fn select(&self, selector: &str) -> Result<Vec<NodeKey>, String> {
        select(&self.tree, selector)
    }

    /// `id` values that more than one element bears, sorted; elements without visible text count too,
    /// since a selector finds them all the same.
    pub fn repeated_ids(&self) -> Vec<Box<str>> {
        let mut seen: HashSet<&str> = HashSet::default();
        let mut repeated: Vec<Box<str>> = self
            .tree
            .all()
            .filter_map(|n| n.attr(Attr::Id))
            .filter(|id| !seen.insert(id))
            .map(Into::into)
            .collect();
        repeated.sort();
        repeated.dedup();
        repeated
    }

    /// Walks the whole document.
    pub fn walk(&self, visitor: &mut impl Visitor) {
        let mut next = self.tree.node(ROOT).first_child();
        while let Some(node) = next {
            let mut child = None;
            match node.kind() {
                Kind::Text(text) => visitor.text_node(NodeKey(node.id), text),
                Kind::Element(element) => {
                    let view = ElementView {
                        key: NodeKey(node.id),
                        tag: element.tag,
                        node,
                    };
                    if visitor.open(&view) == Step::Into {
                        child = node.first_child();
                        if child.is_none() {
                            visitor.close();
                        }
                    }
                }
                _ => {}
            }
            next = child;
            let mut up = node;
            while next.is_none() {
                next = up.next_sibling();
                if next.is_none() {
                    match up.parent() {
                        Some(parent) if parent.id != ROOT => {
                            visitor.close();
                            up = parent;
                        }
                        _ => return,
                    }
                }
            }
        }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }
}

type Builder = TreeBuilder<Handle, Sink>;

fn build(text: &str, builder: Builder, keep: Keep) -> Sink {
    let bound = DepthBound::new(builder);
    tokenize(text, &bound, keep);
    bound.into_inner().sink
}

/// Replaces the raw text of every `noscript` in the body that holds readable text by its parsed content.
///
/// Forums such as Discourse keep all their crawlable posts there. Parsing the whole page without
/// scripting would do the same, but breaks pages that have an `<iframe/>` in a `noscript`.
fn graft_noscript(tree: &mut Tree, keep: Keep) {
    let found: Vec<u32> = tree
        .all()
        .filter(|n| n.element().is_some_and(|e| e.tag == Tag::Noscript))
        .filter(|n| {
            let parent = n.parent().and_then(NodeRef::element);
            parent.is_none_or(|e| e.tag != Tag::Head)
        })
        .map(|n| n.id)
        .collect();
    for id in found {
        let first = tree.node(id).first_child();
        let Some((child, raw)) = first.and_then(|c| c.text().map(|t| (c.id, t.to_owned()))) else {
            continue;
        };
        tree.detach(child);
        if !has_readable_text(&raw) {
            continue;
        }
        let whole = std::mem::replace(tree, Tree::new(0, false));
        let sink = Sink::beside(whole);
        let root = sink.document();
        let body = QualName::new(None, ns!(html), local_name!("body"));
        let context = create_element(&sink, body, Vec::new());
        let builder = TreeBuilder::new_for_fragment(sink, context, None, TreeBuilderOpts::default());
        *tree = build(&raw, builder, keep).into_tree();
        let element = tree.node(root).children().find(|c| c.element().is_some());
        let from = element.map_or(root, |e| e.id);
        tree.move_children(from, id);
    }
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
