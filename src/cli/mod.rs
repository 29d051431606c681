//! The command line: what was typed (`args`), one thin file a command, outcomes to exit codes (`run`).

mod args;
mod bench;
mod bench_pages;
mod bench_report;
mod classify;
mod evaluate;
mod feed;
mod import;
mod journal;
mod output;
mod packed;
mod progress;
mod run;
mod sink;
mod summary;
mod train;
mod window;

pub use run::run;
