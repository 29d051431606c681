//! The command line: what was typed (`args`), one thin file a command, outcomes to exit codes (`run`).
//! Part of the library, so that `python -m tollgate` is the same program; not part of its promises.

mod agree;
#[cfg(feature = "annotate")]
mod annotate;
mod args;
mod bench;
mod bench_pages;
mod bench_report;
mod classify;
mod evaluate;
mod explain;
mod feed;
mod filter;
mod gate_score;
mod import;
mod journal;
mod log_lines;
mod packed;
mod progress;
mod run;
mod say;
mod sink;
mod sites;
mod summary;
mod train;
mod train_verdict;

pub use run::run;
