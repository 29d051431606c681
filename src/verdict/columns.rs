//! The numbers that the verdict's model sees of a labelled page, by name and in a fixed order.

use super::body::{Body, Ending};
use super::cues::Cues;
use super::gate_words::Cue;
use super::purpose::Purpose;
use super::units::{Prompt, Prompts, Unit};
use super::view::LabelledView;
use super::walls::{GatedParts, Walls};
use crate::blocks::words::count_words;
use crate::features::{log1p, ratio};
use crate::page::Declared;

/// Everything about a page that its columns, its evidence and its verdict are made of.
#[derive(Debug, Clone)]
pub struct PageFacts {
    /// The main run of body text.
    pub body: Body,
    /// Its prompts.
    pub prompts: Prompts,
    /// Containers of wall products.
    pub walls: Walls,
    /// Parts declared as gated.
    pub gated: GatedParts,
}

/// A body shorter than this may be a teaser.
const SHORT: f32 = 220.0;
/// A body shorter than this is one.
const VERY_SHORT: f32 = 90.0;
/// A block with one in so many a chance of being a prompt, or more, counts as one by a plain phrase.
const CLEAR: f32 = 4.0;
/// Blocks between the end of the body and a prompt that still follows it.
const NEAR: usize = 10;

impl PageFacts {
    /// Reads the facts of a page.
    pub fn read(view: &LabelledView<'_>, model: &super::purpose::PurposeModel) -> PageFacts {
        PageFacts {
            body: Body::find(view),
            prompts: Prompts::read(view, model),
            walls: Walls::read(view),
            gated: GatedParts::read(view),
        }
    }

    /// The unit that most clearly speaks of access.
    pub fn gate_unit(&self) -> Option<&Unit> {
        let score = |u: &&Unit| u.top().gate() + 0.3 * f32::from(u8::from(u.cues.gate().is_some()));
        self.prompts
            .units
            .iter()
            .max_by(|a, b| score(a).total_cmp(&score(b)).then(b.first().cmp(&a.first())))
    }

    /// The values of [`super::COLUMNS`].
    pub fn columns(&self, view: &LabelledView<'_>) -> Vec<f32> {
        let body = &self.body;
        let meta = &view.page.meta;
        let flag = |b: bool| f32::from(u8::from(b));
        let place = |block: usize| Place::of(body, block);
        let mut out = Row::default();
        // how clearly any prompt speaks of access, and where it stands
        let mut gates: Vec<f32> = Vec::new();
        let (mut shown, mut by_place) = (0.0_f32, [0.0_f32; 4]);
        let (mut hidden, mut all) = (0.0_f32, Cues::default());
        let (mut only_before, mut read_on_after) = (false, false);
        let (mut offer_after, mut newsletter, mut donation) = (0.0_f32, 0.0_f32, 0.0_f32);
        for unit in &self.prompts.units {
            for p in &unit.prompts {
                let gate = p.gate();
                gates.push(gate);
                let slot = &mut by_place[place(p.block) as usize];
                *slot = slot.max(gate);
                if p.hidden {
                    hidden = hidden.max(gate);
                } else {
                    shown = shown.max(gate);
                }
                let trap = p.cues.has(Cue::Feature) || p.cues.has(Cue::Mail);
                only_before |= p.cues.has(Cue::Only) && !trap && place(p.block) == Place::Before;
                read_on_after |= p.cues.has(Cue::ReadOn) && !trap && place(p.block) == Place::After;
                if place(p.block) == Place::After {
                    offer_after = offer_after.max(p.own[Purpose::Offer as usize]);
                }
                newsletter = newsletter.max(p.own[Purpose::Newsletter as usize]);
                donation = donation.max(p.own[Purpose::Donation as usize]);
            }
            let aside = unit.cues.has(Cue::Feature) || unit.cues.has(Cue::Mail);
            // a wall may list comments and newsletters among what one gets
            for p in unit.prompts.iter().filter(|p| !aside || p.plain()) {
                all.add(&p.cues);
            }
        }
        gates.sort_by(|a, b| b.total_cmp(a));
        let best = gates.first().copied().unwrap_or(0.0);
        out.put(logit(best));
        out.put(gates.get(1).copied().unwrap_or(0.0));
        out.put(gates.iter().sum::<f32>().min(4.0));
        out.put(shown);
        let missed = |p: &&Prompt| p.gate() * view.subscription[p.block];
        out.put(self.prompts.missed.iter().map(|p| missed(&p)).fold(0.0, f32::max));
        for gate in by_place {
            out.put(gate);
        }
        let unit = self.gate_unit();
        let has = |cue: Cue| best * flag(unit.is_some_and(|u| u.cues.has(cue)));
        let is_wall = unit.is_some_and(|u| u.prompts.iter().any(Prompt::plain));
        let is_about = |cue: Cue| has(cue) * flag(!is_wall);
        out.put(unit.map_or(0.0, |u| u.scores[Purpose::Gate as usize]));
        out.put(hidden);
        out.put(best * flag(unit.is_some_and(Unit::price)));
        out.put(has(Cue::Already));
        out.put(is_about(Cue::Mail));
        out.put(is_about(Cue::Feature));
        out.put(is_about(Cue::Consent));
        out.put(best * flag(unit.is_some_and(|u| u.cues.gate().is_some())));
        out.put(best * flag(unit.is_some_and(|u| u.email)));
        out.put(best * flag(unit.is_some_and(|u| u.password)));
        for cue in [Cue::Only, Cue::ReadOn, Cue::Meter, Cue::Already, Cue::Register] {
            out.put(flag(all.has(cue)));
        }
        out.put(flag(only_before));
        out.put(flag(read_on_after));
        let phrase =
            |p: &&Prompt| p.cues.gate().is_some() && !p.cues.has(Cue::Feature) && !p.cues.has(Cue::Mail);
        // a block that is hardly a prompt tells little by a phrase
        let likely = |p: &Prompt| (view.subscription[p.block] * CLEAR).min(1.0);
        let most = |weights: &mut dyn Iterator<Item = f32>| weights.fold(0.0, f32::max);
        let missed_near = |p: &&Prompt| phrase(p) && place(p.block) == Place::After;
        out.put(
            self.prompts
                .missed
                .iter()
                .filter(phrase)
                .map(|p| view.subscription[p.block])
                .fold(0.0, f32::max),
        );
        out.put(most(
            &mut self.prompts.missed.iter().filter(missed_near).map(likely),
        ));
        // the body
        let gated_after = by_place[Place::After as usize];
        let short = flag(body.words < SHORT);
        out.put(log1p(body.words));
        out.put(short);
        out.put(flag(body.words < VERY_SHORT));
        out.put(flag(body.words < 12.0));
        out.put(flag(body.paragraphs <= 2));
        let ellipsis = body.ending == Ending::Ellipsis;
        let broken = body.ending == Ending::Broken;
        out.put(flag(ellipsis));
        out.put(flag(broken));
        out.put(flag(broken || ellipsis) * gated_after);
        // what is declared: a lock tells little of a text that is whole by other signs
        let article = meta
            .article_body
            .as_ref()
            .map(|t| count_words(t) as f32)
            .or(meta.word_count)
            .unwrap_or(0.0);
        let article_shorter = article > 40.0 && article < 1.2 * body.words;
        let parts_content = self.gated.content_words >= 12.0;
        let near = by_place[Place::Before as usize]
            .max(by_place[Place::Inside as usize])
            .max(gated_after);
        let is_locked = meta.access.declared == Some(Declared::Locked);
        let cut = body.words < SHORT && (broken || ellipsis);
        let says_free = |u: &Unit| u.cues.has(Cue::Free) && u.cues.gate().is_none();
        // only under a lock does it matter, and credits are looked for in every block; they have no full stop
        let whole = || {
            let told = article_shorter || parts_content || self.prompts.units.iter().any(says_free);
            (told && !cut) || body.is_signed(view)
        };
        let locked = flag(is_locked && !whole());
        let free = flag(meta.access.declared == Some(Declared::Free));
        out.put(locked);
        out.put(flag(meta.access.declared == Some(Declared::Metered)));
        out.put(free);
        out.put(locked * short);
        out.put(locked * (1.0 - best));
        out.put(free * best);
        out.put(flag(is_locked) * near);
        out.put(flag(self.gated.declared && !parts_content));
        out.put(flag(parts_content) * near);
        out.put(flag(self.gated.prompt_words > 0.0));
        out.put(log1p(self.walls.prompt_words));
        out.put(log1p(self.walls.content_words));
        out.put(flag(self.walls.empty > 0.0));
        out.put(flag(self.walls.script.is_some()));
        out.put(flag(article > 1.6 * body.words + 60.0));
        out.put(flag(article_shorter));
        let description = meta.description.as_ref().map_or(0.0, |d| count_words(d) as f32);
        out.put(ratio(description, body.words).min(1.5));
        out.put(offer_after);
        out.put(newsletter);
        out.put(donation);
        let prompt_words: f32 = self.prompts.units.iter().map(|u| u.words).sum();
        out.put(ratio(prompt_words, prompt_words + body.words));
        out.put(log1p(self.prompts.units.len() as f32));
        let article_type = meta.kind.as_deref().is_some_and(|k| k.contains("article"))
            || meta
                .schema_types
                .iter()
                .any(|t| t.ends_with("Article") || t.ends_with("Posting"));
        out.put(flag(article_type));
        out.put(flag(view.page.outline.plain));
        let after = unit.map_or(0.0, |u| ratio(body.from(u.last()), body.words));
        out.put(best * after);
        out.put(best * log1p(unit.map_or(0.0, |u| body.before(u.first()))) / 6.0);
        let plain = || {
            self.prompts
                .units
                .iter()
                .flat_map(|u| &u.prompts)
                .filter(|p| p.plain())
        };
        out.put(flag(plain().next().is_some()));
        out.put(flag(plain().any(|p| !p.hidden && place(p.block) != Place::Far)));
        out.put(flag(
            plain().count() > 1 || (all.has(Cue::Already) && plain().next().is_some()),
        ));
        let missed_plain = || self.prompts.missed.iter().filter(|p| p.plain());
        let shown_after = |p: &&Prompt| place(p.block) == Place::After && !p.hidden;
        out.put(most(&mut missed_plain().filter(shown_after).map(likely)));
        let tail = body
            .last
            .is_some_and(|i| super::cues::cues(&tail_of(view.text(i))).gate().is_some());
        out.put(flag(tail));
        let told = || {
            plain()
                .map(|p| (p, 1.0))
                .chain(missed_plain().map(|p| (p, likely(p))))
        };
        let percent = |p: &Prompt| p.percent && p.cues.has(Cue::Meter);
        let rest = |p: &Prompt| p.cues.has(Cue::Rest) && place(p.block) != Place::Before;
        out.put(most(&mut told().filter(|(p, _)| percent(p)).map(|(_, w)| w)));
        out.put(most(&mut told().filter(|(p, _)| rest(p)).map(|(_, w)| w)));
        out.put(flag(body.words > 350.0));
        out.0
    }
}

/// Where a block stands beside the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before it, or before more than a few words of it.
    Before,
    /// Inside of it.
    Inside,
    /// Right after it.
    After,
    /// Further down, or there is no body.
    Far,
}

impl Place {
    /// The place of a block.
    pub fn of(body: &Body, block: usize) -> Place {
        let Some((_, last)) = body.span else {
            return Place::Far;
        };
        let end = body.last.unwrap_or(last);
        if body.before(block) < 0.08 * body.words {
            Place::Before
        } else if body.from(block) > 0.04 * body.words {
            Place::Inside
        } else if block <= end.max(last.min(end + NEAR)) + NEAR {
            Place::After
        } else {
            Place::Far
        }
    }
}

#[derive(Default)]
struct Row(Vec<f32>);

impl Row {
    fn put(&mut self, value: f32) {
        self.0.push(if value.is_finite() { value } else { 0.0 });
    }
}

/// The last words of a text.
fn tail_of(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(120);
    text.chars().skip(skip).collect()
}

/// Log-odds within bounds.
fn logit(p: f32) -> f32 {
    let p = p.clamp(0.02, 0.98);
    libm::logf(p / (1.0 - p))
}
