//! A labelled page as the verdict sees it, in use and in training alike.

use crate::features::Matrix;
use crate::label::{Label, Part};
use crate::pipeline::Prepared;

/// A prepared page with what the block model said of it.
#[derive(Debug, Clone, Copy)]
pub struct LabelledView<'a> {
    /// The prepared page.
    pub page: &'a Prepared,
    /// Label of each block.
    pub labels: &'a [Label],
    /// Part of each content block.
    pub parts: &'a [Option<Part>],
    /// Probability of each block that it is a subscription block.
    pub subscription: &'a [f32],
}

impl LabelledView<'_> {
    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether the page has no block.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Text of a block.
    pub fn text(&self, i: usize) -> &str {
        &self.page.outline.blocks[i].text
    }

    /// Size of a block in words.
    pub fn words(&self, i: usize) -> f32 {
        self.page.around.words[i]
    }

    /// Whether a block is body text.
    pub fn is_body(&self, i: usize) -> bool {
        self.labels[i] == Label::Content && self.parts[i] == Some(Part::Body)
    }
}

/// The subscription column of a page's probabilities.
pub fn subscription_column(probabilities: &Matrix) -> Vec<f32> {
    (0..probabilities.rows())
        .map(|i| probabilities.row(i)[Label::Subscription.index()])
        .collect()
}
