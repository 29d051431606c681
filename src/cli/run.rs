//! Runs the typed command and maps its outcome to the exit code.
//!
//! 0 done; 1 the answer is no (a floor missed); 2 the command line is wrong or some input failed.
//! A reader that closes the pipe early is no failure.

#[cfg(feature = "annotate")]
use super::annotate;
use super::args::{Cli, Command, CommonArgs};
use super::{agree, bench, classify, evaluate, explain, import, log_lines, sites, train, train_verdict};
use clap::Parser;
use std::ffi::OsString;
use tollgate::corpus::Labelled;
use tollgate::model::{Model, embedded};
use tollgate::{Error, Limits};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All done.
    Done,
    /// The answer is no.
    No,
    /// Done, but some input failed.
    SomeFailed,
}

/// The program: `args` begin with its name, the answer is the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return if e.use_stderr() { 2 } else { 0 };
        }
    };
    log_lines::start(cli.verbose);
    let result = match &cli.command {
        Command::Classify(a) => classify::run(a),
        Command::Explain(a) => explain::run(a),
        Command::Train(a) => train::run(a),
        Command::Summary(a) => sites::run(a),
        Command::TrainVerdict(a) => train_verdict::run(a),
        Command::Evaluate(a) => evaluate::run(a),
        Command::Import(a) => import::run(a),
        #[cfg(feature = "annotate")]
        Command::Annotate(a) => annotate::run(a),
        Command::Agree(a) => agree::run(a),
        Command::Bench(a) => bench::run(a),
    };
    match result {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::No) => 1,
        Ok(Outcome::SomeFailed) => 2,
        Err(e) if is_broken_pipe(&e) => 0,
        Err(e) => {
            report(&format!("{e:#}"));
            2
        }
    }
}

/// Shows an error on stderr.
pub fn report(message: &str) {
    use std::io::Write;
    let clean = log_lines::clean(message);
    // when stderr is gone there is nobody left to tell
    let _ = writeln!(std::io::stderr(), "tollgate: {clean}");
}

/// Shows the pages that could not be used; [`Outcome::SomeFailed`] when there are any.
pub fn tell_failed<'a>(loaded: impl IntoIterator<Item = &'a Labelled>) -> Outcome {
    let mut outcome = Outcome::Done;
    for (page, error) in loaded.into_iter().flat_map(|l| &l.failed) {
        report(&format!("{page}: {error}"));
        outcome = Outcome::SomeFailed;
    }
    outcome
}

/// Whether any error in the chain is a reader that went away.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| {
        let io = e.downcast_ref::<std::io::Error>();
        let ours = e.downcast_ref::<Error>().and_then(|e| match e {
            Error::Io { source, .. } => Some(source),
            _ => None,
        });
        let json = e
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        let broken = std::io::ErrorKind::BrokenPipe;
        io.or(ours).is_some_and(|e| e.kind() == broken) || json == Some(broken)
    })
}

/// The limits that the flags ask for.
pub fn limits(common: &CommonArgs) -> Limits {
    Limits {
        bytes: common.max_bytes,
        ..Limits::default()
    }
}

/// The model that the flags ask for.
///
/// # Errors
/// As [`Model::load`] and [`embedded`].
pub fn model(common: &CommonArgs) -> tollgate::Result<Model> {
    match &common.model {
        Some(path) => Model::load(path),
        None => embedded(),
    }
}

/// Runs work on as many threads as the flags ask for.
///
/// # Errors
/// When the threads can't be started.
pub fn on_threads<T: Send>(common: &CommonArgs, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(common.jobs).build()?;
    Ok(pool.install(work))
}
