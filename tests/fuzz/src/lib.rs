//! What each fuzz target does with its bytes. In one place, so that the ordinary tests run the very same over
//! past findings (`tests/fuzz_findings.rs`). Holds no seeds and no engine.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tollgate::blocks::outline_of_dom;
use tollgate::corpus::{load_labelled, read_gold};
use tollgate::input::{Item, ReadOptions, Source, read_from, read_source, read_stream};
use tollgate::learn::read_rows;
use tollgate::model::{FileKind, Model};
use tollgate::page::{Dom, Numbers, PageMeta, decode_as, inert_copy};
use tollgate::verdict::VerdictModel;
use tollgate::{Classifier, InputKind, Limits, PageResult};

/// A target: its name and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 15] = [
    ("decode", decode),
    ("tree", tree),
    ("page", page),
    ("text", text),
    ("labels", labels),
    ("gold", gold),
    ("block_model", block_model),
    ("verdict_model", verdict_model),
    ("warc", warc),
    ("zipped", zipped),
    ("packed", packed),
    ("parquet", parquet),
    ("json_lines", json_lines),
    ("mhtml", mhtml),
    ("tape", tape),
];

/// Bytes to text, with a charset of the server that the first byte picks.
pub fn decode(data: &[u8]) {
    const SERVED: [Option<&str>; 8] = [
        None,
        Some("utf-16le"),
        Some("shift_jis"),
        Some("iso-2022-jp"),
        Some("gb18030"),
        Some("replacement"),
        Some("windows-1252"),
        Some("utf-7"),
    ];
    let Some((pick, bytes)) = data.split_first() else {
        return;
    };
    if let Ok(decoded) = decode_as(bytes, SERVED[*pick as usize % SERVED.len()]) {
        assert!(!decoded.text.trim().is_empty());
        assert!(decoded.text.len() <= 3 * bytes.len() + 3);
    }
}

/// Markup to a tree, blocks, what the page declares, and the copy that the annotator shows.
pub fn tree(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let dom = Dom::parse(&text);
    let outline = outline_of_dom(&dom, usize::MAX);
    let _ = PageMeta::read(&dom);
    let whole = Dom::parse_whole(&text);
    for block in outline.blocks.iter().take(20) {
        let selector = outline.selector(block.element);
        let found = whole.select(&selector);
        assert_eq!(found.map(|f| f.len()), Ok(1), "{selector}");
    }
    let copy = inert_copy(&whole, &Numbers::default(), "", true);
    // nothing that runs may be in a tree of the copy
    let copy = Dom::parse_whole(&copy);
    for bad in [
        "script",
        "iframe",
        "object",
        "embed",
        "meta",
        "link",
        "base",
        "[onload]",
        "[onclick]",
        "[onerror]",
    ] {
        assert_eq!(copy.select(bad).map(|f| f.len()), Ok(0), "{bad}");
    }
}

fn classifier() -> &'static Classifier {
    static CLASSIFIER: OnceLock<Classifier> = OnceLock::new();
    CLASSIFIER.get_or_init(|| Classifier::new().expect("the embedded model"))
}

fn classify(data: &[u8], kind: InputKind) {
    if let Ok(result) = classifier().classify_as(data, kind) {
        for b in &result.blocks {
            let p = b.probabilities;
            assert!((p.content + p.subscription + p.navigation - 1.0).abs() < 0.001);
            assert!(!b.text.is_empty() && (0.0..=1.0).contains(&b.confidence));
        }
        let line = serde_json::to_string(&result).expect("a result is JSON");
        let back: PageResult = serde_json::from_str(&line).expect("a line reads back");
        assert_eq!(back, result);
    }
}

/// Bytes to labels and verdict, as a page.
pub fn page(data: &[u8]) {
    classify(data, InputKind::Html);
}

/// Bytes to labels and verdict, as plain text.
pub fn text(data: &[u8]) {
    classify(data, InputKind::Text);
}

/// A folder of this process alone.
fn folder() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let shared = Path::new("/dev/shm");
        let parent = if shared.is_dir() {
            shared.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = parent.join(format!("tollgate-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for inputs");
        folder
    });
    made.clone()
}

/// Writes a file whose name no other thread uses.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    let folder = folder().join(thread.replace(['(', ')'], "-"));
    std::fs::create_dir_all(&folder).expect("a folder for inputs");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file for an input");
    path
}

/// `labels.csv` beside a page, joined with it.
pub fn labels(data: &[u8]) {
    let page =
        b"<!doctype html><title>a</title><body class=a><nav id=n><a href=/>Home</a></nav><article><h1>A</h1>\
        <p>One text<br>and another<p>One more</article>";
    let labels = file("labels.csv", data);
    file("a.html", page);
    let Some(folder) = labels.parent() else { return };
    let _ = load_labelled(folder, &Limits::default());
    let _ = read_rows(data, "fuzzed");
}

/// A gold file.
pub fn gold(data: &[u8]) {
    let _ = read_gold(&file("gold.jsonl", data));
}

/// A model file, see [`model_file`]; what is accepted must label a page with finite numbers.
pub fn block_model(data: &[u8]) {
    let Some(bytes) = model_file(data, embedded_block_model) else {
        return;
    };
    let Ok(model) = Model::from_bytes(&bytes, "fuzzed") else {
        return;
    };
    let path = file("model.json.gz", &bytes);
    let classifier = Classifier::builder()
        .model_file(path)
        .build()
        .expect("it was accepted");
    assert!(model.to_bytes().is_ok());
    let page = "<title>a</title><nav><a href=/>Home</a></nav><h1>A bridge</h1><p>The old bridge will close in spring.</p>\
        <p>Subscribe now to read on</p>";
    for kind in [InputKind::Html, InputKind::Text] {
        let result = classifier
            .classify_as(page.as_bytes(), kind)
            .expect("the page is good");
        for b in &result.blocks {
            let p = b.probabilities;
            assert!(
                (p.content + p.subscription + p.navigation - 1.0).abs() < 0.001,
                "{p:?}"
            );
        }
    }
}

/// A file of the verdict's model, in the same ways.
pub fn verdict_model(data: &[u8]) {
    let Some(bytes) = model_file(data, embedded_verdict) else {
        return;
    };
    if let Ok(model) = VerdictModel::from_bytes(&bytes, "fuzzed") {
        let row = vec![1.0; model.gated.weights.len()];
        for regression in [&model.gated, &model.hard] {
            let p = tollgate::verdict::probability(regression.log_odds(&row));
            assert!((0.0..=1.0).contains(&p), "{p}");
        }
    }
}

/// The bytes of a model file: the first byte of `data` says whether the rest is the file itself, its JSON, or tells
/// what to change in the embedded model.
fn model_file(data: &[u8], embedded: fn() -> &'static Json) -> Option<Vec<u8>> {
    let (how, rest) = data.split_first()?;
    Some(match how % 4 {
        0 => rest.to_vec(),
        1 => packed_json(rest),
        _ => changed(embedded(), rest),
    })
}

type Json = serde_json::Value;

fn packed_json(json: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packed
        .write_all(json)
        .and_then(|()| packed.finish())
        .expect("memory takes all")
}

fn unpacked(bytes: &[u8], format: &'static str, version: u32) -> Json {
    let kind = FileKind {
        format,
        version,
        most: 256 << 20,
        noun: "model",
    };
    kind.unpack(bytes).expect("the embedded model")
}

fn embedded_block_model() -> &'static Json {
    static MODEL: OnceLock<Json> = OnceLock::new();
    MODEL.get_or_init(|| {
        let bytes = include_bytes!("../../../models/gate-4/model.json.gz");
        unpacked(bytes, "tollgate-model", 3)
    })
}

fn embedded_verdict() -> &'static Json {
    static MODEL: OnceLock<Json> = OnceLock::new();
    MODEL.get_or_init(|| {
        let bytes = include_bytes!("../../../models/verdict-4/model.json.gz");
        unpacked(bytes, "tollgate-verdict", 1)
    })
}

/// The model with some values changed: each change is a way down the tree of values and what to put there.
fn changed(model: &Json, mut data: &[u8]) -> Vec<u8> {
    let mut model = model.clone();
    let mut next = move || {
        let (first, rest) = data.split_first()?;
        data = rest;
        Some(*first as usize)
    };
    for _ in 0..8 {
        let mut way = String::new();
        while let (Some(high), Some(low)) = (next(), next()) {
            let step = high << 8 | low;
            let key = match model.pointer(&way) {
                Some(Json::Object(map)) if !map.is_empty() && step % 16 != 15 => {
                    map.keys().nth(step % map.len()).cloned()
                }
                Some(Json::Array(list)) if !list.is_empty() && step % 16 != 15 => {
                    Some((step % list.len()).to_string())
                }
                _ => None,
            };
            let Some(key) = key else { break };
            way = way + "/" + &key;
        }
        if let (Some(at), Some(what), Some(how)) = (model.pointer_mut(&way), next(), next()) {
            *at = replacement(at, what, how);
        }
    }
    packed_json(model.to_string().as_bytes())
}

fn replacement(old: &Json, what: usize, how: usize) -> Json {
    match what % 14 {
        0 => Json::Null,
        1 => Json::from(how),
        2 => Json::from(how * 257),
        3 => Json::from(-(how as f64)),
        4 => Json::from(3.4e38),
        5 => Json::from(-3.4e38),
        6 => Json::from(1e308),
        7 => Json::from(1e-320),
        8 => Json::Array(Vec::new()),
        9 => Json::from("AAAA".repeat(how)),
        10 => match old {
            Json::Array(list) => Json::Array(list[..list.len() * how / 256].to_vec()),
            Json::Object(_) => Json::Null,
            other => Json::Array(vec![other.clone(); how % 8]),
        },
        11 => match old {
            Json::Array(list) => Json::Array(list.iter().rev().cloned().collect()),
            Json::Number(n) => Json::from(n.as_f64().unwrap_or(0.0) * (how as f64 - 128.0) * 1e30),
            other => other.clone(),
        },
        12 => Json::from(u64::MAX),
        _ => Json::Bool(how & 1 == 0),
    }
}

fn options() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.limits.bytes = 1 << 16;
    options.limits.member = 1 << 18;
    options.limits.header = 1 << 10;
    options
}

/// Takes all items, unpacks them, and counts them: there are never more than bytes.
struct Taken {
    options: ReadOptions,
    items: usize,
    most: usize,
}

impl Taken {
    fn of(data: &[u8]) -> Taken {
        Taken {
            options: options(),
            items: 0,
            // packed bytes can hold a thousand times as many lines
            most: 1100 * data.len() + 16,
        }
    }

    fn take(&mut self, item: Item) -> ControlFlow<()> {
        self.items += 1;
        assert!(self.items <= self.most, "more items than bytes");
        match item {
            Item::Record(record) => {
                assert!(record.held() as u64 <= 7 * self.options.limits.bytes + (1 << 17));
                if let Ok(page) = record.unpack(&self.options.limits) {
                    assert!(page.bytes.len() as u64 <= self.options.limits.bytes);
                }
            }
            Item::Failed { error, .. } => assert!(!error.to_string().is_empty()),
            Item::Skipped(_) => {}
        }
        // so that a run over packed nothing ends
        if self.items < 20_000 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

fn stream(name: &str, data: &[u8]) {
    let mut taken = Taken::of(data);
    let options = taken.options.clone();
    let _ = read_from(name, InputKind::Html, data, &options, &mut |item| {
        taken.take(item)
    });
}

fn named(name: &str, data: &[u8]) {
    let mut taken = Taken::of(data);
    let options = taken.options.clone();
    let source = Source::File(file(name, data));
    let _ = read_source(&source, &options, &mut |item| taken.take(item));
}

/// WARC, plain and packed as its first bytes say.
pub fn warc(data: &[u8]) {
    stream("a.warc", data);
}

/// Zip and WACZ.
pub fn zipped(data: &[u8]) {
    named("a.zip", data);
}

/// A page in gzip or zstd.
pub fn packed(data: &[u8]) {
    let limits = options().limits;
    if let Ok(page) = read_stream(data, &limits) {
        assert!(page.len() as u64 <= limits.bytes);
    }
}

/// Parquet. Panics of the crate that reads it are caught by the library: they must not end the fuzzer.
pub fn parquet(data: &[u8]) {
    static QUIET: OnceLock<()> = OnceLock::new();
    QUIET.get_or_init(|| std::panic::set_hook(Box::new(|_| {})));
    named("a.parquet", data);
}

/// JSON lines, plain and packed.
pub fn json_lines(data: &[u8]) {
    stream("a.jsonl", data);
}

/// MHTML.
pub fn mhtml(data: &[u8]) {
    named("a.mhtml", data);
}

/// tar, plain and packed.
pub fn tape(data: &[u8]) {
    stream("a.tar", data);
}
