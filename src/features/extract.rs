//! Runs the families in schema order over a page and lists the hashed tokens of every block.

use super::container::{Containers, Levels};
use super::facts::Facts;
use super::matrix::{Matrix, RowWriter};
use super::memo::Memo;
use super::nesting::Nesting;
use super::order::Order;
use super::page_kind::{DeclaredWords, PAGE_COLUMNS, page_values};
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
    /// Dense features, one row a block, columns as in [`Schema`].
    pub dense: Matrix,
    /// Hashed tokens by block.
    pub tokens: TokenLists,
    /// What the features of a block's surroundings need.
    pub around: Around,
}

impl Features {
    /// The whole-page features, none on a page without blocks.
    pub fn page_values(&self) -> &[f32] {
        if self.dense.data.is_empty() {
            return &[];
        }
        let first = self.dense.row(0);
        &first[first.len().saturating_sub(PAGE_COLUMNS)..]
    }
}

/// What stands around the blocks of a page, by block.
#[derive(Debug, Clone, Default)]
pub struct Around {
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

/// What the features of a page's blocks are made of. Rows and tokens are made when they are asked for: a
/// page's dense features take more memory than all else, and scoring needs only some rows at a time.
#[derive(Debug, Clone)]
pub struct PageRows {
    facts: Facts,
    declared: DeclaredWords,
    structure: Structure,
    order: Order,
    containers: Containers,
    places: Places,
    page: Vec<f32>,
    fields: FieldTokens,
    above: Arc<Above>,
}

impl PageRows {
    /// Reads a segmented page.
    pub fn read(outline: &Arc<Outline>, meta: &Arc<PageMeta>) -> PageRows {
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

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there is no block.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole-page features, none on a page without blocks.
    pub fn page_values(&self) -> &[f32] {
        &self.page
    }

    /// A writer of dense features, for one thread.
    pub fn writer(&self) -> DenseWriter<'_> {
        DenseWriter {
            page: self,
            levels: Memo::new(&self.facts.outline),
            nesting: Nesting::read(&self.facts, &self.structure),
        }
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

    /// What stands around the blocks.
    pub fn around(&self) -> Around {
        let (facts, n) = (&self.facts, self.len());
        let containers = (0..n).map(|i| {
            let around = self.containers.around(facts, i);
            let place = &self.structure.places[i];
            [
                around[0],
                around[1],
                around[2],
                place.card,
                place.unit,
                place.branch,
            ]
            .map(|e| Structure::range(facts, e))
        });
        Around {
            containers: containers.collect(),
            headings: (0..n)
                .map(|i| self.order.heading_before(i).unwrap_or(i as u32))
                .collect(),
            path_group: facts.path_group.clone(),
            class_group: facts.class_group.clone(),
            words: facts.text.iter().map(|t| t.words).collect(),
            first_copy: (0..n).map(|i| self.order.first_copy(i)).collect(),
        }
    }

    /// All features of the page in memory at once.
    pub fn whole_features(&self) -> Features {
        let n = self.len();
        let mut dense = Matrix::zeros(n, Schema::get().len());
        let mut writer = self.writer();
        for i in 0..n {
            writer.write(i, &mut RowWriter::new(dense.row_mut(i)));
        }
        Features {
            dense,
            tokens: self.tokens(0..n),
            around: self.around(),
        }
    }
}

/// Writes dense features, and remembers what many blocks share.
pub struct DenseWriter<'a> {
    page: &'a PageRows,
    levels: Levels,
    nesting: Nesting,
}

impl DenseWriter<'_> {
    /// Writes the dense features of block `i`, columns as in [`Schema`].
    pub fn write(&mut self, i: usize, w: &mut RowWriter<'_>) {
        let page = self.page;
        let facts = &page.facts;
        let before = w.written();
        text::write(facts, i, w);
        markup::write(facts, i, w);
        page.containers.write(facts, &mut self.levels, i, w);
        page.places.write(facts, i, w);
        self.nesting.write(facts, &page.structure, i, w);
        page.order.write(facts, i, w);
        page.declared.write(facts, i, w);
        w.put_all(&page.page);
        debug_assert_eq!(w.written() - before, Schema::get().len());
    }
}

/// Lists the tokens of block `i`, whose form is `unit`.
fn list_tokens(facts: &Facts, fields: &FieldTokens, i: usize, unit: u32, tokens: &mut TokenLists) {
    let outline = &*facts.outline;
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
