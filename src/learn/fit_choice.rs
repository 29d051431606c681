//! Fits the choice of a page's body text: boosted trees that move the log-odds of doubtful blocks so that the
//! expected word F1 of each page grows, and not the likelihood of single blocks.
//!
//! With probabilities s of taking each block, w its words, y whether it is body text and G the body words of the
//! page, a page's F1 is 2 Σ s w y / (Σ s w + G), whose slope by s is 2 w (y - F1 / 2) / (Σ s w + G). A small share
//! of the logistic loss keeps the scores near the labels.

use super::binned::Binned;
use super::boost::{Boost, Slope};
use super::sample::Sample;
use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::model::{CHOICE_COLUMNS, Class, Doubtful, Trees, sigmoid};
use ndarray::ArrayView2;
use rayon::prelude::*;

/// What a page's F1 counts beside the pull of [`Boost::ridge`] and the least leaf.
const SCALE: f32 = 200.0;
/// What the logistic loss counts beside the F1.
const LOGISTIC: f32 = 0.07;
/// Least second derivative: the F1 is not convex in the scores.
const LEAST_CURVE: f32 = 0.02;

const BOOST: Boost = Boost {
    rounds: 60,
    leaves: 24,
    rate: 0.12,
    columns: 0.3,
    rows: 0.5,
    min_leaf: 5.0,
    ridge: 5.0,
    seed: 1,
};

/// A page whose body text is known.
struct Page {
    /// Its rows in the table, from the first to behind the last.
    rows: (usize, usize),
    /// Expected words taken from blocks that are out of doubt, and those of them that are body text.
    sure: [f32; 2],
    /// Words of body text.
    body: f32,
    weight: f32,
}

/// Labelled doubtful blocks of all pages.
#[derive(Default)]
struct Table {
    data: Vec<f32>,
    scores: Vec<f32>,
    words: Vec<f32>,
    is_body: Vec<f32>,
    pages: Vec<Page>,
}

impl Table {
    fn add(&mut self, sample: &Sample, doubtful: &Doubtful<'_>) {
        let words = &sample.features.around.words;
        let class = |i: usize| sample.labels[i].map(|l| Class::of(l.label, l.head));
        // head matter is content, but the reference texts say nothing of it
        let counts = |i: usize| class(i).is_some_and(|c| c != Class::Head);
        let is_body = |i: usize| f32::from(u8::from(class(i) == Some(Class::Body)));
        let body: f32 = (0..words.len()).map(|i| words[i] * is_body(i)).sum();
        if body == 0.0 {
            return;
        }
        let from = self.scores.len();
        doubtful.sums().each(&doubtful.blocks, |i, row| {
            if counts(i) {
                self.data.extend_from_slice(row);
                self.scores.push(doubtful.above[i]);
                self.words.push(words[i]);
                self.is_body.push(is_body(i));
            }
        });
        let mut sure = [0.0; 2];
        let is_sure = |i: &usize| counts(*i) && doubtful.blocks.binary_search(i).is_err();
        for i in (0..words.len()).filter(is_sure) {
            let taken = sigmoid(doubtful.above[i]) * words[i];
            sure = [sure[0] + taken, sure[1] + taken * is_body(i)];
        }
        self.pages.push(Page {
            rows: (from, self.scores.len()),
            sure,
            body,
            weight: sample.weight,
        });
    }

    /// Slopes of the loss by the score of each row.
    fn slopes(&self, scores: &[f32]) -> Vec<Slope> {
        let of_page = |page: &Page| -> Vec<Slope> {
            let rows = page.rows.0..page.rows.1;
            let taken: Vec<f32> = rows.clone().map(|r| sigmoid(scores[r])).collect();
            let [mut all, mut hits] = page.sure;
            for (s, r) in taken.iter().zip(rows.clone()) {
                all += s * self.words[r];
                hits += s * self.words[r] * self.is_body[r];
            }
            let size = (all + page.body).max(1.0);
            let half = hits / size;
            let slope = |(s, r): (f32, usize)| {
                let (y, curve) = (self.is_body[r], s * (1.0 - s));
                let k = page.weight * SCALE * self.words[r] / size;
                [
                    k * (LOGISTIC * (s - y) - 2.0 * (y - half) * curve),
                    (k * (LOGISTIC * curve + (curve / 2.0).max(LEAST_CURVE))).max(1e-9),
                ]
            };
            taken.into_iter().zip(rows).map(slope).collect()
        };
        self.pages.par_iter().flat_map_iter(of_page).collect()
    }
}

/// Fits the trees on probabilities of models that didn't see the pages. Without doubtful blocks there are none.
///
/// # Errors
/// [`Error::Training`].
pub fn fit_choice(samples: &[&Sample], probabilities: &[Matrix], seed: u64) -> Result<Trees> {
    let doubtful: Vec<Doubtful<'_>> = samples
        .par_iter()
        .zip(probabilities)
        .map(|(s, p)| Doubtful::read(p, &s.features.around, s.features.page_values()))
        .collect();
    let mut table = Table::default();
    for (sample, doubtful) in samples.iter().zip(&doubtful) {
        table.add(sample, doubtful);
    }
    drop(doubtful);
    if table.scores.is_empty() {
        return Ok(Trees::default());
    }
    let fault = |e: String| Error::Training {
        reason: format!("choice: {e}"),
    };
    let view = ArrayView2::from_shape((table.scores.len(), CHOICE_COLUMNS), &table.data)
        .map_err(|e| fault(e.to_string()))?;
    let binned = Binned::new(&view, seed);
    Boost { seed, ..BOOST }
        .fit_slopes(&binned, table.scores.clone(), |scores| table.slopes(scores))
        .map_err(|e| fault(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(words: &[f32], is_body: &[f32]) -> Table {
        Table {
            words: words.to_vec(),
            is_body: is_body.to_vec(),
            pages: vec![Page {
                rows: (0, words.len()),
                sure: [20.0, 10.0],
                body: 60.0,
                weight: 1.0,
            }],
            ..Table::default()
        }
    }

    #[test]
    fn slopes_are_those_of_the_word_f1_and_a_share_of_the_logistic_loss() {
        let (words, is_body) = ([30.0, 5.0, 20.0], [1.0, 0.0, 1.0]);
        let table = table(&words, &is_body);
        let loss = |scores: &[f32]| {
            let s: Vec<f32> = scores.iter().map(|x| sigmoid(*x)).collect();
            let all: f32 = 20.0 + (0..3).map(|i| s[i] * words[i]).sum::<f32>();
            let hits: f32 = 10.0 + (0..3).map(|i| s[i] * words[i] * is_body[i]).sum::<f32>();
            let f1 = 2.0 * hits / (all + 60.0);
            // the logistic part's weights are held still
            (-SCALE * f1, all + 60.0)
        };
        let at = [0.3, -0.2, 0.1];
        let slopes = table.slopes(&at);
        let size = loss(&at).1;
        for i in 0..3 {
            let [mut up, mut down] = [at; 2];
            up[i] += 0.01;
            down[i] -= 0.01;
            let by_f1 = (loss(&up).0 - loss(&down).0) / 0.02;
            let logistic = LOGISTIC * SCALE * words[i] / size * (sigmoid(at[i]) - is_body[i]);
            assert!(
                (slopes[i][0] - by_f1 - logistic).abs() < 0.05,
                "{i}: {slopes:?} {by_f1}"
            );
            assert!(slopes[i][1] > 0.0);
        }
    }
}
