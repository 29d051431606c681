//! Reads lines of a bounded length, so that a line without end fills no memory.

use std::io::{BufRead, BufReader, Read, Result};
use std::path::Path;

/// A line of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The line with its end, where it has one.
    Whole(Vec<u8>),
    /// More bytes than allowed; the rest of the line is passed over.
    TooLong {
        /// Bytes that were read of it.
        found: u64,
    },
}

/// Opens a file of lines, unpacked where its name ends in `.gz`.
///
/// # Errors
/// When the file can't be opened.
pub fn open_lines(path: &Path) -> Result<Box<dyn BufRead>> {
    let file = std::fs::File::open(path)?;
    Ok(if path.extension().is_some_and(|e| e == "gz") {
        Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    })
}

/// Reads the next line; `None` at the end of the input.
///
/// # Errors
/// Those of the input.
pub fn read_line(input: &mut impl BufRead, allowed: u64) -> Result<Option<Line>> {
    let mut line = Vec::new();
    let read = input
        .by_ref()
        .take(allowed.saturating_add(1))
        .read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    let found = line.len() as u64;
    if found <= allowed {
        return Ok(Some(Line::Whole(line)));
    }
    if !line.ends_with(b"\n") {
        drop(line);
        pass_line(input)?;
    }
    Ok(Some(Line::TooLong { found }))
}

fn pass_line(input: &mut impl BufRead) -> Result<()> {
    loop {
        let here = input.fill_buf()?;
        if here.is_empty() {
            return Ok(());
        }
        let end = memchr::memchr(b'\n', here).map(|i| i + 1);
        let n = end.unwrap_or(here.len());
        input.consume(n);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_passed_over_and_the_next_ones_are_read() {
        let mut input: &[u8] = b"ab\n\nabcd\nabc\nlong line\nend";
        let whole = |text: &str| Some(Line::Whole(text.into()));
        let too_long = || Some(Line::TooLong { found: 5 });
        for want in [
            whole("ab\n"),
            whole("\n"),
            too_long(),
            whole("abc\n"),
            too_long(),
            whole("end"),
            None,
        ] {
            assert_eq!(read_line(&mut input, 4).unwrap(), want);
        }
    }

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_allowed() {
        let mut input = std::io::BufReader::new(std::io::repeat(b'x').take(1 << 30));
        let found = 1001;
        assert_eq!(
            read_line(&mut input, 1000).unwrap(),
            Some(Line::TooLong { found })
        );
        assert_eq!(read_line(&mut input, 1000).unwrap(), None);
    }
}
