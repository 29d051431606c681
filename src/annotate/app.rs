//! What the annotator knows and does, without the web: pages, labels, queue, model. Everything here may block.

use super::opened::{Opened, PageLabels};
use super::queue::{Queue, Summary};
use super::retrain::Training;
use super::store::LabelStore;
use crate::corpus::page_path;
use crate::error::{Error, Result};
use crate::input::{Source, find_sources};
use crate::label::{Gate, Label};
use crate::model::Model;
use crate::pipeline::Limits;
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// What the annotator is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of saved pages.
    pub folder: PathBuf,
    /// Label file to write.
    pub labels: PathBuf,
    /// Where a retrained model goes.
    pub model_file: PathBuf,
    /// Model that labels first and that training starts from.
    pub model: Arc<Model>,
    /// Bounds on a page.
    pub limits: Limits,
    /// Address to listen on; port 0 takes any.
    pub listen: SocketAddr,
    /// Names beside `localhost` and addresses under which browsers may ask for the app.
    pub hosts: Vec<String>,
}

/// Pages that are kept open.
const MOST_OPEN: usize = 6;

/// The annotator.
pub struct App {
    pub(super) options: Options,
    /// Names of the pages, in order; a page's number is its place here.
    pub(super) pages: Vec<String>,
    pub(super) store: Mutex<LabelStore>,
    /// The model that labels now: the one of the start, or a retrained one.
    model: RwLock<Arc<Model>>,
    pub(super) queue: Mutex<Queue>,
    open: Mutex<VecDeque<(usize, Arc<Opened>)>>,
    pub(super) training: Mutex<Training>,
    /// Sites that a person named, for pages that have no row to hold them yet.
    sites: Mutex<HashMap<String, String>>,
}

/// What changes on a page as a person works.
#[derive(Debug, Serialize)]
pub struct PageState {
    /// The person's label of each block.
    pub labels: Vec<Option<Label>>,
    /// The person's gate.
    pub gate: Option<Gate>,
    /// The page's site.
    pub site: Option<String>,
    /// Changes that can be taken back.
    pub undo: usize,
    /// Labelled blocks, blocks, and pages of all.
    pub progress: super::queue::Progress,
}

/// Locks; a panic elsewhere must not stop all work.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names of the pages with markup in a folder, in order. Names that aren't UTF-8 can't stand in a label file.
fn pages_below(folder: &Path) -> Result<Vec<String>> {
    let none = || Error::NoInput {
        path: folder.to_owned(),
    };
    if !folder.is_dir() {
        return Err(none());
    }
    let is_page = |name: &str| {
        let name = name.to_ascii_lowercase();
        let plain = name
            .strip_suffix(".gz")
            .or(name.strip_suffix(".zst"))
            .unwrap_or(&name);
        [".html", ".htm", ".xhtml"].iter().any(|e| plain.ends_with(e))
    };
    let mut names = Vec::new();
    for source in find_sources(folder)? {
        if let Source::File(path) = source?
            && let Some(name) = path.strip_prefix(folder).ok().and_then(Path::to_str)
            && is_page(name)
        {
            names.push(name.to_owned());
        }
    }
    if names.is_empty() { Err(none()) } else { Ok(names) }
}

impl App {
    /// Finds the pages and reads the label file.
    ///
    /// # Errors
    /// [`Error::NoInput`] for a folder without pages, and as [`LabelStore::open`].
    pub fn new(options: Options) -> Result<App> {
        let pages = pages_below(&options.folder)?;
        Ok(App {
            store: Mutex::new(LabelStore::open(&options.labels)?),
            model: RwLock::new(Arc::clone(&options.model)),
            queue: Mutex::new(Queue::new(pages.len())),
            open: Mutex::default(),
            training: Mutex::default(),
            sites: Mutex::default(),
            pages,
            options,
        })
    }

    /// The model that labels now.
    pub fn model(&self) -> Arc<Model> {
        Arc::clone(&self.model.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Labels with another model from now on: what the former one read is forgotten.
    pub fn use_model(&self, model: Arc<Model>) {
        *self.model.write().unwrap_or_else(PoisonError::into_inner) = model;
        lock(&self.open).clear();
        lock(&self.queue).forget();
    }

    /// The page with this number.
    ///
    /// # Errors
    /// [`Error::NoInput`] for no page of ours, else as reading it.
    pub fn open(&self, id: usize) -> Result<Arc<Opened>> {
        if let Some((_, page)) = lock(&self.open).iter().find(|(at, _)| *at == id) {
            return Ok(Arc::clone(page));
        }
        let model = self.model();
        let page = Arc::new(self.read(id, &model)?);
        let mut open = lock(&self.open);
        // a page that a former model read is not kept
        if Arc::ptr_eq(&page.model, &self.model()) {
            open.push_front((id, Arc::clone(&page)));
            open.truncate(MOST_OPEN);
        }
        Ok(page)
    }

    /// Reads a page without keeping it.
    pub(super) fn read(&self, id: usize, model: &Arc<Model>) -> Result<Opened> {
        let name = self.pages.get(id).ok_or_else(|| Error::NoInput {
            path: self.options.folder.join(id.to_string()),
        })?;
        let path = page_path(&self.options.folder, name)?;
        Opened::read(&path, name, model, &self.options.limits)
    }

    /// What the label file says of a page now.
    fn labels_of(&self, page: &Opened, store: &mut LabelStore) -> Result<PageLabels> {
        store.refresh()?;
        let mut labels = page.labels(store.rows(&page.name), self.label_file())?;
        if store.rows(&page.name).is_empty() {
            labels.site = lock(&self.sites).get(&page.name).cloned();
        }
        Ok(labels)
    }

    /// The label file.
    pub fn label_file(&self) -> &Path {
        &self.options.labels
    }

    /// What a page's labels are now.
    ///
    /// # Errors
    /// As [`App::open`], and rows that are wrong.
    pub fn state(&self, id: usize) -> Result<PageState> {
        let page = self.open(id)?;
        let mut store = lock(&self.store);
        let labels = self.labels_of(&page, &mut store)?;
        Ok(self.state_of(id, &page, &labels, store.undoable(&page.name)))
    }

    fn state_of(&self, id: usize, page: &Opened, labels: &PageLabels, undo: usize) -> PageState {
        let mut queue = lock(&self.queue);
        // what a former model says of the page is no longer asked for
        if Arc::ptr_eq(&page.model, &self.model()) {
            queue.put(id, Summary::of(page, labels));
        }
        PageState {
            labels: (0..page.answer.blocks.len()).map(|i| labels.label(i)).collect(),
            gate: labels.gate,
            site: labels.site.clone().or_else(|| page.site()),
            undo,
            progress: queue.progress(),
        }
    }

    /// Changes a page's labels, on disk as well.
    fn change(&self, id: usize, change: impl FnOnce(&mut PageLabels)) -> Result<PageState> {
        let page = self.open(id)?;
        let mut store = lock(&self.store);
        let before = self.labels_of(&page, &mut store)?;
        let mut after = before.clone();
        change(&mut after);
        let rows = page.rows(&after);
        // without a row there is nothing to write a site into
        if after != before && !(rows.is_empty() && store.rows(&page.name).is_empty()) {
            store.replace(&page.name, rows)?;
        }
        Ok(self.state_of(id, &page, &after, store.undoable(&page.name)))
    }

    /// Labels blocks, or takes their labels away; numbers of no block are passed over.
    ///
    /// # Errors
    /// As [`LabelStore::replace`].
    pub fn label(&self, id: usize, set: &[(usize, Option<Label>)]) -> Result<PageState> {
        let blocks = self.open(id)?.answer.blocks.len();
        self.change(id, |labels| {
            for (block, label) in set.iter().filter(|(block, _)| *block < blocks) {
                match label {
                    Some(label) => labels.own.insert(*block, *label),
                    None => labels.own.remove(block),
                };
            }
        })
    }

    /// Judges the page's gate, or takes the judgement away.
    ///
    /// # Errors
    /// As [`LabelStore::replace`].
    pub fn judge(&self, id: usize, gate: Option<Gate>) -> Result<PageState> {
        self.change(id, |labels| labels.gate = gate)
    }

    /// Names the page's site; an empty text takes the name away.
    ///
    /// # Errors
    /// As [`LabelStore::replace`].
    pub fn name_site(&self, id: usize, site: &str) -> Result<PageState> {
        let site = site.trim();
        let site = (!site.is_empty()).then(|| site.to_owned());
        let name = self.open(id)?.name.clone();
        let state = self.change(id, |labels| labels.site.clone_from(&site))?;
        match site {
            Some(site) => lock(&self.sites).insert(name, site),
            None => lock(&self.sites).remove(&name),
        };
        Ok(state)
    }

    /// Takes the last change of a page back.
    ///
    /// # Errors
    /// As [`LabelStore::undo`].
    pub fn undo(&self, id: usize) -> Result<PageState> {
        let page = self.open(id)?;
        let mut store = lock(&self.store);
        store.refresh()?;
        store.undo(&page.name)?;
        let labels = self.labels_of(&page, &mut store)?;
        Ok(self.state_of(id, &page, &labels, store.undoable(&page.name)))
    }
}
