//! Lines of the log on stderr: what the run does and how each input went, for `-v` and `RUST_LOG`. No line holds
//! text of a page, unless the parser's log is asked for by its name: whoever may read logs need not be one who may
//! read pages.

use log::LevelFilter;
use std::io::Write;
use std::time::Instant;

/// Starts logging: nothing without `-v`, the run with one, every input with two. `RUST_LOG` overrules.
pub fn start(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::Off,
        1 => LevelFilter::Info,
        2 => LevelFilter::Debug,
        _ => LevelFilter::Trace,
    };
    let mut builder = env_logger::Builder::new();
    builder.filter_level(LevelFilter::Off);
    if verbose > 0 {
        builder.filter_module("tollgate", level);
    }
    // these log what they parse: only who names them gets it
    for parser in ["html5ever", "markup5ever", "selectors"] {
        builder.filter_module(parser, LevelFilter::Off);
    }
    if let Ok(filters) = std::env::var("RUST_LOG") {
        builder.parse_filters(&filters);
    }
    let begin = Instant::now();
    builder.format(move |out, record| {
        let message = clean(&record.args().to_string());
        let level = record.level().as_str().to_ascii_lowercase();
        writeln!(out, "{:.3} s {level}: {message}", begin.elapsed().as_secs_f64())
    });
    // a program that has this one in it may log by itself already
    let _ = builder.try_init();
}

/// A message on one line: the name of a file may hold line ends and signs that drive a terminal.
pub fn clean(message: &str) -> String {
    message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
