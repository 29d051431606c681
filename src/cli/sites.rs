//! `summary`: the share of gated pages by site, from the JSON lines of `classify`.

use super::args::{SummaryArgs, SummaryFormat};
use super::run::{Outcome, report};
use super::say::say;
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use tollgate::corpus::site_of;
use tollgate::input::{self, read_line};
use tollgate::page::Declared;
use tollgate::report::printable;
use tollgate::verdict::Verdict;

/// Longest line of results.
pub const LONGEST_LINE: u64 = 1 << 30;

#[derive(Deserialize)]
struct Line {
    path: Option<String>,
    url: Option<String>,
    paywall: Option<Paywall>,
}

#[derive(Deserialize)]
struct Paywall {
    verdict: Verdict,
    declared: Option<Declared>,
}

/// Pages of a site by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    pages: usize,
    open: usize,
    soft: usize,
    hard: usize,
    blocked: usize,
    locked: usize,
    failed: usize,
}

impl Counts {
    fn add(&mut self, paywall: Option<&Paywall>) {
        self.pages += 1;
        let Some(p) = paywall else {
            self.failed += 1;
            return;
        };
        match p.verdict {
            Verdict::Open => self.open += 1,
            Verdict::Soft => self.soft += 1,
            Verdict::Hard => self.hard += 1,
            Verdict::Blocked => self.blocked += 1,
        }
        self.locked += usize::from(p.declared == Some(Declared::Locked));
    }

    /// Share of gated pages among those with an article; none without one.
    fn share(&self) -> Option<f64> {
        let judged = self.open + self.soft + self.hard;
        (judged > 0).then(|| (self.soft + self.hard) as f64 / judged as f64)
    }
}

pub fn run(args: &SummaryArgs) -> anyhow::Result<Outcome> {
    let mut sites: BTreeMap<String, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    let mut bad = 0;
    for path in &args.paths {
        let mut reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
            Box::new(BufReader::new(file))
        };
        for number in 1u64.. {
            let line = read_line(&mut reader, LONGEST_LINE).with_context(|| path.display().to_string())?;
            let page: Result<Line, String> = match line {
                None => break,
                Some(input::Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
                Some(input::Line::Whole(line)) => serde_json::from_slice(&line).map_err(|e| e.to_string()),
                Some(input::Line::TooLong { .. }) => Err(format!("longer than {LONGEST_LINE} bytes")),
            };
            let page = match page {
                Ok(page) => page,
                Err(e) => {
                    report(&format!(
                        "{}, line {number}: no line of classify ({e})",
                        path.display()
                    ));
                    bad += 1;
                    continue;
                }
            };
            let site = site_of(page.url.as_deref()).unwrap_or_else(|| "(unknown)".to_owned());
            let failed = page.path.is_none() && page.paywall.is_none();
            if !failed {
                sites.entry(site).or_default().add(page.paywall.as_ref());
                all.add(page.paywall.as_ref());
            }
        }
    }
    let mut rows: Vec<(String, Counts)> = sites.into_iter().collect();
    rows.sort_by(|a, b| b.1.pages.cmp(&a.1.pages).then(a.0.cmp(&b.0)));
    rows.push(("(all)".to_owned(), all));
    say(|out| match args.format {
        SummaryFormat::Table => table(out, &rows),
        SummaryFormat::Csv => csv_rows(out, &rows),
    })?;
    Ok(if bad > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

fn table(out: &mut dyn Write, rows: &[(String, Counts)]) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<32} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>7} {:>7}",
        "site", "pages", "gated", "open", "soft", "hard", "blocked", "failed", "locked"
    )?;
    for (site, c) in rows {
        let share = c.share().map_or("-".to_owned(), |s| format!("{:.0}%", s * 100.0));
        let site = printable(site);
        writeln!(
            out,
            "{site:<32} {:>6} {share:>6} {:>6} {:>6} {:>6} {:>8} {:>7} {:>7}",
            c.pages, c.open, c.soft, c.hard, c.blocked, c.failed, c.locked
        )?;
    }
    Ok(())
}

fn csv_rows(out: &mut dyn Write, rows: &[(String, Counts)]) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let other = |e: csv::Error| std::io::Error::other(e.to_string());
    writer
        .write_record([
            "site",
            "pages",
            "gated_share",
            "open",
            "soft",
            "hard",
            "blocked",
            "failed",
            "declared_locked",
        ])
        .map_err(other)?;
    for (site, c) in rows {
        let share = c.share().map_or(String::new(), |s| format!("{s:.4}"));
        let numbers = [c.open, c.soft, c.hard, c.blocked, c.failed, c.locked].map(|n| n.to_string());
        let record = [site.clone(), c.pages.to_string(), share]
            .into_iter()
            .chain(numbers);
        writer.write_record(record).map_err(other)?;
    }
    writer.flush()
}
