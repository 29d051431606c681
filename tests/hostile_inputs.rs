//! The real program among files that are no files, names that are no names, disks that are full and signals in the
//! middle: the rest of the batch is done or can be resumed, exit code and summary tell, nothing looks whole that isn't.
#![cfg(target_os = "linux")]

#[path = "common/deceiving.rs"]
mod deceiving;
#[path = "common/gz.rs"]
mod gz;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PAGE: &str = "<html lang=en><title>The mill</title><nav><a href=/>Home</a></nav><h1>The mill of Tolworth</h1>\
<p>The miller of Tolworth kept a diary for forty years, and every entry begins with the height of the river.</p>";

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.args(args).current_dir(dir).env_remove("RUST_LOG");
    command
}

fn tollgate(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn codes(output: &Output) -> Vec<String> {
    let code = |p: &Value| p["error"]["code"].as_str().unwrap_or("").to_owned();
    lines(output).iter().map(code).collect()
}

fn dir_with(pages: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in pages {
        std::fs::write(dir.path().join(name), PAGE).unwrap();
    }
    dir
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Waits for the end of a child, at most a minute.
fn ended(mut child: Child) -> std::process::ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > Duration::from_mins(1) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the program hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn links_in_circles_pipes_and_devices_end_no_run() {
    let dir = dir_with(&["a.html", "z.html"]);
    let at = |name: &str| dir.path().join(name);
    std::os::unix::fs::symlink(".", at("circle")).unwrap();
    std::os::unix::fs::symlink("b.html", at("b.html")).unwrap();
    std::os::unix::fs::symlink("gone.html", at("c.html")).unwrap();
    make_fifo(&at("d.html"));
    std::fs::create_dir(at("e.html")).unwrap();
    // in a folder, a pipe is no page, and neither is a folder of that name; broken links are told
    let out = tollgate(dir.path(), &["classify", "-q", "."]);
    assert_eq!(out.status.code(), Some(2), "{}", stderr(&out));
    assert_eq!(
        codes(&out).iter().filter(|c| *c == "io").count(),
        2,
        "{:?}",
        codes(&out)
    );
    assert_eq!(
        codes(&out).iter().filter(|c| c.is_empty()).count(),
        2,
        "{:?}",
        codes(&out)
    );
    // named themselves
    let devices = ["/dev/null", "/dev/zero", "b.html", "e.html", "a.html"];
    let out = tollgate(
        dir.path(),
        &[&["classify", "-q", "--max-bytes", "1000000"], &devices[..]].concat(),
    );
    assert_eq!(codes(&out), ["empty", "too-large", "io", "no-input", ""]);
    // a pipe that is named is read to its end
    let mut writer = Command::new("sh")
        .args([
            "-c",
            &format!("printf '%s' '{}' > d.html", PAGE.replace('\'', "")),
        ])
        .current_dir(dir.path())
        .spawn()
        .unwrap();
    let out = tollgate(dir.path(), &["classify", "-q", "d.html"]);
    assert!(writer.wait().unwrap().success());
    assert_eq!(codes(&out), [""], "{}", stderr(&out));
}

#[test]
fn files_that_vanish_or_may_not_be_read_are_one_line_each() {
    let names: Vec<String> = (0..3000).map(|i| format!("{i:04}.html")).collect();
    let dir = dir_with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let child = command(dir.path(), &["classify", "-q", "."])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // backwards, so that both meet
    for name in names.iter().rev().take(2500) {
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    let out = child.wait_with_output().unwrap();
    assert!(matches!(out.status.code(), Some(0 | 2)), "{:?}", out.status);
    let codes = codes(&out);
    assert!(codes.len() >= 500 && codes.iter().all(|c| c.is_empty() || c == "io"));
    assert_eq!(out.status.code() == Some(2), codes.iter().any(|c| c == "io"));
    // root may read everything
    if !rustix::process::getuid().is_root() {
        use std::os::unix::fs::PermissionsExt;
        let path = dir.path().join("0000.html");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        let out = tollgate(dir.path(), &["classify", "-q", "0000.html", "0001.html"]);
        assert_eq!(self::codes(&out), ["io", ""]);
    }
}

#[test]
fn names_that_are_no_text_or_hold_line_ends_forge_no_line() {
    let dir = dir_with(&["line\nend.html", "\u{1b}[31mred.html"]);
    let odd = OsStr::from_bytes(b"odd-\xff\xfe.html");
    std::fs::write(dir.path().join(odd), PAGE).unwrap();
    std::fs::write(dir.path().join(OsStr::from_bytes(b"bad-\xff\n{}.html")), "").unwrap();
    let out = tollgate(dir.path(), &["classify", "-q", "."]);
    assert_eq!(out.status.code(), Some(2));
    let paths: Vec<String> = lines(&out)
        .iter()
        .map(|p| p["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(paths.len(), 4);
    for wanted in [
        "line\nend.html",
        "\u{1b}[31mred.html",
        "odd-\u{fffd}\u{fffd}.html",
    ] {
        assert!(paths.iter().any(|p| p.ends_with(wanted)), "{wanted}: {paths:?}");
    }
    // one line of the terminal each, without signs that drive it
    assert_eq!(stderr(&out).lines().count(), 1, "{}", stderr(&out));
    let table = tollgate(dir.path(), &["classify", "-q", "-f", "table", "."]).stdout;
    let table = String::from_utf8(table).unwrap();
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(!table.contains('\u{1b}'));
    // through a list as well
    std::fs::write(dir.path().join("list"), b"odd-\xff\xfe.html\n").unwrap();
    let out = tollgate(dir.path(), &["classify", "-q", "--files-from", "list"]);
    assert!(out.status.success(), "{}", stderr(&out));
}

#[test]
fn a_folder_of_very_many_files_is_read_whole_and_in_order() {
    // TOLLGATE_MANY=100000 for the full size
    let many = std::env::var("TOLLGATE_MANY").map_or(10_000, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    for i in 0..many {
        std::fs::write(dir.path().join(format!("{i:06}.html")), PAGE).unwrap();
    }
    let out = tollgate(
        dir.path(),
        &[
            "classify",
            "-q",
            "-f",
            "csv",
            "--summary-json",
            "summary.json",
            ".",
        ],
    );
    assert!(out.status.success(), "{}", stderr(&out));
    let text = String::from_utf8(out.stdout).unwrap();
    let mut paths: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|l| l.split(',').next().unwrap())
        .collect();
    paths.dedup();
    assert_eq!(paths.len(), many);
    assert!(paths.is_sorted());
    let summary: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["pages"], many);
}

#[test]
fn a_full_disk_leaves_nothing_that_looks_whole() {
    let dir = dir_with(&["a.html"]);
    let disk = dir.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status();
    let mounted = mounted.is_ok_and(|s| s.success());
    let full = if mounted { "disk/out.jsonl" } else { "/dev/full" };
    let args = [vec!["classify", "-q", "-o", full], vec!["a.html"; 400]].concat();
    let out = tollgate(dir.path(), &args);
    let left = std::fs::read_dir(&disk).unwrap().count();
    // what was safe before the disk was full is kept to go on with
    let resumed = mounted.then(|| {
        let args = [
            vec!["classify", "-q", "--resume", "-o", full],
            vec!["a.html"; 400],
        ]
        .concat();
        let out = tollgate(dir.path(), &args);
        (out.status.code(), disk.join("out.jsonl").exists())
    });
    if mounted {
        Command::new("umount").arg(&disk).status().unwrap();
    }
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("space"), "{}", stderr(&out));
    assert_eq!(left, 0, "a part is left");
    assert!(resumed.is_none_or(|r| r == (Some(2), false)), "{resumed:?}");
    let nowhere = tollgate(
        dir.path(),
        &["classify", "-q", "a.html", "--summary-json", "/dev/full"],
    );
    assert_eq!(nowhere.status.code(), Some(2), "{}", stderr(&nowhere));
}

/// The archive of so many pages, in one file.
fn archive(dir: &Path, pages: usize) {
    let line = serde_json::json!({ "html": PAGE }).to_string() + "\n";
    std::fs::write(dir.join("a.jsonl"), line.repeat(pages)).unwrap();
}

#[test]
fn a_signal_in_the_middle_leaves_no_output_and_a_resumed_run_ends_as_if_undisturbed() {
    let dir = tempfile::tempdir().unwrap();
    archive(dir.path(), 20_000);
    let calm = tollgate(dir.path(), &["classify", "-q", "-o", "calm.jsonl", "a.jsonl"]);
    assert!(calm.status.success());
    for (signal, name) in [(Signal::INT, "int"), (Signal::TERM, "term")] {
        for resume in [false, true] {
            let out = format!("{name}-{resume}.jsonl");
            let mut args = vec!["classify", "-q", "-j", "1", "-o", &out, "a.jsonl"];
            if resume {
                args.insert(1, "--resume");
            }
            let child = command(dir.path(), &args).stderr(Stdio::null()).spawn().unwrap();
            let safe = dir.path().join(format!("{out}.journal"));
            let start = Instant::now();
            while resume && !safe.exists() && start.elapsed().as_secs() < 30 {
                std::thread::sleep(Duration::from_millis(2));
            }
            if !resume {
                std::thread::sleep(Duration::from_millis(200));
            }
            // some shells start tests with this signal ignored; then the run comes to its end
            kill_process(Pid::from_child(&child), signal).unwrap();
            let status = ended(child);
            if status.success() {
                continue;
            }
            assert!(!dir.path().join(&out).exists(), "{out} looks whole");
            if resume {
                assert!(tollgate(dir.path(), &args).status.success());
                let (got, want) = (dir.path().join(&out), dir.path().join("calm.jsonl"));
                assert!(
                    std::fs::read(got).unwrap() == std::fs::read(want).unwrap(),
                    "{out}"
                );
            }
        }
    }
}

/// What `classify` says of inputs when it may have 4 GiB of addresses; the shell expands their names.
fn classify_within_four_gigabytes(dir: &Path, inputs: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_tollgate");
    let limited = format!("ulimit -v 4194304 && exec '{program}' classify -q -j 2 {inputs}");
    let mut shell = Command::new("bash");
    shell.args(["-c", &limited]).current_dir(dir).output().unwrap()
}

#[test]
fn a_page_of_fifty_megabytes_needs_no_more_than_four_gigabytes_of_addresses() {
    let dir = tempfile::tempdir().unwrap();
    let deep = "<div><p>The river stood high that spring.".repeat(1_300_000);
    let wide = "<p>The miller of Tolworth kept a diary for forty years, and every entry begins with the river, the weir and the bread.</p>";
    std::fs::write(dir.path().join("deep.html"), &deep[..50_000_000]).unwrap();
    std::fs::write(dir.path().join("wide.html"), wide.repeat(50_000_000 / wide.len())).unwrap();
    std::fs::write(
        dir.path().join("text.txt"),
        "The river stood high that spring.\n".repeat(900_000),
    )
    .unwrap();
    std::fs::write(
        dir.path().join("word.html"),
        "<p>".to_owned() + &"x".repeat(50_000_000),
    )
    .unwrap();
    for name in ["deep.html", "wide.html", "text.txt", "word.html"] {
        let out = classify_within_four_gigabytes(dir.path(), &format!("{name} -o out.jsonl"));
        // over a million blocks is over the limit, which is an answer as well
        let answered = out.status.success() || stderr(&out).contains("over the limit");
        assert!(answered, "{name}: {:?} {}", out.status, stderr(&out));
        assert!(dir.path().join("out.jsonl").exists(), "{name}");
    }
}

#[test]
fn parquet_pages_that_deceive_leave_the_rest_of_the_batch_within_four_gigabytes_of_addresses() {
    use deceiving::{
        DELTA_BYTE_ARRAY, DELTA_LENGTH_BYTE_ARRAY, GZIP, PLAIN, SNAPPY, UNCOMPRESSED, file, varint,
    };
    let dir = dir_with(&["a.html", "z.html"]);
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    let whole = |codec, encoding, rows, page: &[u8]| {
        let length = page.len() as u64;
        file(codec, encoding, rows, length, length, page)
    };
    let length = u32::try_from(PAGE.len()).unwrap().to_le_bytes();
    write(
        "fine.parquet",
        &whole(UNCOMPRESSED, PLAIN, 1, &[&length[..], PAGE.as_bytes()].concat()),
    );
    // blocks of 128 numbers in 4 parts, 2^40 numbers that begin with 5
    let claim = [&[128, 1, 4][..], &varint(1 << 40), &[10]].concat();
    let lengths = whole(UNCOMPRESSED, DELTA_LENGTH_BYTE_ARRAY, 3, &claim);
    write("lengths.parquet", &lengths);
    write("alike.parquet", &whole(UNCOMPRESSED, DELTA_BYTE_ARRAY, 3, &claim));
    // members of 100 MB, one behind the other
    let member = gz::gz(&vec![b' '; 100_000_000]);
    write(
        "bomb.parquet",
        &file(GZIP, PLAIN, 1, 100, 60 * member.len() as u64, &member.repeat(60)),
    );
    write(
        "snappy.parquet",
        &whole(SNAPPY, PLAIN, 1, &[&varint(0xffff_ffff)[..], &[0; 9]].concat()),
    );
    write(
        "cut.parquet",
        &file(UNCOMPRESSED, PLAIN, 1, 0x7fff_ffff, 0x7fff_ffff, &[0; 9]),
    );
    let out = classify_within_four_gigabytes(dir.path(), "a.html *.parquet z.html");
    let damaged = "damaged-archive";
    let expected = ["", damaged, damaged, damaged, "", damaged, damaged, ""];
    assert_eq!(codes(&out), expected, "{:?} {}", out.status, stderr(&out));
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn strict_stops_at_the_first_input_that_fails_and_gives_no_file() {
    let dir = dir_with(&["a.html", "z.html"]);
    std::fs::write(dir.path().join("empty.html"), "").unwrap();
    let inputs = ["a.html", "empty.html", "z.html"];
    let out = tollgate(
        dir.path(),
        &[&["classify", "-q", "--strict"], &inputs[..]].concat(),
    );
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(codes(&out), ["", "empty"]);
    assert!(
        stderr(&out).contains("empty.html") && stderr(&out).contains("--strict"),
        "{}",
        stderr(&out)
    );
    let args = [&["classify", "-q", "--strict", "-o", "out.jsonl"], &inputs[..]].concat();
    assert_eq!(tollgate(dir.path(), &args).status.code(), Some(2));
    assert!(!dir.path().join("out.jsonl").exists());
    let fine = tollgate(dir.path(), &["classify", "-q", "--strict", "a.html", "z.html"]);
    assert!(fine.status.success());
}

#[test]
fn logs_tell_what_is_done_and_never_what_a_page_says() {
    let dir = dir_with(&["a.html", "line\nend.html"]);
    let quiet = tollgate(dir.path(), &["classify", "a.html"]);
    assert_eq!(stderr(&quiet), "");
    let some = stderr(&tollgate(dir.path(), &["classify", "-v", "a.html"]));
    assert!(
        some.contains("model gate-4") && some.contains("1 inputs, 0 failed"),
        "{some}"
    );
    assert!(!some.contains("a.html"), "{some}");
    let most = tollgate(dir.path(), &["classify", "-vvv", "."]);
    let all = tollgate_env(dir.path(), "trace");
    for said in [stderr(&most), all] {
        assert!(
            said.contains("a.html") && said.contains("encoding UTF-8"),
            "{said}"
        );
        for word in ["miller", "Tolworth", "Home", "diary"] {
            assert!(!said.contains(word), "{word}: {said}");
        }
        assert!(!said.contains("line\nend"), "{said}");
    }
}

fn tollgate_env(dir: &Path, filter: &str) -> String {
    let out = command(dir, &["classify", "."])
        .env("RUST_LOG", filter)
        .output()
        .unwrap();
    stderr(&out)
}

#[test]
fn every_code_of_an_input_error_stands_in_the_docs_and_no_other() {
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/output.md")).unwrap();
    let row = docs.lines().find(|l| l.starts_with("| `error` |")).unwrap();
    let listed: Vec<&str> = row
        .split("codes are stable: ")
        .nth(1)
        .unwrap()
        .split('`')
        .skip(1)
        .step_by(2)
        .collect();
    // faults of label files, models and training end the command: no line of output bears them
    let never = ["labels", "model", "training"];
    let wanted: Vec<&str> = tollgate::Error::CODES
        .into_iter()
        .filter(|c| !never.contains(c))
        .collect();
    assert_eq!(listed, wanted);
}

#[test]
fn cells_stand_in_csv_as_on_the_page_and_guarded_cells_are_no_formulas() {
    let dir = tempfile::tempdir().unwrap();
    let page = "<title>t</title><p>=HYPERLINK(\"https://evil.example/\",\"x\")</p><p>+1</p><p>-1</p><p>@a</p><p>a=b</p>";
    std::fs::write(dir.path().join("=cmd.html"), page).unwrap();
    let cells = |args: &[&str]| -> Vec<Vec<String>> {
        let out = tollgate(dir.path(), args);
        assert!(out.status.success(), "{}", stderr(&out));
        let mut reader = csv::Reader::from_reader(out.stdout.as_slice());
        assert_eq!(reader.headers().unwrap().get(14), Some("text"));
        let rows = reader
            .records()
            .map(|r| r.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    };
    let plain = cells(&["classify", "-q", "-f", "csv", "=cmd.html"]);
    let texts: Vec<&str> = plain.iter().map(|row| row[14].as_str()).collect();
    assert_eq!(texts[1..], ["+1", "-1", "@a", "a=b"]);
    assert!(texts[0].starts_with("=HYPERLINK"));
    let guarded = cells(&["classify", "-q", "-f", "csv", "--csv-guard", "=cmd.html"]);
    assert_eq!(guarded.len(), 5);
    for cell in guarded.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    assert_eq!(
        (guarded[0][0].as_str(), guarded[4][14].as_str()),
        ("'=cmd.html", "a=b")
    );
}
