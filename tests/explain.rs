//! Drives `tollgate explain`: what it tells of a page's blocks, for people and for machines.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

const GATED: &str = "training-data/golden/nl-krant-hard-golden.html";

fn explain(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("explain")
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_chosen_block_is_told_with_features_words_neighbours_and_the_verdicts_evidence() {
    let out = explain(&[GATED, "--block", "30", "--format", "json"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    let block = &told["blocks"][0];
    assert_eq!(block["index"], 30);
    assert_eq!(block["label"], "subscription");
    assert!(!told["paywall"]["evidence"].as_array().unwrap().is_empty());
    assert_eq!(block["neighbours"].as_array().unwrap().len(), 4);
    assert!(!block["words"].as_array().unwrap().is_empty());
    let sum: f64 = ["for", "against"]
        .iter()
        .flat_map(|side| block[side].as_array().unwrap())
        .map(|c| c["adds"].as_f64().unwrap())
        .sum();
    let (base, rest) = (block["base"].as_f64().unwrap(), block["rest"].as_f64().unwrap());
    assert!((base + rest + sum - block["score"].as_f64().unwrap()).abs() < 0.01);
}

#[test]
fn without_a_block_the_doubtful_ones_are_told_in_text_and_colour_only_on_request() {
    let plain = explain(&[GATED, "--doubtful", "2"]);
    assert!(plain.status.success());
    let told = text(&plain.stdout);
    assert_eq!(told.matches("speaks for it").count(), 2);
    assert!(!told.contains('\x1b'));
    assert!(text(&explain(&[GATED, "--color", "always"]).stdout).contains("\x1b["));
}

#[test]
fn a_block_beyond_the_page_and_a_missing_page_are_refused() {
    for args in [&[GATED, "--block", "99999"][..], &["no-such-page.html"]] {
        let out = explain(args);
        assert_eq!(out.status.code(), Some(2));
        assert!(!out.stderr.is_empty() && out.stdout.is_empty());
    }
}
