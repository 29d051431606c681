//! The annotator's server, asked by hand as a browser would not: who gets in, who may change what, and what
//! is on disk then. What it does in a browser is tested in `tests/browser`.
#![cfg(feature = "annotate")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running annotator; it ends with the test.
struct Server {
    child: Child,
    port: u16,
    key: String,
    token: String,
    dir: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

fn raw(port: u16, request: &str) -> Reply {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Reply {
        status: head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

const PAGE: &str = "<title>A mill</title><nav><a href=/>Home</a></nav><main><h1>A mill</h1><p>The river stood high that day.</p>\
     <p>Nobody came by.</p></main><footer>Imprint</footer>";

impl Server {
    fn start(labels: Option<&str>) -> Server {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.html"), PAGE).unwrap();
        std::fs::write(dir.path().join("b.html"), PAGE.replace("mill", "lock")).unwrap();
        std::fs::write(dir.path().join("secret.key"), "not for you").unwrap();
        if let Some(labels) = labels {
            std::fs::write(dir.path().join("labels.csv"), labels).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(["annotate", "--port", "0", "-q"])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let (address, key) = line.trim().split_once("/?key=").unwrap();
        let mut server = Server {
            port: address.rsplit(':').next().unwrap().parse().unwrap(),
            key: key.to_owned(),
            token: String::new(),
            child,
            dir,
        };
        let page = server.get("/");
        assert_eq!(page.status, 200, "{}", page.body);
        let token = page.body.split("tollgate-token\" content=\"").nth(1).unwrap();
        token.split('"').next().unwrap().clone_into(&mut server.token);
        server
    }

    fn cookie(&self) -> String {
        format!("Cookie: tollgate-{}={}", self.port, self.key)
    }

    fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}", self.port)
    }

    fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[&self.host(), &self.cookie()], "")
    }

    fn ask(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Reply {
        let headers = headers.join("\r\n");
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{headers}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        raw(self.port, &request)
    }

    /// The headers of our own page's requests.
    fn own(&self) -> Vec<String> {
        vec![
            self.host(),
            self.cookie(),
            format!("Origin: http://127.0.0.1:{}", self.port),
            format!("X-Tollgate-Token: {}", self.token),
            "Content-Type: application/json".to_owned(),
        ]
    }

    fn post(&self, path: &str, body: &str) -> Reply {
        let own = self.own();
        let headers: Vec<&str> = own.iter().map(String::as_str).collect();
        self.ask("POST", path, &headers, body)
    }

    fn labels(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("labels.csv")).unwrap_or_default()
    }
}

const SET: &str = "{\"set\":[[0,\"navigation\"],[2,\"content\"]]}";

#[test]
fn only_who_has_the_key_and_calls_the_app_by_its_name_gets_in() {
    let s = Server::start(None);
    let (host, cookie) = (s.host(), s.cookie());
    for (headers, why) in [
        (vec![host.as_str()], "no key"),
        (vec![&host, "Cookie: tollgate-1=x"], "another key"),
        (vec![&cookie, "Host: evil.example"], "another name"),
        (
            vec![&cookie, "Host: 127.0.0.1.evil.example:80"],
            "a name that looks like ours",
        ),
        (vec![&cookie, &host, "Host: evil.example"], "two names"),
    ] {
        for path in [
            "/",
            "/page/0",
            "/frame/0",
            "/api/page/0",
            "/assets/page.js",
            "/api/status",
        ] {
            let reply = s.ask("GET", path, &headers, "");
            assert!(
                matches!(reply.status, 400 | 403),
                "{path} with {why}: {}",
                reply.status
            );
            assert!(!reply.body.contains("river") && !reply.body.contains(&s.token));
        }
    }
    let rebound = format!("Host: evil.example:{}", s.port);
    assert_eq!(s.ask("GET", "/", &[&rebound, &cookie], "").status, 403);
    assert_eq!(
        s.ask("GET", &format!("/?key={}", s.key), &[&rebound], "").status,
        403
    );
    let welcome = s.ask("GET", &format!("/?key={}", s.key), &[&host], "");
    assert_eq!((welcome.status, welcome.header("location")), (303, Some("/")));
    let cookie = welcome.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
}

#[test]
fn changes_need_our_origin_the_token_and_json() {
    let s = Server::start(None);
    let own = s.own();
    let all: Vec<&str> = own.iter().map(String::as_str).collect();
    let without =
        |start: &str| -> Vec<&str> { all.iter().copied().filter(|h| !h.starts_with(start)).collect() };
    let other = |start: &str, instead: &'static str| {
        let mut list = without(start);
        list.push(instead);
        list
    };
    for (headers, why) in [
        (without("Cookie"), "no key"),
        (without("X-Tollgate"), "no token"),
        (
            other("X-Tollgate", "X-Tollgate-Token: 00000000000000000000000000000000"),
            "another token",
        ),
        (without("Origin"), "no origin"),
        (other("Origin", "Origin: https://evil.example"), "another origin"),
        (other("Origin", "Origin: null"), "the origin of a sandboxed frame"),
        (other("Nothing", "Sec-Fetch-Site: cross-site"), "another site"),
        (
            other("Content-Type", "Content-Type: text/plain"),
            "what a form can send",
        ),
    ] {
        for path in [
            "/api/page/0/labels",
            "/api/page/0/gate",
            "/api/page/0/undo",
            "/api/train",
        ] {
            if why == "what a form can send" && !path.ends_with("labels") {
                continue;
            }
            let reply = s.ask("POST", path, &headers, SET);
            assert!(
                matches!(reply.status, 403 | 415),
                "{path} with {why}: {}",
                reply.status
            );
        }
    }
    assert_eq!(s.labels(), "");
    for method in ["PUT", "DELETE", "OPTIONS", "HEAD"] {
        let status = s.ask(method, "/api/page/0/labels", &all, SET).status;
        assert!(matches!(status, 403 | 405), "{method}: {status}");
    }
    assert_eq!(s.post("/api/page/0/labels", SET).status, 200);
    assert!(s.labels().contains("navigation"));
}

#[test]
fn every_answer_forbids_what_it_does_not_need() {
    let s = Server::start(None);
    for path in [
        "/",
        "/page/0",
        "/assets/page.js",
        "/api/page/0",
        "/api/status",
        "/none",
    ] {
        let reply = s.get(path);
        let policy = reply.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
    let (a, b) = (s.get("/frame/0"), s.get("/frame/0"));
    let policy = a.header("content-security-policy").unwrap();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert!(policy.contains("sandbox allow-scripts") && !policy.contains("allow-same-origin"));
    assert!(
        policy.contains("default-src 'none'") && policy.contains("form-action 'none'"),
        "{policy}"
    );
    assert_eq!(a.body.matches("<script").count(), 1);
    assert!(a.body.contains(&format!("<script nonce=\"{nonce}\">")));
    assert!(!b.head.contains(nonce), "a nonce is used once");
}

#[test]
fn no_address_leads_to_other_files() {
    let s = Server::start(None);
    for path in [
        "/../secret.key",
        "/secret.key",
        "/page/secret.key",
        "/frame/..%2fsecret.key",
        "/assets/..%2f..%2fsecret.key",
        "/assets/%2e%2e/secret.key",
        "/frame/99",
        "/page/-1",
        "/api/page/2",
        "/frame/0/../../secret.key",
        "//etc/passwd",
        "/page/18446744073709551616",
    ] {
        let reply = s.get(path);
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
        assert!(!reply.body.contains("not for you"));
    }
}

#[test]
fn labels_are_on_disk_at_once_and_train_reads_them() {
    let s = Server::start(None);
    let reply = s.post("/api/page/0/labels", SET);
    let state: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(state["labels"][2], "content");
    assert_eq!(state["undo"], 1);
    s.post("/api/page/0/gate", "{\"gate\":\"soft\"}");
    s.post("/api/page/1/site", "{\"site\":\" mills.example \"}");
    s.post(
        "/api/page/1/labels",
        "{\"set\":[[3,\"subscription\"],[99,\"content\"]]}",
    );
    let read = tollgate::corpus::load_labelled(s.dir.path(), &tollgate::Limits::default()).unwrap();
    let (a, b) = (&read.pages[0], &read.pages[1]);
    let given: Vec<_> = a.labels.iter().map(|g| g.map(|g| g.label.name())).collect();
    assert_eq!(given, [Some("navigation"), None, Some("content"), None, None]);
    assert_eq!(a.gate.map(tollgate::Gate::name), Some("soft"));
    assert_eq!(
        (b.labels[3].unwrap().label.name(), b.site.as_str()),
        ("subscription", "mills.example")
    );
    for _ in 0..2 {
        assert_eq!(s.post("/api/page/0/undo", "{}").status, 200);
    }
    assert!(!s.labels().contains("a.html"), "{}", s.labels());
    assert!(s.labels().contains("b.html"));
}

#[test]
fn a_site_that_is_named_after_the_labels_is_on_disk_and_can_be_taken_back() {
    let s = Server::start(None);
    // nothing to write into yet
    s.post("/api/page/1/site", "{\"site\":\"first.example\"}");
    assert_eq!(s.labels(), "");
    s.post("/api/page/1/labels", "{\"set\":[[0,\"navigation\"]]}");
    assert!(s.labels().contains("first.example"), "{}", s.labels());
    let reply = s.post("/api/page/1/site", "{\"site\":\"mills.example\"}");
    let state: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(
        (&state["site"], &state["undo"]),
        (&"mills.example".into(), &2.into())
    );
    assert!(s.labels().contains("mills.example"), "{}", s.labels());
    s.post("/api/page/1/undo", "{}");
    assert!(
        s.labels().contains("first.example") && !s.labels().contains("mills.example"),
        "{}",
        s.labels()
    );
}

#[test]
fn rows_that_a_person_wrote_stay_and_hold_where_nothing_else_is_said() {
    let written = "page,selector,label\na.html,,hard\na.html,body,navigation\na.html,main,content\n";
    let s = Server::start(Some(written));
    s.post("/api/page/0/labels", "{\"set\":[[3,\"subscription\"]]}");
    let labels = s.labels();
    assert!(
        labels.contains("a.html,body,navigation")
            && labels.contains("a.html,main,content")
            && labels.contains("a.html,,hard")
    );
    let read = tollgate::corpus::load_labelled(s.dir.path(), &tollgate::Limits::default()).unwrap();
    let given: Vec<_> = read.pages[0]
        .labels
        .iter()
        .flatten()
        .map(|g| g.label.name())
        .collect();
    assert_eq!(
        given,
        ["navigation", "content", "content", "subscription", "navigation"]
    );
}

#[test]
fn a_label_file_that_another_program_changed_is_not_overwritten() {
    let s = Server::start(None);
    s.post("/api/page/0/labels", SET);
    let theirs = "page,selector,label\nb.html,body,navigation\n";
    std::fs::write(s.dir.path().join("labels.csv"), theirs).unwrap();
    assert_eq!(s.post("/api/page/0/labels", SET).status, 200);
    assert!(s.labels().contains("b.html,body,navigation") && s.labels().contains("a.html"));
    let broken = "page,selector,label\nb.html,body,Navigation\n";
    std::fs::write(s.dir.path().join("labels.csv"), broken).unwrap();
    let reply = s.post("/api/page/0/labels", "{\"set\":[[1,\"content\"]]}");
    assert_eq!(reply.status, 409, "{}", reply.body);
    assert!(reply.body.contains("line 2"), "{}", reply.body);
    assert_eq!(s.labels(), broken);
}

#[test]
fn a_folder_without_pages_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("annotate")
        .arg(dir.path())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("no page found"));
}

fn label_file(dir: &Path, name: &str, rows: &str) {
    std::fs::write(dir.join(name), format!("page,selector,label\n{rows}")).unwrap();
}

#[test]
fn two_label_files_are_compared_and_merged() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.html"), PAGE).unwrap();
    label_file(
        dir.path(),
        "anna.csv",
        "a.html,,soft\na.html,nav,navigation\na.html,main,content\n",
    );
    label_file(
        dir.path(),
        "ben.csv",
        "a.html,,hard\na.html,nav,navigation\na.html,h1,content\na.html,h1 + p,content\na.html,p:last-child,subscription\na.html,footer,navigation\n",
    );
    let agree = |more: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(["agree", "anna.csv", "ben.csv"])
            .args(more)
            .current_dir(dir.path())
            .output()
            .unwrap();
        assert_eq!(
            out.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8(out.stdout).unwrap()
    };
    let told: serde_json::Value = serde_json::from_str(&agree(&["--json"])).unwrap();
    assert_eq!(
        (&told["pages"], &told["blocks"]["both"], &told["only_b"]),
        (&1.into(), &4.into(), &1.into())
    );
    // 3 of 4 alike; by chance (1*1 + 3*2) / 16
    let kappa = told["blocks"]["kappa"].as_f64().unwrap();
    assert!(
        (kappa - (0.75 - 7.0 / 16.0) / (1.0 - 7.0 / 16.0)).abs() < 1e-9,
        "{kappa}"
    );
    assert_eq!(told["differing"][0]["text"], "Nobody came by.");
    assert!(agree(&[]).contains("content / subscription: Nobody came by."));
    let merged = |more: &[&str]| {
        agree(&[&["-o", "labels.csv"], more].concat());
        let page = tollgate::corpus::load_labelled(dir.path(), &tollgate::Limits::default())
            .unwrap()
            .pages
            .remove(0);
        let labels: Vec<_> = page.labels.iter().map(|g| g.map(|g| g.label.name())).collect();
        (labels, page.gate.map(tollgate::Gate::name))
    };
    let (n, c, s) = (Some("navigation"), Some("content"), Some("subscription"));
    assert_eq!(merged(&[]), (vec![n, c, c, None, n], None));
    assert_eq!(merged(&["--prefer", "b"]), (vec![n, c, c, s, n], Some("hard")));
}

#[test]
fn merging_keeps_the_site_that_only_one_person_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.html"), PAGE).unwrap();
    label_file(dir.path(), "anna.csv", "a.html,nav,navigation\n");
    let named = "page,selector,label,site\na.html,main,content,mills.example\n";
    std::fs::write(dir.path().join("ben.csv"), named).unwrap();
    for files in [["anna.csv", "ben.csv"], ["ben.csv", "anna.csv"]] {
        let out = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .arg("agree")
            .args(files)
            .args(["-o", "labels.csv"])
            .current_dir(dir.path())
            .output()
            .unwrap();
        assert!(out.status.success());
        let merged = std::fs::read_to_string(dir.path().join("labels.csv")).unwrap();
        assert_eq!(
            merged.matches("mills.example").count(),
            merged.lines().count() - 1,
            "{merged}"
        );
    }
}
