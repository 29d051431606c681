//! Retraining must be worth it: a dozen labelled pages of a site whose markup misleads put its other
//! pages right, and pages of other sites stay as they were.

mod common;
#[path = "common/judged.rs"]
mod judged;

use common::pages;
use judged::{judged, right};
use tollgate::corpus::LabelledPage;
use tollgate::label::Label;
use tollgate::learn::{FitParams, base_rows, train_on_top};
use tollgate::model::{Model, embedded};

/// Right blocks and all labelled blocks.
fn hits(model: &Model, pages: &[LabelledPage]) -> (usize, usize) {
    let pairs: Vec<_> = pages.iter().flat_map(|p| judged(model, p)).collect();
    (right(&pairs), pairs.len())
}

#[test]
fn twelve_pages_of_a_strange_site_put_its_other_pages_right_and_leave_other_sites_alone() {
    let number = |p: &LabelledPage| -> u32 {
        let digits: String = p.name.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let (labelled, unseen): (Vec<_>, Vec<_>) =
        pages("strange-site").into_iter().partition(|p| number(p) <= 12);
    assert_eq!((labelled.len(), unseen.len()), (12, 4));
    let before = embedded().unwrap();
    let after = train_on_top(
        "test",
        &before,
        &base_rows().unwrap(),
        &labelled,
        &FitParams::seeded(1),
    )
    .unwrap()
    .model;
    let (now, all) = hits(&after, &unseen);
    assert!(
        now * 100 >= all * 85,
        "{now} of {all}, before {:?}",
        hits(&before, &unseen)
    );
    let golden = pages("golden");
    let (kept, total) = hits(&after, &golden);
    let (had, _) = hits(&before, &golden);
    assert!(
        (kept + 2) * 200 >= had * 199,
        "golden pages: {kept} of {total}, before {had}"
    );
}

#[test]
fn base_rows_hold_a_model_where_it_is_whatever_their_labels() {
    let start = embedded().unwrap();
    let base: Vec<_> = base_rows().unwrap().into_iter().take(30).collect();
    let mut turned = base.clone();
    for label in turned.iter_mut().flat_map(|s| s.labels.iter_mut().flatten()) {
        label.label = Label::ALL[(label.label.index() + 1) % Label::COUNT];
        label.head = false;
    }
    let few: Vec<_> = pages("strange-site").into_iter().take(3).collect();
    let params = FitParams::seeded(1);
    let train = |base: &[_]| {
        train_on_top("test", &start, base, &few, &params)
            .unwrap()
            .model
            .page
    };
    let kept = train(&base);
    assert_eq!(kept, train(&turned));
    assert_ne!(kept, train(&base[..1]));
    assert_ne!(kept.trees, start.page.trees);
}
