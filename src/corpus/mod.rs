//! Labelled pages: gold corpora, labelled folders, alignment of gold text with blocks, splits by site.
//! Knows nothing of models and of the command line.

mod align;
mod block_rows;
mod folds;
mod gold;
mod join;
mod label_file;
mod labelled;
mod silent;
mod text_gold;

pub use align::{GoldLabel, align_main_text, align_segments};
pub use block_rows::block_rows;
pub use folds::folds_by_site;
pub use gold::{GoldPage, read_gold};
pub use join::join_rows;
pub use label_file::{LABEL_COLUMNS, LABEL_FILE, LabelRow, read_labels, write_labels};
pub use labelled::{
    Labelled, LabelledPage, load_all, load_label_file, load_labelled, load_lines, page_path, site_of,
};
pub use text_gold::{Prf, TextGold};
