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
/// The same when it also says what one must do for it.
const ASKING: f32 = 0.1;
/// Blocks before a unit that tell what it is about, when they are short.
const FEATURE_GAP: usize = 8;
const FEATURE_WORDS: f32 = 40.0;
/// Boxes in something more than this many times as large as both are apart.
const LARGER: usize = 2;
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
    /// Whether its unit is about comments, saving, mail or consent and says nothing of access, says that the text is
    /// free, or asks for an address that one need not give.
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

    /// Whether it says what one must do to read on.
    fn asks(&self) -> bool {
        let asks = [Cue::Ask, Cue::Register, Cue::Already];
        self.plain() && asks.into_iter().any(|c| self.cues.has(c))
    }

    /// Whether it is a prompt although its label is another one.
    fn is_doubtful(&self, probability: f32) -> bool {
        // "continue reading" alone may be a link to the text below it
        let is_link = self.cues.has(Cue::ReadOn) && !self.asks();
        probability >= ASKING && self.asks() || probability >= DOUBTFUL && self.plain() && !is_link
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
            if labelled || prompt.is_doubtful(view.subscription[i]) {
                let follows = |p: &Prompt| i - p.block <= GAP + 1 && !are_apart(view, p.block, i);
                match units.last_mut() {
                    Some(unit) if unit.last().is_some_and(follows) => unit.push(prompt),
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

/// Whether two blocks stand in boxes of their own, each of several blocks, within something much larger.
fn are_apart(view: &LabelledView<'_>, a: usize, b: usize) -> bool {
    let outline = &view.page.outline;
    let [a, b] = [a, b].map(|i| outline.blocks[i].element);
    let around = outline.common_ancestor(a, b);
    let box_of = |mut e: u32| {
        while e != around && outline.element(e).parent != around {
            e = outline.element(e).parent;
        }
        e
    };
    let size = |e: u32| outline.element(e).block_count() as usize;
    let [a, b] = [a, b].map(box_of);
    let boxes = a != around && b != around && size(a) > 1 && size(b) > 1;
    boxes && size(around) > LARGER * (size(a) + size(b))
}

fn unit(view: &LabelledView<'_>, mut prompts: Vec<Prompt>) -> Unit {
    // who may comment says nothing of who may read; only a promise to read on does
    let first_aside = prompts.iter().position(Prompt::looks_aside);
    let aside = first_aside.is_some();
    let under_comments = !aside && follows_feature(view, prompts[0].block);
    let is_wall = |(i, p): (usize, &Prompt)| {
        let reads_on = p.cues.has(Cue::ReadOn);
        // "for subscribers only" after a word of comments means the comments
        let own = first_aside.is_none_or(|aside| i < aside) || reads_on || p.cues.has(Cue::Meter);
        p.plain() && own && (!under_comments || reads_on)
    };
    let (email, password) = fields(view, &prompts);
    let has = |cue| prompts.iter().any(|p| p.cues.has(cue));
    let is_free = has(Cue::Free) && prompts.iter().all(|p| p.cues.gate().is_none());
    // who may go on without an address is asked for it, and not stopped
    let is_mail = has(Cue::Dismiss) && (has(Cue::Mail) || email && !password);
    let is_aside = (aside || under_comments) && !prompts.iter().enumerate().any(is_wall);
    let trap = is_free || is_mail || is_aside;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{InputKind, Limits, prepare};

    /// Reads the prompts of a page on which every block has this label and this probability of being a prompt.
    fn read(html: &str, label: Label, probability: f32) -> Prompts {
        let page = prepare(html.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        let blocks = page.outline.blocks.len();
        let view = LabelledView {
            page: &page,
            labels: &vec![label; blocks],
            parts: &vec![None; blocks],
            subscription: &vec![probability; blocks],
        };
        Prompts::read(&view, &PurposeModel::default())
    }

    /// Whether the prompts of a page of these paragraphs, in one box, are about something else than reading.
    fn trap(paragraphs: &str) -> bool {
        let prompts = read(&format!("<div>{paragraphs}</div>"), Label::Subscription, 0.9);
        assert_eq!(prompts.units.len(), 1, "{paragraphs}");
        prompts.units[0].prompts[0].trap
    }

    #[test]
    fn words_that_say_what_to_do_count_from_a_smaller_probability_and_a_bare_link_never() {
        let is_prompt = |text: &str, p| {
            !read(&format!("<p>{text}</p>"), Label::Navigation, p)
                .units
                .is_empty()
        };
        assert!(is_prompt("Please log in to continue reading", 0.11));
        assert!(!is_prompt("Please log in to continue reading", 0.09));
        assert!(!is_prompt("Members only", 0.11));
        assert!(is_prompt("Members only", 0.26));
        assert!(!is_prompt("Seguir leyendo", 0.26));
        assert!(!is_prompt(
            "Log in to leave a comment and to continue reading theirs",
            0.26
        ));
    }

    #[test]
    fn only_for_subscribers_after_a_word_of_comments_is_about_comments_and_before_it_a_wall() {
        assert!(trap("<p>Comments</p><p>For subscribers only</p>"));
        assert!(!trap(
            "<p>For subscribers only</p><p>Subscribers write comments</p>"
        ));
        assert!(!trap("<p>Write comments</p><p>Subscribe to continue reading</p>"));
        assert!(!trap(
            "<p>Write comments</p><p>You have reached your limit of free articles</p>"
        ));
    }

    #[test]
    fn a_text_that_is_free_and_a_letter_that_one_may_decline_are_no_gates() {
        assert!(trap(
            "<p>This article is free for everyone</p><p>Give 5 € a month</p>"
        ));
        assert!(!trap(
            "<p>This article is free for everyone</p><p>Subscribe to continue reading</p>"
        ));
        let letter = "<p>Our newsletter comes on Fridays</p><p>Subscribe to continue reading</p>";
        assert!(trap(&format!("{letter}<p>No thanks</p>")));
        assert!(!trap(letter));
    }

    #[test]
    fn boxes_of_several_blocks_within_something_larger_are_units_of_their_own() {
        let paragraphs = |n: usize| "<p>Give something</p>".repeat(n);
        let two_boxes = |more: usize| {
            let html = format!(
                "<main><div>{a}</div><div>{a}</div><ul>{b}</ul></main>",
                a = paragraphs(2),
                b = "<li>Menu</li>".repeat(more)
            );
            let page = prepare(html.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
            let blocks = page.outline.blocks.len();
            let label = |i| {
                if i < 4 {
                    Label::Subscription
                } else {
                    Label::Navigation
                }
            };
            let view = LabelledView {
                page: &page,
                labels: &(0..blocks).map(label).collect::<Vec<_>>(),
                parts: &vec![None; blocks],
                subscription: &vec![0.0; blocks],
            };
            Prompts::read(&view, &PurposeModel::default()).units.len()
        };
        assert_eq!(two_boxes(20), 2);
        assert_eq!(two_boxes(2), 1);
    }
}
