//! `explain`: why the blocks of one page got their labels, and the page its verdict.

use super::args::{ExplainArgs, ExplainFormat, InputArg, WhenArg};
use super::run::{Outcome, limits, model};
use super::say::say;
use std::io::IsTerminal;
use std::path::Path;
use tollgate::explain::explain;
use tollgate::input::{input_kind, read_bytes, read_stream};
use tollgate::pipeline::prepare;
use tollgate::report::write_explanation;
use tollgate::verdict::VerdictModel;
use tollgate::{Error, InputKind};

pub fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let limits = limits(&args.common);
    let model = model(&args.common)?;
    let named = |e: Error| anyhow::anyhow!("{}: {e}", args.path.display());
    let (bytes, guessed) = if args.path == Path::new("-") {
        let bytes = read_stream(std::io::stdin().lock(), &limits).map_err(named)?;
        (bytes, InputKind::Html)
    } else {
        // errors of the file system name the path themselves
        let bytes = read_bytes(&args.path, &limits).map_err(|e| match e {
            Error::Io { .. } => e.into(),
            other => named(other),
        })?;
        (bytes, input_kind(&args.path))
    };
    let kind = match args.input {
        InputArg::Auto => guessed,
        InputArg::Html => InputKind::Html,
        InputArg::Text => InputKind::Text,
    };
    let prepared = prepare(&bytes, kind, &limits).map_err(named)?;
    let blocks = prepared.outline.blocks.len();
    if let Some(beyond) = args.blocks.iter().find(|i| **i >= blocks) {
        anyhow::bail!(
            "{}: there is no block {beyond}; the page has {blocks}, the first is 0",
            args.path.display()
        );
    }
    let model = match kind {
        InputKind::Html => &model.page,
        InputKind::Text => &model.text,
    };
    let mut told = explain(
        model,
        VerdictModel::embedded()?,
        &prepared,
        &args.blocks,
        args.doubtful,
    );
    told.path = Some(args.path.to_string_lossy().into_owned());
    let colour = match args.color {
        WhenArg::Always => true,
        WhenArg::Never => false,
        WhenArg::Auto => {
            std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    say(|out| match args.format {
        ExplainFormat::Text => write_explanation(out, &told, colour),
        ExplainFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &told)?;
            writeln!(out)
        }
    })?;
    Ok(Outcome::Done)
}
