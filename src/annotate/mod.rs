//! The annotator: a local web app in which a person labels the blocks of a folder's pages, and teaches a
//! model with them.
//!
//! Saved pages are hostile. They are shown as inert copies (`page::inert_copy`) in a sandboxed frame of an opaque
//! origin, under a policy that runs one script of ours and fetches nothing (`frame`); every request must know
//! this machine's name for the app, a key and, to change anything, a token (`guard`).

mod app;
mod frame;
mod guard;
mod opened;
mod queue;
mod retrain;
mod routes;
mod store;
mod web;

pub use app::Options;
pub use routes::{Bound, bind};
pub use store::LabelStore;
