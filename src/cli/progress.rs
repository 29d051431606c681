//! The progress bar: pages, rate, bytes of the inputs, errors, time left.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Shows how far a run is.
pub struct Progress {
    bar: ProgressBar,
    read: Arc<AtomicU64>,
    start: Instant,
}

impl Progress {
    /// A bar on a terminal; none with `quiet`. Files and folders among `paths` give the length; what they
    /// hold is measured beside the work.
    pub fn new(paths: &[PathBuf], whole: bool, quiet: bool, read: Arc<AtomicU64>) -> Progress {
        let shown = !quiet && std::io::stderr().is_terminal();
        let bar = if shown {
            ProgressBar::no_length()
        } else {
            ProgressBar::hidden()
        };
        if shown {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
            let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}, {msg}, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            if whole {
                let (paths, bar) = (paths.to_vec(), bar.clone());
                std::thread::spawn(move || bar.set_length(total(&paths)));
            }
        }
        Progress {
            bar,
            read,
            start: Instant::now(),
        }
    }

    /// Whether anything is shown.
    pub fn shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// After a page.
    pub fn show(&self, pages: u64, failed: u64) {
        if self.shown() {
            let rate = pages as f64 / self.elapsed().as_secs_f64().max(1e-3);
            self.bar.set_position(self.read.load(Ordering::Relaxed));
            self.bar
                .set_message(format!("{pages} pages, {rate:.0}/s, {failed} failed"));
        }
    }

    /// Shows something beside the bar.
    pub fn aside(&self, show: impl FnOnce()) {
        self.bar.suspend(show);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Bytes of the inputs on disk.
fn total(paths: &[PathBuf]) -> u64 {
    let sources = paths.iter().filter_map(|p| tollgate::input::find_sources(p).ok());
    let files = sources
        .flatten()
        .filter_map(Result::ok)
        .map(|s| PathBuf::from(s.name()));
    files.filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum()
}
