//! How far two people agree who labelled the same pages: Cohen's kappa over blocks and gates, the blocks on
//! which they differ, and what both files say together.

use crate::corpus::{GoldLabel, LabelledPage};
use crate::label::{Gate, Label};
use std::collections::HashMap;

/// Agreement on some items.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement<const N: usize> {
    /// Counts by the first person's answer (row) and the second's (column).
    pub table: [[u64; N]; N],
}

impl<const N: usize> Default for Agreement<N> {
    fn default() -> Self {
        Agreement { table: [[0; N]; N] }
    }
}

impl<const N: usize> Agreement<N> {
    /// Items that both answered.
    pub fn items(&self) -> u64 {
        self.table.iter().flatten().sum()
    }

    /// Share of the items on which both say the same; 0 without items.
    pub fn observed(&self) -> f64 {
        let same: u64 = (0..N).map(|i| self.table[i][i]).sum();
        same as f64 / self.items().max(1) as f64
    }

    /// Cohen's kappa (1960): agreement beyond what two people with these habits reach by chance. `None`
    /// where chance alone makes them agree always: no items, or one answer for all.
    pub fn kappa(&self) -> Option<f64> {
        let n = self.items() as f64;
        let chance: f64 = (0..N)
            .map(|i| {
                let first: u64 = self.table[i].iter().sum();
                let second: u64 = self.table.iter().map(|row| row[i]).sum();
                first as f64 / n * (second as f64 / n)
            })
            .sum();
        (n > 0.0 && chance < 1.0).then(|| (self.observed() - chance) / (1.0 - chance))
    }
}

/// Two people's labels side by side.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// Pages that both labelled.
    pub pages: usize,
    /// Agreement on blocks, in the order of [`Label::ALL`].
    pub blocks: Agreement<{ Label::COUNT }>,
    /// Agreement on gates: open, soft, hard.
    pub gates: Agreement<3>,
    /// Blocks that only the first or only the second labelled.
    pub alone: [u64; 2],
    /// Page, block and both labels where they differ.
    pub differing: Vec<(String, usize, Label, Label)>,
    /// The pages with what both say and what one says alone; where they differ, what `prefer` said.
    pub merged: Vec<LabelledPage>,
}

/// Whose label counts where two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    /// Nobody's: the block stays without a label.
    Neither,
    /// The first person's.
    First,
    /// The second person's.
    Second,
}

impl Prefer {
    fn merge<T: Copy + PartialEq>(self, a: Option<T>, b: Option<T>) -> Option<T> {
        match (a, b) {
            (Some(x), Some(y)) if x != y => match self {
                Prefer::Neither => None,
                Prefer::First => a,
                Prefer::Second => b,
            },
            _ => a.or(b),
        }
    }
}

/// Compares and merges two people's labels of the pages of one folder.
pub fn compare(first: Vec<LabelledPage>, second: Vec<LabelledPage>, prefer: Prefer) -> Compared {
    let mut out = Compared::default();
    let mut others: HashMap<String, LabelledPage> = second.into_iter().map(|p| (p.name.clone(), p)).collect();
    for mut page in first {
        let Some(other) = others.remove(&page.name) else {
            out.alone[0] += page.labels.iter().flatten().count() as u64;
            out.merged.push(page);
            continue;
        };
        out.pages += 1;
        for (block, (a, b)) in page.labels.iter_mut().zip(&other.labels).enumerate() {
            let (x, y) = (a.map(|g| g.label), b.map(|g| g.label));
            match (x, y) {
                (Some(x), Some(y)) => {
                    out.blocks.table[x.index()][y.index()] += 1;
                    if x != y {
                        out.differing.push((page.name.clone(), block, x, y));
                    }
                }
                (Some(_), None) => out.alone[0] += 1,
                (None, Some(_)) => out.alone[1] += 1,
                (None, None) => {}
            }
            *a = prefer.merge(x, y).map(|label| GoldLabel { label, head: false });
        }
        let index = |g: Gate| match g {
            Gate::Open => 0,
            Gate::Soft => 1,
            Gate::Hard => 2,
        };
        if let (Some(a), Some(b)) = (page.gate, other.gate) {
            out.gates.table[index(a)][index(b)] += 1;
        }
        page.gate = prefer.merge(page.gate, other.gate);
        // a page whose site nobody named stands for itself
        if page.site == page.name {
            page.site = other.site;
        }
        out.merged.push(page);
    }
    let mut rest: Vec<LabelledPage> = others.into_values().collect();
    for page in &rest {
        out.alone[1] += page.labels.iter().flatten().count() as u64;
    }
    out.merged.append(&mut rest);
    out.merged.sort_by(|a, b| a.name.cmp(&b.name));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappa_by_hand() {
        // Cohen's own kind of table: 20 + 15 agree of 50, chance is .5
        let table = Agreement {
            table: [[20, 5], [10, 15]],
        };
        assert!((table.observed() - 0.7).abs() < 1e-9);
        assert!((table.kappa().unwrap() - 0.4).abs() < 1e-9);
        let chance = Agreement {
            table: [[25, 25], [25, 25]],
        };
        assert!(chance.kappa().unwrap().abs() < 1e-9);
        let worse = Agreement {
            table: [[0, 5], [5, 0]],
        };
        assert!((worse.kappa().unwrap() + 1.0).abs() < 1e-9);
    }

    #[test]
    fn kappa_of_nothing_and_of_one_answer_alone_is_not_known() {
        assert_eq!(Agreement::<2>::default().kappa(), None);
        let one = Agreement {
            table: [[7, 0], [0, 0]],
        };
        assert_eq!((one.kappa(), one.observed()), (None, 1.0));
    }
}
