//! A labelled page ready for training and scoring, and the two places it can come from:
//! a gold corpus and a labelled folder.

use super::align::{GoldLabel, align_main_text, align_segments};
use super::gold::{GoldPage, read_gold};
use super::join::join_rows;
use super::label_file::{LABEL_FILE, LabelRow, read_labels};
use super::silent::label_silent;
use super::text_gold::TextGold;
use crate::blocks::words::collapsed;
use crate::error::{Error, Result};
use crate::input::{input_kind, read_bytes};
use crate::label::{Gate, Label};
use crate::pipeline::{Limits, Prepared, prepare_lines, prepare_selected};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A page with its gold labels.
#[derive(Debug, Clone)]
pub struct LabelledPage {
    /// Name of the page as its label file or gold file gives it.
    pub name: String,
    /// Site that it belongs to; pages of a site are never split between training and scoring.
    pub site: String,
    /// Page type, where known.
    pub kind: Option<String>,
    /// Collection, where known.
    pub source: Option<String>,
    /// Language, where known.
    pub lang: Option<String>,
    /// The prepared page.
    pub prepared: Prepared,
    /// Gold label of each block; `None` where the gold is silent.
    pub labels: Vec<Option<GoldLabel>>,
    /// Labels for blocks on which the segments are silent and the main text speaks clearly: to learn from,
    /// not to score.
    pub silent: Vec<Option<Label>>,
    /// Word gold, where there is a gold main text.
    pub text: Option<TextGold>,
    /// Observed gate, where it was judged.
    pub gate: Option<Gate>,
}

/// Collection whose main texts are the whole main matter; others leave out titles and captions, so that
/// what they lack may be content.
const WHOLE_TEXT_SOURCE: &str = "wcxb-dev";

impl LabelledPage {
    /// The labels to learn from: the gold, and where it is silent what the main text tells.
    pub fn training_labels(&self) -> Vec<Option<GoldLabel>> {
        self.labels
            .iter()
            .zip(&self.silent)
            .map(|(gold, silent)| gold.or(silent.map(|label| GoldLabel { label, head: false })))
            .collect()
    }
}

/// Labelled pages, and the pages that could not be used with the reason.
#[derive(Debug, Default)]
pub struct Labelled {
    /// The pages: of a gold file in its order, of a folder sorted by name.
    pub pages: Vec<LabelledPage>,
    /// Pages left out.
    pub failed: Vec<(String, Error)>,
}

impl Labelled {
    /// Adds what was loaded from another place.
    pub fn append(&mut self, more: Labelled) {
        self.pages.extend(more.pages);
        self.failed.extend(more.failed);
    }
}

/// Loads labelled pages from a gold file, a folder with `gold.jsonl[.gz]` and `pages/`, or a folder with
/// `labels.csv`.
///
/// # Errors
/// When the label file or gold file can't be read or has a fault; single pages that fail are listed instead.
pub fn load_labelled(path: &Path, limits: &Limits) -> Result<Labelled> {
    let Some(gold) = gold_file(path) else {
        if !path.exists() {
            return Err(Error::NoInput {
                path: path.to_owned(),
            });
        }
        return load_label_file(&path.join(LABEL_FILE), path, limits);
    };
    let folder = gold.parent().unwrap_or(Path::new(".")).join("pages");
    Ok(from_gold(read_gold(&gold)?, &folder, limits))
}

/// Loads several, as [`load_labelled`] loads one.
///
/// # Errors
/// As [`load_labelled`], with the first that fails.
pub fn load_all(paths: &[PathBuf], limits: &Limits) -> Result<Labelled> {
    let mut all = Labelled::default();
    for path in paths {
        all.append(load_labelled(path, limits)?);
    }
    Ok(all)
}

/// Loads a gold corpus as plain text: each page is its gold segments, one a line, and no page file is
/// read. Pages without segments are left out.
///
/// # Errors
/// When there is no gold file or it has a fault.
pub fn load_lines(path: &Path) -> Result<Labelled> {
    let gold = gold_file(path).ok_or_else(|| Error::NoInput {
        path: path.join("gold.jsonl.gz"),
    })?;
    let pages = read_gold(&gold)?
        .into_par_iter()
        .filter(|g| g.segments.is_some())
        .map(lines_page)
        .collect();
    Ok(Labelled {
        pages,
        failed: Vec::new(),
    })
}

/// The gold file that a path names: itself, or the one in the folder.
fn gold_file(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    ["gold.jsonl.gz", "gold.jsonl"]
        .map(|name| path.join(name))
        .into_iter()
        .find(|p| p.is_file())
}

fn lines_page(gold: GoldPage) -> LabelledPage {
    let segments = gold.segments.as_deref().unwrap_or(&[]);
    let lines: Vec<String> = segments.iter().map(|(_, text)| collapsed(text)).collect();
    let prepared = prepare_lines(&lines.join("\n"));
    aligned(gold, prepared)
}

fn collect(results: Vec<(String, Result<LabelledPage>)>) -> Labelled {
    let mut out = Labelled::default();
    for (name, result) in results {
        match result {
            Ok(page) => out.pages.push(page),
            Err(error) => out.failed.push((name, error)),
        }
    }
    out
}

fn from_gold(gold: Vec<GoldPage>, folder: &Path, limits: &Limits) -> Labelled {
    collect(
        gold.into_par_iter()
            .map(|g| (g.page.clone(), gold_page(g, folder, limits)))
            .collect(),
    )
}

fn gold_page(gold: GoldPage, folder: &Path, limits: &Limits) -> Result<LabelledPage> {
    let path = page_path(folder, &gold.page)?;
    let bytes = read_bytes(&path, limits)?;
    let (prepared, _) = prepare_selected(&bytes, input_kind(&path), limits, &[])?;
    let main = gold.main_text.clone();
    let mut page = aligned(gold, prepared);
    if page.source.as_deref() == Some(WHOLE_TEXT_SOURCE)
        && let Some(main) = &main
    {
        page.silent = label_silent(main, &page.labels, texts(&page.prepared));
    }
    Ok(page)
}

/// The texts of a page's blocks.
fn texts(prepared: &Prepared) -> impl ExactSizeIterator<Item = &str> + Clone {
    prepared.outline.blocks.iter().map(|b| b.text.as_str())
}

/// A prepared page with the labels that its gold gives by alignment.
fn aligned(gold: GoldPage, prepared: Prepared) -> LabelledPage {
    let labels = match (&gold.segments, &gold.main_text) {
        (Some(segments), _) => align_segments(segments, texts(&prepared)),
        (None, Some(main)) => align_main_text(main, texts(&prepared)),
        (None, None) => vec![None; prepared.outline.blocks.len()],
    };
    let segments = gold.segments.as_deref().unwrap_or(&[]);
    let text = gold
        .main_text
        .as_ref()
        .map(|main| TextGold::new(main, segments, texts(&prepared)));
    LabelledPage {
        gate: gold.gate(),
        site: gold
            .site
            .or_else(|| site_of(prepared.meta.url.as_deref()))
            .unwrap_or_else(|| gold.page.clone()),
        silent: vec![None; labels.len()],
        name: gold.page,
        kind: gold.kind,
        source: gold.source,
        lang: gold.lang,
        prepared,
        labels,
        text,
    }
}

/// A page's path inside the folder; names that lead out of it are refused.
///
/// # Errors
/// [`Error::Labels`].
pub fn page_path(folder: &Path, name: &str) -> Result<PathBuf> {
    use std::path::Component;
    let relative = Path::new(name);
    let inside = relative
        .components()
        .all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    if name.is_empty() || !inside {
        return Err(Error::Labels {
            path: folder.to_owned(),
            line: 0,
            reason: format!("page name {name:?} leads out of the folder"),
        });
    }
    Ok(folder.join(relative))
}

/// Loads the pages of `folder` that a label file names, which may have any name and stand anywhere.
///
/// # Errors
/// As [`load_labelled`].
pub fn load_label_file(file: &Path, folder: &Path, limits: &Limits) -> Result<Labelled> {
    let mut by_page: BTreeMap<String, Vec<LabelRow>> = BTreeMap::new();
    for row in read_labels(file)? {
        by_page.entry(row.page.clone()).or_default().push(row);
    }
    let results: Vec<(String, Result<LabelledPage>)> = by_page
        .into_par_iter()
        .map(|(name, rows)| {
            let page = folder_page(folder, file, &name, &rows, limits);
            (name, page)
        })
        .collect();
    // a fault in the label file is the user's to mend, before anything is learned from the rest
    let mut results = results;
    if let Some(at) = results
        .iter()
        .position(|(_, r)| matches!(r, Err(Error::Labels { .. })))
        && let (_, Err(error)) = results.swap_remove(at)
    {
        return Err(error);
    }
    Ok(collect(results))
}

fn folder_page(
    folder: &Path,
    file: &Path,
    name: &str,
    rows: &[LabelRow],
    limits: &Limits,
) -> Result<LabelledPage> {
    let path = page_path(folder, name)?;
    let bytes = read_bytes(&path, limits)?;
    let gate = rows
        .iter()
        .find(|r| r.selector.is_empty())
        .and_then(|r| Gate::parse(&r.label));
    let named_site = rows.iter().find_map(|r| r.site.clone());
    let rows: Vec<&LabelRow> = rows.iter().filter(|r| !r.selector.is_empty()).collect();
    let selectors: Vec<String> = rows.iter().map(|r| r.selector.clone()).collect();
    let kind = input_kind(&path);
    let (prepared, found) = prepare_selected(&bytes, kind, limits, &selectors)?;
    let fault = |row: &LabelRow, reason: String| Error::Labels {
        path: file.to_owned(),
        line: row.line,
        reason,
    };
    if kind == crate::pipeline::InputKind::Text
        && let Some(row) = rows.first()
    {
        return Err(fault(
            row,
            "plain text has no elements: label its lines in a gold file".to_owned(),
        ));
    }
    let labels = join_rows(&prepared.outline, &rows, found)
        .map_err(|(row, reason)| fault(row, reason))?
        .into_iter()
        .map(|label| label.map(|label| GoldLabel { label, head: false }))
        .collect();
    Ok(LabelledPage {
        site: named_site
            .or_else(|| site_of(prepared.meta.url.as_deref()))
            .unwrap_or_else(|| name.to_owned()),
        name: name.to_owned(),
        kind: None,
        source: None,
        lang: prepared.meta.lang.clone(),
        silent: vec![None; prepared.outline.blocks.len()],
        prepared,
        labels,
        text: None,
        gate,
    })
}

/// The registrable domain of an address, for example `bbc.co.uk`.
pub fn site_of(url: Option<&str>) -> Option<String> {
    let parsed = url::Url::parse(url?).ok()?;
    let host = parsed.host_str()?.to_ascii_lowercase();
    Some(psl::domain_str(&host).map_or(host.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_registrable_domains() {
        assert_eq!(
            site_of(Some("https://www.news.example.co.uk/a")).as_deref(),
            Some("example.co.uk")
        );
        assert_eq!(
            site_of(Some("https://a.gazette.example/x")).as_deref(),
            Some("gazette.example")
        );
        assert_eq!(site_of(Some("not a url")), None);
        assert_eq!(site_of(None), None);
    }

    #[test]
    fn page_names_stay_in_the_folder() {
        let folder = Path::new("/tmp/x");
        assert!(page_path(folder, "a/b.html").is_ok());
        for bad in ["../a.html", "/etc/passwd", "a/../../b", ""] {
            assert!(page_path(folder, bad).is_err(), "{bad}");
        }
    }
}
