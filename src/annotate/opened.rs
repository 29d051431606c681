//! One page as the annotator holds it: its blocks with the model's labels, and what its rows in the label
//! file say of them. No web.

use crate::classifier::{assemble, decide_page};
use crate::corpus::{LabelRow, join_rows, site_of};
use crate::error::{Error, Result};
use crate::input::read_bytes;
use crate::label::{Gate, Label};
use crate::model::Model;
use crate::pipeline::{InputKind, Limits, Prepared, prepare, prepare_selected};
use crate::result::PageResult;
use crate::verdict::VerdictModel;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// A page with the model's answer.
#[derive(Debug)]
pub struct Opened {
    /// Name in the label file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Blocks and elements.
    pub prepared: Prepared,
    /// The model's answer.
    pub answer: PageResult,
    limits: Limits,
    /// The block of each selector and run, as the annotator writes them.
    by_row: HashMap<(String, u32), usize>,
}

/// What the rows of a page say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageLabels {
    /// Rows that hold for more than one block, as they stand.
    pub wide: Vec<LabelRow>,
    /// The label of each block by those rows.
    pub inherited: Vec<Option<Label>>,
    /// Rows for single blocks.
    pub own: BTreeMap<usize, Label>,
    /// The page's gate.
    pub gate: Option<Gate>,
    /// The site that the rows name.
    pub site: Option<String>,
}

impl PageLabels {
    /// The label of a block.
    pub fn label(&self, block: usize) -> Option<Label> {
        self.own
            .get(&block)
            .copied()
            .or(self.inherited.get(block).copied().flatten())
    }
}

impl Opened {
    /// Reads a page and labels it.
    ///
    /// # Errors
    /// As reading and [`prepare`].
    pub fn read(path: &Path, name: &str, model: &Model, limits: &Limits) -> Result<Opened> {
        let bytes = read_bytes(path, limits)?;
        let prepared = prepare(&bytes, InputKind::Html, limits)?;
        let probabilities = model.page.predict_page(&prepared);
        let (decision, parts) = decide_page(&prepared, &probabilities);
        let answer = assemble(
            &prepared,
            &probabilities,
            &decision,
            &parts,
            VerdictModel::embedded()?,
        );
        let rows = answer.blocks.iter().zip(&prepared.outline.blocks).enumerate();
        let by_row = rows
            .filter_map(|(i, (b, outlined))| Some(((b.selector.clone()?, outlined.run), i)))
            .collect();
        Ok(Opened {
            name: name.to_owned(),
            bytes,
            answer,
            limits: *limits,
            by_row,
            prepared,
        })
    }

    /// What these rows of the label file say of the page.
    ///
    /// # Errors
    /// [`Error::Labels`] when a row's selector or label is wrong.
    pub fn labels(&self, rows: &[LabelRow], file: &Path) -> Result<PageLabels> {
        let mut labels = PageLabels {
            site: rows.iter().find_map(|r| r.site.clone()),
            ..PageLabels::default()
        };
        for row in rows {
            if row.selector.is_empty() {
                labels.gate = labels.gate.or(Gate::parse(&row.label));
                continue;
            }
            let block = row
                .run
                .and_then(|run| self.by_row.get(&(row.selector.clone(), run)));
            match (block, Label::parse(&row.label)) {
                (Some(block), Some(label)) => {
                    labels.own.insert(*block, label);
                }
                _ => labels.wide.push(row.clone()),
            }
        }
        labels.inherited = vec![None; self.answer.blocks.len()];
        if !labels.wide.is_empty() {
            let selectors: Vec<String> = labels.wide.iter().map(|r| r.selector.clone()).collect();
            let (prepared, found) = prepare_selected(&self.bytes, InputKind::Html, &self.limits, &selectors)?;
            let wide: Vec<&LabelRow> = labels.wide.iter().collect();
            labels.inherited =
                join_rows(&prepared.outline, &wide, found).map_err(|(row, reason)| Error::Labels {
                    path: file.to_owned(),
                    line: row.line,
                    reason,
                })?;
        }
        Ok(labels)
    }

    /// The rows that say this: gate, wide rows as they stood, then a row for each block.
    pub fn rows(&self, labels: &PageLabels) -> Vec<LabelRow> {
        let site = labels.site.clone().or_else(|| self.site());
        let row = |selector: &str, label: &str, run| LabelRow {
            page: self.name.clone(),
            selector: selector.to_owned(),
            label: label.to_owned(),
            run,
            site: site.clone(),
            line: 0,
        };
        let mut rows = Vec::new();
        rows.extend(labels.gate.map(|g| row("", g.name(), None)));
        let wide = labels.wide.iter().cloned();
        rows.extend(wide.map(|r| LabelRow {
            site: site.clone(),
            ..r
        }));
        for (block, label) in &labels.own {
            let selector = self.answer.blocks[*block].selector.as_deref();
            let run = self.prepared.outline.blocks[*block].run;
            rows.push(row(selector.unwrap_or("html"), label.name(), Some(run)));
        }
        rows
    }

    /// The site that the page's address names.
    pub fn site(&self) -> Option<String> {
        site_of(self.prepared.meta.url.as_deref())
    }

    /// How doubtful the label of each block is, 0 to 1.
    pub fn doubts(&self) -> Vec<f32> {
        let blocks = self.answer.blocks.iter();
        blocks
            .map(|b| {
                if b.repeats.is_some() {
                    0.0
                } else {
                    1.0 - b.confidence
                }
            })
            .collect()
    }

    /// Containers of two blocks and more, as ranges of blocks, inner ones before outer ones, each range once.
    pub fn containers(&self) -> Vec<(u32, u32, String)> {
        let mut seen = std::collections::HashSet::new();
        let mut list: Vec<(u32, u32, String)> = self
            .prepared
            .outline
            .elements
            .iter()
            .rev()
            .filter(|e| e.block_count() > 1 && seen.insert((e.first_block, e.end_block)))
            .map(|e| {
                (
                    e.first_block,
                    e.end_block,
                    self.prepared.outline.tag_name(e).to_owned(),
                )
            })
            .collect();
        list.sort_by_key(|(first, end, _)| end - first);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::embedded;

    fn open(page: &str) -> Opened {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.html");
        std::fs::write(&path, page).unwrap();
        Opened::read(&path, "a.html", &embedded().unwrap(), &Limits::default()).unwrap()
    }

    fn row(selector: &str, label: &str, run: Option<u32>) -> LabelRow {
        LabelRow {
            page: "a.html".to_owned(),
            selector: selector.to_owned(),
            label: label.to_owned(),
            run,
            site: None,
            line: 2,
        }
    }

    const PAGE: &str = "<link rel=canonical href='https://news.gazette.example/1'><nav>Home</nav><main><h1>A mill</h1><p>one<br>two</p></main>";

    #[test]
    fn rows_of_a_person_stay_and_rows_for_blocks_go_before_them() {
        let page = open(PAGE);
        let written = [
            row("", "soft", None),
            row("body", "navigation", None),
            row("main", "content", None),
        ];
        let mut labels = page.labels(&written, Path::new("labels.csv")).unwrap();
        use Label::{Content, Navigation, Subscription};
        let all = |l: &PageLabels| (0..4).map(|i| l.label(i)).collect::<Vec<_>>();
        assert_eq!(
            all(&labels),
            [Some(Navigation), Some(Content), Some(Content), Some(Content)]
        );
        assert_eq!(labels.gate, Some(Gate::Soft));
        labels.own.insert(3, Subscription);
        let rows = page.rows(&labels);
        assert_eq!(rows.len(), 4);
        assert_eq!(
            (rows[3].run, rows[3].site.as_deref()),
            (Some(2), Some("gazette.example"))
        );
        let again = page.labels(&rows, Path::new("labels.csv")).unwrap();
        assert_eq!(
            all(&again),
            [Some(Navigation), Some(Content), Some(Content), Some(Subscription)]
        );
        assert_eq!(page.rows(&again), rows);
    }

    #[test]
    fn what_is_written_is_what_train_reads() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.html"), PAGE).unwrap();
        let page = open(PAGE);
        let mut labels = page.labels(&[], Path::new("labels.csv")).unwrap();
        labels.own = BTreeMap::from([
            (0, Label::Navigation),
            (2, Label::Content),
            (3, Label::Subscription),
        ]);
        labels.gate = Some(Gate::Hard);
        let file = std::fs::File::create(dir.path().join("labels.csv")).unwrap();
        crate::corpus::write_labels(file, page.rows(&labels).iter()).unwrap();
        let read = crate::corpus::load_labelled(dir.path(), &Limits::default()).unwrap();
        let got: Vec<_> = read.pages[0].labels.iter().map(|g| g.map(|g| g.label)).collect();
        assert_eq!(got, (0..4).map(|i| labels.label(i)).collect::<Vec<_>>());
        assert_eq!(
            (read.pages[0].gate, read.pages[0].site.as_str()),
            (Some(Gate::Hard), "gazette.example")
        );
    }

    #[test]
    fn containers_are_ranges_from_the_inside_out() {
        let ranges: Vec<_> = open(PAGE)
            .containers()
            .into_iter()
            .map(|(a, b, _)| (a, b))
            .collect();
        assert_eq!(ranges, [(2, 4), (1, 4), (0, 4)]);
    }

    #[test]
    fn a_wrong_selector_names_its_line() {
        let error = open(PAGE)
            .labels(&[row("p[", "content", None)], Path::new("labels.csv"))
            .unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
