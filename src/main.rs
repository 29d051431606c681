//! The process edge: parse the command line, run, turn the outcome into an exit code.

mod cli;

/// The system's allocator costs a tenth more time on pages, with their many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
