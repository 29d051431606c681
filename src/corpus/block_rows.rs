//! The rows of a label file that say what a labelled page holds, a row a block: what `import`, `agree` and the
//! annotator write.

use super::label_file::LabelRow;
use super::labelled::LabelledPage;

/// One row for the gate, then one for each labelled block.
pub fn block_rows(page: &LabelledPage) -> Vec<LabelRow> {
    let row = |selector: String, label: &str, run| LabelRow {
        page: page.name.clone(),
        selector,
        label: label.to_owned(),
        run,
        // a page whose site nobody named stands for itself, which is no name to keep
        site: (page.site != page.name).then(|| page.site.clone()),
        line: 0,
    };
    let mut rows = Vec::new();
    rows.extend(page.gate.map(|g| row(String::new(), g.name(), None)));
    let outline = &page.prepared.outline;
    let mut selectors = outline.selectors();
    for (block, gold) in outline.blocks.iter().zip(&page.labels) {
        if let Some(gold) = gold {
            rows.push(row(
                selectors.of(block.element).to_owned(),
                gold.label.name(),
                Some(block.run),
            ));
        }
    }
    rows
}
