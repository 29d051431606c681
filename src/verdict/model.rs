//! The verdict's model and its file: purposes of prompts, and two linfa regressions over the page's columns.
//! A version-checked JSON file of its own, so that it can be trained again after any new block model.

use super::column_table::{COLUMNS, EvidenceKind, names};
use super::purpose::{OUTPUTS, PurposeModel};
use super::tokens::BITS;
use crate::error::{Error, Result};
use crate::model::{FileKind, fits, pack, scaled};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

const FILE: FileKind = FileKind {
    format: "tollgate-verdict",
    version: 1,
    most: 16 << 20,
    noun: "verdict model",
};
/// The shipped model file.
const BYTES: &[u8] = include_bytes!("../../models/verdict-4/model.json.gz");

/// A regression over scaled columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regression {
    /// Mean of each column over the training pages.
    pub mean: Vec<f64>,
    /// Standard deviation of each column.
    pub deviation: Vec<f64>,
    /// Weight of each scaled column.
    pub weights: Vec<f64>,
    /// What every page starts from.
    pub intercept: f64,
    /// Slope and shift of the log-odds, fitted on pages that were held out.
    pub calibration: [f64; 2],
}

/// The verdict's model.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictModel {
    /// Name, for example `verdict-4`.
    pub name: String,
    /// Purposes of prompts.
    pub purposes: PurposeModel,
    /// Whether a page is gated.
    pub gated: Regression,
    /// Whether a gated page withholds text.
    pub hard: Regression,
    /// What it was trained on.
    pub provenance: VerdictProvenance,
}

/// What a verdict model was trained on; numbers only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictProvenance {
    /// Pages without a gate, with a soft one, with a hard one.
    pub pages: [usize; 3],
    /// Sites.
    pub sites: usize,
    /// Short texts with a purpose.
    pub phrases: usize,
    /// Seed of all orders.
    pub seed: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictFile {
    format: String,
    version: u32,
    name: String,
    columns: Vec<String>,
    token_bits: u32,
    purpose_step: f32,
    purpose_bias: [f32; OUTPUTS],
    purpose_weights: String,
    gated: Regression,
    hard: Regression,
    provenance: VerdictProvenance,
}

impl Regression {
    /// The scaled columns of a page.
    pub fn scaled(&self, row: &[f32]) -> impl Iterator<Item = f64> {
        scaled(row, &self.mean, &self.deviation)
    }

    /// Log-odds before calibration.
    pub fn raw(&self, row: &[f32]) -> f64 {
        let sum: f64 = self.scaled(row).zip(&self.weights).map(|(x, w)| x * w).sum();
        self.intercept + sum
    }

    /// Calibrated log-odds.
    pub fn log_odds(&self, row: &[f32]) -> f64 {
        self.calibration[0] * self.raw(row) + self.calibration[1]
    }

    /// What the columns of a kind of evidence add to the log-odds, beside a page that has none of it (0).
    pub fn share(&self, row: &[f32], kind: EvidenceKind) -> f64 {
        let none = [0.0; COLUMNS.len()];
        let columns = self.scaled(row).zip(self.scaled(&none)).zip(&self.weights);
        let sum: f64 = columns
            .zip(COLUMNS)
            .filter(|(_, (_, of))| *of == Some(kind))
            .map(|(((x, zero), w), _)| (x - zero) * w)
            .sum();
        self.calibration[0] * sum
    }

    fn fault(&self) -> Option<&'static str> {
        let lists = [&self.mean, &self.deviation, &self.weights];
        if lists.iter().any(|l| l.len() != COLUMNS.len()) {
            return Some("a regression has another number of columns");
        }
        let fit = lists.iter().all(|l| l.iter().all(|v| fits(*v)));
        let single = [self.intercept, self.calibration[0], self.calibration[1]];
        if !fit || !single.iter().all(|v| fits(*v)) {
            return Some("a regression has a number that is too large or not finite");
        }
        if self.deviation.iter().any(|d| *d <= 0.0) || self.calibration[0] <= 0.0 {
            return Some("a regression has a scale that is not positive");
        }
        None
    }
}

/// Probability of log-odds.
pub fn probability(log_odds: f64) -> f32 {
    (1.0 / (1.0 + libm::exp(-log_odds))) as f32
}

impl VerdictModel {
    /// Reads a model from the bytes of a model file; `origin` is named in errors.
    ///
    /// # Errors
    /// [`Error::Model`] when the bytes are no verdict model, of another version or columns, or damaged.
    pub fn from_bytes(bytes: &[u8], origin: &str) -> Result<VerdictModel> {
        let refuse = |reason: String| Error::Model {
            origin: origin.to_owned(),
            reason,
        };
        let file: VerdictFile = FILE.unpack(bytes).map_err(refuse)?;
        if !file.columns.iter().eq(names()) || file.token_bits != BITS {
            return Err(refuse(
                "was trained on other columns than this program computes; train it again".to_owned(),
            ));
        }
        if let Some(fault) = file.gated.fault().or(file.hard.fault()) {
            return Err(refuse(fault.to_owned()));
        }
        let raw = STANDARD
            .decode(&file.purpose_weights)
            .map_err(|e| refuse(format!("purpose weights: {e}")))?;
        let finite = fits(file.purpose_step) && file.purpose_bias.iter().all(|b| fits(*b));
        if raw.len() != (1 << BITS) * OUTPUTS || !finite {
            return Err(refuse("the purpose weights are damaged".to_owned()));
        }
        let weights = raw
            .chunks_exact(OUTPUTS)
            .map(|c| std::array::from_fn(|k| f32::from(c[k] as i8) * file.purpose_step))
            .collect();
        Ok(VerdictModel {
            name: file.name,
            purposes: PurposeModel {
                weights,
                bias: file.purpose_bias,
            },
            gated: file.gated,
            hard: file.hard,
            provenance: file.provenance,
        })
    }

    /// The bytes of the model file; the same model gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Model`] when the model can't be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let refuse = |e: String| Error::Model {
            origin: self.name.clone(),
            reason: e,
        };
        let (step, bytes) = quantised(&self.purposes);
        let file = VerdictFile {
            format: FILE.format.to_owned(),
            version: FILE.version,
            name: self.name.clone(),
            columns: names().map(str::to_owned).collect(),
            token_bits: BITS,
            purpose_step: step,
            purpose_bias: self.purposes.bias,
            purpose_weights: STANDARD.encode(bytes),
            gated: self.gated.clone(),
            hard: self.hard.clone(),
            provenance: self.provenance.clone(),
        };
        pack(&file).map_err(refuse)
    }

    /// The model that is part of the program, loaded once.
    ///
    /// # Errors
    /// [`Error::Model`] when the program was built with a model of other columns.
    pub fn embedded() -> Result<&'static VerdictModel> {
        static MODEL: OnceLock<std::result::Result<VerdictModel, String>> = OnceLock::new();
        let loaded = MODEL.get_or_init(|| {
            VerdictModel::from_bytes(BYTES, "embedded verdict").map_err(|e| match e {
                Error::Model { reason, .. } => reason,
                other => other.to_string(),
            })
        });
        loaded.as_ref().map_err(|reason| Error::Model {
            origin: "embedded verdict".to_owned(),
            reason: reason.clone(),
        })
    }
}

/// Weights as signed bytes: `weight = byte * step`.
fn quantised(model: &PurposeModel) -> (f32, Vec<u8>) {
    let largest = model
        .weights
        .iter()
        .flatten()
        .map(|w| w.abs())
        .fold(0.0, f32::max);
    let step = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    let bytes = model
        .weights
        .iter()
        .flatten()
        .map(|w| (w / step).round() as i8 as u8)
        .collect();
    (step, bytes)
}

impl PurposeModel {
    /// The same model with weights rounded to what the file can hold.
    pub fn rounded(&self) -> PurposeModel {
        let (step, bytes) = quantised(self);
        PurposeModel {
            weights: bytes
                .chunks_exact(OUTPUTS)
                .map(|c| std::array::from_fn(|k| f32::from(c[k] as i8) * step))
                .collect(),
            bias: self.bias,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_keep_their_size_within_a_step_and_no_weights_stay_none() {
        let mut model = PurposeModel {
            weights: vec![[0.0; OUTPUTS]; 2],
            bias: [0.5; OUTPUTS],
        };
        assert_eq!(model.rounded().weights, model.weights);
        model.weights[1][0] = -0.2;
        model.weights[0][OUTPUTS - 1] = 0.11;
        let rounded = model.rounded();
        assert_eq!(rounded.bias, model.bias);
        for (kept, given) in rounded
            .weights
            .iter()
            .flatten()
            .zip(model.weights.iter().flatten())
        {
            assert!((kept - given).abs() <= 0.1 / 127.0 + 1e-6, "{kept} for {given}");
        }
    }
}
