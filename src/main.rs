//! The process edge: hands the command line over and exits with the code that comes back.

/// The system's allocator costs a tenth more time on pages, with their many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(tollgate::cli::run(std::env::args_os()))
}
