//! Fitting and scoring: word scores, boosted trees, the blend, cross-validation, metrics.
//! Explicit seeds everywhere. Knows nothing of the command line.

mod agreement;
mod binned;
mod boost;
mod bootstrap;
mod course;
mod cross;
mod curves;
mod fit;
mod fit_blend;
mod fit_choice;
mod fit_purpose;
mod fit_verdict;
mod fit_words;
mod metrics;
mod phrases;
mod purpose_rows;
mod rng;
mod rows;
mod sample;
mod train;

pub use agreement::{Agreement, Compared, Prefer, compare};
pub use binned::Binned;
pub use boost::Boost;
pub use bootstrap::interval;
pub use course::{Course, HeldOut, answers, cross_probabilities, probabilities};
pub use cross::{OutOfFold, cross_validate};
pub use curves::{Bin, Curve, precision_recall, reliability};
pub use fit::{FitParams, fit_block_model, fit_with_scores};
pub use fit_purpose::{PromptsOfPage, PurposeRow, fit_purposes};
pub use fit_verdict::{Judge, VerdictPage, cross_verdict, fit_verdict};
pub use fit_words::{WordParams, WordRow, fit_words};
pub use metrics::{Answer, Calibration, Confusion, GroupScore, Scorecard, scorecard};
pub use purpose_rows::purpose_rows;
pub use rng::Rng;
pub use rows::{base_rows, read_rows, write_rows};
pub use sample::{Sample, as_lines, data_hash};
pub use train::{TrainReport, Trained, fit_model, score_by_site, train_on_top};
