//! What starts and ends a block, in reading order, with the elements that hold the blocks.
//! The results are plain data without a DOM handle. Knows no feature and no label.

mod lines;
mod names;
mod outline;
mod owners;
mod segment;
mod selector;
pub mod words;

pub use lines::outline_of_text;
pub use names::{Name, Names};
pub use outline::{Block, Element, Field, Mark, Marks, Outline};
pub use owners::text_owners;
pub use segment::outline_of_dom;
