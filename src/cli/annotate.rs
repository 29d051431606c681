//! `annotate`: a local web app for labelling a folder's pages.

use super::args::AnnotateArgs;
use super::run::{Outcome, limits, model, report};
use super::say::say;
use std::net::SocketAddr;
use std::sync::Arc;
use tollgate::annotate::{Options, bind};
use tollgate::corpus::LABEL_FILE;

pub fn run(args: &AnnotateArgs) -> anyhow::Result<Outcome> {
    // the app's own threads read pages and train in this pool
    rayon::ThreadPoolBuilder::new()
        .num_threads(args.common.jobs)
        .build_global()?;
    let listen = args
        .listen
        .unwrap_or(SocketAddr::from(([127, 0, 0, 1], args.port)));
    let bound = bind(Options {
        folder: args.folder.clone(),
        labels: args
            .labels
            .clone()
            .unwrap_or_else(|| args.folder.join(LABEL_FILE)),
        model_file: args
            .output
            .clone()
            .unwrap_or_else(|| args.folder.join("model.json.gz")),
        model: Arc::new(model(&args.common)?),
        limits: limits(&args.common),
        listen,
        hosts: args.host.clone(),
    })?;
    if !listen.ip().is_loopback() && !args.common.quiet {
        report(
            "others on this network can reach the app: whoever has the address with the key can change labels",
        );
    }
    say(|out| writeln!(out, "{}", bound.url))?;
    if !args.common.quiet {
        report("open that address in a browser; every change is saved at once, Ctrl-C ends");
    }
    bound.serve()?;
    Ok(Outcome::Done)
}
