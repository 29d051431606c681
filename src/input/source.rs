//! From an input to its records: looks at what a file is, and hands it to the reader of its kind.

use super::entry::Listed;
use super::find::Source;
use super::json_row::Columns;
use super::read::{input_kind, read_up_to};
use super::record::{Body, Item, Record};
use super::sniff::{HEAD, Packing, Shape, is_page_name, shape};
use super::{columnar, json_lines, tape, warc, zipped};
use crate::error::Error;
use crate::pipeline::{InputKind, Limits};
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Takes the items of a source, one by one; `Break` ends reading.
pub type Emit<'a> = &'a mut dyn FnMut(Item) -> ControlFlow<()>;

/// Choices about reading.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Bounds.
    pub limits: Limits,
    /// Columns of tables.
    pub columns: Arc<Columns>,
    /// Counts the bytes that were read of archives, as they stand on disk.
    pub read: Arc<AtomicU64>,
}

/// Counts what passes.
pub(super) struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.read(out)?;
        self.1.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Reads an input: one record for a page, one for every page of an archive. Archives are read as a stream,
/// pages are left to [`Record::unpack`].
pub fn read_source(source: &Source, options: &ReadOptions, emit: Emit) -> ControlFlow<()> {
    match source {
        Source::Stdin => read_stdin(options, emit),
        Source::File(path) if is_page_name(&path.to_string_lossy()) => emit(page_file(path)),
        Source::File(path) => match read_file(path, options, emit) {
            Ok(flow) => flow,
            Err(e) => emit(Item::Failed {
                name: source.name(),
                error: Error::io(path, e),
            }),
        },
    }
}

fn page_file(path: &Path) -> Item {
    Item::Record(Record {
        name: path.to_string_lossy().into_owned(),
        url: None,
        date: None,
        charset: None,
        kind: input_kind(path),
        body: Body::File(path.to_owned()),
    })
}

fn read_file(path: &Path, options: &ReadOptions, emit: Emit) -> std::io::Result<ControlFlow<()>> {
    let mut file = File::open(path)?;
    let regular = file.metadata()?;
    if regular.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    let name = path.to_string_lossy().into_owned();
    if !regular.is_file() {
        // a pipe can't be opened twice
        return Ok(read_from(&name, input_kind(path), file, options, emit));
    }
    let head = read_up_to(&mut file, HEAD as u64 - 1)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(match shape(&name, &head) {
        Shape::Page => emit(page_file(path)),
        Shape::Zip => zipped::read_zip(file, &name, options, emit),
        Shape::Parquet => columnar::read_parquet(file, &name, options, emit),
        other => read_shape(other, &name, file, options, emit),
    })
}

fn read_stdin(options: &ReadOptions, emit: Emit) -> ControlFlow<()> {
    read_from("-", InputKind::Html, std::io::stdin().lock(), options, emit)
}

/// Reads what can't be opened twice. `name` is what reports call it, `kind` what it is when it is no archive.
pub fn read_from(
    name: &str,
    kind: InputKind,
    mut input: impl Read,
    options: &ReadOptions,
    emit: Emit,
) -> ControlFlow<()> {
    let failed = |error| Item::Failed {
        name: name.to_owned(),
        error,
    };
    let head = match read_up_to(&mut input, HEAD as u64 - 1) {
        Ok(head) => head,
        Err(e) => return emit(failed(Error::io(name, e))),
    };
    let shape = shape(name, &head);
    let whole = Cursor::new(head).chain(input);
    match shape {
        Shape::Page => {
            let bytes = match read_up_to(whole, options.limits.bytes) {
                Ok(bytes) => bytes,
                Err(e) => return emit(failed(Error::io(name, e))),
            };
            options.read.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            emit(Item::Record(Record {
                name: name.to_owned(),
                url: None,
                date: None,
                charset: None,
                kind,
                body: Body::Bytes(bytes),
            }))
        }
        Shape::Zip | Shape::Parquet => emit(failed(Error::Archive {
            reason: format!("{} can't be read from a pipe: give a file", shape.name()),
        })),
        other => read_shape(other, name, whole, options, emit),
    }
}

/// Reads archives that need no seeking.
fn read_shape(
    shape: Shape,
    name: &str,
    input: impl Read,
    options: &ReadOptions,
    emit: Emit,
) -> ControlFlow<()> {
    let input = Counted(input, Arc::clone(&options.read));
    let listed = Listed {
        archive: name,
        options,
    };
    match shape {
        Shape::Warc(packing) => warc::read_warc(input, packing, name, options, emit),
        Shape::Tar(packing) => with_unpacked(packing, input, &listed, emit, tape::read_tar),
        Shape::JsonLines(packing) => {
            with_unpacked(packing, input, &listed, emit, json_lines::read_json_lines)
        }
        Shape::Page | Shape::Zip | Shape::Parquet => ControlFlow::Continue(()),
    }
}

fn with_unpacked<R: Read>(
    packing: Packing,
    input: R,
    listed: &Listed,
    emit: Emit,
    read: fn(&mut dyn Read, &Listed, Emit) -> ControlFlow<()>,
) -> ControlFlow<()> {
    match packing {
        Packing::Plain => read(
            &mut std::io::BufReader::with_capacity(1 << 17, input),
            listed,
            emit,
        ),
        Packing::Gzip => read(&mut flate2::read::MultiGzDecoder::new(input), listed, emit),
        Packing::Zstd => {
            let opened = zstd::stream::read::Decoder::new(input).and_then(|mut d| {
                d.window_log_max(super::read::ZSTD_WINDOW)?;
                Ok(d)
            });
            match opened {
                Ok(mut decoder) => read(&mut decoder, listed, emit),
                Err(e) => emit(listed.broken(&e)),
            }
        }
    }
}
