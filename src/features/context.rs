//! Context features: what a first model thinks of a block's surroundings.
//!
//! Given a probability of each label for every block of a page, tells for each block what its neighbours,
//! containers, path groups and the whole page got. The second stage of the model reads these.

use super::extract::{Around, CONTAINERS};
use super::matrix::{Matrix, RowWriter, logit};
use crate::number::ln_1p;
use foldhash::HashMap;

const OFFSETS: [isize; 6] = [-3, -2, -1, 1, 2, 3];
/// What is told for each label: own, neighbours, window, heading, containers, groups, page.
const PLACES: usize = 1 + OFFSETS.len() + 3 + CONTAINERS + 2 + 1;
/// Labels that are told: the third probability follows from the two others.
const LABELS: usize = 2;

/// Number of context columns.
pub const CONTEXT_COLUMNS: usize = PLACES * LABELS + CONTAINERS + 2;
/// Names of the containers in their order.
const CONTAINER_NAMES: [&str; CONTAINERS] =
    ["container1", "container2", "container3", "card", "unit", "branch"];
/// A container larger than this is no unit whose one prompt tells of the rest.
const UNIT_BLOCKS: u32 = 80;

/// Names of the context columns, for the stage called `stage`.
pub fn context_names(stage: &str) -> Vec<String> {
    let mut names = Vec::with_capacity(CONTEXT_COLUMNS);
    for label in ["content", "subscription"] {
        let mut add = |n: String| names.push(format!("{stage}.{label}_{n}"));
        add("own".into());
        for o in OFFSETS {
            add(format!("near{o:+}"));
        }
        add("window".into());
        add("best_near".into());
        add("heading".into());
        for container in CONTAINER_NAMES {
            add(container.into());
        }
        add("path_group".into());
        add("class_group".into());
        add("page".into());
    }
    names.extend(CONTAINER_NAMES.map(|c| format!("{stage}.subscription_most_{c}")));
    names.push(format!("{stage}.blocks_since_content"));
    names.push(format!("{stage}.blocks_to_content"));
    names
}

/// Context columns of all blocks, from their `probabilities` (rows: blocks, columns: labels in
/// [`crate::label::Label::ALL`] order).
pub fn context_columns(around: &Around, probabilities: &Matrix) -> Matrix {
    let n = probabilities.rows();
    let mut out = Matrix::zeros(n, CONTEXT_COLUMNS);
    let surroundings = Surroundings::read(around, probabilities);
    let mut writer = surroundings.writer();
    for i in 0..n {
        writer.write(i, &mut RowWriter::new(out.row_mut(i)));
    }
    out
}

/// A page's probabilities, summed up by what stands around its blocks.
pub struct Surroundings<'a> {
    around: &'a Around,
    logit: Vec<[f32; LABELS]>,
    /// Of weighted probabilities and of weights before each block.
    sums: Vec<[f32; LABELS + 1]>,
    paths: Vec<[f32; LABELS]>,
    classes: Vec<[f32; LABELS]>,
    since: Vec<f32>,
    until: Vec<f32>,
}

impl<'a> Surroundings<'a> {
    /// Sums up the probabilities of a page.
    pub fn read(around: &'a Around, probabilities: &Matrix) -> Surroundings<'a> {
        let n = probabilities.rows();
        let weight: Vec<f32> = around.words.iter().map(|w| (1.0 + w).sqrt()).collect();
        let mut sums = vec![[0.0_f32; LABELS + 1]; n + 1];
        for i in 0..n {
            let row = probabilities.row(i);
            sums[i + 1] = [
                sums[i][0] + row[0] * weight[i],
                sums[i][1] + row[1] * weight[i],
                sums[i][2] + weight[i],
            ];
        }
        let (since, until) = content_distances(probabilities);
        Surroundings {
            around,
            logit: (0..n)
                .map(|i| [0, 1].map(|k: usize| logit(probabilities.row(i)[k])))
                .collect(),
            sums,
            paths: group_means(&around.path_group, probabilities, &weight),
            classes: group_means(&around.class_group, probabilities, &weight),
            since,
            until,
        }
    }

    /// A writer of context columns, for one thread.
    pub fn writer(&self) -> ContextWriter<'_> {
        ContextWriter {
            page: self,
            most: MostSubscription::default(),
        }
    }
}

/// Writes context columns, and remembers what many blocks share.
pub struct ContextWriter<'a> {
    page: &'a Surroundings<'a>,
    most: MostSubscription,
}

impl ContextWriter<'_> {
    /// Writes the [`CONTEXT_COLUMNS`] of block `i`.
    pub fn write(&mut self, i: usize, w: &mut RowWriter<'_>) {
        let Surroundings {
            around, logit, sums, ..
        } = self.page;
        let n = logit.len();
        let mean = |from: usize, to: usize, k: usize| {
            (sums[to][k] - sums[from][k]) / (sums[to][2] - sums[from][2]).max(1e-3)
        };
        for k in [0, 1] {
            w.put(logit[i][k]);
            for o in OFFSETS {
                w.put(
                    i.checked_add_signed(o)
                        .filter(|j| *j < n)
                        .map_or(-6.0, |j| logit[j][k]),
                );
            }
            w.put(mean(i.saturating_sub(5), (i + 6).min(n), k));
            let near = OFFSETS
                .iter()
                .filter_map(|o| i.checked_add_signed(*o))
                .filter(|j| *j < n);
            w.put(near.map(|j| logit[j][k]).fold(-6.0, f32::max));
            w.put(logit[(around.headings[i] as usize).min(n - 1)][k]);
            for (from, to) in around.containers[i] {
                w.put(mean(from as usize, (to as usize).min(n), k));
            }
            w.put(self.page.paths[around.path_group[i] as usize][k]);
            w.put(self.page.classes[around.class_group[i] as usize][k]);
            w.put(mean(0, n, k));
        }
        for range in around.containers[i] {
            w.put(self.most.of(range, logit));
        }
        w.put(self.page.since[i]);
        w.put(self.page.until[i]);
    }
}

/// The strongest subscription score in a container, remembered by container.
#[derive(Default)]
struct MostSubscription(HashMap<(u32, u32), f32>);

impl MostSubscription {
    fn of(&mut self, (from, to): (u32, u32), logit: &[[f32; LABELS]]) -> f32 {
        if to.saturating_sub(from) > UNIT_BLOCKS {
            return -6.0;
        }
        *self.0.entry((from, to)).or_insert_with(|| {
            let range = from as usize..(to as usize).min(logit.len());
            logit
                .get(range)
                .unwrap_or(&[])
                .iter()
                .map(|l| l[1])
                .fold(-6.0, f32::max)
        })
    }
}

fn group_means(groups: &[u32], probabilities: &Matrix, weight: &[f32]) -> Vec<[f32; LABELS]> {
    let size = groups.iter().max().map_or(0, |m| *m as usize + 1);
    let mut sums = vec![[0.0_f32; LABELS + 1]; size];
    for (i, g) in groups.iter().enumerate() {
        let s = &mut sums[*g as usize];
        s[0] += probabilities.row(i)[0] * weight[i];
        s[1] += probabilities.row(i)[1] * weight[i];
        s[2] += weight[i];
    }
    sums.iter()
        .map(|s| [s[0] / s[2].max(1e-3), s[1] / s[2].max(1e-3)])
        .collect()
}

/// Blocks since the last and until the next block that is likely content, as logarithms.
fn content_distances(probabilities: &Matrix) -> (Vec<f32>, Vec<f32>) {
    let n = probabilities.rows();
    let scan = |order: &mut dyn Iterator<Item = usize>| {
        let mut out = vec![0.0; n];
        let mut distance = 40.0_f32;
        for i in order {
            out[i] = ln_1p(distance);
            distance = if probabilities.row(i)[0] > 0.6 {
                0.0
            } else {
                (distance + 1.0).min(40.0)
            };
        }
        out
    };
    (scan(&mut (0..n)), scan(&mut (0..n).rev()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_match_their_names_and_show_the_neighbourhood() {
        assert_eq!(context_names("x").len(), CONTEXT_COLUMNS);
        let mut p = Matrix::zeros(4, 3);
        for (i, c) in [0.9, 0.1, 0.9, 0.5].into_iter().enumerate() {
            p.row_mut(i).copy_from_slice(&[c, 0.0, 1.0 - c]);
        }
        let around = Around {
            containers: vec![[(0, 2), (0, 4), (0, 4), (0, 0), (0, 0), (0, 4)]; 4],
            headings: vec![0; 4],
            path_group: vec![0, 1, 0, 1],
            class_group: vec![0, 1, 2, 3],
            words: vec![1.0; 4],
            first_copy: vec![0, 1, 2, 3],
        };
        let m = context_columns(&around, &p);
        let names = context_names("x");
        let at = |row: usize, name: &str| m.row(row)[names.iter().position(|n| n == name).unwrap()];
        assert!((at(1, "x.content_near-1") - (0.9_f32 / 0.1).ln()).abs() < 1e-4);
        assert!((at(1, "x.content_path_group") - 0.3).abs() < 1e-4);
        assert!((at(0, "x.content_container1") - 0.5).abs() < 1e-4);
        assert!((at(0, "x.content_page") - 0.6).abs() < 1e-4);
        assert_eq!(at(0, "x.content_near-1"), -6.0);
    }
}
