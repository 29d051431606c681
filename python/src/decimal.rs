//! Probabilities as Python's numbers: the decimals that the JSON shows, not the binary fraction behind them.

/// The double that is nearest to the shortest decimal of a single.
pub fn shown(x: f32) -> f64 {
    x.to_string().parse().unwrap_or(f64::from(x))
}
