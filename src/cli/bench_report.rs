//! What a bench measured, and how it is shown: a table, Markdown, JSON, beside an earlier run.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Median of the repetitions with the lowest and the highest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Figure {
    /// Of at least one value.
    pub fn of(mut values: Vec<f64>) -> Figure {
        values.sort_by(f64::total_cmp);
        let at = |i: usize| values.get(i).copied().unwrap_or(0.0);
        let n = values.len();
        Figure {
            median: f64::midpoint(at(n.saturating_sub(1) / 2), at(n / 2)),
            low: at(0),
            high: at(n.saturating_sub(1)),
        }
    }
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageFigures {
    pub name: String,
    /// Seconds for all pages.
    pub seconds: Figure,
    /// The same in units of the yardstick.
    pub ratio: Figure,
}

/// One number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreadFigures {
    pub threads: usize,
    pub pages_per_second: Figure,
    pub mb_per_second: Figure,
    /// Pages a second against one thread.
    pub scaling: f64,
}

/// A bench.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    pub pages: usize,
    pub failed: usize,
    pub bytes: u64,
    pub repetitions: usize,
    /// Seconds of scraper's parse of the same pages.
    pub yardstick_seconds: Figure,
    /// Seconds of all stages on one thread.
    pub seconds: Figure,
    /// Seconds against the yardstick.
    pub ratio: Figure,
    pub stages: Vec<StageFigures>,
    pub threads: Vec<ThreadFigures>,
    /// Most memory the process held, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

impl BenchReport {
    fn rate(&self, seconds: f64) -> (f64, f64) {
        let s = seconds.max(1e-9);
        (self.pages as f64 / s, self.bytes as f64 / 1e6 / s)
    }

    /// As text; `markdown` draws the tables with bars.
    pub fn text(&self, markdown: bool) -> String {
        let mut out = String::new();
        let mb = self.bytes as f64 / 1e6;
        let _ = writeln!(
            out,
            "{} pages, {mb:.1} MB, {} failed; median of {} repetitions (lowest to highest)\n",
            self.pages, self.failed, self.repetitions
        );
        let mut rows = vec![["stage", "ms", "of scraper's parse", "lowest to highest"].map(str::to_owned)];
        let mut add = |name: &str, seconds: Figure, ratio: Figure| {
            rows.push([
                name.to_owned(),
                format!("{:.1}", seconds.median * 1e3),
                format!("{:.3}", ratio.median),
                format!("{:.3} to {:.3}", ratio.low, ratio.high),
            ]);
        };
        for s in &self.stages {
            add(&s.name, s.seconds, s.ratio);
        }
        add("all stages", self.seconds, self.ratio);
        let one = Figure::of(vec![1.0]);
        add("scraper's parse", self.yardstick_seconds, one);
        table(&mut out, &rows, markdown);
        let mut rows = vec![["threads", "pages/s", "MB/s", "times one thread"].map(str::to_owned)];
        for t in &self.threads {
            rows.push([
                t.threads.to_string(),
                format!("{:.0}", t.pages_per_second.median),
                format!("{:.1}", t.mb_per_second.median),
                format!("{:.2}", t.scaling),
            ]);
        }
        out.push('\n');
        table(&mut out, &rows, markdown);
        let (pages, mb) = self.rate(self.yardstick_seconds.median);
        let _ = writeln!(out, "\nscraper's parse alone: {pages:.0} pages/s, {mb:.1} MB/s");
        if let Some(bytes) = self.peak_memory_bytes {
            let _ = writeln!(out, "peak memory: {:.0} MB", bytes as f64 / 1e6);
        }
        out
    }

    /// This run against an earlier one.
    pub fn against(&self, earlier: &BenchReport, markdown: bool) -> String {
        let change = |now: f64, before: f64| format!("{:+.1} %", (now / before.max(1e-12) - 1.0) * 100.0);
        let mut rows = vec![["of scraper's parse", "before", "now", "change"].map(str::to_owned)];
        let mut add = |name: &str, now: f64, before: f64| {
            rows.push([
                name.to_owned(),
                format!("{before:.3}"),
                format!("{now:.3}"),
                change(now, before),
            ]);
        };
        for s in &self.stages {
            if let Some(b) = earlier.stages.iter().find(|b| b.name == s.name) {
                add(&s.name, s.ratio.median, b.ratio.median);
            }
        }
        add("all stages", self.ratio.median, earlier.ratio.median);
        let mut out = String::from("\nagainst the earlier run\n\n");
        if (self.pages, self.bytes) != (earlier.pages, earlier.bytes) {
            out.push_str("the earlier run was over other pages\n\n");
        }
        table(&mut out, &rows, markdown);
        out
    }
}

fn table<const N: usize>(out: &mut String, rows: &[[String; N]], markdown: bool) {
    let width = |c: usize| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    for (i, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(c, cell)| {
                if c == 0 {
                    format!("{cell:<0$}", widths[c])
                } else {
                    format!("{cell:>0$}", widths[c])
                }
            })
            .collect();
        if markdown {
            let _ = writeln!(out, "| {} |", cells.join(" | "));
            if i == 0 {
                let bars: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
                let _ = writeln!(out, "| {} |", bars.join(" | "));
            }
        } else {
            let _ = writeln!(out, "{}", cells.join("  ").trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_medians_with_their_spread() {
        let f = Figure::of(vec![3.0, 1.0, 2.0]);
        assert_eq!((f.median, f.low, f.high), (2.0, 1.0, 3.0));
        assert_eq!(Figure::of(vec![1.0, 4.0]).median, 2.5);
        assert_eq!(Figure::of(Vec::new()).median, 0.0);
    }
}
