//! The model file: gzip-compressed JSON with a version, checked in every part before use.
//! Loads, saves and refuses; holds no fitting.

use super::blend::Blend;
use super::block_model::{BLEND_COLUMNS, BlockModel, TREES, stage_columns};
use super::choice::CHOICE_COLUMNS;
use super::file::{FileKind, fits, pack};
use super::layout::{Layout, PackedWords};
use super::trees::{Node, Tree, Trees};
use super::word_scores::{OUTPUTS, WordScores};
use crate::error::{Error, Result};
use crate::features::{Schema, TOKEN_BITS};
use crate::label::Label;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: FileKind = FileKind {
    format: "tollgate-model",
    version: 3,
    most: 256 << 20,
    noun: "model file",
};

/// A model: one for pages, one for plain text, and where they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Name, for example `gate-1`.
    pub name: String,
    /// For pages with markup.
    pub page: BlockModel,
    /// For plain text.
    pub text: BlockModel,
    /// What it was trained on.
    pub provenance: Provenance,
}

/// What a model was trained on; numbers and hashes only.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Pages.
    pub pages: usize,
    /// Sites.
    pub sites: usize,
    /// Labelled blocks by label, in the order of [`Label::ALL`].
    pub blocks: [usize; Label::COUNT],
    /// Seed of all samples.
    pub seed: u64,
    /// Model that this one was trained on top of.
    pub base: Option<String>,
    /// FNV-1a hash over the training rows, in hexadecimal.
    pub data_hash: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFile {
    format: String,
    version: u32,
    name: String,
    schema_version: u32,
    schema_fingerprint: String,
    token_bits: u32,
    labels: Vec<Label>,
    page: BlockModelFile,
    text: BlockModelFile,
    provenance: Provenance,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockModelFile {
    words: WordsFile,
    wording: WordsFile,
    trees: Vec<TreesFile>,
    blend: Blend,
    choice: TreesFile,
}

/// Word weights as signed bytes: `weight = byte * step`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    step: [f32; OUTPUTS],
    bias: [f32; OUTPUTS],
    bytes: [String; OUTPUTS],
}

/// Trees as parallel lists over all nodes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TreesFile {
    base: f32,
    sizes: Vec<u16>,
    features: Vec<u16>,
    values: Vec<f32>,
    lefts: Vec<u16>,
}

impl WordScores {
    /// The same scores with weights rounded to what the file can hold.
    pub fn quantised(&self) -> WordScores {
        WordsFile::from_scores(self)
            .to_scores()
            .map_or_else(|_| self.clone(), |(scores, _)| scores)
    }
}

impl WordsFile {
    fn from_scores(w: &WordScores) -> WordsFile {
        let step = [0, 1].map(|k: usize| {
            let largest = w.weights.iter().map(|p| p[k].abs()).fold(0.0, f32::max);
            if largest > 0.0 { largest / 127.0 } else { 1.0 }
        });
        let bytes = [0, 1].map(|k: usize| {
            let raw: Vec<u8> = w
                .weights
                .iter()
                .map(|p| (p[k] / step[k]).round() as i8 as u8)
                .collect();
            STANDARD.encode(raw)
        });
        WordsFile {
            step,
            bias: w.bias,
            bytes,
        }
    }

    fn packed(&self) -> std::result::Result<PackedWords, String> {
        let mut bytes = vec![[0_i8; OUTPUTS]; 1 << TOKEN_BITS];
        for k in 0..OUTPUTS {
            let raw = STANDARD
                .decode(&self.bytes[k])
                .map_err(|e| format!("word weights: {e}"))?;
            if raw.len() != bytes.len() {
                return Err(format!("{} word weights, expected {}", raw.len(), bytes.len()));
            }
            for (pair, byte) in bytes.iter_mut().zip(raw) {
                pair[k] = byte as i8;
            }
        }
        Ok(PackedWords {
            bytes,
            step: self.step,
        })
    }

    /// The scores, and the same as the file has them.
    fn to_scores(&self) -> std::result::Result<(WordScores, PackedWords), String> {
        let mut scores = WordScores::default();
        let packed = self.packed()?;
        for k in 0..OUTPUTS {
            if !fits(self.step[k]) || !fits(self.bias[k]) {
                return Err("word scores have a number that is too large or not finite".to_owned());
            }
            for (w, b) in scores.weights.iter_mut().zip(&packed.bytes) {
                w[k] = f32::from(b[k]) * self.step[k];
            }
        }
        scores.bias = self.bias;
        Ok((scores, packed))
    }
}

impl TreesFile {
    fn from_trees(t: &Trees) -> TreesFile {
        let nodes = || t.trees.iter().flat_map(|t| &t.nodes);
        TreesFile {
            base: t.base,
            sizes: t.trees.iter().map(|t| t.nodes.len() as u16).collect(),
            features: nodes().map(|n| n.feature).collect(),
            values: nodes().map(|n| n.value).collect(),
            lefts: nodes().map(|n| n.left).collect(),
        }
    }

    fn to_trees(&self, columns: usize) -> std::result::Result<Trees, String> {
        let total: usize = self.sizes.iter().map(|s| *s as usize).sum();
        if [self.features.len(), self.values.len(), self.lefts.len()] != [total; 3] {
            return Err("tree lists have different lengths".to_owned());
        }
        if !fits(self.base) || !self.values.iter().all(|v| fits(*v)) {
            return Err("trees have a number that is too large or not finite".to_owned());
        }
        let mut at = 0;
        let mut trees = Vec::with_capacity(self.sizes.len());
        for size in self.sizes.iter().map(|s| *s as usize) {
            let mut nodes = Vec::with_capacity(size);
            for i in 0..size {
                let node = Node {
                    feature: self.features[at + i],
                    value: self.values[at + i],
                    left: self.lefts[at + i],
                };
                let left = node.left as usize;
                // children behind their parent, so that no walk goes in circles
                let inner_ok = (node.feature as usize) < columns && left > i && left + 1 < size;
                if node.feature != Node::LEAF && !inner_ok {
                    return Err("a tree node points outside of the tree or the schema".to_owned());
                }
                nodes.push(node);
            }
            if size == 0 {
                return Err("a tree has no node".to_owned());
            }
            at += size;
            trees.push(Tree { nodes });
        }
        Ok(Trees {
            base: self.base,
            trees,
        })
    }
}

impl BlockModelFile {
    fn from_model(m: &BlockModel) -> BlockModelFile {
        BlockModelFile {
            words: WordsFile::from_scores(&m.words),
            wording: WordsFile::from_scores(&m.wording),
            trees: m.trees.iter().map(TreesFile::from_trees).collect(),
            blend: m.blend.clone(),
            choice: TreesFile::from_trees(&m.choice),
        }
    }

    fn into_model(self) -> std::result::Result<BlockModel, String> {
        let [content, subscription, body]: [TreesFile; TREES] = self
            .trees
            .try_into()
            .map_err(|_| format!("expected {TREES} sets of trees"))?;
        if let Some(fault) = self.blend.fault(BLEND_COLUMNS) {
            return Err(fault);
        }
        let columns = stage_columns();
        let (words, packed_words) = self.words.to_scores()?;
        let (wording, packed_wording) = self.wording.to_scores()?;
        Ok(BlockModel {
            words,
            wording,
            trees: [
                content.to_trees(columns)?,
                subscription.to_trees(columns)?,
                body.to_trees(columns)?,
            ],
            blend: self.blend,
            choice: self.choice.to_trees(CHOICE_COLUMNS)?,
            layout: Layout {
                words: Some([packed_words, packed_wording]),
                ..Layout::default()
            },
        })
    }
}

impl Model {
    /// Reads a model from the bytes of a model file; `origin` is named in errors.
    ///
    /// # Errors
    /// [`Error::Model`] when the bytes are no model file, of another version, schema or label order, or damaged.
    pub fn from_bytes(bytes: &[u8], origin: &str) -> Result<Model> {
        let refuse = |reason: String| Error::Model {
            origin: origin.to_owned(),
            reason,
        };
        let file: ModelFile = FILE.unpack(bytes).map_err(refuse)?;
        let fingerprint = fingerprint();
        if file.schema_version != Schema::VERSION || file.schema_fingerprint != fingerprint {
            return Err(refuse(format!(
                "was trained on feature schema {} {}, this program computes {} {fingerprint}; train it again",
                file.schema_version,
                file.schema_fingerprint,
                Schema::VERSION
            )));
        }
        if file.token_bits != TOKEN_BITS {
            return Err(refuse(format!(
                "has {} token bits, this program uses {TOKEN_BITS}",
                file.token_bits
            )));
        }
        if file.labels != Label::ALL {
            return Err(refuse("has another order of labels".to_owned()));
        }
        Ok(Model {
            name: file.name,
            page: file
                .page
                .into_model()
                .map_err(|e| refuse(format!("page model: {e}")))?,
            text: file
                .text
                .into_model()
                .map_err(|e| refuse(format!("text model: {e}")))?,
            provenance: file.provenance,
        })
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`Error::Io`], and as [`Model::from_bytes`].
    pub fn load(path: &Path) -> Result<Model> {
        Model::from_bytes(&FILE.read(path)?, &path.display().to_string())
    }

    /// The bytes of the model file; the same model gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Model`] when the model can't be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let refuse = |e: String| Error::Model {
            origin: self.name.clone(),
            reason: e,
        };
        let file = ModelFile {
            format: FILE.format.to_owned(),
            version: FILE.version,
            name: self.name.clone(),
            schema_version: Schema::VERSION,
            schema_fingerprint: fingerprint(),
            token_bits: TOKEN_BITS,
            labels: Label::ALL.to_vec(),
            page: BlockModelFile::from_model(&self.page),
            text: BlockModelFile::from_model(&self.text),
            provenance: self.provenance.clone(),
        };
        pack(&file).map_err(refuse)
    }
}

fn fingerprint() -> String {
    format!("{:016x}", Schema::get().fingerprint())
}
