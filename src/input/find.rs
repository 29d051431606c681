//! Which inputs a command line names: files, folders, patterns, standard input, in a fixed order.

use crate::error::{Error, Result};
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

/// Extensions that a folder is searched for, each also with `.gz`.
const EXTENSIONS: [&str; 4] = ["html", "htm", "xhtml", "txt"];

/// Resolves one argument: `-`, a file of any name, a folder (recursive, sorted by path) or a pattern.
///
/// Each item of the answer is a source or the reason why a part of a folder can't be read.
///
/// # Errors
/// [`Error::NoInput`] when the argument names nothing.
pub fn find_sources(argument: &Path) -> Result<Vec<Result<Source>>> {
    if argument == Path::new("-") {
        return Ok(vec![Ok(Source::Stdin)]);
    }
    if argument.is_dir() {
        let found = in_folder(argument);
        return if found.is_empty() {
            Err(Error::NoInput {
                path: argument.to_owned(),
            })
        } else {
            Ok(found)
        };
    }
    if argument.symlink_metadata().is_ok() {
        return Ok(vec![Ok(Source::File(argument.to_owned()))]);
    }
    let none = || Error::NoInput {
        path: argument.to_owned(),
    };
    let pattern = argument
        .to_str()
        .filter(|p| p.contains(['*', '?', '[']))
        .ok_or_else(none)?;
    let mut found = Vec::new();
    for path in glob::glob(pattern).map_err(|_| none())? {
        match path {
            Ok(p) if p.is_dir() => found.extend(in_folder(&p)),
            Ok(p) => found.push(Ok(Source::File(p))),
            Err(e) => found.push(Err(Error::io(e.path().to_owned(), e.into()))),
        }
    }
    if found.is_empty() { Err(none()) } else { Ok(found) }
}

fn in_folder(folder: &Path) -> Vec<Result<Source>> {
    walkdir::WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_map(|entry| match entry {
            Ok(e) if e.file_type().is_file() && is_page_name(e.path()) => {
                Some(Ok(Source::File(e.into_path())))
            }
            Ok(_) => None,
            // a loop of links hides nothing that isn't found by another way
            Err(e) if e.loop_ancestor().is_some() => None,
            Err(e) => {
                let path = e.path().unwrap_or(folder).to_owned();
                let source = e
                    .into_io_error()
                    .unwrap_or_else(|| std::io::ErrorKind::Other.into());
                Some(Err(Error::io(path, source)))
            }
        })
        .collect()
}

fn is_page_name(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.')
        .is_some_and(|(stem, ext)| !stem.is_empty() && EXTENSIONS.contains(&ext))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_files_and_patterns_are_found_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.html", "a.htm", "sub/c.TXT.gz", "d.png", "e.xhtml.gz"] {
            let p = dir.path().join(name);
            std::fs::create_dir_all(p.parent().unwrap()).unwrap();
            std::fs::write(p, "x").unwrap();
        }
        let names = |arg: &Path| -> Vec<String> {
            find_sources(arg)
                .unwrap()
                .into_iter()
                .map(|s| s.unwrap().name().replace(&dir.path().display().to_string(), ""))
                .collect()
        };
        assert_eq!(
            names(dir.path()),
            ["/a.htm", "/b.html", "/e.xhtml.gz", "/sub/c.TXT.gz"]
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
}
