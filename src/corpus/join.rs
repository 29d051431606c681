//! Joins the rows of a label file with the blocks of their page.

use super::label_file::LabelRow;
use crate::blocks::Outline;
use crate::label::Label;
use crate::pipeline::Selected;
use std::collections::HashMap;

/// The label of each block by rows with selectors and the elements that each selector found: a row for the
/// block's own run of text counts before one for an element, the nearest element before the others, and a
/// later row before an earlier one.
///
/// # Errors
/// The row that is wrong, and why.
pub fn join_rows<'a>(
    outline: &Outline,
    rows: &[&'a LabelRow],
    found: Vec<Selected>,
) -> Result<Vec<Option<Label>>, (&'a LabelRow, String)> {
    let mut element_labels: HashMap<u32, Label> = HashMap::new();
    let mut run_labels: HashMap<(u32, u32), Label> = HashMap::new();
    for (row, elements) in rows.iter().zip(found) {
        let label = Label::parse(&row.label)
            .ok_or_else(|| (*row, format!("{:?} is no label of a block", row.label)))?;
        let elements = elements.map_err(|e| (*row, format!("selector {:?}: {e}", row.selector)))?;
        for element in elements {
            match row.run {
                Some(run) => run_labels.insert((element, run), label),
                None => element_labels.insert(element, label),
            };
        }
    }
    let labels = outline.blocks.iter().map(|b| {
        let near = || {
            outline
                .ancestry(b.anchor)
                .find_map(|(at, _)| element_labels.get(&at))
        };
        run_labels.get(&(b.element, b.run)).or_else(near).copied()
    });
    Ok(labels.collect())
}
