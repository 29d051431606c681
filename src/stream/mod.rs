//! Many pages at a time, in bounded memory: the window between reading and writing, and what a thread does
//! with a record. Knows no command line and no format.

mod record;
mod window;

pub use record::{Classified, classify_record};
pub use window::{Next, PAGES_PER_THREAD, StopOnPanic, WINDOW_BYTES, Window};
