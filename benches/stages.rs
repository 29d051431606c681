//! Criterion benches: every stage and the whole, against scraper's parse of the same page.
//! Pages are our own; `TOLLGATE_BENCH_PAGE` names another one.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use tollgate::blocks::outline_of_dom;
use tollgate::features::PageRows;
use tollgate::page::{Dom, PageMeta, decode};
use tollgate::pipeline::{InputKind, Limits, prepare};
use tollgate::{Classifier, InputKind as Kind};

fn page() -> Vec<u8> {
    let path = std::env::var("TOLLGATE_BENCH_PAGE").unwrap_or_else(|_| {
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/training-data/pages/trap-en-email-modal.html"
        )
        .to_owned()
    });
    std::fs::read(path).expect("the bench page can be read")
}

fn stages(c: &mut Criterion) {
    let bytes = page();
    let text = decode(&bytes).expect("the bench page is a page").text;
    let dom = Dom::parse(&text);
    let meta = Arc::new(PageMeta::read(&dom));
    let outline = Arc::new(outline_of_dom(&dom, usize::MAX));
    let prepared = prepare(&bytes, InputKind::Html, &Limits::default()).expect("the bench page is a page");
    let classifier = Classifier::new().expect("the embedded model loads");
    let result = classifier.classify(&bytes).expect("the bench page is a page");
    let mut group = c.benchmark_group("stage");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("yardstick: scraper parse", |b| {
        b.iter(|| scraper::Html::parse_document(black_box(&text)));
    });
    group.bench_function("decode", |b| b.iter(|| decode(black_box(&bytes))));
    group.bench_function("parse", |b| b.iter(|| Dom::parse(black_box(&text))));
    group.bench_function("meta", |b| b.iter(|| PageMeta::read(black_box(&dom))));
    group.bench_function("blocks", |b| {
        b.iter(|| outline_of_dom(black_box(&dom), usize::MAX));
    });
    group.bench_function("features", |b| {
        b.iter(|| PageRows::read(black_box(&outline), &meta));
    });
    group.bench_function("labels", |b| {
        b.iter(|| classifier.model().page.predict_page(black_box(&prepared)));
    });
    group.bench_function("json", |b| b.iter(|| serde_json::to_vec(black_box(&result))));
    group.bench_function("prepare", |b| {
        b.iter(|| prepare(black_box(&bytes), InputKind::Html, &Limits::default()));
    });
    group.bench_function("classify", |b| {
        b.iter(|| classifier.classify_as(black_box(&bytes), Kind::Html));
    });
    group.finish();
}

fn sizes(c: &mut Criterion) {
    let mut group = c.benchmark_group("size");
    group.sample_size(10);
    let classifier = Classifier::new().expect("the embedded model loads");
    for paragraphs in [10, 100, 1_000] {
        let story = "<p class=story>The council met on Monday, and the mayor spoke of the bridge.</p>\
            <script>if(a<b){c('</div>')}</script><!-- note -->";
        let page = format!("<title>Bridge</title><h1>Bridge</h1>{}", story.repeat(paragraphs));
        group.throughput(Throughput::Bytes(page.len() as u64));
        group.bench_function(format!("{paragraphs} paragraphs"), |b| {
            b.iter(|| classifier.classify(black_box(page.as_bytes())));
        });
    }
    group.finish();
}

fn hostile(c: &mut Criterion) {
    let mut group = c.benchmark_group("hostile");
    group.sample_size(10);
    let classifier = Classifier::new().expect("the embedded model loads");
    for (name, page) in [
        ("500,000 nested div", "<div>".repeat(500_000)),
        ("100,000 attributes", {
            let many: Vec<String> = (0..100_000).map(|i| format!("a{i}=1")).collect();
            format!("<p {}>text", many.join(" "))
        }),
        (
            "10,000 paragraphs",
            "<p>A short paragraph, with a comma.".repeat(10_000),
        ),
        ("1 MB of text", "word ".repeat(200_000)),
    ] {
        group.throughput(Throughput::Bytes(page.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| classifier.classify(black_box(page.as_bytes())));
        });
    }
    group.finish();
}

criterion_group!(benches, stages, sizes, hostile);
criterion_main!(benches);
