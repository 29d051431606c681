//! What was typed: the commands and their flags. No resolving and no work.

use super::filter::VerdictArg;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Labels every block of saved web pages as content, subscription or navigation, and says whether the
/// article is open or gated.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version = version(), propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Log what is done on stderr: -v the run, -vv every input, never their text. The variable `RUST_LOG` says it finer
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Program and embedded model.
fn version() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), " (model gate-4)")
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Label the blocks of pages and judge whether they are gated
    Classify(ClassifyArgs),
    /// Show why a page's blocks got their labels and the page its verdict
    Explain(ExplainArgs),
    /// Train a model on labelled pages
    Train(TrainArgs),
    /// Count verdicts by site, from the JSON lines of classify
    Summary(SummaryArgs),
    /// Train the verdict's model on judged pages and the labels of held-out models
    TrainVerdict(TrainVerdictArgs),
    /// Score a model, or cross-validate by site, on labelled pages
    Evaluate(EvaluateArgs),
    /// Turn a gold corpus (pages with gold segments or main text) into a labelled folder
    Import(ImportArgs),
    /// Label the pages of a folder in the browser, and train a model with them
    #[cfg(feature = "annotate")]
    Annotate(AnnotateArgs),
    /// Compare the label files of two people, and merge them
    Agree(AgreeArgs),
    /// Measure the speed on this machine, by stage and by number of threads
    Bench(BenchArgs),
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// A line a page for people (default on a terminal)
    Table,
    /// A JSON object a page (default otherwise)
    Jsonl,
    /// A CSV row a block
    Csv,
    /// The content blocks as plain text
    Text,
    /// The content blocks as Markdown
    Markdown,
    /// A Parquet file, a row a page or a block (--rows)
    Parquet,
    /// A report with a table, charts and the pages' texts, in one HTML file
    Html,
}

/// Kinds of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InputArg {
    /// By the file's extension: .txt is text, all else a page
    Auto,
    /// Pages
    Html,
    /// Plain text, a block a line
    Text,
}

/// Flags about the model and threads.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Model file to use instead of the embedded model
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Threads; 0 takes one for each core
    #[arg(short, long, default_value_t = 0, value_name = "N")]
    pub jobs: usize,
    /// No progress and no summary on stderr; errors are still shown
    #[arg(short, long)]
    pub quiet: bool,
    /// Largest page in bytes, after unpacking
    #[arg(long, default_value_t = 128 << 20, value_name = "BYTES")]
    pub max_bytes: u64,
}

/// What a row of a Parquet file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowsArg {
    /// A page, its blocks in a list
    Pages,
    /// A block
    Blocks,
}

/// How output files are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompressArg {
    /// Not at all
    None,
    /// gzip
    Gzip,
    /// zstd
    Zstd,
}

/// `classify`
#[derive(Debug, Args)]
pub struct ClassifyArgs {
    /// Pages (.html .htm .xhtml .txt .mht .mhtml), archives (WARC, WACZ, zip, tar), tables (.jsonl, Parquet),
    /// all but zip, WACZ and Parquet also as .gz and .zst; folders, patterns, or - for standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Also read the files and folders that are listed in a file, one a line; - for standard input
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
    /// Output format; by default what the name of the output file says
    #[arg(short, long, value_enum)]
    pub format: Option<FormatArg>,
    /// Write to a file instead of standard output; it appears whole or not at all. Names that end in .gz or
    /// .zst are packed. With --split-rows a folder
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
    /// Pack the output, whatever its name
    #[arg(long, value_enum)]
    pub compress: Option<CompressArg>,
    /// What a row of a Parquet file is
    #[arg(long, value_enum, default_value_t = RowsArg::Pages)]
    pub rows: RowsArg,
    /// Write a folder of files with N pages each
    #[arg(long, value_name = "N", requires = "output", value_parser = clap::value_parser!(u64).range(1..))]
    pub split_rows: Option<u64>,
    /// Go on where an earlier run of the same command was interrupted
    #[arg(long, requires = "output", conflicts_with = "unordered")]
    pub resume: bool,
    /// Stop at the first input that fails; an output file doesn't appear then
    #[arg(long)]
    pub strict: bool,
    /// Write pages as they are done instead of in input order
    #[arg(long)]
    pub unordered: bool,
    /// Write the closing summary to a file, as JSON
    #[arg(long, value_name = "FILE")]
    pub summary_json: Option<PathBuf>,
    /// What the input is
    #[arg(long, value_enum, default_value_t = InputArg::Auto)]
    pub input: InputArg,
    /// Column of JSON lines and Parquet files that holds the page
    #[arg(long, default_value = "html", value_name = "NAME")]
    pub html_column: String,
    /// Column that holds the page's address, where there is one; a Parquet file without a column named here is an error
    #[arg(long, default_value = "url", value_name = "NAME")]
    pub url_column: String,
    /// With text and markdown: the body alone, without title, byline, date and captions
    #[arg(long)]
    pub body: bool,
    /// With csv: an apostrophe before cells that a spreadsheet would take for formulas
    #[arg(long)]
    pub csv_guard: bool,
    /// Most blocks of a page
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pub max_blocks: usize,
    /// Largest record of an archive in bytes, wanted or not, after unpacking
    #[arg(long, default_value_t = 4 << 30, value_name = "BYTES")]
    pub max_member_bytes: u64,
    /// Largest headers of an archive's record in bytes
    #[arg(long, default_value_t = 256 << 10, value_name = "BYTES")]
    pub max_header_bytes: usize,
    /// Write only pages with one of these verdicts; failed inputs are always written
    #[arg(long, value_enum, value_delimiter = ',', value_name = "VERDICT")]
    pub only: Vec<VerdictArg>,
    /// Exit with code 1 when any page has one of these verdicts
    #[arg(long, value_enum, value_delimiter = ',', value_name = "VERDICT")]
    pub fail_on: Vec<VerdictArg>,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhenArg {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Output formats of `explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    Text,
    /// A JSON object
    Json,
}

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A page or text, or - for standard input
    #[arg(value_name = "PAGE")]
    pub path: PathBuf,
    /// Explain this block (0 is the first); may be given several times
    #[arg(long = "block", value_name = "N")]
    pub blocks: Vec<usize>,
    /// Without --block: explain the N least confident blocks
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub doubtful: usize,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = WhenArg::Auto)]
    pub color: WhenArg,
    /// What the input is
    #[arg(long, value_enum, default_value_t = InputArg::Auto)]
    pub input: InputArg,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `train`
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Labelled folders (pages and labels.csv) or gold corpora
    #[arg(required = true, value_name = "DIR")]
    pub paths: Vec<PathBuf>,
    /// Where to write the model
    #[arg(short, long, value_name = "FILE", default_value = "model.json.gz")]
    pub output: PathBuf,
    /// Name of the model
    #[arg(long, default_value = "custom", value_name = "NAME")]
    pub name: String,
    /// Train on the given pages alone, without the base rows
    #[arg(long)]
    pub no_base: bool,
    /// Seed of all samples
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Folds by site of the score that is printed; 0 prints none
    #[arg(long, default_value_t = 4, value_name = "K")]
    pub folds: usize,
    /// Also write base rows of a sample of the pages to this file
    #[arg(long, value_name = "FILE", requires = "no_base")]
    pub write_base: Option<PathBuf>,
    /// Blocks in the base rows at most
    #[arg(long, default_value_t = 60_000, value_name = "N", requires = "write_base")]
    pub base_blocks: usize,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `summary`
#[derive(Debug, Args)]
pub struct SummaryArgs {
    /// Files of JSON lines, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = SummaryFormat::Table)]
    pub format: SummaryFormat,
}

/// Formats of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// A line a site for people
    Table,
    /// A CSV row a site
    Csv,
}

/// `train-verdict`
#[derive(Debug, Args)]
pub struct TrainVerdictArgs {
    /// Gold corpus or labelled folder with gates
    #[arg(value_name = "DIR")]
    pub corpus: PathBuf,
    /// Labelled folders that every fold may learn from; their labels are those of `--labels` where it has the page,
    /// else of the embedded model
    #[arg(long, value_name = "DIR")]
    pub with: Vec<PathBuf>,
    /// Labels of pages by models that didn't see their sites, as `evaluate --folds -o` writes them
    #[arg(long, value_name = "FILE", required = true)]
    pub labels: Vec<PathBuf>,
    /// Gates of more pages of the corpus, which every fold but their own learns from: a CSV with the columns page, gate,
    /// sure (yes, or no for pages that are not learned from) and reason
    #[arg(long, value_name = "FILE")]
    pub gates: Option<PathBuf>,
    /// Where to write the model
    #[arg(short, long, value_name = "FILE", default_value = "verdict.json.gz")]
    pub output: PathBuf,
    /// Name of the model
    #[arg(long, default_value = "custom", value_name = "NAME")]
    pub name: String,
    /// Folds by site of the score that is printed
    #[arg(long, default_value_t = 5, value_name = "K")]
    pub folds: usize,
    /// Seed of all orders
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `evaluate`
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// A labelled folder, a gold corpus or a gold file
    #[arg(value_name = "DIR|GOLD")]
    pub path: PathBuf,
    /// Cross-validate over K folds of sites instead of scoring the model: every page is labelled by a
    /// model that saw no page of its site
    #[arg(long, value_name = "K", conflicts_with = "model", value_parser = clap::value_parser!(u32).range(2..=100))]
    pub folds: Option<u32>,
    /// Labelled folders that every fold learns from as well, except for pages of the sites that it labels
    #[arg(long, value_name = "DIR", requires = "folds")]
    pub with: Vec<PathBuf>,
    /// Score plain text: the gold segments of each page, read as lines without any markup
    #[arg(long)]
    pub lines: bool,
    /// Write the labelled pages as JSON lines, for example out-of-fold predictions
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the scorecard as JSON
    #[arg(long, value_name = "FILE")]
    pub scorecard: Option<PathBuf>,
    /// Write the scores as an HTML file: confusion, curves, reliability, groups, the worst pages
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Fail (exit code 1) when a score is under its floor in this JSON file
    #[arg(long, value_name = "FILE")]
    pub floors: Option<PathBuf>,
    /// Seed of all samples
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A gold corpus (folder with gold.jsonl[.gz] and pages/) or a gold file
    #[arg(value_name = "GOLD")]
    pub path: PathBuf,
    /// Labelled folder to write: labels.csv and the pages
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Only the first N pages
    #[arg(long, value_name = "N")]
    pub first: Option<usize>,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `annotate`
#[cfg(feature = "annotate")]
#[derive(Debug, Args)]
pub struct AnnotateArgs {
    /// Folder of saved pages
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Label file to write; labels.csv in the folder by default
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Where a retrained model goes; model.json.gz in the folder by default
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Port on this machine; 0 takes any that is free
    #[arg(long, default_value_t = 8642, value_name = "N")]
    pub port: u16,
    /// Listen on this address instead, which others may reach
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "port")]
    pub listen: Option<std::net::SocketAddr>,
    /// Another name under which browsers may ask for the app; may be given several times
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `agree`
#[derive(Debug, Args)]
pub struct AgreeArgs {
    /// Label file of one person
    #[arg(value_name = "A")]
    pub a: PathBuf,
    /// Label file of another
    #[arg(value_name = "B")]
    pub b: PathBuf,
    /// Folder of the pages; by default that of the first label file
    #[arg(long, value_name = "DIR")]
    pub pages: Option<PathBuf>,
    /// Write a label file of what both say, and what one of them says alone
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Where they differ, take the label of this one; without it such blocks stay without a label
    #[arg(long, value_enum, requires = "output")]
    pub prefer: Option<PreferArg>,
    /// Print the differing blocks, N at most
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub show: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Whose labels count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PreferArg {
    /// The first file's
    A,
    /// The second file's
    B,
}

/// `bench`
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Files and folders of pages; without any, made-up pages
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Repetitions after one that warms up
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub repeat: usize,
    /// Pages at most, evenly picked from the given ones; they are held in memory
    #[arg(long, default_value_t = 400, value_name = "N")]
    pub pages: usize,
    /// Print JSON
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Print Markdown tables
    #[arg(long)]
    pub markdown: bool,
    /// Compare with the JSON of an earlier run
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub baseline: Option<PathBuf>,
    #[command(flatten)]
    pub common: CommonArgs,
}
