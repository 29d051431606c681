//! Many inputs, one after the other: what each names is found and read, and what can't be is told under the
//! name of the file or folder that is at fault. Knows no formats.

use super::find::{Source, Sources};
use super::record::Item;
use super::source::{Emit, ReadOptions, read_source};
use crate::error::{Error, Result};
use std::ops::ControlFlow;
use std::path::Path;

/// Reads inputs; standard input once, however often it is named.
pub struct InputReader<'a> {
    options: &'a ReadOptions,
    stdin_taken: bool,
}

impl<'a> InputReader<'a> {
    /// A reader that has read nothing yet.
    pub fn new(options: &'a ReadOptions) -> InputReader<'a> {
        InputReader {
            options,
            stdin_taken: false,
        }
    }

    /// Reads what `argument` names, or a list of that name.
    pub fn read(&mut self, found: Result<Sources>, argument: &Path, emit: Emit) -> ControlFlow<()> {
        match found {
            Ok(mut sources) => sources.try_for_each(|source| self.read_one(source, argument, &mut *emit)),
            Err(error) => self.read_one(Err(error), argument, emit),
        }
    }

    fn read_one(&mut self, found: Result<Source>, argument: &Path, emit: Emit) -> ControlFlow<()> {
        match found {
            Ok(Source::Stdin) if std::mem::replace(&mut self.stdin_taken, true) => ControlFlow::Continue(()),
            Ok(source) => read_source(&source, self.options, emit),
            Err(error) => {
                let path = match &error {
                    Error::Io { path, .. } | Error::NoInput { path } => path,
                    _ => argument,
                };
                let name = path.to_string_lossy().into_owned();
                emit(Item::Failed { name, error })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::listed_sources;

    #[test]
    fn failures_bear_the_name_of_the_file_at_fault() {
        let list = std::io::Cursor::new("no-such-page.html\n");
        let options = ReadOptions::default();
        let mut names = Vec::new();
        let mut emit = |item| {
            if let Item::Failed { name, error } = item {
                names.push((name, error.code()));
            }
            ControlFlow::Continue(())
        };
        let list_name = Path::new("list.txt");
        let _ = InputReader::new(&options).read(Ok(listed_sources(list, list_name)), list_name, &mut emit);
        assert_eq!(names, [("no-such-page.html".to_owned(), "no-input")]);
    }
}
