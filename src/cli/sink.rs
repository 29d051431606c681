//! Where the written pages go: one stream, one file that can be resumed, or a folder of parts. Pages come in
//! written already; this only appends, and says what is safe.

use super::args::CompressArg;
use super::journal::{Journal, Part, beside, with_name};
use super::packed::Packed;
use super::summary::Counted;
use anyhow::bail;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tollgate::PageResult;
use tollgate::output::{Output, TEMPORARY};
use tollgate::report::{Format, ParquetPages, Rows, separator, write_end, write_start};

/// Pages after which a file that can be resumed is made safe.
const SAFE_EVERY: u64 = 500;
/// The list of a folder's parts.
const MANIFEST: &str = "manifest.json";

/// What to write, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    pub format: Format,
    /// What a row is; Parquet when there is one.
    pub rows: Option<Rows>,
    pub packing: CompressArg,
    /// `None` is standard output.
    pub output: Option<PathBuf>,
    pub split: Option<u64>,
    pub resume: bool,
}

/// A page, ready to be appended.
pub struct Written {
    pub name: String,
    pub content: Content,
    pub counted: Counted,
    /// The message to show when the page failed.
    pub failure: Option<String>,
}

/// What is appended.
pub enum Content {
    /// The page is counted, not shown.
    Hidden,
    Bytes(Vec<u8>),
    /// For formats that are written column by column.
    Page(Box<PageResult>),
}

impl Written {
    /// Bytes that it holds.
    pub fn held(&self) -> usize {
        match &self.content {
            Content::Hidden => 0,
            Content::Bytes(bytes) => bytes.len(),
            Content::Page(page) => page.blocks.iter().map(|b| b.text.len() + 300).sum(),
        }
    }
}

/// An output that can be appended to: text that is packed as a stream, or columns.
enum Out {
    Text(Box<Packed<Output>>),
    Columns(Box<ParquetPages<Output>>),
}

impl Out {
    fn open(path: Option<&Path>, plan: &Plan) -> anyhow::Result<Out> {
        let output = Output::open(path)?;
        if let Some(rows) = plan.rows {
            return Ok(Out::Columns(Box::new(ParquetPages::new(output, rows)?)));
        }
        let mut packed = Packed::new(output, plan.packing)?;
        write_start(&mut packed, plan.format)?;
        Ok(Out::Text(Box::new(packed)))
    }

    fn finish(self, format: Format) -> anyhow::Result<()> {
        let output = match self {
            Out::Text(mut packed) => {
                write_end(&mut packed, format)?;
                packed.finish()?
            }
            Out::Columns(pages) => pages.finish()?,
        };
        Ok(output.finish()?)
    }
}

/// An open output.
pub struct Sink {
    plan: Plan,
    target: Target,
    journal: Journal,
    /// Pages since the part began, or since the file was safe.
    pages: u64,
}

enum Target {
    /// Appears whole or not at all.
    Whole(Out),
    /// Grows under another name until it is whole.
    Growing(Option<Box<Packed<BufWriter<File>>>>),
    /// Parts of a folder; `None` between two.
    Parts(Option<Out>),
    /// An earlier run had done all.
    Complete,
}

impl Sink {
    /// Opens the output, at the place where an earlier run left it when it is resumed.
    pub fn open(plan: Plan, run: &serde_json::Value) -> anyhow::Result<Sink> {
        let journal = match &plan.output {
            Some(path) if plan.resume => Journal::load(&journal_path(path, plan.split), run)?,
            _ => Journal {
                run: run.clone(),
                ..Journal::default()
            },
        };
        let mut sink = Sink {
            target: Target::Complete,
            pages: 0,
            journal,
            plan,
        };
        if !sink.journal.complete {
            sink.target = sink.open_target()?;
        } else if sink.plan.split.is_none() {
            sink.take_name()?;
        }
        Ok(sink)
    }

    fn open_target(&mut self) -> anyhow::Result<Target> {
        let Plan { packing, format, .. } = self.plan;
        match (&self.plan.output, self.plan.split) {
            (Some(folder), Some(_)) => {
                std::fs::create_dir_all(folder)?;
                if !self.plan.resume && folder.join(MANIFEST).exists() {
                    bail!("there are the parts of an earlier run: --resume goes on with it");
                }
                if self.plan.resume {
                    remove_unfinished(folder)?;
                }
                Ok(Target::Parts(None))
            }
            (Some(path), None) if self.plan.resume => {
                if self.plan.rows.is_some() {
                    bail!("a Parquet file can't be resumed, a folder of them can: add --split-rows");
                }
                let growing = beside(path, ".partial");
                let mut file = File::options()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(&growing)?;
                if file.metadata()?.len() < self.journal.bytes {
                    bail!(
                        "{} is shorter than its journal says: it was changed",
                        growing.display()
                    );
                }
                file.set_len(self.journal.bytes)?;
                file.seek(SeekFrom::End(0))?;
                let mut packed = Packed::new(BufWriter::new(file), packing)?;
                if self.journal.bytes == 0 {
                    write_start(&mut packed, format)?;
                }
                Ok(Target::Growing(Some(Box::new(packed))))
            }
            (path, _) => Ok(Target::Whole(Out::open(path.as_deref(), &self.plan)?)),
        }
    }

    /// What is done already.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Appends a page.
    pub fn page(&mut self, page: Written) -> anyhow::Result<()> {
        let shown = page.failure.is_none() && !matches!(page.content, Content::Hidden);
        if let Target::Parts(part @ None) = &mut self.target {
            let folder = self.plan.output.as_deref().unwrap_or(Path::new("."));
            let file = part_name(self.journal.parts.len(), &self.plan);
            self.journal.begun = false;
            *part = Some(Out::open(Some(&folder.join(file)), &self.plan)?);
        }
        let separator = if self.journal.begun && shown {
            separator(self.plan.format)
        } else {
            ""
        };
        let separator = separator.as_bytes();
        match (&mut self.target, page.content) {
            (_, Content::Hidden) => {}
            (
                Target::Whole(Out::Columns(out)) | Target::Parts(Some(Out::Columns(out))),
                Content::Page(page),
            ) => {
                out.page(*page)?;
            }
            (Target::Whole(Out::Text(out)) | Target::Parts(Some(Out::Text(out))), Content::Bytes(bytes)) => {
                append(out, separator, &bytes)?;
            }
            (Target::Growing(Some(out)), Content::Bytes(bytes)) => append(out, separator, &bytes)?,
            _ => bail!("nothing is open for what is written"),
        }
        self.journal.begun |= shown;
        self.journal.counts.add(&page.counted);
        self.journal.names = with_name(self.journal.names, &page.name);
        self.pages += 1;
        match self.target {
            Target::Growing(_) if self.pages >= SAFE_EVERY => self.make_safe(),
            Target::Parts(_) if Some(self.pages) >= self.plan.split => self.end_part(),
            _ => Ok(()),
        }
    }

    fn make_safe(&mut self) -> anyhow::Result<()> {
        if let (Target::Growing(growing), Some(path)) = (&mut self.target, &self.plan.output)
            && let Some(packed) = growing.take()
        {
            let mut writer = packed.finish()?;
            writer.flush()?;
            writer.get_ref().sync_data()?;
            self.journal.bytes = writer.stream_position()?;
            *growing = Some(Box::new(Packed::new(writer, self.plan.packing)?));
            self.journal.save(&journal_path(path, None))?;
        }
        self.pages = 0;
        Ok(())
    }

    fn end_part(&mut self) -> anyhow::Result<()> {
        if let (Target::Parts(part), Some(folder)) = (&mut self.target, &self.plan.output)
            && let Some(out) = part.take()
        {
            out.finish(self.plan.format)?;
            self.journal.parts.push(Part {
                file: part_name(self.journal.parts.len(), &self.plan),
                pages: self.pages,
            });
            self.journal.save(&folder.join(MANIFEST))?;
        }
        self.pages = 0;
        Ok(())
    }

    /// Gives a whole file its name. The journal says that it is whole, so a kill in between loses nothing.
    fn take_name(&self) -> anyhow::Result<()> {
        if let Some(path) = &self.plan.output {
            let growing = beside(path, ".partial");
            if growing.exists() {
                std::fs::rename(&growing, path)?;
            }
            std::fs::remove_file(journal_path(path, None))?;
        }
        Ok(())
    }

    /// Ends the output: only now a file takes its name.
    pub fn finish(mut self) -> anyhow::Result<Journal> {
        self.end_part()?;
        let target = std::mem::replace(&mut self.target, Target::Complete);
        match (target, &self.plan.output) {
            (Target::Whole(out), _) => out.finish(self.plan.format)?,
            (Target::Growing(Some(mut packed)), Some(path)) => {
                write_end(&mut packed, self.plan.format)?;
                let mut writer = packed.finish()?;
                writer.flush()?;
                writer.get_ref().sync_all()?;
                self.journal.complete = true;
                self.journal.save(&journal_path(path, None))?;
                self.take_name()?;
            }
            (Target::Parts(_), Some(folder)) => {
                self.journal.complete = true;
                self.journal.save(&folder.join(MANIFEST))?;
            }
            _ => {}
        }
        Ok(self.journal)
    }
}

fn journal_path(output: &Path, split: Option<u64>) -> PathBuf {
    match split {
        Some(_) => output.join(MANIFEST),
        None => beside(output, ".journal"),
    }
}

fn append(out: &mut dyn Write, separator: &[u8], bytes: &[u8]) -> std::io::Result<()> {
    out.write_all(separator)?;
    out.write_all(bytes)
}

fn part_name(number: usize, plan: &Plan) -> String {
    if plan.rows.is_some() {
        return format!("part-{number:05}.parquet");
    }
    let ending = match plan.format {
        Format::Table | Format::Text => "txt",
        Format::Jsonl => "jsonl",
        Format::Csv => "csv",
        Format::Markdown => "md",
        Format::Html => "html",
    };
    let packed = match plan.packing {
        CompressArg::None => "",
        CompressArg::Gzip => ".gz",
        CompressArg::Zstd => ".zst",
    };
    format!("part-{number:05}.{ending}{packed}")
}

/// Removes the temporary files that a killed run left.
fn remove_unfinished(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
