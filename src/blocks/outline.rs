//! The data types of a segmented page: blocks in reading order and the tree of elements around them.
//! No parsing and no feature; every type here is plain and `Send`.

use super::names::{Name, Names};
use crate::page::{NodeKey, Tag};

/// One run of visible text between two block boundaries.
#[derive(Debug, Clone)]
pub struct Block {
    /// The text, white space collapsed and trimmed; never empty.
    pub text: String,
    /// Index of the nearest block-level element around the text.
    pub element: u32,
    /// Index of the deepest element (block-level or inline) that holds all of the text.
    pub anchor: u32,
    /// Which run of its element this is, 1 is the first.
    pub run: u32,
    /// Characters inside links.
    pub link_chars: u32,
    /// Links that begin in this block, or one when the block lies in a link.
    pub links: u32,
    /// Characters inside `b`, `strong`, `em`, `i`.
    pub emphasis_chars: u32,
    /// Address of the block's first link.
    pub href: Option<Box<str>>,
}

/// Things counted below an element that are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Links.
    Link,
    /// Input fields that a person types or clicks in.
    Input,
    /// E-mail fields.
    Email,
    /// Password fields.
    Password,
    /// Checkboxes and radio buttons.
    Checkbox,
    /// Buttons and submit fields.
    Button,
    /// Pictures.
    Image,
    /// Frames and films.
    Media,
}

/// Counts by [`Mark`].
pub type Marks = [u32; 8];

/// An `input` that is not hidden, a `textarea` or a `select`.
#[derive(Debug, Clone)]
pub struct Field {
    /// Index of the element that it stands in.
    pub element: u32,
    /// Blocks before it.
    pub block: u32,
    /// Its type, name, placeholder and value, separated by spaces.
    pub text: Box<str>,
}

/// An element of the page that was walked, with what lies below it.
#[derive(Debug, Clone)]
pub struct Element {
    /// Name as an enum.
    pub tag: Tag,
    /// Name in lower case, when the enum doesn't know it.
    pub other_name: Option<Name>,
    /// Index of the parent; the root is its own parent.
    pub parent: u32,
    /// Depth below the root, which has 0.
    pub depth: u16,
    /// Position among the element children of the parent, 1 is the first.
    pub nth: u32,
    /// Index of the first block below this element.
    pub first_block: u32,
    /// Index after the last block below this element.
    pub end_block: u32,
    /// `class`.
    pub class: Option<Name>,
    /// `id`.
    pub id: Option<Name>,
    /// Other attribute values that name the element's purpose, separated by spaces.
    pub hints: Option<Name>,
    /// Whether markup hides the element itself.
    pub hidden: bool,
    /// Marks in the element's subtree, the element included.
    pub marks: Marks,
    /// The element in the DOM it came from.
    pub node: Option<NodeKey>,
}

/// A segmented page or text.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// Blocks in document order.
    pub blocks: Vec<Block>,
    /// Elements in document order; index 0 is the root. One virtual root for plain text.
    pub elements: Vec<Element>,
    /// Texts of the elements' names.
    pub names: Names,
    /// Fields of forms in document order.
    pub fields: Vec<Field>,
    /// `id` values that more than one element bears, sorted.
    pub repeated_ids: Vec<Box<str>>,
    /// Blocks that the page has; more than `blocks` holds when the limit was passed.
    pub seen_blocks: usize,
    /// Whether this is plain text without markup.
    pub plain: bool,
}

impl Outline {
    /// The element with this index.
    pub fn element(&self, index: u32) -> &Element {
        &self.elements[index as usize]
    }

    /// The element and its ancestors, the nearest first.
    pub fn ancestry(&self, from: u32) -> impl Iterator<Item = (u32, &Element)> {
        let mut next = Some(from);
        std::iter::from_fn(move || {
            let at = next?;
            let element = self.elements.get(at as usize)?;
            next = (element.parent != at).then_some(element.parent);
            Some((at, element))
        })
    }

    /// Text of a name, when there is one.
    pub fn text_of(&self, name: Option<Name>) -> Option<&str> {
        name.map(|n| self.names.text(n))
    }

    /// An element's name in lower case.
    pub fn tag_name(&self, element: &Element) -> &str {
        self.text_of(element.other_name)
            .unwrap_or_else(|| element.tag.name())
    }

    /// Deepest element that holds both elements.
    pub fn common_ancestor(&self, a: u32, b: u32) -> u32 {
        common_ancestor(&self.elements, a, b)
    }
}

/// Deepest of `elements` that holds both, by their parents.
pub(super) fn common_ancestor(elements: &[Element], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        let (ea, eb) = (&elements[a as usize], &elements[b as usize]);
        if ea.depth >= eb.depth {
            a = ea.parent;
        } else {
            b = eb.parent;
        }
    }
    a
}

impl Element {
    /// Class, id, hints and unknown element name, as far as there are any.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        [self.class, self.id, self.hints, self.other_name]
            .into_iter()
            .flatten()
    }

    /// How many of a mark lie below.
    pub fn mark(&self, mark: Mark) -> u32 {
        self.marks[mark as usize]
    }

    /// Number of blocks below.
    pub fn block_count(&self) -> u32 {
        self.end_block - self.first_block
    }
}
