//! The label file that is being written: rows by page, on disk after every change, with undo. Knows neither
//! blocks nor the web.

use crate::corpus::{LABEL_COLUMNS, LabelRow, read_labels, write_labels};
use crate::error::{Error, Result};
use crate::output::write_file;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Changes of a page that can be taken back.
const MOST_UNDO: usize = 500;

/// A label file in memory and on disk.
#[derive(Debug)]
pub struct LabelStore {
    path: PathBuf,
    /// Pages in the order of the file, each with its rows in their order.
    pages: Vec<(String, Vec<LabelRow>)>,
    at: HashMap<String, usize>,
    /// What the file looked like when it was last read or written.
    stamp: Option<Stamp>,
    undo: HashMap<String, Vec<Vec<LabelRow>>>,
}

type Stamp = (SystemTime, u64);

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = path.metadata().ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

impl LabelStore {
    /// Reads a label file; it need not be there yet.
    ///
    /// # Errors
    /// As [`read_labels`], and when the file has columns that would be lost.
    pub fn open(path: &Path) -> Result<LabelStore> {
        let mut store = LabelStore {
            path: path.to_owned(),
            pages: Vec::new(),
            at: HashMap::new(),
            stamp: None,
            undo: HashMap::new(),
        };
        let stamp = stamp(path);
        if stamp.is_none() {
            return Ok(store);
        }
        store.refuse_other_columns()?;
        for row in read_labels(path)? {
            let at = store.place(&row.page);
            store.pages[at].1.push(row);
        }
        store.stamp = stamp;
        Ok(store)
    }

    /// Reads the file anew when another program changed it; nothing can be taken back then.
    ///
    /// # Errors
    /// As [`LabelStore::open`]; all stays as it was then, and nothing can be written before the file is mended.
    pub fn refresh(&mut self) -> Result<()> {
        if stamp(&self.path) != self.stamp {
            *self = LabelStore::open(&self.path)?;
        }
        Ok(())
    }

    fn refuse_other_columns(&self) -> Result<()> {
        let fault = |reason: String| Error::Labels {
            path: self.path.clone(),
            line: 1,
            reason,
        };
        let mut reader = csv::Reader::from_path(&self.path).map_err(|e| fault(e.to_string()))?;
        let headers = reader.headers().map_err(|e| fault(e.to_string()))?;
        let other = headers
            .iter()
            .map(|h| h.trim_start_matches('\u{feff}').trim())
            .find(|h| !LABEL_COLUMNS.contains(h));
        match other {
            Some(name) => Err(fault(format!(
                "column {name:?} would be lost when the file is written: take it out first"
            ))),
            None => Ok(()),
        }
    }

    fn place(&mut self, page: &str) -> usize {
        if let Some(at) = self.at.get(page) {
            return *at;
        }
        self.at.insert(page.to_owned(), self.pages.len());
        self.pages.push((page.to_owned(), Vec::new()));
        self.pages.len() - 1
    }

    /// The rows of a page.
    pub fn rows(&self, page: &str) -> &[LabelRow] {
        self.at.get(page).map_or(&[], |at| &self.pages[*at].1)
    }

    /// Changes of a page that can be taken back.
    pub fn undoable(&self, page: &str) -> usize {
        self.undo.get(page).map_or(0, Vec::len)
    }

    /// Replaces the rows of a page, on disk as well; when that fails, all stays as it was.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Labels`] when another program changed the file since it was last read.
    pub fn replace(&mut self, page: &str, rows: Vec<LabelRow>) -> Result<()> {
        let before = self.swap(page, rows)?;
        let stack = self.undo.entry(page.to_owned()).or_default();
        stack.push(before);
        if stack.len() > MOST_UNDO {
            stack.remove(0);
        }
        Ok(())
    }

    /// Takes back the last change of a page; false when there is none.
    ///
    /// # Errors
    /// As [`LabelStore::replace`].
    pub fn undo(&mut self, page: &str) -> Result<bool> {
        let Some(rows) = self.undo.get(page).and_then(|stack| stack.last()).cloned() else {
            return Ok(false);
        };
        self.swap(page, rows)?;
        if let Some(stack) = self.undo.get_mut(page) {
            stack.pop();
        }
        Ok(true)
    }

    fn swap(&mut self, page: &str, rows: Vec<LabelRow>) -> Result<Vec<LabelRow>> {
        if stamp(&self.path) != self.stamp {
            return Err(Error::Labels {
                path: self.path.clone(),
                line: 0,
                reason: "was changed by another program and has been read anew; nothing was changed"
                    .to_owned(),
            });
        }
        let at = self.place(page);
        let before = std::mem::replace(&mut self.pages[at].1, rows);
        if let Err(e) = self.save() {
            self.pages[at].1 = before;
            return Err(Error::io(&self.path, e));
        }
        Ok(before)
    }

    /// Writes a new file and gives it the name: what is called so is always whole.
    fn save(&mut self) -> std::io::Result<()> {
        let mut text = Vec::new();
        write_labels(&mut text, self.pages.iter().flat_map(|(_, rows)| rows))?;
        write_file(&self.path, &text)?;
        self.stamp = stamp(&self.path);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(page: &str, selector: &str, label: &str) -> LabelRow {
        LabelRow {
            page: page.to_owned(),
            selector: selector.to_owned(),
            label: label.to_owned(),
            run: None,
            site: None,
            line: 0,
        }
    }

    fn selectors(path: &Path) -> Vec<String> {
        let rows = read_labels(path).unwrap();
        rows.iter()
            .map(|r| format!("{} {}", r.page, r.selector))
            .collect()
    }

    #[test]
    fn each_change_is_on_disk_and_can_be_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        let mut store = LabelStore::open(&path).unwrap();
        store
            .replace("a.html", vec![row("a.html", "p", "content")])
            .unwrap();
        store
            .replace("b.html", vec![row("b.html", "nav", "navigation")])
            .unwrap();
        store
            .replace(
                "a.html",
                vec![row("a.html", "p", "content"), row("a.html", "div", "content")],
            )
            .unwrap();
        assert_eq!(selectors(&path), ["a.html p", "a.html div", "b.html nav"]);
        assert!(store.undo("a.html").unwrap());
        assert_eq!(selectors(&path), ["a.html p", "b.html nav"]);
        assert!(store.undo("a.html").unwrap());
        assert!(!store.undo("a.html").unwrap());
        assert_eq!(selectors(&path), ["b.html nav"]);
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "temporary files are left");
    }

    #[test]
    fn rows_of_other_pages_stay_as_a_person_wrote_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        std::fs::write(
            &path,
            "page,selector,label\na.html,body,navigation\nb.html,,hard\na.html,\"p, li\",content\n",
        )
        .unwrap();
        let mut store = LabelStore::open(&path).unwrap();
        store
            .replace("c.html", vec![row("c.html", "p", "content")])
            .unwrap();
        assert_eq!(
            selectors(&path),
            ["a.html body", "a.html p, li", "b.html ", "c.html p"]
        );
    }

    #[test]
    fn a_file_that_another_program_changed_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        let mut store = LabelStore::open(&path).unwrap();
        store
            .replace("a.html", vec![row("a.html", "p", "content")])
            .unwrap();
        std::fs::write(&path, "page,selector,label\nz.html,body,navigation\n").unwrap();
        let error = store.replace("a.html", Vec::new()).unwrap_err();
        assert!(error.to_string().contains("another program"), "{error}");
        assert_eq!(selectors(&path), ["z.html body"]);
        std::fs::write(&path, "page,selector\n").unwrap();
        assert!(store.refresh().is_err() && store.replace("a.html", Vec::new()).is_err());
        std::fs::write(&path, "page,selector,label\nz.html,body,navigation\n").unwrap();
        store.refresh().unwrap();
        store
            .replace("a.html", vec![row("a.html", "li", "content")])
            .unwrap();
        assert_eq!(selectors(&path), ["z.html body", "a.html li"]);
    }

    #[test]
    fn a_change_that_cannot_be_written_is_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("gone");
        std::fs::create_dir(&folder).unwrap();
        let mut store = LabelStore::open(&folder.join("labels.csv")).unwrap();
        std::fs::remove_dir(&folder).unwrap();
        assert!(
            store
                .replace("a.html", vec![row("a.html", "p", "content")])
                .is_err()
        );
        assert!(store.rows("a.html").is_empty() && store.undoable("a.html") == 0);
    }

    #[test]
    fn columns_that_would_be_lost_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        std::fs::write(&path, "page,selector,label,comment\na.html,body,navigation,x\n").unwrap();
        assert!(
            LabelStore::open(&path)
                .unwrap_err()
                .to_string()
                .contains("comment")
        );
    }
}
