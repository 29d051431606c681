//! What every element has above it, read once from the root down: parents come before their children.
//! Holds element numbers and depths, no feature.

use crate::blocks::{Element, Outline};

/// For every element the nearest of itself and its ancestors that `test` holds for.
pub fn nearest(outline: &Outline, test: impl Fn(u32, &Element) -> bool) -> Vec<Option<u32>> {
    let mut found = Vec::with_capacity(outline.elements.len());
    for (i, e) in outline.elements.iter().enumerate() {
        let at = i as u32;
        let value = if test(at, e) {
            Some(at)
        } else if e.parent == at {
            None
        } else {
            found[e.parent as usize]
        };
        found.push(value);
    }
    found
}

/// For every element the outermost of itself and its ancestors that `test` holds for, and how many there are.
pub fn outermost(outline: &Outline, test: impl Fn(u32, &Element) -> bool) -> Vec<Option<(u32, u32)>> {
    let mut found: Vec<Option<(u32, u32)>> = Vec::with_capacity(outline.elements.len());
    for (i, e) in outline.elements.iter().enumerate() {
        let at = i as u32;
        let above = if e.parent == at {
            None
        } else {
            found[e.parent as usize]
        };
        let value = match (test(at, e), above) {
            (true, None) => Some((at, 1)),
            (true, Some((outer, count))) => Some((outer, count + 1)),
            (false, above) => above,
        };
        found.push(value);
    }
    found
}

/// For every element the nearest ancestor that holds more blocks.
pub fn wider(outline: &Outline) -> Vec<Option<u32>> {
    let mut found: Vec<Option<u32>> = Vec::with_capacity(outline.elements.len());
    for (i, e) in outline.elements.iter().enumerate() {
        let value = if e.parent as usize == i {
            None
        } else if outline.element(e.parent).block_count() > e.block_count() {
            Some(e.parent)
        } else {
            // the parent holds the same blocks
            found[e.parent as usize]
        };
        found.push(value);
    }
    found
}

/// For every element the deepest element that holds both it and `target`.
pub fn shared_with(outline: &Outline, target: u32) -> Vec<u32> {
    let mut holds = vec![false; outline.elements.len()];
    for (at, _) in outline.ancestry(target) {
        holds[at as usize] = true;
    }
    nearest(outline, |at, _| holds[at as usize])
        .into_iter()
        .map(|at| at.unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Tag;

    #[test]
    fn what_stands_above_is_what_a_climb_finds() {
        let outline = crate::blocks::outline_of_dom(
            &crate::page::Dom::parse(
                "<main><section><div><p>One</p></div><ul><li>Two<li><p>Three<b>Four</b></ul></section><p>Five</main><footer>Six",
            ),
            99,
        );
        let (wider, sections) = (wider(&outline), nearest(&outline, |_, e| e.tag == Tag::Section));
        for target in 0..outline.elements.len() as u32 {
            for (i, shared) in shared_with(&outline, target).into_iter().enumerate() {
                assert_eq!(shared, outline.common_ancestor(i as u32, target));
            }
        }
        for (i, e) in outline.elements.iter().enumerate() {
            let mut up = outline.ancestry(i as u32);
            assert_eq!(
                sections[i],
                up.find(|(_, a)| a.tag == Tag::Section).map(|(at, _)| at)
            );
            let named = |a: &Element| matches!(a.tag, Tag::Section | Tag::Main | Tag::Ul);
            let up: Vec<u32> = outline
                .ancestry(i as u32)
                .filter(|(_, a)| named(a))
                .map(|(at, _)| at)
                .collect();
            let last = up.last().map(|outer| (*outer, up.len() as u32));
            assert_eq!(outermost(&outline, |_, a| named(a))[i], last);
            let mut up = outline.ancestry(i as u32);
            let more = up.find(|(_, a)| a.block_count() > e.block_count());
            assert_eq!(wider[i], more.map(|(at, _)| at));
        }
    }
}
