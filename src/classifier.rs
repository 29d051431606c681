//! The library's front door: bytes in, a labelled and judged page out.

use crate::blocks::{Block, Element, Outline};
use crate::error::Result;
use crate::features::Matrix;
use crate::label::Part;
use crate::model::{Decision, Model, decide, embedded};
use crate::page::PageMeta;
use crate::parts::assign_parts;
use crate::pipeline::{InputKind, Limits, Prepared, prepare_heard};
use crate::result::{LabelledBlock, PageResult, Paywall, Probabilities, rounded};
use crate::stage::{Stage, StageListener};
use crate::verdict::{LabelledView, Observed, VerdictModel, judge, subscription_column};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// Labels pages with a model. Cheap to clone, `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Classifier {
    model: Arc<Model>,
    verdict: &'static VerdictModel,
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
            verdict: VerdictModel::embedded()?,
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
        let probabilities = model.predict_page(&prepared);
        listener.passed(Stage::Scores);
        let (decision, parts) = decide_page(&prepared, &probabilities);
        listener.passed(Stage::Labels);
        let observed = observe(&prepared, &probabilities, &decision, &parts, self.verdict);
        listener.passed(Stage::Verdict);
        let answer = assemble_last(prepared, &probabilities, &decision, &parts, observed);
        listener.passed(Stage::Answer);
        Ok(answer)
    }
}

/// Labels and parts of a prepared page's blocks, from their probabilities.
pub fn decide_page(prepared: &Prepared, probabilities: &Matrix) -> (Decision, Vec<Option<Part>>) {
    let decision = decide(probabilities, &prepared.around);
    let parts = assign_parts(
        &prepared.outline,
        &prepared.meta,
        &prepared.around.words,
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
    verdict: &VerdictModel,
) -> PageResult {
    let observed = observe(prepared, probabilities, decision, parts, verdict);
    let texts = prepared.outline.blocks.iter().map(|b| b.text.clone());
    let blocks = labelled_blocks(
        &prepared.outline,
        texts,
        probabilities,
        decision,
        parts,
        &observed,
    );
    answer((&prepared.meta, prepared.encoding), blocks, observed)
}

/// The same for a page that is not looked at again, whose texts need no copy.
fn assemble_last(
    prepared: Prepared,
    probabilities: &Matrix,
    decision: &Decision,
    parts: &[Option<Part>],
    observed: Observed,
) -> PageResult {
    let Prepared {
        encoding,
        meta,
        outline,
        around,
        rows,
    } = prepared;
    // the rows hold on to the outline as well
    drop((around, rows));
    let mut outline = Arc::unwrap_or_clone(outline);
    let take = |b: &mut Block| std::mem::take(&mut b.text);
    let texts: Vec<String> = outline.blocks.iter_mut().map(take).collect();
    let blocks = labelled_blocks(
        &outline,
        texts.into_iter(),
        probabilities,
        decision,
        parts,
        &observed,
    );
    answer((&meta, encoding), blocks, observed)
}

fn observe(
    prepared: &Prepared,
    probabilities: &Matrix,
    decision: &Decision,
    parts: &[Option<Part>],
    verdict: &VerdictModel,
) -> Observed {
    let view = LabelledView {
        page: prepared,
        labels: &decision.labels,
        parts,
        subscription: &subscription_column(probabilities),
    };
    judge(&view, verdict)
}

fn answer(
    (meta, encoding): (&PageMeta, &'static str),
    blocks: Vec<LabelledBlock>,
    observed: Observed,
) -> PageResult {
    PageResult {
        path: None,
        url: meta.url.clone(),
        title: meta.title.clone(),
        lang: meta.lang.clone(),
        encoding: Some(encoding),
        paywall: Some(Paywall {
            verdict: observed.verdict,
            probability: rounded(observed.probability),
            kind: observed.kind,
            declared: meta.access.declared,
            declared_source: meta.access.source,
            declared_selector: (!meta.access.selectors.is_empty()).then(|| meta.access.selectors.join(", ")),
            evidence: observed.evidence,
        }),
        content_status: Some(observed.content_status),
        content_reason: observed.content_reason,
        blocks,
        error: None,
    }
}

fn labelled_blocks(
    outline: &Outline,
    texts: impl Iterator<Item = String>,
    p: &Matrix,
    decision: &Decision,
    parts: &[Option<Part>],
    observed: &Observed,
) -> Vec<LabelledBlock> {
    let labels = &decision.labels;
    let mut selectors = outline.selectors();
    let blocks = outline
        .blocks
        .iter()
        .zip(texts)
        .enumerate()
        .map(|(i, (block, text))| {
            let row = p.row(i);
            LabelledBlock {
                index: i,
                label: labels[i],
                part: parts[i],
                purpose: observed.purposes[i],
                repeats: decision.repeats[i],
                confidence: rounded(row[labels[i].index()]),
                probabilities: Probabilities {
                    content: rounded(row[0]),
                    subscription: rounded(row[1]),
                    navigation: rounded(row[2]),
                },
                tag: (!outline.plain).then(|| tag_name(outline, outline.element(block.element))),
                selector: (!outline.plain).then(|| selectors.of(block.element).to_owned()),
                text,
            }
        });
    blocks.collect()
}

fn tag_name(outline: &Outline, element: &Element) -> Cow<'static, str> {
    match outline.text_of(element.other_name) {
        Some(name) => Cow::Owned(name.to_owned()),
        None => Cow::Borrowed(element.tag.name()),
    }
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
