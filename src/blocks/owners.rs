//! Which block each text node of a page went into, for those who want to show blocks on the page itself.

use super::segment::Segmenter;
use crate::page::{Dom, ElementView, NodeKey, Step, Visitor};
use foldhash::HashMap;

/// The index of the block that each text node is part of; nodes of white space alone are in none.
pub fn text_owners(dom: &Dom) -> HashMap<NodeKey, u32> {
    let mut noting = Noting::default();
    dom.walk(&mut noting);
    noting.owners
}

/// Cuts the page as always and notes under way which block is being built.
#[derive(Default)]
struct Noting {
    segmenter: Segmenter,
    owners: HashMap<NodeKey, u32>,
}

impl Visitor for Noting {
    fn open(&mut self, element: &ElementView<'_>) -> Step {
        self.segmenter.open(element)
    }

    fn text(&mut self, text: &str) {
        self.segmenter.text(text);
    }

    fn text_node(&mut self, node: NodeKey, text: &str) {
        self.segmenter.text(text);
        if !text.chars().all(char::is_whitespace) {
            // all text since the last boundary becomes the next block
            self.owners.insert(node, self.segmenter.seen_blocks as u32);
        }
    }

    fn close(&mut self) {
        self.segmenter.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::outline_of_dom;

    /// The text of each owner, node by node.
    struct Gather<'a> {
        owners: &'a HashMap<NodeKey, u32>,
        texts: Vec<String>,
    }

    impl Visitor for Gather<'_> {
        fn open(&mut self, element: &ElementView<'_>) -> Step {
            if element.tag.is_skipped() {
                Step::Over
            } else {
                Step::Into
            }
        }
        fn text(&mut self, _: &str) {}
        fn text_node(&mut self, node: NodeKey, text: &str) {
            if let Some(block) = self.owners.get(&node) {
                self.texts
                    .resize(self.texts.len().max(*block as usize + 1), String::new());
                self.texts[*block as usize].extend(text.chars().filter(|c| !c.is_whitespace()));
            }
        }
        fn close(&mut self) {}
    }

    #[test]
    fn the_nodes_of_each_block_hold_its_text() {
        let dom = Dom::parse(
            "<div>one <b>two</b><p>three<br>four</p>five</div>six<noscript><p>seven</p></noscript><ul><li> <a>e</a> f</ul><script>x</script>",
        );
        let owners = text_owners(&dom);
        let mut gather = Gather {
            owners: &owners,
            texts: Vec::new(),
        };
        dom.walk(&mut gather);
        let blocks = outline_of_dom(&dom, usize::MAX).blocks;
        let want: Vec<String> = blocks
            .iter()
            .map(|b| b.text.chars().filter(|c| !c.is_whitespace()).collect())
            .collect();
        assert_eq!(gather.texts, want);
        assert_eq!(want.len(), 7);
    }
}
