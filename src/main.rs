//! The process edge: parse the command line, run, turn the outcome into an exit code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
