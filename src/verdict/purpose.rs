//! What a subscription block wants from the reader, by a linear model over its hashed words.
//! A newsletter box must never make a paywall, so the verdict listens to gates alone.

use super::tokens::{BITS, tokens};
use serde::{Deserialize, Serialize};

/// What a subscription block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Speaks of access to this page's text.
    Gate,
    /// Sells a subscription or membership.
    Offer,
    /// Asks for an address to send mail or messages to.
    Newsletter,
    /// Signing up or logging in for other reasons than reading on.
    Account,
    /// Asks for money without giving access for it.
    Donation,
}

impl Purpose {
    /// The purposes in the order of the model's outputs.
    pub const ALL: [Purpose; 5] = [
        Purpose::Gate,
        Purpose::Offer,
        Purpose::Newsletter,
        Purpose::Account,
        Purpose::Donation,
    ];

    /// The purpose's word in reports and in `purposes.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Gate => "gate",
            Purpose::Offer => "offer",
            Purpose::Newsletter => "newsletter",
            Purpose::Account => "account",
            Purpose::Donation => "donation",
        }
    }
}

/// Outputs of the model: the purposes, and text that is no prompt at all.
pub const OUTPUTS: usize = 6;
/// Output of text that is no prompt.
pub const NO_PROMPT: usize = 5;

/// Probability of each output.
pub type PurposeScores = [f32; OUTPUTS];

/// Word weights by output.
#[derive(Debug, Clone, PartialEq)]
pub struct PurposeModel {
    /// Weights of each bucket.
    pub weights: Vec<[f32; OUTPUTS]>,
    /// What every text starts from.
    pub bias: [f32; OUTPUTS],
}

impl Default for PurposeModel {
    fn default() -> Self {
        PurposeModel {
            weights: vec![[0.0; OUTPUTS]; 1 << BITS],
            bias: [0.0; OUTPUTS],
        }
    }
}

impl PurposeModel {
    /// Probabilities for a text.
    pub fn predict(&self, text: &str) -> PurposeScores {
        self.predict_tokens(&tokens(text))
    }

    /// Probabilities for the buckets of a text.
    pub fn predict_tokens(&self, buckets: &[u16]) -> PurposeScores {
        let mut sums = self.bias;
        let share = share(buckets.len());
        for b in buckets {
            for (sum, w) in sums.iter_mut().zip(&self.weights[*b as usize]) {
                *sum += share * w;
            }
        }
        softmax(sums)
    }
}

/// What one token counts among `n`: long texts are surer than short ones, but not in proportion.
pub fn share(n: usize) -> f32 {
    1.0 / (n.max(1) as f32).sqrt()
}

fn softmax(mut sums: [f32; OUTPUTS]) -> [f32; OUTPUTS] {
    let top = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for s in &mut sums {
        *s = libm::expf(*s - top);
    }
    let total: f32 = sums.iter().sum();
    sums.map(|s| s / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_weights_every_output_is_as_likely() {
        let p = PurposeModel::default().predict("Subscribe to read on");
        assert!(p.iter().all(|p| (p - 1.0 / 6.0).abs() < 1e-6));
    }

    #[test]
    fn purposes_stand_in_the_order_of_the_outputs() {
        for (i, p) in Purpose::ALL.into_iter().enumerate() {
            assert_eq!(p as usize, i);
        }
        assert!(Purpose::ALL.len() == NO_PROMPT);
    }
}
