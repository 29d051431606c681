//! From a segmented page to numbers: a documented dense schema and hashed tokens.
//! Knows no label, no model and no corpus.

mod container;
mod context;
mod extract;
mod facts;
mod family;
mod lexicon;
mod markup;
mod matrix;
mod memo;
mod nesting;
mod order;
mod page_kind;
mod place;
mod schema;
mod standing;
mod structure;
mod text;
mod text_facts;
mod token_lists;
mod token_names;
mod tokens;
mod upward;

pub use context::{CONTEXT_COLUMNS, ContextWriter, Surroundings, context_columns, context_names};
pub use extract::{Around, CONTAINERS, DenseWriter, Features, PageRows, TOKEN_BITS};
pub use matrix::{Matrix, RowWriter, log1p, logit, ratio};
pub use page_kind::PAGE_COLUMNS;
pub use schema::Schema;
pub use standing::{STANDING_COLUMNS, Standing};
pub use token_lists::TokenLists;
pub use token_names::{TokenName, token_names};
