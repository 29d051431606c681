//! Is the page's article open? Declared access (markup) and observed access (labelled blocks) kept apart.
//! Knows no format and no command line; fitting is in `learn/`.

mod blocked;
mod body;
mod column_table;
mod columns;
mod cues;
mod evidence;
mod gate_words;
mod judge;
mod model;
mod purpose;
mod scramble;
mod tokens;
mod units;
mod view;
mod walls;

pub use body::{Body, Ending};
pub use column_table::{COLUMNS, EvidenceKind};
pub use columns::PageFacts;
pub use cues::Cues;
pub use evidence::Evidence;
pub use gate_words::Cue;
pub use judge::{ContentStatus, GateKind, Observed, Verdict, judge};
pub use model::{Regression, VerdictModel, VerdictProvenance, probability};
pub use purpose::{NO_PROMPT, OUTPUTS, Purpose, PurposeModel, PurposeScores, share};
pub use tokens::tokens;
pub use units::{Prompt, Prompts, Unit};
pub use view::{LabelledView, subscription_column};
pub use walls::{GatedParts, Walls};
