//! The command line: what was typed (`args`), one thin file a command, outcomes to exit codes (`run`).

mod args;
mod classify;
mod evaluate;
mod filter;
mod gate_score;
mod import;
mod output;
mod run;
mod summary;
mod train;
mod train_verdict;

pub use run::run;
