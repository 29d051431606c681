//! Which verdicts a run shows, and which make it fail.

use clap::ValueEnum;
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
        let Some(paywall) = &page.paywall else {
            return false;
        };
        match self {
            VerdictArg::Gated => paywall.verdict.is_gated(),
            VerdictArg::Open => paywall.verdict == Verdict::Open,
            VerdictArg::Soft => paywall.verdict == Verdict::Soft,
            VerdictArg::Hard => paywall.verdict == Verdict::Hard,
            VerdictArg::Blocked => paywall.verdict == Verdict::Blocked,
        }
    }
}

/// Whether a page is shown: any of the wanted verdicts, all pages when none is named, and failed inputs always.
pub fn is_shown(only: &[VerdictArg], page: &PageResult) -> bool {
    only.is_empty() || page.error.is_some() || only.iter().any(|v| v.matches(page))
}
