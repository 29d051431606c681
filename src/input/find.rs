//! Which inputs a command line names: files, folders, patterns, standard input, in a fixed order.

use super::line::{Line, read_line};
use super::sniff::{is_archive_name, is_page_name};
use crate::error::{Error, Result};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// One input, not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input, once.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Source {
    /// The name that reports give it.
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "-".to_owned(),
            Source::File(path) => path.to_string_lossy().into_owned(),
        }
    }
}

/// The sources that an argument names, one after the other; each is a source or the reason why a part of a
/// folder can't be read.
pub type Sources = Box<dyn Iterator<Item = Result<Source>> + Send>;

/// Resolves one argument: `-`, a file of any name, a folder (recursive, sorted by path) or a pattern.
/// Folders are walked as the sources are taken.
///
/// # Errors
/// [`Error::NoInput`] when the argument names nothing.
pub fn find_sources(argument: &Path) -> Result<Sources> {
    if argument == Path::new("-") {
        return Ok(one(Source::Stdin));
    }
    if let Some(sources) = file_or_folder(argument) {
        return sources;
    }
    let none = || Error::NoInput {
        path: argument.to_owned(),
    };
    let pattern = argument
        .to_str()
        .filter(|p| p.contains(['*', '?', '[']))
        .ok_or_else(none)?;
    let found = glob::glob(pattern).map_err(|_| none())?;
    let found = found.flat_map(|path| match path {
        Ok(p) if p.is_dir() => in_folder(&p),
        Ok(p) => one(Source::File(p)),
        Err(e) => Box::new(std::iter::once(Err(Error::io(e.path().to_owned(), e.into())))),
    });
    some(Box::new(found), argument)
}

/// Longest line of a list.
const LONGEST_PATH: u64 = 1 << 16;

/// Resolves the lines of a list: each names a file or a folder, as it stands. Lists are read as the sources
/// are taken; what they name and isn't there is an error of its own.
pub fn listed_sources(mut list: impl BufRead + Send + 'static, name: &Path) -> Sources {
    let name = name.to_owned();
    let mut ended = false;
    let lines = std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let error = match read_line(&mut list, LONGEST_PATH) {
            Ok(None) => return None,
            Ok(Some(Line::Whole(line))) => return Some(Ok(line)),
            Ok(Some(Line::TooLong { .. })) => {
                let reason = format!("a line is longer than {LONGEST_PATH} bytes and names no file");
                std::io::Error::new(std::io::ErrorKind::InvalidInput, reason)
            }
            Err(e) => {
                ended = true;
                e
            }
        };
        Some(Err(Error::io(&name, error)))
    });
    Box::new(lines.flat_map(|line| -> Sources {
        let line = match line {
            Ok(line) => line,
            Err(e) => return Box::new(std::iter::once(Err(e))),
        };
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Box::new(std::iter::empty());
        }
        let path = path_of(line);
        let none = || Err(Error::NoInput { path: path.clone() });
        file_or_folder(&path)
            .unwrap_or_else(none)
            .unwrap_or_else(|e| Box::new(std::iter::once(Err(e))))
    }))
}

#[cfg(unix)]
fn path_of(line: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(line).into()
}

#[cfg(not(unix))]
fn path_of(line: &[u8]) -> PathBuf {
    String::from_utf8_lossy(line).into_owned().into()
}

fn one(source: Source) -> Sources {
    Box::new(std::iter::once(Ok(source)))
}

fn file_or_folder(path: &Path) -> Option<Result<Sources>> {
    if path.is_dir() {
        return Some(some(in_folder(path), path));
    }
    path.symlink_metadata()
        .is_ok()
        .then(|| Ok(one(Source::File(path.to_owned()))))
}

/// The sources, if there is one.
fn some(mut sources: Sources, argument: &Path) -> Result<Sources> {
    match sources.next() {
        Some(first) => Ok(Box::new(std::iter::once(first).chain(sources))),
        None => Err(Error::NoInput {
            path: argument.to_owned(),
        }),
    }
}

fn in_folder(folder: &Path) -> Sources {
    let root = folder.to_owned();
    let entries = walkdir::WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_map(move |entry| match entry {
            Ok(e) if e.file_type().is_file() && is_wanted(e.path()) => Some(Ok(Source::File(e.into_path()))),
            Ok(_) => None,
            // a loop of links hides nothing that isn't found by another way
            Err(e) if e.loop_ancestor().is_some() => None,
            Err(e) => {
                let path = e.path().unwrap_or(&root).to_owned();
                let source = e
                    .into_io_error()
                    .unwrap_or_else(|| std::io::ErrorKind::Other.into());
                Some(Err(Error::io(path, source)))
            }
        });
    Box::new(entries)
}

/// Pages and web archives; tables and other archives are read when they are named themselves.
fn is_wanted(path: &Path) -> bool {
    path.file_name().is_some_and(|n| {
        let name = n.to_string_lossy();
        is_page_name(&name) || is_archive_name(&name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_files_and_patterns_are_found_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "b.html",
            "a.htm",
            "sub/c.TXT.gz",
            "d.png",
            "e.xhtml.gz",
            "f.warc.gz",
            "g.jsonl",
        ] {
            let p = dir.path().join(name);
            std::fs::create_dir_all(p.parent().unwrap()).unwrap();
            std::fs::write(p, "x").unwrap();
        }
        let names = |arg: &Path| -> Vec<String> {
            find_sources(arg)
                .unwrap()
                .map(|s| s.unwrap().name().replace(&dir.path().display().to_string(), ""))
                .collect()
        };
        assert_eq!(
            names(dir.path()),
            ["/a.htm", "/b.html", "/e.xhtml.gz", "/f.warc.gz", "/sub/c.TXT.gz"]
        );
        assert_eq!(names(&dir.path().join("*.htm*")), ["/a.htm", "/b.html"]);
        assert_eq!(names(&dir.path().join("d.png")), ["/d.png"]);
        assert!(matches!(
            find_sources(&dir.path().join("none")),
            Err(Error::NoInput { .. })
        ));
        assert!(matches!(
            find_sources(&dir.path().join("*.none")),
            Err(Error::NoInput { .. })
        ));
    }

    #[test]
    fn lists_name_files_and_folders_and_what_is_missing_is_said() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.html", "sub/a.html", "[x].html"] {
            let p = dir.path().join(name);
            std::fs::create_dir_all(p.parent().unwrap()).unwrap();
            std::fs::write(p, "x").unwrap();
        }
        let at = |n: &str| dir.path().join(n).display().to_string();
        let list = format!(
            "{}\r\n\n{}\n{}\n{}\n{}",
            at("b.html"),
            at("none.html"),
            "x".repeat(LONGEST_PATH as usize + 1),
            at("sub"),
            at("[x].html")
        );
        let found: Vec<_> = listed_sources(std::io::Cursor::new(list), Path::new("list"))
            .map(|s| s.map(|s| s.name()).map_err(|e| e.code()))
            .collect();
        assert_eq!(
            found,
            [
                Ok(at("b.html")),
                Err("no-input"),
                Err("io"),
                Ok(at("sub/a.html")),
                Ok(at("[x].html"))
            ]
        );
    }
}
