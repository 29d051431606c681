//! What markup tells of a wall: containers of wall products, and the parts that are declared as gated.
//! Evidence, never a verdict: such containers stand empty on many open pages, and a class named after a wall
//! is often the article's own body.

use super::cues::{wall_script, wall_words};
use super::view::LabelledView;
use crate::blocks::{Element, Outline};
use crate::label::Label;

/// What stands in the containers of wall products.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Walls {
    /// Containers without any text.
    pub empty: f32,
    /// Containers with text.
    pub full: f32,
    /// Words of subscription blocks in containers that nothing hides.
    pub prompt_words: f32,
    /// Words of content blocks in them.
    pub content_words: f32,
    /// A subscription block in a container, with the word that names it.
    pub block: Option<(usize, &'static str)>,
    /// Wall product that a script's address names.
    pub script: Option<&'static str>,
}

/// What the parts hold that are declared as gated.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GatedParts {
    /// Whether any is declared.
    pub declared: bool,
    /// Elements found.
    pub found: f32,
    /// Words of content in them.
    pub content_words: f32,
    /// Words of prompts in them.
    pub prompt_words: f32,
}

impl Walls {
    /// Reads the containers of a page.
    pub fn read(view: &LabelledView<'_>) -> Walls {
        let outline = &view.page.outline;
        let mut walls = Walls {
            script: view.page.meta.scripts.iter().find_map(|s| wall_script(s)),
            ..Walls::default()
        };
        let mut done = 0;
        // names stand on many elements
        let words = wall_words(&outline.names);
        if words.iter().all(Option::is_none) {
            return walls;
        }
        for element in &outline.elements {
            // an element inside of a container that was counted
            if (element.first_block as usize) < done {
                continue;
            }
            let Some(word) = element.names().find_map(|name| words[name.index()]) else {
                continue;
            };
            let range = element.first_block as usize..element.end_block as usize;
            if range.is_empty() {
                walls.empty += 1.0;
                continue;
            }
            // a whole page that bears the class tells nothing of its parts
            if range.len() * 2 > view.len() && element.depth < 4 {
                continue;
            }
            walls.full += 1.0;
            done = range.end;
            let hidden = is_hidden(view, element);
            for i in range {
                match view.labels[i] {
                    Label::Subscription => {
                        walls.prompt_words += if hidden { 0.0 } else { view.words(i) };
                        walls.block = walls.block.or(Some((i, word)));
                    }
                    Label::Content => walls.content_words += view.words(i),
                    Label::Navigation => {}
                }
            }
        }
        walls
    }
}

impl GatedParts {
    /// Finds the parts that are declared as gated, by the last name of each selector.
    pub fn read(view: &LabelledView<'_>) -> GatedParts {
        let outline = &view.page.outline;
        let mut parts = GatedParts::default();
        let mut inside = vec![false; view.len()];
        for selector in &view.page.meta.access.selectors {
            parts.declared = true;
            for one in selector.split(',') {
                let Some(name) = last_name(one) else { continue };
                for element in outline.elements.iter().filter(|e| bears(outline, e, name)) {
                    parts.found += 1.0;
                    inside[element.first_block as usize..element.end_block as usize].fill(true);
                }
            }
        }
        for i in (0..view.len()).filter(|i| inside[*i]) {
            match view.labels[i] {
                Label::Content => parts.content_words += view.words(i),
                Label::Subscription => parts.prompt_words += view.words(i),
                Label::Navigation => {}
            }
        }
        parts
    }
}

fn is_hidden(view: &LabelledView<'_>, element: &Element) -> bool {
    element.hidden || view.page.outline.ancestry(element.parent).any(|(_, e)| e.hidden)
}

/// The class or id that the last part of a simple selector names, with its sign.
fn last_name(selector: &str) -> Option<&str> {
    let last = selector.split_whitespace().next_back()?;
    let at = last.rfind(['.', '#'])?;
    let name = &last[at..];
    let end = name[1..]
        .find([':', '[', '>', '.', '#'])
        .map_or(name.len(), |e| e + 1);
    (end > 1).then_some(&name[..end])
}

fn bears(outline: &Outline, element: &Element, name: &str) -> bool {
    let (sign, name) = name.split_at(1);
    if sign == "#" {
        outline.text_of(element.id) == Some(name)
    } else {
        outline
            .text_of(element.class)
            .is_some_and(|c| c.split_ascii_whitespace().any(|c| c == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_of_a_selector_is_found() {
        assert_eq!(last_name("div.story > p.gated"), Some(".gated"));
        assert_eq!(last_name("#body"), Some("#body"));
        assert_eq!(last_name(".a.b:first-child"), Some(".b"));
        assert_eq!(last_name("article p"), None);
        assert_eq!(last_name(" "), None);
    }
}
