//! Runs the families in schema order over a page and lists the hashed tokens of every block.

use super::facts::Facts;
use super::matrix::{Matrix, RowWriter};
use super::page_kind::{DeclaredWords, page_values};
use super::schema::Schema;
use super::tokens::{bucket, emit_markup, emit_text};
use super::{container, markup, place, text};
use crate::blocks::Outline;
use crate::page::PageMeta;

/// Table size of hashed tokens, as a power of two.
pub const TOKEN_BITS: u32 = 18;

/// Tokens of one block at most.
const MAX_BLOCK_TOKENS: usize = 500;

/// Buckets of hashed tokens, a list for each block.
#[derive(Debug, Clone, Default)]
pub struct TokenLists {
    buckets: Vec<u32>,
    ends: Vec<u32>,
}

impl TokenLists {
    /// Buckets of block `i`.
    pub fn of(&self, i: usize) -> &[u32] {
        let from = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.buckets[from..self.ends[i] as usize]
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no block.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// The features of a page.
#[derive(Debug, Clone)]
pub struct Features {
    /// Dense features, one row a block, columns as in [`Schema`].
    pub dense: Matrix,
    /// Hashed tokens by block.
    pub tokens: TokenLists,
    /// Containers of growing size around each block, as block ranges, for context features.
    pub containers: Vec<[(u32, u32); 3]>,
    /// Path group of each block.
    pub path_group: Vec<u32>,
    /// Path-and-class group of each block.
    pub class_group: Vec<u32>,
    /// Words of each block.
    pub words: Vec<f32>,
}

/// Computes the features of a segmented page.
pub fn extract(outline: &Outline, meta: &PageMeta) -> Features {
    let facts = Facts::read(outline, meta);
    let n = facts.len();
    let mut dense = Matrix::zeros(n, Schema::get().len());
    let declared = DeclaredWords::read(&facts);
    let page = if n == 0 { Vec::new() } else { page_values(&facts) };
    let mut tokens = TokenLists::default();
    let mut containers = Vec::with_capacity(n);
    for i in 0..n {
        let mut w = RowWriter::new(dense.row_mut(i));
        text::write(&facts, i, &mut w);
        markup::write(&facts, i, &mut w);
        container::write(&facts, i, &mut w);
        place::write(&facts, i, &mut w);
        declared.write(&facts, i, &mut w);
        for v in &page {
            w.put(*v);
        }
        debug_assert_eq!(w.written(), Schema::get().len());
        let buckets = &mut tokens.buckets;
        let start = buckets.len();
        let mut emit = |field, token| {
            if buckets.len() - start < MAX_BLOCK_TOKENS {
                buckets.push(bucket(field, token, TOKEN_BITS));
            }
        };
        emit_text(&facts.text, i, &mut emit);
        if !outline.plain {
            emit_markup(outline, &facts.tokens, i, &mut emit);
        }
        tokens.ends.push(tokens.buckets.len() as u32);
        let levels = container::growing_containers(&facts, i);
        containers.push([0, 1, 2].map(|l| {
            let e = outline.element(levels[l]);
            (e.first_block, e.end_block)
        }));
    }
    Features {
        dense,
        tokens,
        containers,
        path_group: facts.path_group.clone(),
        class_group: facts.class_group.clone(),
        words: facts.text.iter().map(|t| t.words).collect(),
    }
}
