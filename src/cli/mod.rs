//! The command line: what was typed (`args`), one thin file a command, outcomes to exit codes (`run`).

mod args;
mod bench;
mod bench_pages;
mod bench_report;
mod classify;
mod evaluate;
mod import;
mod output;
mod run;
mod train;

pub use run::run;
