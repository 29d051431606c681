//! Drives the real binary in a temporary folder: what a user and a script may rely on.

#[path = "common/gz.rs"]
mod gz;

use gz::gz;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ARTICLE: &str = "<html lang=en><head><title>The bridge of Ombury</title><link rel=canonical href='https://ombury.example/bridge'></head>\
<body><nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li><li><a href=/sport>Sport</a></li></ul></nav>\
<article><h1>The bridge of Ombury</h1><p>The old bridge of Ombury will close in spring, the council said on Monday after a long debate.</p>\
<p>Engineers found cracks in two of its seven arches, and repairs are expected to take about eleven months, weather permitting.</p>\
<p>Shopkeepers on both banks fear for their trade, since the next crossing lies nine miles down the river at Tolworth mill.</p></article>\
<div class=newsletter><h3>Get our newsletter</h3><p>Sign up for the morning letter, free in your inbox.</p><input type=email><button>Sign up</button></div>\
<footer>© Ombury Herald</footer></body></html>";

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn tollgate(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program with a reader of its output that goes away at once.
fn unread(dir: &Path, args: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(args)
        .current_dir(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    child.wait_with_output().unwrap()
}

fn dir_with(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    dir
}

#[test]
fn a_json_line_has_every_field_of_the_contract() {
    let dir = dir_with(&[("a.html", ARTICLE.as_bytes())]);
    let out = tollgate(dir.path(), &["classify", "a.html"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let page = &lines(&out)[0];
    assert_eq!(page["path"], "a.html");
    assert_eq!(page["url"], "https://ombury.example/bridge");
    assert_eq!(page["title"], "The bridge of Ombury");
    assert_eq!(page["lang"], "en");
    assert_eq!(page["encoding"], "UTF-8");
    assert_eq!(page["error"], Value::Null);
    assert!(["open", "soft", "hard", "blocked"].contains(&page["paywall"]["verdict"].as_str().unwrap()));
    assert!(page["paywall"]["probability"].is_number());
    assert_eq!(page["paywall"]["declared"], Value::Null);
    assert!(page["paywall"]["evidence"].is_array());
    assert!(page["content_status"].is_string());
    let blocks = page["blocks"].as_array().unwrap();
    for (i, b) in blocks.iter().enumerate() {
        assert_eq!(b["index"], i);
        let label = b["label"].as_str().unwrap();
        assert_eq!(b["confidence"], b["probabilities"][label]);
        let sum: f64 = ["content", "subscription", "navigation"]
            .iter()
            .map(|l| b["probabilities"][l].as_f64().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 0.001);
        assert_eq!(b["part"].is_null(), label != "content");
        assert!(b["tag"].is_string() && b["selector"].is_string());
    }
    let all: String = blocks
        .iter()
        .map(|b| b["text"].as_str().unwrap().to_owned() + " ")
        .collect();
    for text in [
        "Home",
        "The bridge of Ombury",
        "eleven months",
        "Get our newsletter",
        "Sign up",
        "© Ombury Herald",
    ] {
        assert!(all.contains(text), "{text}");
    }
}

#[test]
fn an_article_a_prompt_and_a_menu_get_their_labels() {
    let dir = dir_with(&[("a.html", ARTICLE.as_bytes())]);
    let page = &lines(&tollgate(dir.path(), &["classify", "a.html"]))[0];
    let label = |text: &str| {
        let found = page["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|b| b["text"].as_str().unwrap().contains(text));
        found.unwrap()["label"].as_str().unwrap().to_owned()
    };
    assert_eq!(label("old bridge of Ombury will close"), "content");
    assert_eq!(label("cracks in two"), "content");
    assert_eq!(label("Sign up for the morning letter"), "subscription");
    assert_eq!(label("Home"), "navigation");
    assert_eq!(page["paywall"]["verdict"], "open");
}

#[test]
fn every_input_gets_one_line_in_input_order_and_failures_exit_with_2() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let broken = &gz(ARTICLE.as_bytes())[..60];
    let dir = dir_with(&[
        ("z.html", ARTICLE.as_bytes()),
        ("empty.html", b""),
        ("image.html", png),
        ("cut.html.gz", broken),
        ("a.html.gz", &gz(ARTICLE.as_bytes())),
    ]);
    let args = [
        "classify",
        "-q",
        "z.html",
        "none.html",
        "empty.html",
        "image.html",
        "cut.html.gz",
        "a.html.gz",
    ];
    let out = tollgate(dir.path(), &args);
    assert_eq!(out.status.code(), Some(2));
    let got = lines(&out);
    let paths: Vec<&str> = got.iter().map(|p| p["path"].as_str().unwrap()).collect();
    assert_eq!(paths, args[2..]);
    let codes: Vec<Option<&str>> = got.iter().map(|p| p["error"]["code"].as_str()).collect();
    assert_eq!(
        codes,
        [
            None,
            Some("no-input"),
            Some("empty"),
            Some("not-a-page"),
            Some("damaged"),
            None
        ]
    );
    for page in got.iter().filter(|p| !p["error"].is_null()) {
        assert_eq!(page["blocks"], Value::Array(Vec::new()));
    }
    assert_eq!(got[0]["blocks"], got[5]["blocks"]);
    // -q hides progress and summary, never errors
    assert_eq!(stderr(&out).lines().count(), 4, "{}", stderr(&out));
}

#[test]
fn any_number_of_threads_prints_the_same_bytes() {
    let golden = root("training-data/golden");
    let pages = root("training-data/pages");
    let run = |jobs: &str| {
        let out = tollgate(&golden, &["classify", "-j", jobs, ".", pages.to_str().unwrap()]);
        assert!(out.status.success(), "{}", stderr(&out));
        out.stdout
    };
    let one = run("1");
    assert!(one.len() > 100_000);
    assert_eq!(one, run("2"));
    assert_eq!(one, run("7"));
}

#[test]
fn standard_input_and_plain_text_are_read() {
    let dir = dir_with(&[("a.txt", b"One line of text.\n\nSubscribe to our newsletter\n")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["classify", "-", "a.txt"])
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(ARTICLE.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let got = lines(&out);
    assert_eq!(got[0]["path"], "-");
    assert!(got[0]["blocks"].as_array().unwrap().len() > 5);
    let text = got[1]["blocks"].as_array().unwrap();
    assert_eq!(text.len(), 2);
    assert!(text.iter().all(|b| b["tag"].is_null() && b["selector"].is_null()));
    let forced = tollgate(dir.path(), &["classify", "--input", "html", "a.txt"]);
    assert_eq!(lines(&forced)[0]["blocks"].as_array().unwrap().len(), 1);
}

#[test]
fn folders_are_searched_and_patterns_expanded() {
    let dir = dir_with(&[
        ("in/b.htm", ARTICLE.as_bytes()),
        ("in/sub/a.xhtml", ARTICLE.as_bytes()),
        ("in/note.md", b"no page"),
        ("in/c.html.gz", &gz(ARTICLE.as_bytes())),
    ]);
    let paths = |args: &[&str]| -> Vec<String> {
        lines(&tollgate(dir.path(), args))
            .iter()
            .map(|p| p["path"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        paths(&["classify", "in"]),
        ["in/b.htm", "in/c.html.gz", "in/sub/a.xhtml"]
    );
    assert_eq!(paths(&["classify", "in/*.htm*"]), ["in/b.htm", "in/c.html.gz"]);
}

#[test]
fn an_output_file_is_replaced_whole_also_when_some_pages_fail() {
    let dir = dir_with(&[
        ("a.html", ARTICLE.as_bytes()),
        ("empty.html", b" "),
        ("out.jsonl", b"old"),
    ]);
    let out = tollgate(
        dir.path(),
        &["classify", "-o", "out.jsonl", "a.html", "empty.html"],
    );
    assert_eq!(out.status.code(), Some(2));
    assert!(out.stdout.is_empty());
    let written = std::fs::read_to_string(dir.path().join("out.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 2);
    let left: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 3, "a temporary file is left: {left:?}");
    let nowhere = tollgate(dir.path(), &["classify", "-o", "no/such/dir/out.jsonl", "a.html"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(stderr(&nowhere).contains("no/such/dir"), "{}", stderr(&nowhere));
}

#[test]
fn formats_show_what_they_promise() {
    let dir = dir_with(&[("a.html", ARTICLE.as_bytes())]);
    let show = |args: &[&str]| String::from_utf8(tollgate(dir.path(), args).stdout).unwrap();
    let csv = show(&["classify", "-f", "csv", "a.html"]);
    assert!(csv.starts_with("path,url,verdict,kind,index,label,part,purpose,"));
    let text = show(&["classify", "-f", "text", "a.html"]);
    assert!(
        text.contains("The bridge of Ombury\n")
            && text.contains("seven arches")
            && !text.contains("newsletter")
    );
    let body = show(&["classify", "-f", "text", "--body", "a.html"]);
    assert!(!body.contains("The bridge of Ombury\n") && body.contains("seven arches"));
    assert!(show(&["classify", "-f", "markdown", "a.html"]).starts_with("# The bridge of Ombury\n"));
    let table = show(&["classify", "-f", "table", "a.html"]);
    assert!(table.contains("verdict") && table.contains("open") && table.contains("a.html"));
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let dir = dir_with(&[("a.html", ARTICLE.as_bytes())]);
    let args = [vec!["classify", "-f", "jsonl"], vec!["a.html"; 400]].concat();
    let out = unread(dir.path(), &args);
    assert_eq!(out.status.code(), Some(0), "{}", stderr(&out));
}

#[test]
fn a_wrong_command_line_exits_with_2_and_help_with_0() {
    let dir = dir_with(&[]);
    assert_eq!(tollgate(dir.path(), &["classify"]).status.code(), Some(2));
    assert_eq!(tollgate(dir.path(), &["no-such-command"]).status.code(), Some(2));
    assert_eq!(
        tollgate(dir.path(), &["classify", "--help"]).status.code(),
        Some(0)
    );
    let version = tollgate(dir.path(), &["--version"]);
    assert!(String::from_utf8_lossy(&version.stdout).contains("gate-4"));
}

#[test]
fn a_model_file_that_is_none_is_refused_with_its_reason() {
    let real = std::fs::read(root("models/gate-4/model.json.gz")).unwrap();
    let dir = dir_with(&[
        ("a.html", ARTICLE.as_bytes()),
        ("text.gz", &gz(b"{}")),
        ("cut.gz", &real[..real.len() / 2]),
        ("plain", b"hello"),
    ]);
    for model in ["text.gz", "cut.gz", "plain", "missing"] {
        let out = tollgate(dir.path(), &["classify", "--model", model, "a.html"]);
        assert_eq!(out.status.code(), Some(2), "{model}");
        assert!(stderr(&out).contains(model), "{}", stderr(&out));
        assert!(out.stdout.is_empty());
    }
}

/// A small corpus of our own pages, by site.
fn small_training_folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let labels = std::fs::read_to_string(root("training-data/golden/labels.csv")).unwrap();
    std::fs::write(dir.path().join("labels.csv"), labels).unwrap();
    for entry in std::fs::read_dir(root("training-data/golden")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "html") {
            std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    dir
}

#[test]
fn training_twice_gives_the_same_bytes_and_the_model_can_be_used_and_scored() {
    let dir = small_training_folder();
    for name in ["one.gz", "two.gz"] {
        let out = tollgate(
            dir.path(),
            &["train", ".", "--no-base", "--folds", "2", "-q", "-o", name],
        );
        assert!(out.status.success(), "{}", stderr(&out));
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(
            said.contains("subscription") && said.contains("held-out sites"),
            "{said}"
        );
    }
    let read = |n: &str| std::fs::read(dir.path().join(n)).unwrap();
    assert_eq!(read("one.gz"), read("two.gz"));
    let out = tollgate(
        dir.path(),
        &[
            "evaluate",
            ".",
            "--model",
            "one.gz",
            "-o",
            "labelled.jsonl",
            "--scorecard",
            "card.json",
        ],
    );
    assert!(out.status.success(), "{}", stderr(&out));
    let card: Value = serde_json::from_slice(&read("card.json")).unwrap();
    assert!(card["macro_f1"].as_f64().unwrap() > 0.5);
    assert!(String::from_utf8(read("labelled.jsonl")).unwrap().lines().count() >= 8);
}

#[test]
fn cross_validation_learns_from_other_folders_but_not_from_the_sites_that_it_labels() {
    let page = |title: &str, prompt: &str| {
        format!(
            "<html lang=en><title>{title}</title><ul><li>Home<li>Market days</ul><h1>{title}</h1>\
             <p>The {title} of Ombury is back since Monday, and the baker is content with what it grinds.</p>\
             <div>{prompt}</div></html>"
        )
    };
    let labels = |pages: &[(&str, &str)], last: &str| {
        let rows = pages.iter().flat_map(|(page, site)| {
            [("ul", "navigation"), ("h1, p", "content"), ("div", last)]
                .map(|(selector, label)| format!("{page},\"{selector}\",{label},,{site}\n"))
        });
        format!("page,selector,label,run,site\n{}", rows.collect::<String>())
    };
    let own = [
        ("a.html", "mill.example"),
        ("b.html", "mill.example"),
        ("c.html", "weir.example"),
        ("d.html", "weir.example"),
    ];
    let more = [("e.html", "mill.example"), ("f.html", "mill.example")];
    let dir = dir_with(&[
        ("own/labels.csv", labels(&own, "subscription").as_bytes()),
        (
            "own/a.html",
            page("mill", "Join the Herald today for 4 euros a month").as_bytes(),
        ),
        (
            "own/b.html",
            page("wheel", "Our letter in your inbox each Friday").as_bytes(),
        ),
        (
            "own/c.html",
            page("weir", "Read on with the Herald Plus").as_bytes(),
        ),
        (
            "own/d.html",
            page("sluice", "Already a reader? Sign in").as_bytes(),
        ),
        // labelled the other way round, so that learning from it shows
        ("more/labels.csv", labels(&more, "navigation").as_bytes()),
        (
            "more/e.html",
            page("oven", "Become a friend of the Herald").as_bytes(),
        ),
        (
            "more/f.html",
            page("barn", "Two articles are left this month").as_bytes(),
        ),
    ]);
    let labelled = |with: &[&str]| -> Vec<String> {
        let args = [
            &["evaluate", "own", "--folds", "2", "-q", "-o", "out.jsonl"],
            with,
        ]
        .concat();
        let out = tollgate(dir.path(), &args);
        assert!(out.status.success(), "{}", stderr(&out));
        let lines = std::fs::read_to_string(dir.path().join("out.jsonl")).unwrap();
        lines.lines().map(str::to_owned).collect()
    };
    let alone = labelled(&[]);
    let beside = labelled(&["--with", "more"]);
    assert_eq!(alone.len(), 4);
    assert_eq!(
        alone[..2],
        beside[..2],
        "the pages of the mill's site were learned by the model that labels it"
    );
    assert_ne!(alone[2], beside[2], "nothing was learned from the other folder");
    let out = tollgate(dir.path(), &["evaluate", "own", "--with", "more"]);
    assert_eq!(out.status.code(), Some(2), "--with is for --folds");
}

#[test]
fn a_verdict_is_trained_on_the_given_labels_and_what_could_not_be_read_or_was_not_given_is_told() {
    let pages = root("training-data/pages");
    let dir = dir_with(&[]);
    let corpus = dir.path().join("corpus");
    std::fs::create_dir(&corpus).unwrap();
    for file in std::fs::read_dir(&pages).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), corpus.join(file.file_name())).unwrap();
    }
    let out = tollgate(dir.path(), &["evaluate", "corpus", "-q", "-o", "all.jsonl"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let train = |labels: &str| {
        tollgate(
            dir.path(),
            &[
                "train-verdict",
                "corpus",
                "--labels",
                labels,
                "-o",
                "verdict.json.gz",
            ],
        )
    };
    let out = train("all.jsonl");
    assert!(out.status.success() && out.stderr.is_empty(), "{}", stderr(&out));
    assert!(dir.path().join("verdict.json.gz").exists());

    let all = std::fs::read_to_string(dir.path().join("all.jsonl")).unwrap();
    let most = all.lines().skip(2).collect::<Vec<_>>().join("\n");
    std::fs::write(dir.path().join("most.jsonl"), most).unwrap();
    let last: serde_json::Value = serde_json::from_str(all.lines().last().unwrap()).unwrap();
    let last = last["path"].as_str().unwrap();
    std::fs::write(corpus.join(last), "").unwrap();
    let out = train("most.jsonl");
    assert_eq!(out.status.code(), Some(2), "{}", stderr(&out));
    assert!(stderr(&out).contains(&format!("{last}: ")), "{}", stderr(&out));
    assert!(
        stderr(&out).contains("2 pages have no labels"),
        "{}",
        stderr(&out)
    );

    std::fs::write(dir.path().join("odd.jsonl"), "{\"path\": 3}\n").unwrap();
    let out = train("odd.jsonl");
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("odd.jsonl, line 1"), "{}", stderr(&out));
}

#[test]
fn a_missed_floor_is_the_answer_no() {
    let dir = small_training_folder();
    std::fs::write(dir.path().join("high.json"), r#"{"macro f1": 1.01}"#).unwrap();
    std::fs::write(dir.path().join("low.json"), r#"{"macro f1": 0.01}"#).unwrap();
    std::fs::write(dir.path().join("odd.json"), r#"{"no such score": 0.01}"#).unwrap();
    for (floors, code) in [("high.json", 1), ("low.json", 0), ("odd.json", 2)] {
        let out = tollgate(dir.path(), &["evaluate", ".", "--floors", floors]);
        assert_eq!(out.status.code(), Some(code), "{floors}: {}", stderr(&out));
    }
}

#[test]
fn a_fault_in_the_label_file_stops_training_and_names_its_line() {
    let dir = dir_with(&[
        ("a.html", ARTICLE.as_bytes()),
        (
            "labels.csv",
            b"page,selector,label\na.html,article,content\na.html,p[,navigation\n",
        ),
    ]);
    let out = tollgate(dir.path(), &["train", ".", "--no-base"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("line 3"), "{}", stderr(&out));
    assert!(!dir.path().join("model.json.gz").exists());
}

#[test]
fn gold_text_is_imported_as_labels_that_train_reads() {
    let gold = serde_json::json!({"page": "a.html", "site": "ombury.example", "gate": "none",
        "segments": [["N", "Home"], ["N", "News"], ["N", "Sport"], ["H", "The bridge of Ombury"],
            ["C", "The old bridge of Ombury will close in spring, the council said on Monday after a long debate."],
            ["S", "Get our newsletter"], ["?", "© Ombury Herald"]]});
    let dir = dir_with(&[
        ("corpus/pages/a.html", ARTICLE.as_bytes()),
        ("corpus/gold.jsonl", gold.to_string().as_bytes()),
    ]);
    let out = tollgate(dir.path(), &["import", "corpus", "-o", "labelled"]);
    assert!(out.status.success(), "{}", stderr(&out));
    let labels = std::fs::read_to_string(dir.path().join("labelled/labels.csv")).unwrap();
    assert_eq!(labels.lines().next(), Some("page,selector,label,run,site"));
    assert!(labels.contains("a.html,,open,,ombury.example"));
    assert_eq!(labels.matches(",navigation,").count(), 3);
    assert_eq!(labels.matches(",content,").count(), 2);
    assert_eq!(labels.matches(",subscription,").count(), 1);
    let scored = tollgate(dir.path(), &["evaluate", "labelled"]);
    assert!(scored.status.success(), "{}", stderr(&scored));
    assert!(String::from_utf8_lossy(&scored.stdout).contains("navigation"));
}

#[test]
fn an_output_that_is_no_file_is_written_and_not_replaced() {
    let dir = dir_with(&[("a.html", ARTICLE.as_bytes()), ("real.jsonl", b"old")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("real.jsonl", dir.path().join("link.jsonl")).unwrap();
    let out = tollgate(dir.path(), &["classify", "-o", "link.jsonl", "a.html"]);
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(
        dir.path()
            .join("link.jsonl")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
    assert_ne!(std::fs::read(dir.path().join("real.jsonl")).unwrap(), b"old");
    let device = tollgate(dir.path(), &["classify", "-o", "/dev/null", "a.html"]);
    assert!(device.status.success(), "{}", stderr(&device));
    assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
    let full = tollgate(dir.path(), &["classify", "-o", "/dev/full", "a.html"]);
    assert_eq!(full.status.code(), Some(2));
    assert!(stderr(&full).contains("/dev/full"), "{}", stderr(&full));
}

#[test]
fn import_overwrites_nothing_and_says_when_no_gold_fits() {
    let gold = serde_json::json!({"page": "a.html", "segments": [["N", "Home"]]}).to_string();
    let odd = serde_json::json!({"page": "a.html", "segments": [["Q", "Home"]]}).to_string();
    let dir = dir_with(&[
        ("c/pages/a.html", ARTICLE.as_bytes()),
        ("c/gold.jsonl", gold.as_bytes()),
        ("odd/pages/a.html", ARTICLE.as_bytes()),
        ("odd/gold.jsonl", odd.as_bytes()),
        ("mine/labels.csv", b"page,selector,label\n"),
    ]);
    for out in ["mine", "c/pages"] {
        let done = tollgate(dir.path(), &["import", "c", "-o", out]);
        assert_eq!(done.status.code(), Some(2), "{out}: {}", stderr(&done));
    }
    assert_eq!(
        std::fs::read(dir.path().join("mine/labels.csv")).unwrap(),
        b"page,selector,label\n"
    );
    assert_eq!(
        std::fs::read(dir.path().join("c/pages/a.html")).unwrap(),
        ARTICLE.as_bytes()
    );
    let wrong = tollgate(dir.path(), &["import", "odd", "-o", "new"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        stderr(&wrong).contains("line 1") && stderr(&wrong).contains("\"Q\""),
        "{}",
        stderr(&wrong)
    );
}

#[test]
fn a_reader_that_goes_away_keeps_no_floor_from_being_checked() {
    let dir = small_training_folder();
    std::fs::write(dir.path().join("high.json"), r#"{"macro f1": 1.01}"#).unwrap();
    let args = [
        "evaluate",
        ".",
        "--floors",
        "high.json",
        "--scorecard",
        "card.json",
    ];
    assert_eq!(unread(dir.path(), &args).status.code(), Some(1));
    assert!(dir.path().join("card.json").exists());
}

#[test]
fn an_empty_folder_is_no_silent_success() {
    let dir = dir_with(&[("a.html", ARTICLE.as_bytes())]);
    std::fs::create_dir(dir.path().join("empty")).unwrap();
    let out = tollgate(dir.path(), &["classify", "empty", "a.html"]);
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(lines(&out)[0]["error"]["code"], "no-input");
    assert_eq!(lines(&out).len(), 2);
}

#[test]
fn pages_without_an_article_are_blocked_and_short_articles_are_not() {
    let verdict = |page: &str| {
        let dir = dir_with(&[("a.html", page.as_bytes())]);
        lines(&tollgate(dir.path(), &["classify", "a.html"]))[0]["paywall"]["verdict"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        verdict("<html><body><script>var a = 1</script></body></html>"),
        "blocked"
    );
    assert_eq!(
        verdict("<title>x</title><h1>Access denied</h1><p>Verify you are human to go on.</p>"),
        "blocked"
    );
    let noscript = ARTICLE.replace("</body>", "<noscript>Please enable JavaScript</noscript></body>");
    assert_eq!(verdict(&noscript), "open");
}

#[test]
fn hostile_pages_are_classified_in_bounded_time() {
    let deep = "<div>".repeat(500_000);
    let wide = "<p>".repeat(200_000) + "text";
    let many: Vec<String> = (0..500_000).map(|i| format!("a{i}=1")).collect();
    let attributes = format!("<p {}>text", many.join(" "));
    let dir = dir_with(&[
        ("deep.html", deep.as_bytes()),
        ("wide.html", wide.as_bytes()),
        ("attr.html", attributes.as_bytes()),
    ]);
    let start = std::time::Instant::now();
    let out = tollgate(dir.path(), &["classify", "deep.html", "wide.html", "attr.html"]);
    // without bounds, each of the three takes minutes
    assert!(start.elapsed().as_secs() < 30, "took {:?}", start.elapsed());
    let got = lines(&out);
    assert_eq!(got.len(), 3);
    assert_eq!(got[1]["blocks"].as_array().unwrap().len(), 1);
}

#[test]
fn bench_measures_every_stage_and_compares_with_an_earlier_run() {
    let dir = dir_with(&[
        ("page.html", ARTICLE.as_bytes()),
        ("photo.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ]);
    let flags = ["--repeat", "2", "--jobs", "2"];
    let run = |more: &[&str]| {
        tollgate(
            dir.path(),
            &[&["bench", "page.html"][..], &flags[..], more].concat(),
        )
    };
    let out = run(&["--json"]);
    assert!(out.status.success());
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let stages = json["stages"].as_array().unwrap();
    let sum: f64 = stages
        .iter()
        .map(|s| s["seconds"]["median"].as_f64().unwrap())
        .sum();
    let whole = json["seconds"]["median"].as_f64().unwrap();
    let names: Vec<&str> = stages.iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(
        names.join(" "),
        "decode parse blocks meta features scores labels verdict answer json"
    );
    // the stages are all there is, but for reading the clock
    assert!(sum > 0.5 * whole && sum < 1.5 * whole, "{sum} {whole}");
    assert!(json["yardstick_seconds"]["median"].as_f64().unwrap() > 0.0);
    assert_eq!(json["threads"].as_array().unwrap().len(), 2);
    assert_eq!(json["pages"], 1);
    std::fs::write(dir.path().join("before.json"), &out.stdout).unwrap();
    let out = run(&["--markdown", "--baseline", "before.json"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("| features "), "{text}");
    assert!(text.contains("against the earlier run"), "{text}");
    // a page that can't be read is reported and the rest measured
    let out = tollgate(
        dir.path(),
        &["bench", "page.html", "photo.html", "--repeat", "1", "--json"],
    );
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("photo.html"));
    // nothing given: made-up pages
    let out = tollgate(dir.path(), &["bench", "--repeat", "1"]);
    assert!(String::from_utf8(out.stdout).unwrap().starts_with("40 pages"));
}

#[test]
fn a_shell_without_text_has_no_content_not_even_its_title_and_explain_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let footer = "<footer><dl><dt>Shop by department</dt><dd><a href=/boots>Boots</a>, <a href=/coats>Coats</a>, <a href=/bags>Bags</a></dd></dl>\
        <div class=copyright><a href=/terms>Terms of use</a> - <a href=/privacy>Privacy</a> © 2026 Tolworth Outfitters Ltd</div></footer>";
    let shell = format!(
        "<!doctype html><html lang=en><title>Tolworth</title><body><div id=root><h1>Tolworth Outfitters</h1><div class=spinner></div></div>{footer}"
    );
    let text = "<p>The mill at Tolworth has made boots since the river was dammed, and the lasts of its first owner still hang on the wall.</p>";
    std::fs::write(dir.path().join("shell.html"), &shell).unwrap();
    std::fs::write(
        dir.path().join("whole.html"),
        shell.replace("<div class=spinner></div>", text),
    )
    .unwrap();
    let labels = |page: &Value| {
        let blocks = page["blocks"].as_array().unwrap();
        let content = blocks.iter().filter(|b| b["label"] == "content");
        content
            .map(|b| b["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let out = tollgate(dir.path(), &["classify", "-q", "shell.html", "whole.html"]);
    let pages = lines(&out);
    assert_eq!(labels(&pages[0]), Vec::<String>::new());
    assert_eq!(pages[0]["content_status"], "empty");
    assert_eq!(labels(&pages[1])[0], "Tolworth Outfitters");
    let told = tollgate(dir.path(), &["explain", "shell.html", "--block", "0"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("a title alone is nothing to read"), "{told}");
}
