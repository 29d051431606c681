//! What a run of `classify` came to: pages, errors by kind, verdicts, time. Counts and prints, decides nothing.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use tollgate::PageResult;

/// What is counted of the pages that are written; part of what `--resume` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Pages, failed ones included.
    pub pages: u64,
    /// Bytes of the pages, unpacked.
    pub bytes: u64,
    /// Failed pages.
    pub failed: u64,
    /// Failed pages by error code.
    pub errors: BTreeMap<String, u64>,
    /// Pages by verdict.
    pub verdicts: BTreeMap<String, u64>,
}

/// What is counted of one page.
#[derive(Debug, Clone)]
pub struct Counted {
    bytes: u64,
    error: Option<&'static str>,
    verdict: Option<&'static str>,
}

impl Counted {
    /// Looks at a page of so many bytes.
    pub fn of(page: &PageResult, bytes: u64) -> Counted {
        Counted {
            bytes,
            error: page.error.as_ref().map(|e| e.code),
            verdict: page.paywall.as_ref().map(|p| p.verdict.name()),
        }
    }
}

impl Counts {
    /// Adds a page.
    pub fn add(&mut self, page: &Counted) {
        self.pages += 1;
        self.bytes += page.bytes;
        if let Some(code) = page.error {
            self.failed += 1;
            *self.errors.entry(code.to_owned()).or_default() += 1;
        }
        if let Some(verdict) = page.verdict {
            *self.verdicts.entry(verdict.to_owned()).or_default() += 1;
        }
    }
}

/// The closing summary, also as JSON.
#[derive(Debug, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    counts: Counts,
    /// Share of each verdict among the pages that have one.
    verdict_shares: BTreeMap<String, f64>,
    /// What archives hold beside pages, by reason.
    skipped: BTreeMap<String, u64>,
    /// Pages that an earlier run had done.
    resumed: u64,
    seconds: f64,
    pages_per_second: f64,
    megabytes_per_second: f64,
}

impl Summary {
    /// Closes the books; `before` is what an earlier run had counted.
    pub fn new(
        counts: Counts,
        before: &Counts,
        skipped: &BTreeMap<&'static str, u64>,
        time: Duration,
    ) -> Summary {
        let seconds = time.as_secs_f64().max(1e-9);
        let judged = counts.verdicts.values().sum::<u64>().max(1) as f64;
        let round = |x: f64| (x * 1000.0).round() / 1000.0;
        let shares = counts.verdicts.iter();
        Summary {
            verdict_shares: shares
                .map(|(v, n)| (v.clone(), round(*n as f64 / judged)))
                .collect(),
            skipped: skipped.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect(),
            resumed: before.pages,
            seconds: round(seconds),
            pages_per_second: round((counts.pages - before.pages) as f64 / seconds),
            megabytes_per_second: round((counts.bytes - before.bytes) as f64 / 1e6 / seconds),
            counts,
        }
    }

    /// Lines for people.
    pub fn text(&self) -> String {
        let c = &self.counts;
        let list = |map: &BTreeMap<String, u64>| {
            let words: Vec<String> = map.iter().map(|(k, n)| format!("{n} {k}")).collect();
            words.join(", ")
        };
        let mut text = format!(
            "{} inputs, {} failed, {:.1} MB in {:.1} s: {:.0} pages/s, {:.1} MB/s",
            c.pages,
            c.failed,
            c.bytes as f64 / 1e6,
            self.seconds,
            self.pages_per_second,
            self.megabytes_per_second
        );
        if self.resumed > 0 {
            text += &format!("\nresumed after {} inputs", self.resumed);
        }
        for (what, map) in [
            ("errors", &c.errors),
            ("verdicts", &c.verdicts),
            ("skipped", &self.skipped),
        ] {
            if !map.is_empty() {
                text += &format!("\n{what}: {}", list(map));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_pages_errors_and_shares() {
        let mut counts = Counts::default();
        let page = |bytes, error, verdict| Counted {
            bytes,
            error,
            verdict,
        };
        for p in [
            page(500, None, Some("open")),
            page(1500, None, Some("hard")),
            page(0, Some("empty"), None),
            page(0, Some("empty"), None),
        ] {
            counts.add(&p);
        }
        let before = Counts::default();
        let s = Summary::new(
            counts,
            &before,
            &BTreeMap::from([("redirect", 3)]),
            Duration::from_secs(2),
        );
        let json = serde_json::to_value(&s).unwrap();
        assert_eq!(json["pages"], 4);
        assert_eq!(json["failed"], 2);
        assert_eq!(json["errors"]["empty"], 2);
        assert_eq!(json["verdict_shares"]["open"], 0.5);
        assert_eq!(json["pages_per_second"], 2.0);
        assert_eq!(json["megabytes_per_second"], 0.001);
        assert!(
            s.text()
                .contains("errors: 2 empty\nverdicts: 1 hard, 1 open\nskipped: 3 redirect")
        );
    }
}
