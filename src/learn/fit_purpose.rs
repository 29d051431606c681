//! Fits the purposes of prompts: a multinomial regression over hashed words by AdaGrad (Duchi et al. 2011) on
//! short texts of ours, and on the prompts of judged pages, of which only the page's gate is known.

use super::rng::Rng;
use crate::verdict::{NO_PROMPT, OUTPUTS, Purpose, PurposeModel, PurposeScores, share};

/// A text whose purpose is known; `None` is no prompt.
#[derive(Debug, Clone)]
pub struct PurposeRow {
    /// Buckets of its words.
    pub tokens: Vec<u16>,
    /// Its purpose.
    pub purpose: Option<Purpose>,
    /// How much it counts.
    pub weight: f32,
}

/// The prompts of a judged page.
#[derive(Debug, Clone)]
pub struct PromptsOfPage {
    /// Buckets of each prompt.
    pub prompts: Vec<Vec<u16>>,
    /// Whether the page is gated.
    pub gated: bool,
}

const EPOCHS: usize = 8;
/// Epochs on texts of known purpose alone.
const WARM_UP: usize = 3;
const RATE: f32 = 0.35;
const DECAY: f32 = 2e-4;
const FIRST_SQUARE: f32 = 1e-2;
/// What a prompt of a judged page counts.
const PAGE_WEIGHT: f32 = 0.5;

/// Fits the model.
pub fn fit_purposes(rows: &[PurposeRow], pages: &[PromptsOfPage], seed: u64) -> PurposeModel {
    let mut model = PurposeModel::default();
    let mut squares = vec![[FIRST_SQUARE; OUTPUTS]; model.weights.len()];
    let mut bias_squares = [FIRST_SQUARE; OUTPUTS];
    let mut rng = Rng::new(seed);
    let mut order: Vec<usize> = (0..rows.len() + pages.len()).collect();
    let balance = balance(rows);
    for epoch in 0..EPOCHS {
        rng.shuffle(&mut order);
        for &at in &order {
            if let Some(row) = rows.get(at) {
                let mut target = [0.0; OUTPUTS];
                target[row.purpose.map_or(NO_PROMPT, |p| p as usize)] = 1.0;
                let p = model.predict_tokens(&row.tokens);
                step(
                    &mut model,
                    &mut squares,
                    &mut bias_squares,
                    &row.tokens,
                    p,
                    target,
                    row.weight * balance[row.purpose.map_or(NO_PROMPT, |p| p as usize)],
                );
            } else if epoch >= WARM_UP {
                learn_page(
                    &mut model,
                    &mut squares,
                    &mut bias_squares,
                    &pages[at - rows.len()],
                );
            }
        }
    }
    model.rounded()
}

/// Weights by which the texts of each purpose count the same in all, however many there are.
fn balance(rows: &[PurposeRow]) -> PurposeScores {
    let mut totals = [0.0; OUTPUTS];
    for row in rows {
        totals[row.purpose.map_or(NO_PROMPT, |p| p as usize)] += row.weight;
    }
    let prompts: f32 = Purpose::ALL.iter().map(|p| totals[*p as usize]).sum();
    let mean = prompts / Purpose::ALL.len() as f32;
    let mut balance = totals.map(|total| if total > 0.0 { mean / total } else { 1.0 });
    balance[NO_PROMPT] = 1.0;
    balance
}

/// On a page without a gate no prompt is one; on a gated page the likeliest is.
fn learn_page(
    model: &mut PurposeModel,
    squares: &mut [[f32; OUTPUTS]],
    bias_squares: &mut [f32; OUTPUTS],
    page: &PromptsOfPage,
) {
    let gate = Purpose::Gate as usize;
    let scores: Vec<PurposeScores> = page.prompts.iter().map(|t| model.predict_tokens(t)).collect();
    let best = (0..scores.len()).max_by(|a, b| scores[*a][gate].total_cmp(&scores[*b][gate]).then(b.cmp(a)));
    let weight = PAGE_WEIGHT / (page.prompts.len().max(1) as f32).sqrt();
    for (i, (tokens, p)) in page.prompts.iter().zip(scores).enumerate() {
        let mut target = p;
        if page.gated {
            if best != Some(i) && p[gate] < 0.5 {
                continue;
            }
            target = [0.0; OUTPUTS];
            target[gate] = 1.0;
        } else {
            let rest = (1.0 - p[gate]).max(1e-3);
            target[gate] = 0.0;
            for t in &mut target {
                *t /= rest;
            }
        }
        let weight = if best == Some(i) { PAGE_WEIGHT } else { weight };
        step(model, squares, bias_squares, tokens, p, target, weight);
    }
}

fn step(
    model: &mut PurposeModel,
    squares: &mut [[f32; OUTPUTS]],
    bias_squares: &mut [f32; OUTPUTS],
    tokens: &[u16],
    p: PurposeScores,
    target: [f32; OUTPUTS],
    weight: f32,
) {
    let slope: [f32; OUTPUTS] = std::array::from_fn(|k| (p[k] - target[k]) * weight);
    for k in 0..OUTPUTS {
        bias_squares[k] += slope[k] * slope[k];
        model.bias[k] -= RATE * slope[k] / bias_squares[k].sqrt();
    }
    let s = share(tokens.len());
    for t in tokens {
        let (w, q) = (&mut model.weights[*t as usize], &mut squares[*t as usize]);
        for k in 0..OUTPUTS {
            let g = slope[k] * s + DECAY * w[k];
            q[k] += g * g;
            w[k] -= RATE * g / q[k].sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::tokens;

    fn row(text: &str, purpose: Option<Purpose>) -> PurposeRow {
        PurposeRow {
            tokens: tokens(text),
            purpose,
            weight: 1.0,
        }
    }

    #[test]
    fn purposes_are_learned_from_texts_and_gates_from_pages() {
        let rows: Vec<PurposeRow> = (0..30)
            .flat_map(|_| {
                [
                    row("unlock this article to read on", Some(Purpose::Gate)),
                    row("get our newsletter in your inbox", Some(Purpose::Newsletter)),
                    row("log in to save", None),
                ]
            })
            .collect();
        let gate = |m: &PurposeModel, t: &str| m.predict(t)[Purpose::Gate as usize];
        let plain = fit_purposes(&rows, &[], 1);
        assert!(gate(&plain, "unlock this article") > 0.6 && gate(&plain, "our newsletter") < 0.2);
        let page = |gated| PromptsOfPage {
            prompts: vec![tokens("zwart op wit verder")],
            gated,
        };
        let told = fit_purposes(&rows, &vec![page(true); 20], 1);
        let denied = fit_purposes(&rows, &vec![page(false); 20], 1);
        assert!(gate(&told, "zwart op wit verder") > 0.5 && gate(&denied, "zwart op wit verder") < 0.3);
        assert_eq!(told, fit_purposes(&rows, &vec![page(true); 20], 1));
    }
}
