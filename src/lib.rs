//! Tollgate reads saved web pages and labels every block as content, subscription or navigation, and says
//! for the whole page whether the article is open or gated.
//!
//! ```no_run
//! let classifier = tollgate::Classifier::new()?;
//! let page = classifier.classify(&std::fs::read("page.html").unwrap())?;
//! for block in &page.blocks {
//!     println!("{:?} {:.2} {}", block.label, block.confidence, block.text);
//! }
//! # Ok::<(), tollgate::Error>(())
//! ```
//!
//! The way of the data: bytes -> decoded page -> DOM -> blocks -> features -> labels -> verdict -> report.
//! [`pipeline::prepare`] is the one function that turns bytes into blocks and features; classifying,
//! training and evaluating all pass through it.

// the command line speaks of the library by its name, wherever it is compiled
extern crate self as tollgate;

#[cfg(feature = "annotate")]
pub mod annotate;
pub mod blocks;
pub mod classifier;
#[doc(hidden)]
pub mod cli;
pub mod corpus;
pub mod error;
pub mod explain;
pub mod features;
pub mod input;
pub mod label;
pub mod learn;
pub mod model;
#[doc(hidden)]
pub mod number;
pub mod output;
pub mod page;
pub mod parts;
pub mod pipeline;
pub mod report;
pub mod result;
pub mod stage;
pub mod stream;
pub mod verdict;

pub use classifier::{Classifier, ClassifierBuilder};
pub use error::{Error, Result};
pub use label::{Gate, Label, Part};
pub use pipeline::{InputKind, Limits};
pub use result::PageResult;
