//! Which page to label next: the pages sorted by how many of their blocks are likely labelled wrong.

use super::app::{App, lock};
use super::opened::{Opened, PageLabels};
use crate::label::Gate;
use crate::verdict::Verdict;
use rayon::prelude::*;
use serde::Serialize;
use std::sync::Arc;

/// What the queue knows of a page.
#[derive(Debug, Clone)]
pub struct Summary {
    title: Option<String>,
    verdict: Option<Verdict>,
    gate: Option<Gate>,
    labelled: usize,
    blocks: usize,
    /// Sum of the doubts of what no person has labelled: the number of blocks that are likely wrong.
    doubt: f32,
    error: Option<String>,
}

/// An entry as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Number of the page.
    pub id: usize,
    /// Its name.
    pub name: String,
    title: Option<String>,
    verdict: Option<Verdict>,
    gate: Option<Gate>,
    labelled: usize,
    blocks: usize,
    doubt: String,
    error: Option<String>,
    /// Whether it has been read already.
    read: bool,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Progress {
    /// Pages of the folder.
    pub pages: usize,
    /// Pages that have been read.
    pub read: usize,
    /// Pages whose blocks are all labelled.
    pub done: usize,
    /// Pages with a label.
    pub begun: usize,
    /// Labelled blocks.
    pub labelled: usize,
    /// Blocks of the pages read.
    pub blocks: usize,
}

/// The pages' summaries.
#[derive(Debug)]
pub struct Queue {
    pages: Vec<Option<Summary>>,
    /// How often each page was gone to.
    visits: Vec<u32>,
    /// How often what is known of each page changed.
    changes: Vec<u32>,
}

impl Summary {
    /// Sums a page up.
    pub fn of(page: &Opened, labels: &PageLabels) -> Summary {
        let doubts = page.doubts();
        let open = (0..doubts.len()).filter(|i| labels.label(*i).is_none());
        Summary {
            title: page.answer.title.clone(),
            verdict: page.answer.paywall.as_ref().map(|p| p.verdict),
            gate: labels.gate,
            labelled: (0..doubts.len()).filter(|i| labels.label(*i).is_some()).count(),
            blocks: doubts.len(),
            // a sum of nothing is -0
            doubt: open.map(|i| doubts[i]).sum::<f32>() + 0.0,
            error: None,
        }
    }

    fn failed(error: String) -> Summary {
        Summary {
            title: None,
            verdict: None,
            gate: None,
            labelled: 0,
            blocks: 0,
            doubt: 0.0,
            error: Some(error),
        }
    }
}

impl Queue {
    /// A queue of so many pages that are not read yet.
    pub fn new(pages: usize) -> Queue {
        Queue {
            pages: vec![None; pages],
            visits: vec![0; pages],
            changes: vec![0; pages],
        }
    }

    /// Forgets the summaries: all pages are to be read anew.
    pub fn forget(&mut self) {
        self.pages.fill(None);
        self.changes.iter_mut().for_each(|n| *n += 1);
    }

    /// Notes a page.
    pub fn put(&mut self, id: usize, summary: Summary) {
        if let Some(place) = self.pages.get_mut(id) {
            *place = Some(summary);
            self.changes[id] += 1;
        }
    }

    /// Notes a page unless what is known of it changed since it had so many `changes`.
    fn put_unchanged(&mut self, id: usize, summary: Summary, changes: u32) {
        if self.changes[id] == changes {
            self.put(id, summary);
        }
    }

    /// Notes that someone went to a page.
    pub fn visit(&mut self, id: usize) {
        if let Some(visits) = self.visits.get_mut(id) {
            *visits += 1;
        }
    }

    /// How far the work is.
    pub fn progress(&self) -> Progress {
        let mut p = Progress {
            pages: self.pages.len(),
            ..Progress::default()
        };
        for s in self.pages.iter().flatten() {
            p.read += 1;
            p.labelled += s.labelled;
            p.blocks += s.blocks;
            p.begun += usize::from(s.labelled > 0);
            p.done += usize::from(s.labelled == s.blocks && s.error.is_none());
        }
        p
    }

    /// Numbers of the pages, the most doubtful first; pages that failed or are not read come last.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.pages.len()).collect();
        let doubt = |id: &usize| match &self.pages[*id] {
            Some(s) if s.error.is_none() => s.doubt,
            _ => -1.0,
        };
        order.sort_by(|a, b| doubt(b).total_cmp(&doubt(a)).then(a.cmp(b)));
        order
    }

    /// The page to go to, or to go to after this one: of the other pages with blocks to label those that were
    /// gone to least often, and of these the most doubtful.
    pub fn next(&self, after: Option<usize>) -> Option<usize> {
        let open = |id: &usize| match &self.pages[*id] {
            Some(s) => s.error.is_none() && s.labelled < s.blocks,
            None => true,
        };
        let others = self
            .order()
            .into_iter()
            .filter(|id| Some(*id) != after && open(id));
        // the first of equals
        others.min_by_key(|id| self.visits[*id])
    }

    /// An entry.
    pub fn entry(&self, id: usize, name: &str) -> Entry {
        let s = self.pages.get(id).and_then(Option::as_ref);
        Entry {
            id,
            name: name.to_owned(),
            title: s.and_then(|s| s.title.clone()),
            verdict: s.and_then(|s| s.verdict),
            gate: s.and_then(|s| s.gate),
            labelled: s.map_or(0, |s| s.labelled),
            blocks: s.map_or(0, |s| s.blocks),
            doubt: s.map_or(String::new(), |s| format!("{:.1}", s.doubt)),
            error: s.and_then(|s| s.error.clone()),
            read: s.is_some(),
        }
    }
}

/// Reads all pages with the model of now and sums them up, on as many threads as there are.
pub fn read_all(app: &Arc<App>) {
    // before the model is taken: what a former one says is dropped
    let changes = lock(&app.queue).changes.clone();
    let model = app.model();
    (0..app.pages.len()).into_par_iter().for_each(|id| {
        let summary = app.read(id, &model).and_then(|page| {
            let rows = lock(&app.store).rows(&page.name).to_vec();
            let labels = page.labels(&rows, app.label_file())?;
            Ok(Summary::of(&page, &labels))
        });
        let summary = summary.unwrap_or_else(|e| Summary::failed(e.to_string()));
        lock(&app.queue).put_unchanged(id, summary, changes[id]);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_with_the_most_likely_errors_comes_first_and_failed_ones_last() {
        let mut queue = Queue::new(4);
        let page = |doubt, labelled| Summary {
            doubt,
            labelled,
            blocks: 10,
            ..Summary::failed(String::new())
        };
        let fine = |doubt, labelled| Summary {
            error: None,
            ..page(doubt, labelled)
        };
        queue.put(0, fine(0.5, 10));
        queue.put(1, page(9.0, 0));
        queue.put(2, fine(3.0, 2));
        assert_eq!(queue.order(), [2, 0, 1, 3]);
        // the first is complete, the second failed, the last isn't read yet
        assert_eq!((queue.next(None), queue.next(Some(2))), (Some(2), Some(3)));
        queue.put(3, fine(0.0, 10));
        assert_eq!(queue.next(Some(2)), None);
        let p = queue.progress();
        assert_eq!(
            (p.pages, p.read, p.done, p.begun, p.labelled, p.blocks),
            (4, 4, 2, 3, 22, 40)
        );
    }

    #[test]
    fn going_on_passes_every_page_before_it_comes_back() {
        let mut queue = Queue::new(3);
        for (id, doubt) in [(0, 5.0), (1, 9.0), (2, 1.0)] {
            let fine = Summary {
                doubt,
                blocks: 10,
                error: None,
                ..Summary::failed(String::new())
            };
            queue.put(id, fine);
        }
        let mut at = None;
        let mut way = Vec::new();
        for _ in 0..6 {
            let next = queue.next(at).unwrap();
            queue.visit(next);
            way.push(next);
            at = Some(next);
        }
        assert_eq!(way, [1, 0, 2, 1, 0, 2]);
    }

    #[test]
    fn a_summary_of_an_older_reading_or_older_labels_is_dropped() {
        let mut queue = Queue::new(1);
        let labelled = |n| Summary {
            labelled: n,
            blocks: 9,
            ..Summary::failed(String::new())
        };
        let before = queue.changes[0];
        queue.put(0, labelled(3));
        queue.put_unchanged(0, labelled(2), before);
        assert_eq!(queue.progress().labelled, 3);
        let before = queue.changes[0];
        queue.forget();
        queue.put_unchanged(0, labelled(2), before);
        assert_eq!(queue.progress().read, 0);
    }
}
