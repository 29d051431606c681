//! Columns, for Parquet and Arrow: a row a page with its blocks nested, or a row a block. The schema is part
//! of the contract and stands in docs/output.md.

use crate::result::{LabelledBlock, PageResult, word};
use crate::verdict::{Evidence, Purpose};
use arrow_array::builder::{Float32Builder, ListBuilder, StringBuilder, StructBuilder, UInt32Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use std::borrow::Borrow;
use std::io::Write;
use std::sync::Arc;

/// Bytes of text after which rows are handed on, so that memory stays bounded.
const BATCH_BYTES: usize = 4 << 20;
/// Bytes of a group of rows.
const GROUP_BYTES: usize = 32 << 20;

/// Most bytes of text in a batch: offsets are of 32 bits, and a column holds a part of the text.
pub const MOST_BYTES: usize = i32::MAX as usize;

/// What a row is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rows {
    /// A page, its blocks in a list.
    #[default]
    Pages,
    /// A block; a failed page is one row without a block.
    Blocks,
}

/// Writes pages to a Parquet file.
pub struct ParquetPages<W: Write + Send> {
    writer: ArrowWriter<W>,
    rows: Rows,
    pages: Vec<PageResult>,
    bytes: usize,
}

impl<W: Write + Send> ParquetPages<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What the writer says.
    pub fn new(out: W, rows: Rows) -> Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .build();
        Ok(ParquetPages {
            writer: ArrowWriter::try_new(out, schema(rows), Some(properties))?,
            rows,
            pages: Vec::new(),
            bytes: 0,
        })
    }

    /// Appends a page.
    ///
    /// # Errors
    /// What the writer says.
    pub fn page(&mut self, page: PageResult) -> Result<()> {
        // 100: what a block holds beside its text
        self.bytes += 500 + page.blocks.iter().map(|b| b.text.len() + 100).sum::<usize>();
        self.pages.push(page);
        if self.bytes >= BATCH_BYTES {
            self.hand_on()
        } else {
            Ok(())
        }
    }

    fn hand_on(&mut self) -> Result<()> {
        let pages = std::mem::take(&mut self.pages);
        self.bytes = 0;
        self.writer.write(&record_batch(&pages, self.rows)?)?;
        if self.writer.in_progress_size() >= GROUP_BYTES || self.writer.memory_size() >= 2 * GROUP_BYTES {
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self) -> Result<W> {
        if !self.pages.is_empty() {
            self.hand_on()?;
        }
        self.writer.into_inner()
    }
}

const PAGE_COLUMNS: [&str; 14] = [
    "path",
    "url",
    "title",
    "lang",
    "encoding",
    "verdict",
    "kind",
    "declared",
    "declared_source",
    "declared_selector",
    "content_status",
    "content_reason",
    "error_code",
    "error_message",
];
const BLOCK_TEXTS: [&str; 6] = ["label", "part", "purpose", "tag", "selector", "text"];
const BLOCK_NUMBERS: [&str; 4] = ["confidence", "content", "subscription", "navigation"];

fn block_fields() -> Vec<Field> {
    let texts = BLOCK_TEXTS.map(|n| Field::new(n, DataType::Utf8, true));
    let numbers = BLOCK_NUMBERS.map(|n| Field::new(n, DataType::Float32, true));
    let indices = ["index", "repeats"].map(|n| Field::new(n, DataType::UInt32, true));
    indices.into_iter().chain(texts).chain(numbers).collect()
}

fn evidence_fields() -> Vec<Field> {
    vec![
        Field::new("kind", DataType::Utf8, true),
        Field::new("block", DataType::UInt32, true),
        Field::new("weight", DataType::Float32, true),
        Field::new("text", DataType::Utf8, true),
    ]
}

fn list_of(name: &str, fields: Vec<Field>) -> Field {
    let item = Field::new("item", DataType::Struct(Fields::from(fields)), true);
    Field::new(name, DataType::List(Arc::new(item)), true)
}

/// The columns and their types.
pub fn schema(rows: Rows) -> Arc<Schema> {
    let mut fields: Vec<Field> = PAGE_COLUMNS.map(|n| Field::new(n, DataType::Utf8, true)).into();
    fields.push(Field::new("probability", DataType::Float32, true));
    match rows {
        Rows::Pages => {
            fields.push(list_of("evidence", evidence_fields()));
            fields.push(list_of("blocks", block_fields()));
        }
        Rows::Blocks => fields.extend(block_fields()),
    }
    Arc::new(Schema::new(fields))
}

/// The values of a page's own columns, in their order.
fn page_values(page: &PageResult) -> [Option<String>; PAGE_COLUMNS.len()] {
    let paywall = page.paywall.as_ref();
    [
        page.path.clone(),
        page.url.clone(),
        page.title.clone(),
        page.lang.clone(),
        page.encoding.map(str::to_owned),
        paywall.map(|p| p.verdict.name().to_owned()),
        paywall.and_then(|p| p.kind).map(|k| k.name().to_owned()),
        paywall.and_then(|p| word(p.declared)),
        paywall.and_then(|p| word(p.declared_source)),
        paywall.and_then(|p| p.declared_selector.clone()),
        word(page.content_status),
        page.content_reason.clone(),
        page.error.as_ref().map(|e| e.code.to_owned()),
        page.error.as_ref().map(|e| e.message.clone()),
    ]
}

/// No less than the bytes of a page's text in any of the columns.
pub fn text_bytes(page: &PageResult, rows: Rows) -> usize {
    let optional = |s: &Option<String>| s.as_ref().map_or(0, String::len);
    let of_block =
        |b: &LabelledBlock| b.text.len() + optional(&b.selector) + b.tag.as_deref().map_or(0, str::len);
    let paywall = page.paywall.as_ref();
    let own: usize = [
        &page.path,
        &page.url,
        &page.title,
        &page.lang,
        &page.content_reason,
    ]
    .into_iter()
    .chain(paywall.map(|p| &p.declared_selector))
    .map(optional)
    .sum();
    let evidence: usize = paywall.map_or(0, |p| p.evidence.iter().map(|e| e.text.len()).sum());
    let own = match rows {
        Rows::Pages => own + evidence,
        Rows::Blocks => own * page.blocks.len().max(1),
    };
    own + page.blocks.iter().map(of_block).sum::<usize>()
}

/// Appends a block, or nothing, to the columns of blocks.
fn append_block(columns: &mut StructBuilder, block: Option<&LabelledBlock>) {
    let numbers = [block.map(|b| b.index as u32), block.and_then(|b| b.repeats)];
    let texts = [
        block.map(|b| b.label.name()),
        block.and_then(|b| b.part).map(crate::label::Part::name),
        block.and_then(|b| b.purpose).map(Purpose::name),
        block.and_then(|b| b.tag.as_deref()),
        block.and_then(|b| b.selector.as_deref()),
        block.map(|b| b.text.as_str()),
    ];
    let scores = block.map(|b| {
        let p = b.probabilities;
        [b.confidence, p.content, p.subscription, p.navigation]
    });
    for (i, value) in numbers.into_iter().enumerate() {
        if let Some(column) = columns.field_builder::<UInt32Builder>(i) {
            column.append_option(value);
        }
    }
    for (i, value) in texts.into_iter().enumerate() {
        if let Some(column) = columns.field_builder::<StringBuilder>(numbers.len() + i) {
            column.append_option(value);
        }
    }
    for i in 0..BLOCK_NUMBERS.len() {
        if let Some(column) = columns.field_builder::<Float32Builder>(numbers.len() + texts.len() + i) {
            column.append_option(scores.map(|s| s[i]));
        }
    }
    columns.append(true);
}

/// Appends a reason for the verdict to the columns of evidence.
fn append_evidence(columns: &mut StructBuilder, evidence: &Evidence) {
    if let Some(column) = columns.field_builder::<StringBuilder>(0) {
        column.append_option(word(evidence.kind));
    }
    if let Some(column) = columns.field_builder::<UInt32Builder>(1) {
        column.append_option(evidence.block.map(|b| b as u32));
    }
    if let Some(column) = columns.field_builder::<Float32Builder>(2) {
        column.append_value(evidence.weight);
    }
    if let Some(column) = columns.field_builder::<StringBuilder>(3) {
        column.append_value(&evidence.text);
    }
    columns.append(true);
}

/// The pages as columns.
///
/// # Errors
/// When there is more text than the columns' offsets can count, 2 GiB.
pub fn record_batch<P: Borrow<PageResult>>(pages: &[P], rows: Rows) -> Result<RecordBatch> {
    let bytes: usize = pages.iter().map(|page| text_bytes(page.borrow(), rows)).sum();
    if bytes > MOST_BYTES {
        return Err(ParquetError::General(format!(
            "{bytes} bytes of text are too many for one batch: hand over fewer pages"
        )));
    }
    let mut texts: [StringBuilder; PAGE_COLUMNS.len()] = std::array::from_fn(|_| StringBuilder::new());
    let mut probability = Float32Builder::new();
    let block_columns = || StructBuilder::from_fields(block_fields(), 0);
    let mut nested = ListBuilder::new(block_columns());
    let mut reasons = ListBuilder::new(StructBuilder::from_fields(evidence_fields(), 0));
    let mut flat = block_columns();
    for page in pages {
        let page = page.borrow();
        let values = page_values(page);
        let copies = match rows {
            Rows::Pages => 1,
            Rows::Blocks => page.blocks.len().max(1),
        };
        for _ in 0..copies {
            for (column, value) in texts.iter_mut().zip(&values) {
                column.append_option(value.as_deref());
            }
            probability.append_option(page.paywall.as_ref().map(|p| p.probability));
        }
        match rows {
            Rows::Pages => {
                for evidence in page.paywall.iter().flat_map(|p| &p.evidence) {
                    append_evidence(reasons.values(), evidence);
                }
                reasons.append(page.paywall.is_some());
                for block in &page.blocks {
                    append_block(nested.values(), Some(block));
                }
                nested.append(page.error.is_none());
            }
            Rows::Blocks if page.blocks.is_empty() => append_block(&mut flat, None),
            Rows::Blocks => page.blocks.iter().for_each(|b| append_block(&mut flat, Some(b))),
        }
    }
    let mut columns: Vec<ArrayRef> = texts
        .iter_mut()
        .map(|t| Arc::new(t.finish()) as ArrayRef)
        .collect();
    columns.push(Arc::new(probability.finish()));
    match rows {
        Rows::Pages => {
            columns.push(Arc::new(reasons.finish()));
            columns.push(Arc::new(nested.finish()));
        }
        Rows::Blocks => columns.extend(flat.finish().columns().iter().cloned()),
    }
    Ok(RecordBatch::try_new(schema(rows), columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn written(rows: Rows) -> RecordBatch {
        let page = crate::Classifier::new()
            .unwrap()
            .classify(b"<title>A mill</title><h1>A mill</h1><p>The river stood high that day.</p>")
            .unwrap();
        let failed = PageResult::failed(Some("b.html".to_owned()), &crate::Error::Empty);
        let mut out = ParquetPages::new(tempfile::tempfile().unwrap(), rows).unwrap();
        out.page(page).unwrap();
        out.page(failed).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(out.finish().unwrap()).unwrap();
        reader.build().unwrap().next().unwrap().unwrap()
    }

    #[test]
    fn a_row_is_a_page_with_nested_blocks_or_a_block() {
        let pages = written(Rows::Pages);
        assert_eq!(pages.num_rows(), 2);
        assert_eq!(pages["title"].as_string::<i32>().value(0), "A mill");
        assert_eq!(pages["error_code"].as_string::<i32>().value(1), "empty");
        let blocks = pages["blocks"].as_list::<i32>();
        assert!(blocks.is_null(1));
        let blocks = blocks.value(0);
        let texts = blocks.as_struct().column_by_name("text").unwrap().clone();
        assert_eq!(
            texts.as_string::<i32>().value(1),
            "The river stood high that day."
        );
        let flat = written(Rows::Blocks);
        assert_eq!(flat.num_rows(), 3);
        assert_eq!(
            flat["text"].as_string::<i32>().value(1),
            "The river stood high that day."
        );
        assert_eq!(flat["title"].as_string::<i32>().value(1), "A mill");
        assert!(flat["text"].is_null(2) && flat["error_code"].as_string::<i32>().value(2) == "empty");
    }

    #[test]
    fn columns_tell_what_a_gate_asks_for_what_its_blocks_are_for_and_why() {
        let page = crate::Classifier::new()
            .unwrap()
            .classify(
                b"<article><h1>A mill</h1><p>The river stood high that day.</p><div class=paywall>\
                <p>Subscribe to read the whole story.</p><a href=/subscribe>Subscribe now</a></div></article>",
            )
            .unwrap();
        let paywall = page.paywall.clone().unwrap();
        assert!(paywall.verdict.is_gated() && !paywall.evidence.is_empty());
        let pages = record_batch(&[&page], Rows::Pages).unwrap();
        let text = |column: &ArrayRef, row: usize| column.as_string::<i32>().value(row).to_owned();
        assert_eq!(text(&pages["kind"], 0), paywall.kind.unwrap().name());
        let evidence = pages["evidence"].as_list::<i32>().value(0);
        let evidence = evidence.as_struct();
        assert_eq!(evidence.len(), paywall.evidence.len());
        for (i, reason) in paywall.evidence.iter().enumerate() {
            let seen = text(evidence.column_by_name("text").unwrap(), i);
            assert_eq!(seen, reason.text);
        }
        let flat = record_batch(&[&page], Rows::Blocks).unwrap();
        let gate = page
            .blocks
            .iter()
            .position(|b| b.purpose == Some(Purpose::Gate))
            .unwrap();
        assert_eq!(text(&flat["purpose"], gate), "gate");
        assert_eq!(
            text(&flat["selector"], gate),
            page.blocks[gate].selector.clone().unwrap()
        );
        assert!(flat["purpose"].is_null(0) && flat.column_by_name("evidence").is_none());
    }
}
