//! Why a block got its label: what features and words add to the model's score, in plain words.
//! Reads the model and changes nothing; knows no command line and no output format.

mod attribution;
mod page;
mod plain_words;

pub use attribution::{Attribution, Background};
pub use page::{BlockExplanation, Contribution, Explanation, Neighbour, WordContribution, explain};
pub use plain_words::{column_names, describe, shown_value};
