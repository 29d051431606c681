//! The command line: what was typed (`args`), one thin file a command, outcomes to exit codes (`run`).

mod args;
mod classify;
mod evaluate;
mod explain;
mod import;
mod output;
mod run;
mod train;

pub use run::run;
