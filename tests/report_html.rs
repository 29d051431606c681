//! The HTML report as a file: whole in every way of writing it. What it does in a browser is tested in
//! `tests/browser`.

use std::path::Path;
use std::process::Command;

fn classify(dir: &Path, args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["classify", "-q"])
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap()
}

fn folder_of_pages() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("in")).unwrap();
    for n in 0..5 {
        let page = format!("<title>Page {n}</title><h1>Entry {n}</h1><p>The river stood high that day.</p>");
        std::fs::write(dir.path().join(format!("in/p{n}.html")), page).unwrap();
    }
    std::fs::write(dir.path().join("in/q.html"), "").unwrap();
    dir
}

fn pages_of(report: &str) -> usize {
    assert!(report.starts_with("<!doctype html>") && report.ends_with("</body>\n</html>\n"));
    assert_eq!(report.matches("<title>Tollgate report</title>").count(), 1);
    report.matches("data-row>").count()
}

#[test]
fn the_name_of_the_file_asks_for_a_report_and_failed_inputs_are_in_it() {
    let dir = folder_of_pages();
    let out = classify(dir.path(), &["in", "-o", "report.html"]);
    assert_eq!(out.status.code(), Some(2));
    let report = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert_eq!(pages_of(&report), 6);
    assert!(report.contains("\"error\":\"empty\""));
}

#[test]
fn every_part_of_a_split_report_stands_alone() {
    let dir = folder_of_pages();
    classify(
        dir.path(),
        &["in", "-f", "html", "-o", "parts", "--split-rows", "4"],
    );
    for (part, pages) in [("part-00000.html", 4), ("part-00001.html", 2)] {
        let report = std::fs::read_to_string(dir.path().join("parts").join(part)).unwrap();
        assert_eq!(pages_of(&report), pages);
    }
}

#[test]
fn a_report_with_a_journal_beside_it_is_whole() {
    let dir = folder_of_pages();
    classify(
        dir.path(),
        &[
            "in/p0.html",
            "in/p1.html",
            "-f",
            "html",
            "-o",
            "r.html.gz",
            "--resume",
        ],
    );
    let packed = std::fs::read(dir.path().join("r.html.gz")).unwrap();
    let mut report = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&packed[..]), &mut report).unwrap();
    assert_eq!(pages_of(&report), 2);
}

#[test]
fn what_pages_say_is_text_in_a_score_sheet_and_in_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let evil = "&lt;/script>&lt;script>alert(1)&lt;/script>&lt;img src=x onerror=alert(2)>";
    let page = format!(
        "<title>{evil}</title><h1>{evil}</h1><p>The river stood high that day, said {evil}, and nobody came by.</p>"
    );
    let name = "a'\"<img src=x onerror=alert(3)>.html";
    std::fs::write(dir.path().join(name), page).unwrap();
    // labels that no model gives, so that the page is among the worst
    let rows = format!(
        "page,selector,label,site\n\"{0}\",h1,subscription,<b>site\n\"{0}\",p,subscription,<b>site\n",
        name.replace('"', "\"\"")
    );
    std::fs::write(dir.path().join("labels.csv"), rows).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["evaluate", ".", "--html", "scores.html"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let sheet = std::fs::read_to_string(dir.path().join("scores.html")).unwrap();
    assert!(sheet.contains("nobody came by") && sheet.contains("alert(3)"));
    assert!(!sheet.contains("<script") && !sheet.contains("<img") && !sheet.contains("<b>site"));
    classify(dir.path(), &[name, "-o", "report.html"]);
    let report = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert_eq!(pages_of(&report), 1);
    assert!(!report.contains("<img") && !report.contains("<script>alert"));
}
