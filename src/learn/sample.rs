//! One page as training sees it: features, labels, weights; no text.

use crate::corpus::{GoldLabel, LabelledPage};
use crate::features::Features;
use crate::label::Label;
use crate::model::WordStage;
use crate::pipeline::prepare_lines;

/// A page's rows.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Name of the page.
    pub name: String,
    /// Site that it belongs to.
    pub site: String,
    /// Features of its blocks.
    pub features: Features,
    /// Label of each block; `None` where the gold is silent.
    pub labels: Vec<Option<GoldLabel>>,
    /// Word scores that came with the page, for pages whose tokens are gone.
    pub stage: Option<WordStage>,
    /// Whether the page is plain text.
    pub plain: bool,
    /// How much the page counts beside others.
    pub weight: f32,
}

impl Sample {
    /// The sample of a labelled page.
    pub fn of_page(page: &LabelledPage) -> Sample {
        Sample {
            name: page.name.clone(),
            site: page.site.clone(),
            features: page.prepared.rows.whole_features(),
            labels: page.training_labels(),
            stage: None,
            plain: page.prepared.outline.plain,
            weight: 1.0,
        }
    }

    /// Number of labelled blocks by label.
    pub fn counts(&self) -> [usize; Label::COUNT] {
        let mut counts = [0; Label::COUNT];
        for l in self.labels.iter().flatten() {
            counts[l.label.index()] += 1;
        }
        counts
    }

    /// Weight of each block: half by its share of the page, half by the square root of its words, so that
    /// neither long menus nor long paragraphs drown the rest, and no page counts much more than another.
    pub fn block_weights(&self) -> Vec<f32> {
        let n = self.labels.len() as f32;
        let flat = (200.0 / n.max(1.0)).sqrt().clamp(0.2, 3.0);
        let size: Vec<f32> = self
            .features
            .around
            .words
            .iter()
            .map(|w| (1.0 + w).sqrt())
            .collect();
        let total: f32 = size.iter().sum::<f32>().max(1.0);
        size.iter()
            .map(|s| self.weight * (0.5 * flat + 0.5 * s / total * 200.0))
            .collect()
    }
}

/// The page again as plain text, a block a line, with the same labels.
pub fn as_lines(page: &LabelledPage) -> Sample {
    let lines: Vec<&str> = page
        .prepared
        .outline
        .blocks
        .iter()
        .map(|b| b.text.as_str())
        .collect();
    let prepared = prepare_lines(&lines.join("\n"));
    Sample {
        features: prepared.rows.whole_features(),
        plain: true,
        ..Sample::of_page(page)
    }
}

/// FNV-1a hash over names, labels and dense features, in hexadecimal: which rows a model was fitted on.
pub fn data_hash<'a>(samples: impl Iterator<Item = &'a Sample>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for b in bytes {
            hash = (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for s in samples {
        eat(s.name.as_bytes());
        for l in &s.labels {
            eat(&[l.map_or(9, |l| l.label.index() as u8)]);
        }
        for v in s.features.dense.data.iter().step_by(7) {
            eat(&v.to_le_bytes());
        }
    }
    format!("{hash:016x}")
}
