//! Splits pages into folds so that all pages of a site stay together.

use std::collections::{BTreeMap, HashMap};

/// The fold of each page: sites dealt out from the largest to the smallest, each to the fold with the
/// fewest pages so far; sites of equal size in an order given by a hash of their name, so that the split
/// depends on nothing but the sites.
pub fn folds_by_site<'a>(sites: impl Iterator<Item = &'a str> + Clone, folds: usize) -> Vec<usize> {
    let mut size: BTreeMap<&str, usize> = BTreeMap::new();
    for site in sites.clone() {
        *size.entry(site).or_default() += 1;
    }
    let mut order: Vec<(&str, usize)> = size.into_iter().collect();
    order.sort_by_key(|(site, n)| (std::cmp::Reverse(*n), hash(site), *site));
    let mut load = vec![0; folds.max(1)];
    let mut fold_of: HashMap<&str, usize> = HashMap::new();
    for (site, n) in order {
        let lightest = (0..load.len()).min_by_key(|i| (load[*i], *i)).unwrap_or(0);
        load[lightest] += n;
        fold_of.insert(site, lightest);
    }
    sites.map(|s| fold_of.get(s).copied().unwrap_or(0)).collect()
}

fn hash(text: &str) -> u32 {
    text.bytes()
        .fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_site_is_in_two_folds_and_folds_are_balanced() {
        let sites: Vec<String> = (0..100).map(|i| format!("site{}.example", i % 37)).collect();
        let folds = folds_by_site(sites.iter().map(String::as_str), 5);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (s, f) in sites.iter().zip(&folds) {
            assert_eq!(*seen.entry(s).or_insert(*f), *f, "{s} is split");
        }
        for f in 0..5 {
            let n = folds.iter().filter(|x| **x == f).count();
            assert!((17..=23).contains(&n), "fold {f} has {n}");
        }
    }
}
