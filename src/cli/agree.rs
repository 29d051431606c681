//! `agree`: two people's label files of one folder compared, and merged.

use super::args::{AgreeArgs, PreferArg};
use super::run::{Outcome, limits, on_threads, report};
use super::say::say;
use anyhow::Context;
use std::io::Write;
use std::path::Path;
use tollgate::Label;
use tollgate::corpus::{Labelled, block_rows, load_label_file, write_labels};
use tollgate::learn::{Agreement, Compared, Prefer, compare};
use tollgate::output::Output;
use tollgate::report::printable;

pub fn run(args: &AgreeArgs) -> anyhow::Result<Outcome> {
    on_threads(&args.common, || agree(args))?
}

fn agree(args: &AgreeArgs) -> anyhow::Result<Outcome> {
    let beside = args.a.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = args.pages.as_deref().unwrap_or(beside.unwrap_or(Path::new(".")));
    let limits = limits(&args.common);
    let load = |file: &Path| -> anyhow::Result<Labelled> {
        let labelled = load_label_file(file, folder, &limits)?;
        for (page, error) in &labelled.failed {
            report(&format!("{}: {page}: {error}", file.display()));
        }
        Ok(labelled)
    };
    let (first, second) = (load(&args.a)?, load(&args.b)?);
    let failed = first.failed.len() + second.failed.len();
    let prefer = match args.prefer {
        None => Prefer::Neither,
        Some(PreferArg::A) => Prefer::First,
        Some(PreferArg::B) => Prefer::Second,
    };
    let compared = compare(first.pages, second.pages, prefer);
    if let Some(path) = &args.output {
        let rows: Vec<_> = compared.merged.iter().flat_map(block_rows).collect();
        let mut out = Output::open(Some(path)).with_context(|| path.display().to_string())?;
        write_labels(out.writer(), rows.iter())?;
        out.finish().with_context(|| path.display().to_string())?;
    }
    say(|out| {
        if args.json {
            serde_json::to_writer_pretty(&mut *out, &as_json(&compared))?;
            writeln!(out)
        } else {
            print(out, &compared, args.show)
        }
    })?;
    Ok(if failed > 0 {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

fn text_of(compared: &Compared, page: &str, block: usize) -> String {
    let page = compared.merged.iter().find(|p| p.name == page);
    let text = page
        .and_then(|p| p.prepared.outline.blocks.get(block))
        .map(|b| &b.text);
    text.map_or("", String::as_str).chars().take(70).collect()
}

fn agreement<const N: usize>(of: &Agreement<N>) -> serde_json::Value {
    let table: Vec<&[u64]> = of.table.iter().map(<[u64; N]>::as_slice).collect();
    serde_json::json!({"both": of.items(), "agree": of.observed(), "kappa": of.kappa(), "table": table})
}

fn as_json(compared: &Compared) -> serde_json::Value {
    let differing = compared.differing.iter().map(|(page, block, a, b)| {
        let text = text_of(compared, page, *block);
        serde_json::json!({"page": page, "block": block, "a": a, "b": b, "text": text})
    });
    serde_json::json!({
        "pages": compared.pages,
        "blocks": agreement(&compared.blocks),
        "gates": agreement(&compared.gates),
        "only_a": compared.alone[0],
        "only_b": compared.alone[1],
        "differing": differing.collect::<Vec<_>>(),
    })
}

fn line<const N: usize>(out: &mut dyn Write, what: &str, of: &Agreement<N>) -> std::io::Result<()> {
    let kappa = of.kappa().map_or("not known".to_owned(), |k| format!("{k:.3}"));
    writeln!(
        out,
        "{what:<8} {:>7} by both, {:>5.1} % alike, Cohen's kappa {kappa}",
        of.items(),
        of.observed() * 100.0
    )
}

fn print(out: &mut dyn Write, compared: &Compared, show: usize) -> std::io::Result<()> {
    writeln!(out, "{} pages labelled by both", compared.pages)?;
    line(out, "blocks", &compared.blocks)?;
    line(out, "gates", &compared.gates)?;
    let [a, b] = compared.alone;
    writeln!(out, "blocks labelled by A alone {a}, by B alone {b}")?;
    writeln!(
        out,
        "\n{:<14} {:>12} {:>12} {:>12}",
        "A \\ B", "content", "subscription", "navigation"
    )?;
    for label in Label::ALL {
        let [c, s, n] = compared.blocks.table[label.index()];
        writeln!(out, "{:<14} {c:>12} {s:>12} {n:>12}", label.name())?;
    }
    for (i, (page, block, a, b)) in compared.differing.iter().take(show).enumerate() {
        if i == 0 {
            writeln!(out, "\nthey differ on {} blocks:", compared.differing.len())?;
        }
        let text = text_of(compared, page, *block);
        let (page, text) = (printable(page), printable(&text));
        writeln!(out, "{page} {block}: {} / {}: {text}", a.name(), b.name())?;
    }
    Ok(())
}
