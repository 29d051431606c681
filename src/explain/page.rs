//! The explanation of a page: for chosen blocks the label, what spoke for and against it, the words that
//! spoke, the neighbours; for the page the verdict with its evidence.

use super::attribution::{Attribution, Background};
use super::plain_words::{column_names, describe, shown_value};
use crate::classifier::{assemble, decide_page};
use crate::features::{TokenLists, token_names};
use crate::label::{Label, Part};
use crate::model::{BlockModel, CHOICE, HEAD, WordScores, WordStage, scale, stage_rows};
use crate::pipeline::Prepared;
use crate::result::{LabelledBlock, PageResult, Paywall, Probabilities, rounded};
use crate::verdict::ContentStatus;
use crate::verdict::VerdictModel;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// Why a page was labelled and judged as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The input's path as given.
    pub path: Option<String>,
    /// Title that the page declares.
    pub title: Option<String>,
    /// Blocks of the page.
    pub blocks_on_page: usize,
    /// The verdict with its evidence.
    pub paywall: Option<Paywall>,
    /// Whether the text is all there.
    pub content_status: Option<ContentStatus>,
    /// The blocks that are explained.
    pub blocks: Vec<BlockExplanation>,
}

/// Why a block got its label.
///
/// `score` is the log-odds of the given label against the rival in the model's trees; `base` plus all
/// contributions, those in `rest` included, sum to it. A regression calibrates the trees' scores to the
/// probabilities afterwards.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockExplanation {
    /// Position on the page.
    pub index: usize,
    /// The label.
    pub label: Label,
    /// Part within the content.
    pub part: Option<Part>,
    /// Probability of the given label.
    pub confidence: f32,
    /// Probability of every label.
    pub probabilities: Probabilities,
    /// Probability that it is head matter (title, byline, date, caption), which the one of content includes.
    pub head_matter: f32,
    /// Score of taking it as body text of the page: it is taken above 0, unless it is a prompt or a copy.
    pub choice: f32,
    /// The content block that this block repeats: then it is navigation whatever its score.
    pub repeats: Option<u32>,
    /// Name of the block's element.
    pub tag: Option<Cow<'static, str>>,
    /// CSS selector of the block's element.
    pub selector: Option<String>,
    /// The text.
    pub text: String,
    /// The most probable other label, which the given one is measured against.
    pub rival: Label,
    /// Log-odds of the label against the rival.
    pub score: f32,
    /// The same for the page's average block.
    pub base: f32,
    /// Features that spoke for the label, the strongest first.
    #[serde(rename = "for")]
    pub speaks_for: Vec<Contribution>,
    /// Features that spoke against it, the strongest first.
    pub against: Vec<Contribution>,
    /// What all other features add together.
    pub rest: f32,
    /// The block's own words that spoke, the strongest first.
    pub words: Vec<WordContribution>,
    /// Class names, link addresses and neighbours' words that spoke, the strongest first.
    pub markup: Vec<WordContribution>,
    /// The blocks around it.
    pub neighbours: Vec<Neighbour>,
}

/// What one feature adds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// Name of the column.
    pub feature: String,
    /// The column in plain words.
    pub meaning: String,
    /// The value as the model reads it.
    pub value: f32,
    /// The value as a person reads it.
    pub shown: String,
    /// What it adds to the log-odds of the label against the rival.
    pub adds: f32,
}

/// What one word or name adds to its word score, in log-odds of the label against the rival.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordContribution {
    /// Where it stands.
    pub place: &'static str,
    /// The word.
    pub text: String,
    /// What it adds.
    pub adds: f32,
}

/// A block near the explained one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Neighbour {
    /// Position on the page.
    pub index: usize,
    /// Its label.
    pub label: Label,
    /// Probability of its label.
    pub confidence: f32,
    /// Its text.
    pub text: String,
}

/// Features and words shown on each side.
const SHOWN: usize = 8;
/// Contributions below this are noise.
const LEAST: f32 = 0.01;
/// Neighbours on each side.
const NEIGHBOURS: usize = 2;

/// Explains the blocks with these indices, or the `doubtful` least confident ones when there are none.
/// Indices beyond the page are left out.
pub fn explain(
    model: &BlockModel,
    verdict: &VerdictModel,
    prepared: &Prepared,
    wanted: &[usize],
    doubtful: usize,
) -> Explanation {
    let features = &prepared.rows.whole_features();
    let stage = WordStage {
        words: model.words.predict(&features.tokens),
        wording: model.wording.predict_own_words(&features.tokens),
    };
    let probabilities = model.predict(features);
    let (decision, parts) = decide_page(prepared, &probabilities);
    let page = assemble(prepared, &probabilities, &decision, &parts, verdict);
    let rows = stage_rows(features, &stage);
    let names = column_names();
    let backgrounds = [0, 1].map(|k: usize| Background::of(&model.trees[k], &rows));
    let picked = picked(&page, wanted, doubtful);
    let blocks = picked
        .into_iter()
        .map(|i| {
            let [content, subscription] = [0, 1].map(|k: usize| backgrounds[k].attribute(rows.row(i)));
            let block = &page.blocks[i];
            let rival = rival(block);
            let of = |label: Label| match label {
                Label::Content => content.clone(),
                Label::Subscription => subscription.clone(),
                Label::Navigation => Attribution::zero(rows.cols),
            };
            let attribution = of(block.label).minus(&of(rival));
            let mut out = start(block, rival, &attribution);
            out.head_matter = rounded(probabilities.row(i)[HEAD]);
            out.choice = rounded(probabilities.row(i)[CHOICE]);
            fill_features(&mut out, &attribution, &names, rows.row(i));
            fill_words(&mut out, model, prepared, &features.tokens);
            out.neighbours = neighbours(&page, i);
            out
        })
        .collect();
    Explanation {
        path: None,
        title: page.title,
        blocks_on_page: page.blocks.len(),
        paywall: page.paywall,
        content_status: page.content_status,
        blocks,
    }
}

fn picked(page: &PageResult, wanted: &[usize], doubtful: usize) -> Vec<usize> {
    if !wanted.is_empty() {
        return wanted
            .iter()
            .copied()
            .filter(|i| *i < page.blocks.len())
            .collect();
    }
    let mut all: Vec<usize> = (0..page.blocks.len()).collect();
    all.sort_by(|a, b| {
        let (a, b) = (&page.blocks[*a], &page.blocks[*b]);
        a.confidence.total_cmp(&b.confidence).then(a.index.cmp(&b.index))
    });
    all.truncate(doubtful);
    all
}

fn probability(block: &LabelledBlock, label: Label) -> f32 {
    match label {
        Label::Content => block.probabilities.content,
        Label::Subscription => block.probabilities.subscription,
        Label::Navigation => block.probabilities.navigation,
    }
}

fn rival(block: &LabelledBlock) -> Label {
    Label::ALL
        .into_iter()
        .filter(|l| *l != block.label)
        .max_by(|a, b| probability(block, *a).total_cmp(&probability(block, *b)))
        .unwrap_or(Label::Navigation)
}

fn start(block: &LabelledBlock, rival: Label, attribution: &Attribution) -> BlockExplanation {
    BlockExplanation {
        index: block.index,
        label: block.label,
        part: block.part,
        confidence: block.confidence,
        probabilities: block.probabilities,
        head_matter: 0.0,
        choice: 0.0,
        repeats: block.repeats,
        tag: block.tag.clone(),
        selector: block.selector.clone(),
        text: block.text.clone(),
        rival,
        score: rounded(attribution.score()),
        base: rounded(attribution.base),
        speaks_for: Vec::new(),
        against: Vec::new(),
        rest: 0.0,
        words: Vec::new(),
        markup: Vec::new(),
        neighbours: Vec::new(),
    }
}

fn fill_features(out: &mut BlockExplanation, attribution: &Attribution, names: &[String], row: &[f32]) {
    let mut order: Vec<usize> = (0..row.len()).collect();
    order.sort_by(|a, b| {
        let [a, b] = [*a, *b].map(|i| attribution.columns[i].abs());
        b.total_cmp(&a)
    });
    let mut rest = 0.0;
    for i in order {
        let adds = attribution.columns[i];
        let side = if adds > 0.0 {
            &mut out.speaks_for
        } else {
            &mut out.against
        };
        if adds.abs() < LEAST || side.len() >= SHOWN {
            rest += adds;
            continue;
        }
        let name = names.get(i).cloned().unwrap_or_default();
        side.push(Contribution {
            meaning: describe(&name),
            value: row[i],
            shown: shown_value(&name, row[i]),
            adds: rounded(adds),
            feature: name,
        });
    }
    out.rest = rounded(rest);
}

fn fill_words(out: &mut BlockExplanation, model: &BlockModel, prepared: &Prepared, tokens: &TokenLists) {
    let names = token_names(&prepared.outline, out.index);
    let (all, own) = (tokens.of(out.index), tokens.own_words_of(out.index));
    let told = |scores: &WordScores, list: &[u32], of: usize| {
        let mut sums: HashMap<u32, f32> = HashMap::new();
        for bucket in list {
            let weights = scores.weights[*bucket as usize];
            let weight = |l: Label| weights.get(l.index()).copied().unwrap_or(0.0);
            *sums.entry(*bucket).or_default() += scale(of) * (weight(out.label) - weight(out.rival));
        }
        let mut list: Vec<WordContribution> = sums
            .into_iter()
            .filter(|(_, adds)| adds.abs() >= LEAST)
            .filter_map(|(bucket, adds)| {
                let name = names.get(&bucket)?;
                Some(WordContribution {
                    place: name.place,
                    text: name.text.clone(),
                    adds: rounded(adds),
                })
            })
            .collect();
        list.sort_by(|a, b| {
            let strength = b.adds.abs().total_cmp(&a.adds.abs());
            strength.then_with(|| (a.place, &a.text).cmp(&(b.place, &b.text)))
        });
        list.truncate(SHOWN);
        list
    };
    out.words = told(&model.wording, own, own.len());
    out.markup = told(&model.words, &all[own.len()..], all.len());
}

fn neighbours(page: &PageResult, i: usize) -> Vec<Neighbour> {
    let near = i.saturating_sub(NEIGHBOURS)..(i + NEIGHBOURS + 1).min(page.blocks.len());
    near.filter(|j| *j != i)
        .map(|j| Neighbour {
            index: j,
            label: page.blocks[j].label,
            confidence: page.blocks[j].confidence,
            text: page.blocks[j].text.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{embedded, tree_scores};
    use crate::pipeline::{InputKind, Limits, prepare};

    const PAGE: &str = "<title>The bridge</title><nav><a href=/>Home</a><a href=/n>News</a></nav><article><h1>The bridge</h1>\
        <p>The old bridge will close in spring, the council said on Monday after a long debate.</p></article>\
        <div class=paywall><p>Subscribe now to read on</p><button>Subscribe</button></div><footer>© Herald</footer>";

    #[test]
    fn contributions_sum_to_the_score_that_the_model_gives() {
        let model = embedded().unwrap().page;
        let prepared = prepare(PAGE.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        let all: Vec<usize> = (0..prepared.outline.blocks.len()).collect();
        let told = explain(&model, VerdictModel::embedded().unwrap(), &prepared, &all, 0);
        assert_eq!(told.blocks.len(), all.len());
        let features = prepared.rows.whole_features();
        let stage = WordStage {
            words: model.words.predict(&features.tokens),
            wording: model.wording.predict_own_words(&features.tokens),
        };
        let scores = tree_scores(&model.trees, &stage_rows(&features, &stage));
        for b in &told.blocks {
            let row = scores.row(b.index);
            let want = (row[b.label.index()] / row[b.rival.index()]).ln();
            assert!(
                (b.score - want).abs() < 0.02,
                "block {}: {} and {want}",
                b.index,
                b.score
            );
            let parts = b.speaks_for.iter().chain(&b.against);
            let sum = b.base + b.rest + parts.map(|c| c.adds).sum::<f32>();
            assert!(
                (sum - b.score).abs() < 0.01,
                "block {}: {sum} and {}",
                b.index,
                b.score
            );
        }
    }

    #[test]
    fn the_words_of_a_prompt_speak_for_subscription() {
        let model = embedded().unwrap().page;
        let prepared = prepare(PAGE.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        let at = |text: &str| {
            prepared
                .outline
                .blocks
                .iter()
                .position(|b| b.text == text)
                .unwrap()
        };
        let told = explain(
            &model,
            VerdictModel::embedded().unwrap(),
            &prepared,
            &[at("Subscribe now to read on"), 9_999],
            3,
        );
        assert_eq!(told.blocks.len(), 1);
        let block = &told.blocks[0];
        assert_eq!(block.label, Label::Subscription);
        assert!(
            block
                .words
                .iter()
                .any(|w| w.text.contains("subscribe") && w.adds > 0.0)
        );
        assert!(block.markup.iter().any(|w| w.text == "paywall" && w.adds > 0.0));
        assert_eq!(block.neighbours.len(), 4);
    }

    #[test]
    fn without_a_choice_the_least_confident_blocks_are_explained() {
        let model = embedded().unwrap().page;
        let prepared = prepare(PAGE.as_bytes(), InputKind::Html, &Limits::default()).unwrap();
        let told = explain(&model, VerdictModel::embedded().unwrap(), &prepared, &[], 2);
        let all: Vec<usize> = (0..prepared.outline.blocks.len()).collect();
        let least = explain(&model, VerdictModel::embedded().unwrap(), &prepared, &all, 0)
            .blocks
            .iter()
            .map(|b| b.confidence)
            .fold(1.0, f32::min);
        assert_eq!(told.blocks.len(), 2);
        assert_eq!(told.blocks[0].confidence, least);
    }
}
