//! The model's labels beside the gold of our own pages.

use tollgate::Label;
use tollgate::corpus::LabelledPage;
use tollgate::model::{Model, decide};

/// The gold label and the model's label of each labelled block.
pub fn judged(model: &Model, page: &LabelledPage) -> Vec<(Label, Label)> {
    let p = model.page.predict_page(&page.prepared);
    let given = decide(&p, &page.prepared.around).labels;
    page.labels
        .iter()
        .zip(given)
        .filter_map(|(gold, given)| gold.map(|g| (g.label, given)))
        .collect()
}

/// How many of the blocks have the right label.
pub fn right(judged: &[(Label, Label)]) -> usize {
    judged.iter().filter(|(gold, given)| gold == given).count()
}
