//! Runs the families in schema order over a page and lists the hashed tokens of every block.

use super::facts::Facts;
use super::matrix::{Matrix, RowWriter};
use super::order::Order;
use super::page_kind::{DeclaredWords, page_values};
use super::schema::Schema;
use super::structure::Structure;
use super::tokens::{Field, FieldTokens, bucket, emit_markup, emit_near_words, emit_own_words};
use super::{container, markup, nesting, place, text};
use crate::blocks::Outline;
use crate::page::PageMeta;

/// Table size of hashed tokens, as a power of two.
pub const TOKEN_BITS: u32 = 18;

/// Containers of a block: three of growing size, its card, its form, its branch beside the title.
pub const CONTAINERS: usize = 6;

/// Tokens of one block at most.
const MAX_BLOCK_TOKENS: usize = 500;

/// Buckets of hashed tokens, a list for each block.
#[derive(Debug, Clone, Default)]
pub struct TokenLists {
    buckets: Vec<u32>,
    own_ends: Vec<u32>,
    ends: Vec<u32>,
}

impl TokenLists {
    /// Adds a token to the block that is being listed, as long as it has room.
    fn push(&mut self, field: Field, token: u32) {
        let start = self.ends.last().map_or(0, |end| *end as usize);
        if self.buckets.len() - start < MAX_BLOCK_TOKENS {
            self.buckets.push(bucket(field, token, TOKEN_BITS));
        }
    }

    /// The block's own words are listed.
    fn end_own_words(&mut self) {
        self.own_ends.push(self.buckets.len() as u32);
    }

    /// The block is listed.
    fn end_block(&mut self) {
        self.ends.push(self.buckets.len() as u32);
    }

    /// Buckets of block `i`.
    pub fn of(&self, i: usize) -> &[u32] {
        let from = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.buckets[from..self.ends[i] as usize]
    }

    /// Buckets of the words of block `i` alone, without its neighbours' words and its markup.
    pub fn own_words_of(&self, i: usize) -> &[u32] {
        let from = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.buckets[from..self.own_ends[i] as usize]
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
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Dense features, one row a block, columns as in [`Schema`].
    pub dense: Matrix,
    /// Hashed tokens by block.
    pub tokens: TokenLists,
    /// Containers around each block, as block ranges, for context features; see [`CONTAINERS`].
    pub containers: Vec<[(u32, u32); CONTAINERS]>,
    /// Block of the last heading before each block, or the block itself.
    pub headings: Vec<u32>,
    /// Path group of each block.
    pub path_group: Vec<u32>,
    /// Path-and-class group of each block.
    pub class_group: Vec<u32>,
    /// Words of each block.
    pub words: Vec<f32>,
    /// First block with the same text as each block: the block itself, unless it repeats an earlier one.
    pub first_copy: Vec<u32>,
}

/// Computes the features of a segmented page.
pub fn extract(outline: &Outline, meta: &PageMeta) -> Features {
    let facts = Facts::read(outline, meta);
    let n = facts.len();
    let mut dense = Matrix::zeros(n, Schema::get().len());
    let declared = DeclaredWords::read(&facts);
    let structure = Structure::read(&facts);
    let order = Order::read(&facts);
    let field_tokens = FieldTokens::read(outline);
    let mut headings = Vec::with_capacity(n);
    let mut first_copy = Vec::with_capacity(n);
    let page = if n == 0 { Vec::new() } else { page_values(&facts) };
    let mut tokens = TokenLists::default();
    let mut containers = Vec::with_capacity(n);
    for i in 0..n {
        let mut w = RowWriter::new(dense.row_mut(i));
        text::write(&facts, i, &mut w);
        markup::write(&facts, i, &mut w);
        container::write(&facts, i, &mut w);
        place::write(&facts, i, &mut w);
        nesting::write(&facts, &structure, i, &mut w);
        order.write(&facts, i, &mut w);
        declared.write(&facts, i, &mut w);
        for v in &page {
            w.put(*v);
        }
        debug_assert_eq!(w.written(), Schema::get().len());
        emit_own_words(&facts.text[i], &mut |field, token| tokens.push(field, token));
        tokens.end_own_words();
        let mut emit = |field, token| tokens.push(field, token);
        emit_near_words(&facts.text, i, &mut emit);
        if !outline.plain {
            emit_markup(outline, &facts.tokens, i, &mut emit);
            field_tokens.emit(outline, structure.places[i].unit, &mut emit);
        }
        tokens.end_block();
        let levels = container::growing_containers(&facts, i);
        let place = &structure.places[i];
        let around = [
            levels[0],
            levels[1],
            levels[2],
            place.card,
            place.unit,
            place.branch,
        ];
        containers.push(around.map(|e| Structure::range(&facts, e)));
        first_copy.push(order.first_copy(i));
        headings.push(order.heading_before(i).unwrap_or(i as u32));
    }
    Features {
        dense,
        tokens,
        containers,
        headings,
        path_group: facts.path_group.clone(),
        class_group: facts.class_group.clone(),
        words: facts.text.iter().map(|t| t.words).collect(),
        first_copy,
    }
}
