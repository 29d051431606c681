//! Boosted regression trees: a flat list of nodes, walked from the root to a leaf.

use serde::{Deserialize, Serialize};

/// An inner node or a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Column that is compared; `u16::MAX` marks a leaf.
    pub feature: u16,
    /// Values up to this go left; in a leaf, the leaf's value.
    pub value: f32,
    /// Index of the left child in the tree; the right child follows it.
    pub left: u16,
}

impl Node {
    /// Marks a leaf in [`Node::feature`].
    pub const LEAF: u16 = u16::MAX;
}

/// One tree; node 0 is the root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Nodes; children stand behind their parent.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// The value of the leaf that a row falls into.
    pub fn score(&self, row: &[f32]) -> f32 {
        let mut at = 0_usize;
        loop {
            let node = self.nodes[at];
            if node.feature == Node::LEAF {
                return node.value;
            }
            at = node.left as usize + usize::from(row[node.feature as usize] > node.value);
        }
    }
}

/// A sum of trees that gives the log-odds of one label against the rest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Trees {
    /// Log-odds before any tree.
    pub base: f32,
    /// The trees in the order they were fitted.
    pub trees: Vec<Tree>,
}

impl Trees {
    /// Log-odds of one row.
    pub fn score(&self, row: &[f32]) -> f32 {
        self.trees.iter().fold(self.base, |sum, t| sum + t.score(row))
    }
}
