//! CSS selectors over a parsed page, by way of scraper: the tree is copied into scraper's, then matched.

use super::dom::NodeKey;
use super::tree::{Kind, NodeRef, ROOT, Tree};
use ego_tree::NodeId;
use html5ever::{Attribute, QualName, ns};
use scraper::{Html, Node, Selector};
use std::collections::HashMap;

/// Elements that match `selector`, in document order.
pub(super) fn select(tree: &Tree, selector: &str) -> Result<Vec<NodeKey>, String> {
    let parsed = Selector::parse(selector).map_err(|e| e.to_string())?;
    let (html, keys) = copy(tree);
    Ok(html
        .select(&parsed)
        .filter_map(|e| keys.get(&e.id()).copied())
        .collect())
}

fn copy(tree: &Tree) -> (Html, HashMap<NodeId, NodeKey>) {
    let mut html = Html::new_document();
    let mut keys = HashMap::new();
    let mut todo: Vec<(u32, NodeId)> = vec![(ROOT, html.tree.root().id())];
    while let Some((from, to)) = todo.pop() {
        for child in tree.node(from).children() {
            let Some(mut parent) = html.tree.get_mut(to) else {
                continue;
            };
            let id = parent.append(node(tree, child)).id();
            if child.element().is_some() {
                keys.insert(id, NodeKey(child.id));
            }
            todo.push((child.id, id));
        }
    }
    (html, keys)
}

fn node(tree: &Tree, node: NodeRef<'_>) -> Node {
    match node.kind() {
        Kind::Text(text) => Node::Text(scraper::node::Text { text: text.clone() }),
        Kind::Element(_) => Node::Element(element(tree, node)),
        Kind::Comment(text) => Node::Comment(scraper::node::Comment {
            comment: text.clone(),
        }),
        Kind::Root | Kind::Doctype => Node::Fragment,
    }
}

fn element(tree: &Tree, node: NodeRef<'_>) -> scraper::node::Element {
    let attribute = |name: QualName, value: &str| Attribute {
        name,
        value: value.into(),
    };
    let whole = tree.whole.as_ref().and_then(|list| {
        let at = list.binary_search_by_key(&node.id, |(id, ..)| *id).ok()?;
        list.get(at)
    });
    if let Some((_, name, attrs)) = whole {
        let attrs = attrs.iter().map(|(n, v)| attribute(n.clone(), v)).collect();
        return scraper::node::Element::new(name.clone(), attrs);
    }
    let local = node.element().map(|e| e.name.clone()).unwrap_or_default();
    let attrs = node
        .attrs()
        .map(|(a, v)| attribute(QualName::new(None, ns!(), a.local_name()), v))
        .collect();
    scraper::node::Element::new(QualName::new(None, ns!(html), local), attrs)
}
