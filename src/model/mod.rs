//! The trained model: word scores, boosted trees, a linfa regression on top; its file format.
//! Knows no corpus and no command line; fitting is in `learn/`.

mod artifact;
mod blend;
mod block_model;
mod choice;
mod decide;
mod embedded;
mod file;
mod flat;
mod layout;
mod trees;
mod word_scores;

pub use artifact::{Model, Provenance};
pub use blend::{Blend, Class, scaled};
pub use block_model::{
    BLEND_COLUMNS, BlockModel, HEAD, TREES, WordStage, blend_rows, stage_columns, stage_rows, tree_scores,
};
pub use choice::{CHOICE, CHOICE_COLUMNS, ChoiceSums, Doubtful};
pub use decide::{Decision, HEAD_MATTER, decide};
pub use embedded::embedded;
pub use file::{FileKind, fits, pack};
pub use layout::Layout;
pub use trees::{Node, Tree, Trees};
pub use word_scores::{OUTPUTS, WordScores, normalised, scale, sigmoid};
