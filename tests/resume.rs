//! Runs that are killed (SIGKILL) and go on: no page is lost or doubled, no row torn, the bytes are those of
//! a run that nobody disturbed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PAGES: usize = 4000;

fn archive(dir: &Path) {
    let mut warc = Vec::new();
    for n in 0..PAGES {
        let page = format!(
            "<title>Page {n}</title><h1>Entry {n}</h1><p>The river stood at {n} inches, and the miller of Tolworth wrote it down.</p>\
             <p>Nobody came by that day but the lock keeper and his cat.</p>"
        );
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
        warc.extend(
            format!(
                "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
                block.len()
            )
            .bytes(),
        );
    }
    std::fs::write(dir.join("a.warc"), warc).unwrap();
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command
        .args(["classify", "-q", "--resume", "a.warc"])
        .args(args)
        .current_dir(dir)
        .stderr(Stdio::piped());
    command
}

/// Kills the command again and again until it comes to its end; how often it was killed.
fn killed_until_done(dir: &Path, args: &[&str], while_running: &dyn Fn()) -> usize {
    for kills in 0..400 {
        let mut child = command(dir, args).spawn().unwrap();
        // later kills come later, so that every run gets further in the end
        std::thread::sleep(Duration::from_millis(60 + 25 * kills as u64));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return kills;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        while_running();
    }
    panic!("never done");
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    entries
        .map(|p| {
            (
                p.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(p).unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_killed_run_into_one_file_ends_with_the_bytes_of_an_undisturbed_run() {
    for name in ["out.jsonl", "out.csv.gz"] {
        let (calm, wild) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        archive(calm.path());
        archive(wild.path());
        assert!(command(calm.path(), &["-o", name]).status().unwrap().success());
        let out = wild.path().join(name);
        let kills = killed_until_done(wild.path(), &["-o", name], &|| assert!(!out.exists()));
        assert!(kills > 0, "the run was over before it could be killed");
        assert!(
            files(calm.path()) == files(wild.path()),
            "{:?}",
            files(wild.path()).keys()
        );
        assert_eq!(files(calm.path()).len(), 2);
    }
}

#[test]
fn a_killed_report_goes_on_and_has_every_page_once() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    let kills = killed_until_done(dir.path(), &["-o", "report.html"], &|| {});
    assert!(kills > 0, "the run was over before it could be killed");
    let report = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    // times are in a report, so that no two have the same bytes
    assert!(report.starts_with("<!doctype html>") && report.ends_with("</body>\n</html>\n"));
    assert_eq!(report.matches("<!doctype html>").count(), 1);
    assert_eq!(report.matches("data-row>").count(), PAGES);
    for n in [0, 1, PAGES / 2, PAGES - 1] {
        assert_eq!(report.matches(&format!("\"Page {n}\"")).count(), 1, "page {n}");
    }
}

#[test]
fn killed_parts_are_whole_or_not_there_and_none_is_lost() {
    let (calm, wild) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    archive(calm.path());
    archive(wild.path());
    let args = ["-o", "out", "--split-rows", "150"];
    assert!(command(calm.path(), &args).status().unwrap().success());
    let folder = wild.path().join("out");
    let kills = killed_until_done(wild.path(), &args, &|| {
        let parts = if folder.exists() {
            files(&folder)
        } else {
            BTreeMap::new()
        };
        for (name, bytes) in parts.iter().filter(|(n, _)| n.starts_with("part-")) {
            let rows = String::from_utf8_lossy(bytes).lines().count();
            let last = *name == format!("part-{:05}.jsonl", PAGES / 150);
            assert_eq!(rows, if last { PAGES % 150 } else { 150 }, "{name}");
        }
    });
    assert!(kills > 0, "the run was over before it could be killed");
    let (calm, wild) = (files(&calm.path().join("out")), files(&folder));
    assert_eq!(calm.len(), PAGES.div_ceil(150) + 1);
    assert!(calm == wild, "{:?}", wild.keys());
    let manifest: serde_json::Value = serde_json::from_slice(&calm["manifest.json"]).unwrap();
    assert_eq!(manifest["complete"], true);
    assert_eq!(manifest["counts"]["pages"], PAGES);
}

#[test]
fn other_settings_or_inputs_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path());
    let args = ["-o", "out", "--split-rows", "150"];
    let mut child = command(dir.path(), &args).spawn().unwrap();
    let manifest = dir.path().join("out/manifest.json");
    while !manifest.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let refused = |args: &[&str], word: &str| {
        let out = command(dir.path(), args).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains(word), "{said}");
    };
    refused(&["-o", "out", "--split-rows", "151"], "other inputs or settings");
    std::fs::write(dir.path().join("a.warc"), b"WARC/1.0\r\n").unwrap();
    refused(&args, "not the same");
}
