//! What our own pages are to the models, number by number: a model that is given other features than those that it
//! learned from goes on without an error and labels worse. One digest a column or page, kept under the model's name.
//!
//! `TOLLGATE_UPDATE_GOLDEN=1 cargo test --test fingerprints` writes the files anew after a new model.

mod common;
#[path = "common/kept.rs"]
mod kept;

use common::pages;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tollgate::blocks::Outline;
use tollgate::classifier::{assemble, decide_page};
use tollgate::corpus::LabelledPage;
use tollgate::features::{Matrix, Schema, context_columns, context_names};
use tollgate::model::{BlockModel, CHOICE, CHOICE_COLUMNS, Doubtful, HEAD, embedded};
use tollgate::pipeline::{Prepared, prepare};
use tollgate::verdict::{COLUMNS, LabelledView, PageFacts, VerdictModel, subscription_column};
use tollgate::{InputKind, Label, Limits, Part};

#[derive(Default)]
struct Prints(BTreeMap<String, Sha256>);

impl Prints {
    fn add(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.0.entry(name.to_owned()).or_default().update(bytes);
    }

    fn add_columns<'a>(&mut self, names: impl Iterator<Item = &'a String>, rows: &Matrix) {
        for (column, name) in names.enumerate() {
            for row in 0..rows.rows() {
                self.add(name, rows.row(row)[column].to_bits().to_le_bytes());
            }
        }
    }

    /// Compares with those of the model, or writes them.
    fn check(self, model: &str) {
        let now: BTreeMap<String, String> = (self.0.into_iter())
            .map(|(name, digest)| {
                let digest = digest.finalize();
                let start = u64::from_be_bytes(*digest.first_chunk().unwrap());
                (name, format!("{start:016x}"))
            })
            .collect();
        kept::check(&now, model, "fingerprints.json");
    }
}

fn own_pages() -> Vec<LabelledPage> {
    ["golden", "pages", "strange-site", "known-misses"]
        .iter()
        .flat_map(|folder| pages(folder))
        .collect()
}

fn add_outline(prints: &mut Prints, outline: &Outline) {
    let mut selectors = outline.selectors();
    for block in &outline.blocks {
        let element = &outline.elements[block.element as usize];
        prints.add("block text", format!("{}\n", block.text));
        prints.add("block selector", format!("{}\n", selectors.of(block.element)));
        prints.add("block tag", format!("{}\n", outline.tag_name(element)));
        prints.add(
            "block links",
            format!("{:?}\n", (block.links, block.link_chars, &block.href)),
        );
        prints.add("block emphasis", block.emphasis_chars.to_le_bytes());
    }
}

fn add_page(prints: &mut Prints, page: &Prepared, stage: &str) {
    let features = page.rows.whole_features();
    let names: Vec<String> = Schema::get()
        .names()
        .iter()
        .map(|name| format!("{stage}{name}"))
        .collect();
    prints.add_columns(names.iter(), &features.dense);
    for i in 0..features.tokens.len() {
        prints.add(
            &format!("{stage}tokens"),
            format!("{:?}\n", features.tokens.of(i)),
        );
        prints.add(
            &format!("{stage}own words"),
            format!("{:?}\n", features.tokens.own_words_of(i)),
        );
    }
    let around = &features.around;
    prints.add(&format!("{stage}containers"), format!("{:?}", around.containers));
    prints.add(&format!("{stage}headings"), format!("{:?}", around.headings));
    prints.add(&format!("{stage}path groups"), format!("{:?}", around.path_group));
    prints.add(
        &format!("{stage}class groups"),
        format!("{:?}", around.class_group),
    );
    prints.add(&format!("{stage}copies"), format!("{:?}", around.first_copy));
    // scores of no model, so that the columns speak for themselves
    let mut scores = Matrix::zeros(features.dense.rows(), HEAD + 1);
    for i in 0..scores.rows() {
        let (c, s) = ((i * 37 % 101) as f32 / 110.0, (i * 53 % 89) as f32 / 1500.0);
        let head = if i % 7 == 0 { 0.3 * c } else { 0.0 };
        scores.row_mut(i).copy_from_slice(&[c, s, 1.0 - c - s, head]);
    }
    let names = context_names(&format!("{stage}context"));
    prints.add_columns(names.iter(), &context_columns(around, &scores));
    let doubtful = Doubtful::read(&scores, around, features.page_values());
    let names: Vec<String> = (0..CHOICE_COLUMNS)
        .map(|k| format!("{stage}choice {k}"))
        .collect();
    prints.add(&format!("{stage}doubtful"), format!("{:?}", doubtful.blocks));
    doubtful.sums().each(&doubtful.blocks, |_, row| {
        for (name, value) in names.iter().zip(row) {
            prints.add(name, value.to_bits().to_le_bytes());
        }
    });
}

/// A page's lines without markup.
fn as_lines(page: &Prepared) -> Prepared {
    let lines: Vec<&str> = page.outline.blocks.iter().map(|b| b.text.as_str()).collect();
    prepare(lines.join("\n").as_bytes(), InputKind::Text, &Limits::default()).unwrap()
}

#[test]
fn our_pages_have_the_features_that_the_model_learned_from() {
    let mut prints = Prints::default();
    let model = embedded().unwrap();
    for (i, page) in own_pages().iter().enumerate() {
        let lines = as_lines(&page.prepared);
        add_outline(&mut prints, &page.prepared.outline);
        add_page(&mut prints, &page.prepared, "");
        add_page(&mut prints, &lines, "lines: ");
        // a fifth of the pages is enough to notice other arithmetic
        if i % 5 == 0 {
            add_answers(
                &mut prints,
                &format!("page {}", page.name),
                &model.page,
                &page.prepared,
            );
            add_answers(&mut prints, &format!("lines {}", page.name), &model.text, &lines);
        }
    }
    prints.check(&model.name);
}

/// What a model says of a page.
fn add_answers(prints: &mut Prints, name: &str, model: &BlockModel, page: &Prepared) {
    let scores = model.predict_page(page);
    for row in 0..scores.rows() {
        prints.add(name, format!("{:.4?}\n", scores.row(row)));
    }
    let (decision, parts) = decide_page(page, &scores);
    prints.add(
        name,
        format!("{:?} {:?} {parts:?}", decision.labels, decision.body),
    );
}

#[test]
fn our_pages_have_the_columns_and_evidence_that_the_verdict_learned_from() {
    let verdict = VerdictModel::embedded().unwrap();
    let mut prints = Prints::default();
    for page in own_pages() {
        // the gold labels, so that no block model takes part
        let mut scores = Matrix::zeros(page.labels.len(), CHOICE + 1);
        for (i, gold) in page.labels.iter().enumerate() {
            let row = scores.row_mut(i);
            row[..3].fill(0.05);
            let gold = gold.map_or(Label::Navigation, |g| g.label);
            row[gold.index()] = 0.9;
            row[CHOICE] = if gold == Label::Content { 3.0 } else { -3.0 };
        }
        let (decision, parts): (_, Vec<Option<Part>>) = decide_page(&page.prepared, &scores);
        let view = LabelledView {
            page: &page.prepared,
            labels: &decision.labels,
            parts: &parts,
            subscription: &subscription_column(&scores),
        };
        let values = PageFacts::read(&view, &verdict.purposes).columns(&view);
        for (column, value) in COLUMNS.iter().zip(&values) {
            prints.add(column.0, value.to_bits().to_le_bytes());
        }
        let answer = assemble(&page.prepared, &scores, &decision, &parts, verdict);
        let said =
            serde_json::to_string(&(&answer.paywall, answer.content_status, &answer.content_reason)).unwrap();
        prints.add(&format!("page {}", page.name), said);
        let purposes: Vec<_> = answer.blocks.iter().map(|b| b.purpose).collect();
        prints.add(&format!("page {}", page.name), format!("{purposes:?}"));
    }
    prints.check(&verdict.name);
}
