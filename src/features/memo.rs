//! Values of elements that many blocks ask for, made once an element. Holds no feature of its own.

use crate::blocks::Outline;

/// Not made yet.
const UNKNOWN: u32 = u32::MAX;

/// `N` values of each element that was asked for.
pub struct Memo<const N: usize> {
    at: Vec<u32>,
    rows: Vec<[f32; N]>,
}

impl<const N: usize> Memo<N> {
    /// Nothing made yet for the elements of a page.
    pub fn new(outline: &Outline) -> Memo<N> {
        Memo {
            at: vec![UNKNOWN; outline.elements.len()],
            rows: Vec::new(),
        }
    }

    /// The values of an element, from `make` the first time.
    pub fn of(&mut self, element: u32, make: impl FnOnce() -> [f32; N]) -> [f32; N] {
        let at = &mut self.at[element as usize];
        if *at == UNKNOWN {
            *at = self.rows.len() as u32;
            self.rows.push(make());
        }
        self.rows[*at as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_made_once_an_element() {
        let outline = crate::blocks::outline_of_dom(&crate::page::Dom::parse("<p>One<p>Two"), 9);
        let mut memo = Memo::new(&outline);
        let mut made = 0;
        for element in [1, 0, 1, 1] {
            let [value] = memo.of(element, || {
                made += 1;
                [element as f32]
            });
            assert_eq!(value, element as f32);
        }
        assert_eq!(made, 2);
    }
}
