//! Where results go: standard output, a device or pipe, or a file that appears whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// What the names of temporary files begin with.
pub const TEMPORARY: &str = ".tollgate-";

/// An open output.
#[derive(Debug)]
pub enum Output {
    /// Standard output.
    Stdout(BufWriter<io::Stdout>),
    /// A device, pipe or other thing that can't be replaced by a file.
    Direct(BufWriter<File>),
    /// A temporary file beside the wanted one.
    File(Box<BufWriter<NamedTempFile>>, PathBuf),
}

impl Output {
    /// Opens standard output, or a temporary file in the folder of `path`. Links are followed; what exists
    /// and is no regular file is written directly.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(path: Option<&Path>) -> io::Result<Output> {
        let Some(path) = path else {
            return Ok(Output::Stdout(BufWriter::new(io::stdout())));
        };
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let existing = path.metadata().ok();
        if existing.as_ref().is_some_and(|m| !m.is_file()) {
            let file = File::options().write(true).open(&path)?;
            return Ok(Output::Direct(BufWriter::new(file)));
        }
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY);
        #[cfg(unix)]
        {
            // as readable as other new files (the umask applies), or as the file that is replaced
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder)?;
        if let Some(existing) = existing {
            file.as_file().set_permissions(existing.permissions())?;
        }
        Ok(Output::File(Box::new(BufWriter::new(file)), path))
    }

    /// The writer.
    pub fn writer(&mut self) -> &mut dyn Write {
        match self {
            Output::Stdout(w) => w,
            Output::Direct(w) => w,
            Output::File(w, _) => w.as_mut(),
        }
    }

    /// Ends the output; a file is synced and takes its name only now.
    ///
    /// # Errors
    /// Those of the file system; the file that stood there is then as it was.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Output::Stdout(mut w) => w.flush(),
            Output::Direct(mut w) => w.flush(),
            Output::File(w, path) => {
                let file = w.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(&path).map_err(|e| e.error)?;
                Ok(())
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}

/// Writes a whole file by way of a temporary one.
///
/// # Errors
/// Those of the file system; the file that stood there is then as it was.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut out = Output::open(Some(path))?;
    out.writer().write_all(bytes)?;
    out.finish()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_replaced_file_keeps_its_mode_and_a_link_its_target() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("labels.csv"), dir.path().join("link.csv"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_file(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(
            dir.path().read_dir().unwrap().count(),
            2,
            "nothing is left behind"
        );
    }

    #[test]
    fn an_output_that_is_dropped_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pages.jsonl");
        std::fs::write(&file, "old").unwrap();
        let mut out = Output::open(Some(&file)).unwrap();
        out.write_all(b"half").unwrap();
        drop(out);
        assert_eq!(std::fs::read(&file).unwrap(), b"old");
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }
}
