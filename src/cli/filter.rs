//! Which verdicts a run shows, and which make it fail.

use clap::ValueEnum;
use std::collections::BTreeMap;
use tollgate::PageResult;
use tollgate::verdict::Verdict;

/// Verdicts that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerdictArg {
    /// Soft or hard
    Gated,
    /// No gate
    Open,
    /// The text is there, and a gate
    Soft,
    /// Text is withheld
    Hard,
    /// No article at all
    Blocked,
}

impl VerdictArg {
    /// Whether a page has such a verdict; failed inputs have none.
    pub fn matches(self, page: &PageResult) -> bool {
        let verdict = page.paywall.as_ref().map(|p| p.verdict);
        verdict.is_some_and(|v| self.verdicts().contains(&v))
    }

    fn verdicts(self) -> &'static [Verdict] {
        match self {
            VerdictArg::Gated => &[Verdict::Soft, Verdict::Hard],
            VerdictArg::Open => &[Verdict::Open],
            VerdictArg::Soft => &[Verdict::Soft],
            VerdictArg::Hard => &[Verdict::Hard],
            VerdictArg::Blocked => &[Verdict::Blocked],
        }
    }
}

/// Whether any of these verdicts was counted.
pub fn is_counted(verdicts: &[VerdictArg], counts: &BTreeMap<String, u64>) -> bool {
    let mut names = verdicts.iter().flat_map(|v| v.verdicts());
    names.any(|v| counts.get(v.name()).is_some_and(|n| *n > 0))
}

/// Whether a page is shown: any of the wanted verdicts, all pages when none is named, and failed inputs always.
pub fn is_shown(only: &[VerdictArg], page: &PageResult) -> bool {
    only.is_empty() || page.error.is_some() || only.iter().any(|v| v.matches(page))
}
