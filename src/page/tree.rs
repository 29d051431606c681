//! The tree of a parsed page: nodes in one list in the order of their making, linked by indices.
//! Plain storage with links; what is built when is for the sink, what is read is for the walk and the meta.

use super::attribute::Attr;
use super::tag::Tag;
use html5ever::tendril::StrTendril;
use html5ever::{LocalName, QualName};

/// No node.
pub(super) const NONE: u32 = u32::MAX;
/// The document node.
pub(super) const ROOT: u32 = 0;

/// What a node is.
pub(super) enum Kind {
    /// The document, or the root of what a `template` or a `noscript` holds.
    Root,
    Doctype,
    Comment(StrTendril),
    Text(StrTendril),
    Element(Element),
}

/// An element's name and attributes.
pub(super) struct Element {
    pub(super) tag: Tag,
    pub(super) name: LocalName,
    /// Range in [`Tree::attributes`], in the order of [`Attr`].
    from: u32,
    to: u32,
    mask: u64,
}

pub(super) struct Node {
    pub(super) parent: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) previous: u32,
    pub(super) next: u32,
    pub(super) kind: Kind,
}

/// An element with its whole name and all attributes.
pub(super) type WholeElement = (u32, QualName, Vec<(QualName, StrTendril)>);

/// A parsed page.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    attributes: Vec<(Attr, StrTendril)>,
    /// Whole names and attributes of the elements, kept when CSS selectors are to be matched.
    pub(super) whole: Option<Vec<WholeElement>>,
}

impl Tree {
    /// An empty document with room for the nodes of so many bytes of markup.
    pub(super) fn new(bytes: usize, whole: bool) -> Tree {
        let mut tree = Tree {
            nodes: Vec::with_capacity((bytes / 48).clamp(64, 1 << 20)),
            attributes: Vec::with_capacity((bytes / 96).clamp(64, 1 << 20)),
            whole: whole.then(Vec::new),
        };
        tree.add(Kind::Root);
        tree
    }

    /// Adds a node without a parent.
    pub(super) fn add(&mut self, kind: Kind) -> u32 {
        self.nodes.push(Node {
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
            kind,
        });
        self.nodes.len() as u32 - 1
    }

    /// Adds an element without a parent; `attributes` are in any order, without repetition.
    pub(super) fn add_element(
        &mut self,
        name: LocalName,
        attributes: impl Iterator<Item = (Attr, StrTendril)>,
    ) -> u32 {
        let from = self.attributes.len();
        let mut mask = 0;
        for (attr, value) in attributes {
            mask |= attr.bit();
            self.attributes.push((attr, value));
        }
        self.attributes[from..].sort_unstable_by_key(|(attr, _)| *attr);
        self.add(Kind::Element(Element {
            tag: Tag::from_name(&name),
            name,
            from: from as u32,
            to: self.attributes.len() as u32,
            mask,
        }))
    }

    /// Gives an element the attributes that it doesn't have yet.
    pub(super) fn add_attributes(&mut self, id: u32, more: impl Iterator<Item = (Attr, StrTendril)>) {
        let Kind::Element(e) = &self.nodes[id as usize].kind else {
            return;
        };
        let (from, to, mut mask) = (e.from as usize, e.to as usize, e.mask);
        let mut all: Vec<(Attr, StrTendril)> = self.attributes[from..to].to_vec();
        for (attr, value) in more {
            if mask & attr.bit() == 0 {
                mask |= attr.bit();
                all.push((attr, value));
            }
        }
        all.sort_unstable_by_key(|(attr, _)| *attr);
        let from = self.attributes.len() as u32;
        self.attributes.extend(all);
        let to = self.attributes.len() as u32;
        if let Kind::Element(e) = &mut self.nodes[id as usize].kind {
            (e.from, e.to, e.mask) = (from, to, mask);
        }
    }

    /// Takes a node with its subtree out of its parent.
    pub(super) fn detach(&mut self, id: u32) {
        let node = &mut self.nodes[id as usize];
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
        if parent == NONE {
            return;
        }
        match previous {
            NONE => self.nodes[parent as usize].first = next,
            p => self.nodes[p as usize].next = next,
        }
        match next {
            NONE => self.nodes[parent as usize].last = previous,
            n => self.nodes[n as usize].previous = previous,
        }
    }

    /// Makes a node the last child of `parent`.
    pub(super) fn append(&mut self, parent: u32, id: u32) {
        self.detach(id);
        let last = std::mem::replace(&mut self.nodes[parent as usize].last, id);
        let node = &mut self.nodes[id as usize];
        (node.parent, node.previous) = (parent, last);
        match last {
            NONE => self.nodes[parent as usize].first = id,
            l => self.nodes[l as usize].next = id,
        }
    }

    /// Puts a node before `sibling`, which has a parent.
    pub(super) fn insert_before(&mut self, sibling: u32, id: u32) {
        self.detach(id);
        let (parent, previous) = {
            let s = &mut self.nodes[sibling as usize];
            (s.parent, std::mem::replace(&mut s.previous, id))
        };
        let node = &mut self.nodes[id as usize];
        (node.parent, node.previous, node.next) = (parent, previous, sibling);
        match previous {
            NONE => self.nodes[parent as usize].first = id,
            p => self.nodes[p as usize].next = id,
        }
    }

    /// Makes all children of `from` the last children of `to`.
    pub(super) fn move_children(&mut self, from: u32, to: u32) {
        while self.nodes[from as usize].first != NONE {
            let child = self.nodes[from as usize].first;
            self.append(to, child);
        }
    }

    /// Appends text to a text node; false when `id` is none.
    pub(super) fn extend_text(&mut self, id: u32, more: &StrTendril) -> bool {
        match self.nodes.get_mut(id as usize).map(|n| &mut n.kind) {
            Some(Kind::Text(text)) => {
                text.push_tendril(more);
                true
            }
            _ => false,
        }
    }

    /// A node to read.
    pub(super) fn node(&self, id: u32) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// All nodes in the order of their making, those without a parent included.
    pub(super) fn all(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len() as u32).map(|id| self.node(id))
    }
}

/// A node of a tree.
#[derive(Clone, Copy)]
pub(super) struct NodeRef<'a> {
    tree: &'a Tree,
    pub(super) id: u32,
}

impl<'a> NodeRef<'a> {
    fn at(self, id: u32) -> Option<NodeRef<'a>> {
        (id != NONE).then_some(NodeRef { tree: self.tree, id })
    }

    fn node(self) -> &'a Node {
        &self.tree.nodes[self.id as usize]
    }

    pub(super) fn kind(self) -> &'a Kind {
        &self.node().kind
    }

    pub(super) fn parent(self) -> Option<NodeRef<'a>> {
        self.at(self.node().parent)
    }

    pub(super) fn first_child(self) -> Option<NodeRef<'a>> {
        self.at(self.node().first)
    }

    pub(super) fn next_sibling(self) -> Option<NodeRef<'a>> {
        self.at(self.node().next)
    }

    pub(super) fn children(self) -> impl Iterator<Item = NodeRef<'a>> {
        std::iter::successors(self.first_child(), |n| n.next_sibling())
    }

    pub(super) fn element(self) -> Option<&'a Element> {
        match self.kind() {
            Kind::Element(e) => Some(e),
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn comment(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Comment(text) => Some(text),
            _ => None,
        }
    }

    /// Value of an attribute.
    pub(super) fn attr(self, attr: Attr) -> Option<&'a str> {
        let e = self.element()?;
        if e.mask & attr.bit() == 0 {
            return None;
        }
        self.attrs().find(|(a, _)| *a == attr).map(|(_, value)| value)
    }

    /// Kept attributes in the order of [`Attr`].
    pub(super) fn attrs(self) -> impl Iterator<Item = (Attr, &'a str)> {
        let range = self.element().map_or(0..0, |e| e.from as usize..e.to as usize);
        self.tree.attributes[range]
            .iter()
            .map(|(attr, value)| (*attr, &**value))
    }
}
