//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// An open output.
pub enum Output {
    /// Standard output.
    Stdout(BufWriter<io::Stdout>),
    /// A temporary file beside the wanted one.
    File(Box<BufWriter<NamedTempFile>>, PathBuf),
}

impl Output {
    /// Opens standard output, or a temporary file in the folder of `path`.
    pub fn open(path: Option<&Path>) -> io::Result<Output> {
        let Some(path) = path else {
            return Ok(Output::Stdout(BufWriter::new(io::stdout())));
        };
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(".tollgate-")
            .tempfile_in(folder)?;
        Ok(Output::File(Box::new(BufWriter::new(file)), path.to_owned()))
    }

    /// The writer.
    pub fn writer(&mut self) -> &mut dyn Write {
        match self {
            Output::Stdout(w) => w,
            Output::File(w, _) => w.as_mut(),
        }
    }

    /// Ends the output; a file is synced and takes its name only now.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Output::Stdout(mut w) => w.flush(),
            Output::File(w, path) => {
                let file = w.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                allow_reading(file.as_file())?;
                file.persist(&path).map_err(|e| e.error)?;
                Ok(())
            }
        }
    }
}

/// Temporary files are private; results are as readable as other new files.
fn allow_reading(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

/// Writes a whole file by way of a temporary one.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut out = Output::open(Some(path))?;
    out.writer().write_all(bytes)?;
    out.finish()
}
