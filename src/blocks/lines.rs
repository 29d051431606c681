//! Plain text as an outline: every line with text is a block under one virtual root.

use super::names::Names;
use super::outline::{Block, Element, Outline};
use super::words::collapsed;
use crate::page::Tag;

/// Segments plain text: one block for each line that isn't blank; lines beyond `limit` are only counted.
pub fn outline_of_text(text: &str, limit: usize) -> Outline {
    let mut blocks: Vec<Block> = Vec::new();
    let mut seen_blocks = 0;
    for line in text.lines() {
        let clean = collapsed(line);
        if clean.is_empty() {
            continue;
        }
        seen_blocks += 1;
        if seen_blocks <= limit {
            blocks.push(Block {
                text: clean,
                element: 0,
                anchor: 0,
                run: blocks.len() as u32 + 1,
                link_chars: 0,
                links: 0,
                emphasis_chars: 0,
                href: None,
            });
        }
    }
    let root = Element {
        tag: Tag::Body,
        other_name: None,
        parent: 0,
        depth: 0,
        nth: 1,
        first_block: 0,
        end_block: blocks.len() as u32,
        class: None,
        id: None,
        hints: None,
        hidden: false,
        marks: [0; 8],
        node: None,
    };
    Outline {
        blocks,
        elements: vec![root],
        names: Names::default(),
        fields: Vec::new(),
        repeated_ids: Vec::new(),
        seen_blocks,
        plain: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_with_text_is_a_block() {
        let o = outline_of_text("One\r\n\n  two   words \n\t\nthree", 9);
        let texts: Vec<_> = o.blocks.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["One", "two words", "three"]);
        assert!(o.plain);
        assert_eq!(o.elements[0].end_block, 3);
    }
}
