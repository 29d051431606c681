//! Runs the families in schema order over a page and lists the hashed tokens of every block.

use super::container::Containers;
use super::facts::Facts;
use super::matrix::{Matrix, RowWriter};
use super::memo::Memo;
use super::nesting::Nesting;
use super::order::Order;
use super::page_kind::{DeclaredWords, page_values};
use super::place::Places;
use super::schema::Schema;
use super::structure::Structure;
use super::token_lists::{Above, TokenLists};
use super::tokens::{FieldTokens, emit_markup, emit_near_words, emit_own_words};
use super::{markup, text};
use crate::blocks::Outline;
use crate::page::PageMeta;
use std::ops::Range;
use std::sync::Arc;

/// Table size of hashed tokens, as a power of two.
pub const TOKEN_BITS: u32 = 18;

/// Containers of a block: three of growing size, its card, its form, its branch beside the title.
pub const CONTAINERS: usize = 6;

/// The features of a page.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Dense features, one row a block, columns as in [`Schema`]; none for a page of more than [`MOST_KEPT`] blocks.
    pub dense: Matrix,
    /// Hashed tokens by block, none for such a page.
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

impl Features {
    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is no block.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether the page is so large that its dense features and tokens are made when they are scored, by
    /// [`PageRows`].
    pub fn are_sliced(&self) -> bool {
        self.dense.rows() < self.len()
    }
}

/// Pages with more blocks than this keep no dense features and tokens: they would take more memory than all else.
pub const MOST_KEPT: usize = 25_000;

/// Computes the features of a segmented page.
pub fn extract(outline: &Outline, meta: &PageMeta) -> Features {
    features(PageRows::read(outline, meta), MOST_KEPT)
}

/// Computes the features of a segmented page, with dense features and tokens however large it is.
pub fn extract_whole(outline: &Outline, meta: &PageMeta) -> Features {
    features(PageRows::read(outline, meta), usize::MAX)
}

fn features(page: PageRows<'_>, most_kept: usize) -> Features {
    let n = page.facts.len();
    let (dense, tokens) = if n <= most_kept {
        (page.rows(0..n), page.tokens(0..n))
    } else {
        (Matrix::zeros(0, Schema::get().len()), TokenLists::default())
    };
    let mut headings = Vec::with_capacity(n);
    let mut first_copy = Vec::with_capacity(n);
    let mut containers = Vec::with_capacity(n);
    for i in 0..n {
        let around = page.containers.around(&page.facts, i);
        let place = &page.structure.places[i];
        let around = [
            around[0],
            around[1],
            around[2],
            place.card,
            place.unit,
            place.branch,
        ];
        containers.push(around.map(|e| Structure::range(&page.facts, e)));
        first_copy.push(page.order.first_copy(i));
        headings.push(page.order.heading_before(i).unwrap_or(i as u32));
    }
    let facts = page.facts;
    Features {
        dense,
        tokens,
        containers,
        headings,
        words: facts.text.iter().map(|t| t.words).collect(),
        path_group: facts.path_group,
        class_group: facts.class_group,
        first_copy,
    }
}

/// What the dense features and the tokens of a page's blocks are made of.
pub struct PageRows<'a> {
    facts: Facts<'a>,
    declared: DeclaredWords,
    structure: Structure,
    order: Order,
    containers: Containers,
    places: Places,
    page: Vec<f32>,
    fields: FieldTokens,
    above: Arc<Above>,
}

impl<'a> PageRows<'a> {
    /// Reads a segmented page.
    pub fn read(outline: &'a Outline, meta: &'a PageMeta) -> PageRows<'a> {
        let facts = Facts::read(outline, meta);
        PageRows {
            declared: DeclaredWords::read(&facts),
            structure: Structure::read(&facts),
            order: Order::read(&facts),
            containers: Containers::read(&facts),
            places: Places::read(&facts),
            fields: FieldTokens::read(outline),
            above: Arc::new(Above::read(outline, &facts.tokens)),
            page: if facts.len() == 0 {
                Vec::new()
            } else {
                page_values(&facts)
            },
            facts,
        }
    }

    /// Dense features of some blocks, one row a block, columns as in [`Schema`].
    pub fn rows(&self, blocks: Range<usize>) -> Matrix {
        let facts = &self.facts;
        let mut dense = Matrix::zeros(blocks.len(), Schema::get().len());
        let mut levels = Memo::new(facts.outline);
        let mut nesting = Nesting::read(facts, &self.structure);
        for (row, i) in blocks.enumerate() {
            let mut w = RowWriter::new(dense.row_mut(row));
            text::write(facts, i, &mut w);
            markup::write(facts, i, &mut w);
            self.containers.write(facts, &mut levels, i, &mut w);
            self.places.write(facts, i, &mut w);
            nesting.write(facts, &self.structure, i, &mut w);
            self.order.write(facts, i, &mut w);
            self.declared.write(facts, i, &mut w);
            w.put_all(&self.page);
            debug_assert_eq!(w.written(), Schema::get().len());
        }
        dense
    }

    /// Hashed tokens of some blocks, a list a block.
    pub fn tokens(&self, blocks: Range<usize>) -> TokenLists {
        let mut tokens = TokenLists::new(Arc::clone(&self.above));
        for i in blocks {
            let unit = self.structure.places[i].unit;
            list_tokens(&self.facts, &self.fields, i, unit, &mut tokens);
        }
        tokens
    }
}

/// Lists the tokens of block `i`, whose form is `unit`.
fn list_tokens(facts: &Facts<'_>, fields: &FieldTokens, i: usize, unit: u32, tokens: &mut TokenLists) {
    let outline = facts.outline;
    emit_own_words(&facts.text[i], &facts.hashes, &mut |field, token| {
        tokens.push(field, token);
    });
    tokens.end_own_words();
    emit_near_words(&facts.text, &facts.hashes, i, &mut |field, token| {
        tokens.push(field, token);
    });
    if outline.plain {
        tokens.end_block();
        return;
    }
    let before_markup = tokens.mark();
    let mut emit = |field, token| tokens.push(field, token);
    emit_markup(outline, &facts.tokens, i, false, &mut emit);
    fields.emit(outline, unit, &mut emit);
    if !tokens.end_block_below(outline.blocks[i].anchor) {
        // too many of them: the first ones are taken, ancestors and all
        tokens.go_back(before_markup);
        let mut emit = |field, token| tokens.push(field, token);
        emit_markup(outline, &facts.tokens, i, true, &mut emit);
        fields.emit(outline, unit, &mut emit);
        tokens.end_block();
    }
}
