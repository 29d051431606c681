//! The library's front door: bytes in, a labelled and judged page out.

use crate::error::Result;
use crate::features::Matrix;
use crate::label::Part;
use crate::model::{Decision, Model, decide, embedded};
use crate::parts::assign_parts;
use crate::pipeline::{InputKind, Limits, Prepared, prepare_heard};
use crate::result::{LabelledBlock, PageResult, Paywall, Probabilities, rounded};
use crate::stage::{Stage, StageListener};
use crate::verdict::observe;
use std::path::PathBuf;
use std::sync::Arc;

/// Labels pages with a model. Cheap to clone, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Classifier {
    model: Arc<Model>,
    limits: Limits,
}

/// Settings of a [`Classifier`].
#[derive(Debug, Clone, Default)]
pub struct ClassifierBuilder {
    model_file: Option<PathBuf>,
    limits: Limits,
}

impl ClassifierBuilder {
    /// Uses a model file instead of the embedded model.
    pub fn model_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.model_file = Some(path.into());
        self
    }

    /// Bounds on one page.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Loads the model.
    ///
    /// # Errors
    /// [`crate::Error::Io`] or [`crate::Error::Model`].
    pub fn build(self) -> Result<Classifier> {
        let model = match &self.model_file {
            Some(path) => Model::load(path)?,
            None => embedded()?,
        };
        Ok(Classifier {
            model: Arc::new(model),
            limits: self.limits,
        })
    }
}

impl Classifier {
    /// A classifier with the embedded model and the default limits.
    ///
    /// # Errors
    /// [`crate::Error::Model`] when the program was built with a model that doesn't fit it.
    pub fn new() -> Result<Classifier> {
        Classifier::builder().build()
    }

    /// Settings other than the defaults.
    pub fn builder() -> ClassifierBuilder {
        ClassifierBuilder::default()
    }

    /// The model in use.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The limits in use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Labels a page with markup.
    ///
    /// # Errors
    /// As [`crate::pipeline::prepare`]: bytes that are no page, or beyond a limit.
    pub fn classify(&self, bytes: &[u8]) -> Result<PageResult> {
        self.classify_as(bytes, InputKind::Html)
    }

    /// Labels plain text, a block a line, with the model that was trained on text alone.
    ///
    /// # Errors
    /// As [`Classifier::classify`].
    pub fn classify_text(&self, bytes: &[u8]) -> Result<PageResult> {
        self.classify_as(bytes, InputKind::Text)
    }

    /// Labels bytes of the given kind.
    ///
    /// # Errors
    /// As [`Classifier::classify`].
    pub fn classify_as(&self, bytes: &[u8], kind: InputKind) -> Result<PageResult> {
        self.classify_served(bytes, kind, None)
    }

    /// Labels bytes that a server sent with a charset in its headers.
    ///
    /// # Errors
    /// As [`Classifier::classify`].
    pub fn classify_served(
        &self,
        bytes: &[u8],
        kind: InputKind,
        charset: Option<&str>,
    ) -> Result<PageResult> {
        self.classify_heard(bytes, kind, charset, &mut ())
    }

    /// Labels bytes of the given kind and charset, with a listener that hears of each stage.
    ///
    /// # Errors
    /// As [`Classifier::classify`].
    pub fn classify_heard(
        &self,
        bytes: &[u8],
        kind: InputKind,
        charset: Option<&str>,
        listener: &mut impl StageListener,
    ) -> Result<PageResult> {
        let (prepared, _) = prepare_heard(bytes, kind, charset, &self.limits, &[], listener)?;
        let model = match kind {
            InputKind::Html => &self.model.page,
            InputKind::Text => &self.model.text,
        };
        let probabilities = model.predict(&prepared.features);
        listener.passed(Stage::Scores);
        let (decision, parts) = decide_page(&prepared, &probabilities);
        let answer = assemble(&prepared, &probabilities, &decision, &parts);
        listener.passed(Stage::Verdict);
        Ok(answer)
    }
}

/// Labels and parts of a prepared page's blocks, from their probabilities.
pub fn decide_page(prepared: &Prepared, probabilities: &Matrix) -> (Decision, Vec<Option<Part>>) {
    let decision = decide(probabilities, &prepared.features);
    let parts = assign_parts(
        &prepared.outline,
        &prepared.meta,
        &prepared.features.words,
        &decision.labels,
        &decision.body,
    );
    (decision, parts)
}

/// The answer for a prepared page, from its blocks' probabilities and what [`decide_page`] made of them.
/// Classifying and cross-validation both end here.
pub fn assemble(
    prepared: &Prepared,
    probabilities: &Matrix,
    decision: &Decision,
    parts: &[Option<Part>],
) -> PageResult {
    let outline = &prepared.outline;
    let labels = &decision.labels;
    let meta = &prepared.meta;
    let observed = observe(outline, &prepared.features.words, labels, meta.declared);
    PageResult {
        path: None,
        url: meta.url.clone(),
        title: meta.title.clone(),
        lang: meta.lang.clone(),
        encoding: Some(prepared.encoding),
        paywall: Some(Paywall {
            verdict: observed.verdict,
            probability: rounded(observed.probability),
            declared: meta.declared,
            evidence: observed.evidence,
        }),
        content_status: Some(observed.content_status),
        blocks: labelled_blocks(prepared, decision, parts, probabilities),
        error: None,
    }
}

fn labelled_blocks(
    prepared: &Prepared,
    decision: &Decision,
    parts: &[Option<Part>],
    p: &Matrix,
) -> Vec<LabelledBlock> {
    let outline = &prepared.outline;
    let labels = &decision.labels;
    let mut selector = outline.selectors();
    let blocks = outline.blocks.iter().enumerate().map(|(i, block)| {
        let row = p.row(i);
        LabelledBlock {
            index: i,
            label: labels[i],
            part: parts[i],
            repeats: decision.repeats[i],
            confidence: rounded(row[labels[i].index()]),
            probabilities: Probabilities {
                content: rounded(row[0]),
                subscription: rounded(row[1]),
                navigation: rounded(row[2]),
            },
            tag: (!outline.plain).then(|| outline.element(block.element).name().to_owned()),
            selector: (!outline.plain).then(|| selector(block.element)),
            text: block.text.clone(),
        }
    });
    blocks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_classifier_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Classifier>();
        shared::<PageResult>();
        shared::<crate::Error>();
    }
}
