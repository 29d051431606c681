//! The stages of a page's way, and who may listen when one is passed: the bench does. No work is done here.

/// A stage of the way from bytes to a line of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Bytes to text.
    Decode,
    /// Text to a tree.
    Parse,
    /// Tree to blocks and elements.
    Blocks,
    /// What the page declares; the tree is dropped.
    Meta,
    /// Blocks to features.
    Features,
    /// Features to probabilities.
    Scores,
    /// Probabilities to labels and parts.
    Labels,
    /// Labels to purposes and the page's verdict.
    Verdict,
    /// Everything put into the answer; the page is dropped.
    Answer,
    /// The answer as a line of JSON.
    Json,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Stage; 10] = [
        Stage::Decode,
        Stage::Parse,
        Stage::Blocks,
        Stage::Meta,
        Stage::Features,
        Stage::Scores,
        Stage::Labels,
        Stage::Verdict,
        Stage::Answer,
        Stage::Json,
    ];

    /// The stage's word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Decode => "decode",
            Stage::Parse => "parse",
            Stage::Blocks => "blocks",
            Stage::Meta => "meta",
            Stage::Features => "features",
            Stage::Scores => "scores",
            Stage::Labels => "labels",
            Stage::Verdict => "verdict",
            Stage::Answer => "answer",
            Stage::Json => "json",
        }
    }
}

/// Hears of each stage when it is passed.
pub trait StageListener {
    /// The stage is done.
    fn passed(&mut self, stage: Stage);
}

/// Nobody listens.
impl StageListener for () {
    fn passed(&mut self, _: Stage) {}
}
