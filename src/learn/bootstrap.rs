//! 95 % intervals by bootstrap over pages (Efron, Tibshirani 1993): pages are drawn with replacement, and
//! the score of each drawing is taken. Differences inside an interval are ties.

use super::rng::Rng;

/// Drawings.
const ROUNDS: usize = 1000;
/// Share that is cut off at each end.
const TAIL: f64 = 0.025;

/// The interval of `score` over pages: `score` gets the numbers of the drawn pages, `pages` of them, some
/// more than once. `[0, 0]` without a page.
pub fn interval(pages: usize, seed: u64, score: impl Fn(&[usize]) -> f64) -> [f64; 2] {
    if pages == 0 {
        return [0.0, 0.0];
    }
    let mut rng = Rng::new(seed);
    let mut drawn = vec![0; pages];
    let mut scores: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            for d in &mut drawn {
                *d = rng.below(pages);
            }
            score(&drawn)
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    let at = |share: f64| scores[((ROUNDS - 1) as f64 * share).round() as usize];
    [at(TAIL), at(1.0 - TAIL)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_near_its_normal_one_and_the_same_each_time() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        let mean = |d: &[usize]| d.iter().map(|i| values[*i]).sum::<f64>() / d.len() as f64;
        let [low, high] = interval(values.len(), 3, mean);
        // 0.5 +- 1.96 * 0.5 / 20
        assert!(
            (low - 0.451).abs() < 0.01 && (high - 0.549).abs() < 0.01,
            "{low} {high}"
        );
        assert_eq!([low, high], interval(values.len(), 3, mean));
        assert_eq!(interval(0, 1, |_| 1.0), [0.0, 0.0]);
    }
}
