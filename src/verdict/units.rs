//! Subscription blocks with their purposes, and the units they form.

use super::cues::{Cues, cues};
use super::gate_words::Cue;
use super::purpose::{OUTPUTS, Purpose, PurposeModel, PurposeScores};
use super::view::LabelledView;
use crate::blocks::Mark;
use crate::label::Label;

/// Other blocks that may stand within a unit: a price, an icon's name.
const GAP: usize = 2;
/// Share of a block's purpose that its own words decide; the unit decides the rest.
const OWN_SHARE: f32 = 0.6;
/// A block with a smaller probability of being a prompt is none that was missed.
const MISSED: f32 = 0.06;
/// A block of another label that plainly speaks of access is a prompt from this probability on.
const DOUBTFUL: f32 = 0.25;
/// Blocks before a unit that tell what it is about, when they are short.
const FEATURE_GAP: usize = 8;
const FEATURE_WORDS: f32 = 40.0;
/// What is left of a gate's score in a unit about something else.
const TRAP_SHARE: f32 = 0.15;

/// A subscription block, or one that may be one.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Number of the block.
    pub block: usize,
    /// Purpose scores from its own words.
    pub own: PurposeScores,
    /// What it says.
    pub cues: Cues,
    /// Whether it names a price.
    pub price: bool,
    /// Whether markup hides it.
    pub hidden: bool,
    /// Whether its unit is about comments, saving, mail or consent and says nothing of access.
    pub trap: bool,
    /// Whether it names a share in per cent.
    pub percent: bool,
}

impl Prompt {
    fn read(view: &LabelledView<'_>, model: &PurposeModel, block: usize) -> Prompt {
        let text = view.text(block);
        Prompt {
            block,
            own: model.predict(text),
            cues: cues(text),
            price: has_price(text),
            trap: false,
            percent: text.contains(['%', '％']),
            hidden: view
                .page
                .outline
                .ancestry(view.page.outline.blocks[block].anchor)
                .any(|(_, e)| e.hidden),
        }
    }

    /// Probability that it speaks of access to this text.
    pub fn gate(&self) -> f32 {
        self.own[Purpose::Gate as usize] * if self.trap { TRAP_SHARE } else { 1.0 }
    }

    /// Whether it plainly speaks of access: a phrase of walls, and none of other features.
    pub fn plain(&self) -> bool {
        !self.trap && self.cues.gate().is_some() && !self.looks_aside()
    }

    fn looks_aside(&self) -> bool {
        [Cue::Feature, Cue::Mail, Cue::Consent]
            .into_iter()
            .any(|c| self.cues.has(c))
    }
}

/// Subscription blocks that stand together.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its blocks.
    pub prompts: Vec<Prompt>,
    /// Words.
    pub words: f32,
    /// Purpose scores of the whole.
    pub scores: PurposeScores,
    /// What it says.
    pub cues: Cues,
    /// Whether it has a field for an address.
    pub email: bool,
    /// Whether it has a field for a password.
    pub password: bool,
}

impl Unit {
    /// First block.
    pub fn first(&self) -> usize {
        self.prompts[0].block
    }

    /// Last block.
    pub fn last(&self) -> usize {
        self.prompts[self.prompts.len() - 1].block
    }

    /// The block that most clearly speaks of access.
    pub fn top(&self) -> &Prompt {
        let better = |a: &&Prompt, b: &&Prompt| a.gate().total_cmp(&b.gate()).then(b.block.cmp(&a.block));
        self.prompts.iter().max_by(better).unwrap_or(&self.prompts[0])
    }

    /// Whether it names a price.
    pub fn price(&self) -> bool {
        self.prompts.iter().any(|p| p.price)
    }
}

/// The prompts of a page.
#[derive(Debug, Clone, Default)]
pub struct Prompts {
    /// Units in document order.
    pub units: Vec<Unit>,
    /// Blocks that are labelled otherwise but may be prompts.
    pub missed: Vec<Prompt>,
}

impl Prompts {
    /// Reads the prompts of a page.
    pub fn read(view: &LabelledView<'_>, model: &PurposeModel) -> Prompts {
        let mut units: Vec<Vec<Prompt>> = Vec::new();
        let mut missed = Vec::new();
        for i in 0..view.len() {
            let labelled = view.labels[i] == Label::Subscription;
            if !labelled && (view.subscription[i] < MISSED || view.words(i) > 80.0) {
                continue;
            }
            let prompt = Prompt::read(view, model, i);
            if labelled || (view.subscription[i] >= DOUBTFUL && prompt.plain()) {
                match units.last_mut() {
                    Some(unit) if unit.last().is_some_and(|p| i - p.block <= GAP + 1) => unit.push(prompt),
                    _ => units.push(vec![prompt]),
                }
            } else {
                missed.push(prompt);
            }
        }
        Prompts {
            units: units.into_iter().map(|p| unit(view, p)).collect(),
            missed,
        }
    }

    /// Purpose of each subscription block, as pairs of block and purpose in document order.
    pub fn purposes(&self) -> impl Iterator<Item = (usize, Purpose)> {
        self.units.iter().flat_map(|unit| {
            unit.prompts.iter().map(|p| {
                let score =
                    |k: Purpose| OWN_SHARE * p.own[k as usize] + (1.0 - OWN_SHARE) * unit.scores[k as usize];
                let best = Purpose::ALL
                    .into_iter()
                    .max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)));
                (p.block, best.unwrap_or(Purpose::Offer))
            })
        })
    }
}

fn unit(view: &LabelledView<'_>, mut prompts: Vec<Prompt>) -> Unit {
    // who may comment says nothing of who may read; only a promise to read on does
    let aside = prompts.iter().any(Prompt::looks_aside);
    let under_comments = !aside && follows_feature(view, prompts[0].block);
    let plain = |p: &Prompt| p.plain() && (!under_comments || p.cues.has(Cue::ReadOn));
    let trap = (aside || under_comments) && !prompts.iter().any(plain);
    for p in &mut prompts {
        p.trap = trap;
    }
    let mut scores = [0.0; OUTPUTS];
    let mut words = 0.0;
    let mut all = Cues::default();
    for p in &prompts {
        // square roots, so that a long list of benefits doesn't drown its heading
        let w = view.words(p.block).max(1.0);
        words += w;
        for (sum, s) in scores.iter_mut().zip(p.own) {
            *sum += w.sqrt() * s;
        }
        all.add(&p.cues);
    }
    let total: f32 = scores.iter().sum::<f32>().max(1e-6);
    let (email, password) = fields(view, &prompts);
    Unit {
        words,
        scores: scores.map(|s| s / total),
        cues: all,
        email,
        password,
        prompts,
    }
}

/// Whether one of the blocks right before is about comments, saving or another feature.
fn follows_feature(view: &LabelledView<'_>, block: usize) -> bool {
    (block.saturating_sub(FEATURE_GAP)..block)
        .any(|i| view.words(i) < FEATURE_WORDS && cues(view.text(i)).has(Cue::Feature))
}

/// Whether fields for an address or a password stand among the blocks.
fn fields(view: &LabelledView<'_>, prompts: &[Prompt]) -> (bool, bool) {
    let outline = &view.page.outline;
    let blocks = || prompts.iter().map(|p| outline.blocks[p.block].element);
    let around = blocks().reduce(|a, b| outline.common_ancestor(a, b)).unwrap_or(0);
    let e = outline.element(around);
    // an element that holds much more than the unit says nothing of it
    let close = (e.block_count() as usize) <= 2 * prompts.len() + 4;
    (
        close && e.mark(Mark::Email) > 0,
        close && e.mark(Mark::Password) > 0,
    )
}

fn has_price(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && (text.contains(['$', '€', '£', '¥', '₹', '₽', '₴', '₩', '₪', '₺', '₦', '￥'])
            || text.split_whitespace().any(|w| {
                let w = w.trim_matches(|c: char| !c.is_alphabetic());
                matches!(
                    w,
                    "kr" | "Kr"
                        | "EUR"
                        | "USD"
                        | "CHF"
                        | "zł"
                        | "Kč"
                        | "Ft"
                        | "TL"
                        | "lei"
                        | "円"
                        | "元"
                        | "원"
                        | "euro"
                        | "euros"
                        | "Euro"
                        | "руб"
                        | "лв"
                )
            })
            || text.contains('円')
            || text.contains('元')
            || text.contains('원'))
}
