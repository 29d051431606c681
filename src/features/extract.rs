//! Runs the families in schema order over a page and lists the hashed tokens of every block.

use super::container::Containers;
use super::facts::Facts;
use super::matrix::{Matrix, RowWriter};
use super::nesting::Nesting;
use super::order::Order;
use super::page_kind::{DeclaredWords, page_values};
use super::place::Places;
use super::schema::Schema;
use super::structure::Structure;
use super::token_lists::TokenLists;
use super::tokens::{FieldTokens, emit_markup, emit_near_words, emit_own_words};
use super::{markup, text};
use crate::blocks::Outline;
use crate::page::PageMeta;

/// Table size of hashed tokens, as a power of two.
pub const TOKEN_BITS: u32 = 18;

/// Containers of a block: three of growing size, its card, its form, its branch beside the title.
pub const CONTAINERS: usize = 6;

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
    let mut holders = Containers::read(&facts);
    let places = Places::read(&facts);
    let mut nesting = Nesting::read(&facts, &structure);
    let fields = FieldTokens::read(outline);
    let mut headings = Vec::with_capacity(n);
    let mut first_copy = Vec::with_capacity(n);
    let page = if n == 0 { Vec::new() } else { page_values(&facts) };
    let mut tokens = TokenLists::new(outline, &facts.tokens);
    let mut containers = Vec::with_capacity(n);
    for i in 0..n {
        let around = holders.around(&facts, i);
        let mut w = RowWriter::new(dense.row_mut(i));
        text::write(&facts, i, &mut w);
        markup::write(&facts, i, &mut w);
        holders.write(&facts, i, &around, &mut w);
        places.write(&facts, i, &mut w);
        nesting.write(&facts, &structure, i, &mut w);
        order.write(&facts, i, &mut w);
        declared.write(&facts, i, &mut w);
        w.put_all(&page);
        debug_assert_eq!(w.written(), Schema::get().len());
        let place = &structure.places[i];
        list_tokens(&facts, &fields, i, place.unit, &mut tokens);
        let around = [
            around[0],
            around[1],
            around[2],
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

/// Lists the tokens of block `i`, whose form is `unit`.
fn list_tokens(facts: &Facts<'_>, fields: &FieldTokens, i: usize, unit: u32, tokens: &mut TokenLists) {
    let outline = facts.outline;
    emit_own_words(&facts.text[i], &mut |field, token| tokens.push(field, token));
    tokens.end_own_words();
    emit_near_words(&facts.text, i, &mut |field, token| tokens.push(field, token));
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
