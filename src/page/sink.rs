//! Builds a [`Tree`] from what html5ever's tree builder says. Decides nothing itself.

use super::attribute::Attr;
use super::tree::{Kind, NONE, ROOT, Tree};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, Namespace, QualName, local_name, ns};
use std::borrow::Cow;
use std::cell::RefCell;

/// A node as the tree builder holds it. The name rides along, since the builder asks for it all the time.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) id: u32,
    name: Name,
}

#[derive(Debug, Clone)]
pub(super) struct Name {
    ns: Namespace,
    local: LocalName,
}

impl ElemName for &Name {
    fn ns(&self) -> &Namespace {
        &self.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

fn nameless(id: u32) -> Handle {
    Handle {
        id,
        name: Name {
            ns: ns!(),
            local: local_name!(""),
        },
    }
}

/// The sink; `document` is the node that stands for the document.
pub(super) struct Sink {
    tree: RefCell<Tree>,
    document: u32,
}

impl Sink {
    /// Builds into an empty tree.
    pub(super) fn new(tree: Tree) -> Sink {
        Sink {
            tree: RefCell::new(tree),
            document: ROOT,
        }
    }

    /// Builds a fragment into a tree that holds a page already, under a root of its own.
    pub(super) fn beside(mut tree: Tree) -> Sink {
        let document = tree.add(Kind::Root);
        Sink {
            tree: RefCell::new(tree),
            document,
        }
    }

    /// The tree that was built.
    pub(super) fn into_tree(self) -> Tree {
        self.tree.into_inner()
    }

    /// The root of what is built.
    pub(super) fn document(&self) -> u32 {
        self.document
    }
}

/// The attributes that something behind the parser reads.
fn kept(element: &LocalName, attrs: Vec<Attribute>) -> impl Iterator<Item = (Attr, StrTendril)> {
    let element = element.clone();
    attrs.into_iter().filter_map(move |a| {
        let plain = a.name.ns == ns!() && a.name.prefix.is_none();
        let attr = Attr::from_name(&a.name.local).filter(|_| plain)?;
        attr.is_kept_on(&element).then_some((attr, a.value))
    })
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = &'a Name;

    fn finish(self) -> Tree {
        self.into_tree()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        nameless(self.document)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a Name {
        &target.name
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let mut tree = self.tree.borrow_mut();
        let whole = tree.whole.is_some().then(|| attrs.clone());
        let id = tree.add_element(name.local.clone(), kept(&name.local, attrs));
        if flags.template {
            let content = tree.add(Kind::Root);
            tree.append(id, content);
        }
        let handle = Handle {
            id,
            name: Name {
                ns: name.ns.clone(),
                local: name.local.clone(),
            },
        };
        if let (Some(list), Some(attrs)) = (&mut tree.whole, whole) {
            list.push((id, name, attrs.into_iter().map(|a| (a.name, a.value)).collect()));
        }
        handle
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        nameless(self.tree.borrow_mut().add(Kind::Comment(text)))
    }

    fn create_pi(&self, _: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => tree.append(parent.id, node.id),
            NodeOrText::AppendText(text) => {
                let last = tree.nodes[parent.id as usize].last;
                if !tree.extend_text(last, &text) {
                    let id = tree.add(Kind::Text(text));
                    tree.append(parent.id, id);
                }
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.tree.borrow().nodes[element.id as usize].parent != NONE;
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {
        let mut tree = self.tree.borrow_mut();
        let id = tree.add(Kind::Doctype);
        tree.append(self.document, id);
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        nameless(self.tree.borrow().nodes[target.id as usize].first)
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new: NodeOrText<Handle>) {
        let mut tree = self.tree.borrow_mut();
        if let NodeOrText::AppendNode(node) = &new {
            tree.detach(node.id);
        }
        if tree.nodes[sibling.id as usize].parent == NONE {
            return;
        }
        match new {
            NodeOrText::AppendNode(node) => tree.insert_before(sibling.id, node.id),
            NodeOrText::AppendText(text) => {
                let previous = tree.nodes[sibling.id as usize].previous;
                if !tree.extend_text(previous, &text) {
                    let id = tree.add(Kind::Text(text));
                    tree.insert_before(sibling.id, id);
                }
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        if let Some(list) = &mut tree.whole
            && let Ok(at) = list.binary_search_by_key(&target.id, |(id, ..)| *id)
        {
            let own = &mut list[at].2;
            for a in &attrs {
                if !own.iter().any(|(name, _)| *name == a.name) {
                    own.push((a.name.clone(), a.value.clone()));
                }
            }
        }
        tree.add_attributes(target.id, kept(&target.name.local, attrs));
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.tree.borrow_mut().move_children(node.id, new_parent.id);
    }
}
