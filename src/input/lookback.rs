//! A buffered reader that keeps some of what it has passed, so that reading can go back after damage.

use std::io::{BufRead, Read, Result};

/// Bytes that are read at a time.
const STEP: usize = 128 * 1024;
/// Passed bytes that are kept at least.
const KEPT: usize = 64 * 1024;

/// Buffers a reader.
pub struct Lookback<R> {
    inner: R,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes of the stream before the buffer.
    before: u64,
}

impl<R: Read> Lookback<R> {
    /// Wraps a reader.
    pub fn new(inner: R) -> Self {
        Lookback {
            inner,
            buffer: Vec::new(),
            at: 0,
            before: 0,
        }
    }

    /// Place in the stream.
    pub fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Goes back to a place, or as near to it as is still kept.
    pub fn back_to(&mut self, position: u64) {
        let at = position.saturating_sub(self.before).min(self.at as u64);
        self.at = at as usize;
    }

    /// The bytes from here on, at least `wanted` of them when the stream has as many.
    pub fn ahead(&mut self, wanted: usize) -> Result<&[u8]> {
        while self.buffer.len() - self.at < wanted {
            if self.more()? == 0 {
                break;
            }
        }
        Ok(&self.buffer[self.at..])
    }

    fn more(&mut self) -> Result<usize> {
        if self.at > KEPT + STEP {
            let drop = self.at - KEPT;
            self.buffer.drain(..drop);
            self.at -= drop;
            self.before += drop as u64;
        }
        let len = self.buffer.len();
        self.buffer.resize(len + STEP, 0);
        let read = loop {
            match self.inner.read(&mut self.buffer[len..]) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(len + *read.as_ref().unwrap_or(&0));
        read
    }
}

impl<R: Read> Read for Lookback<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let mut available = self.fill_buf()?;
        let n = available.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: Read> BufRead for Lookback<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.ahead(1)
    }

    fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.buffer.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_goes_back_as_far_as_is_kept_and_memory_stays_small() {
        let bytes: Vec<u8> = (0..2_000_000u32).map(|i| (i % 251) as u8).collect();
        let mut reader = Lookback::new(bytes.as_slice());
        let mut seen = Vec::new();
        let mut piece = [0; 7000];
        loop {
            let n = reader.read(&mut piece).unwrap();
            if n == 0 {
                break;
            }
            seen.extend_from_slice(&piece[..n]);
            assert!(reader.buffer.len() <= KEPT + 3 * STEP);
        }
        assert_eq!(seen, bytes);
        reader.back_to(1_990_000);
        assert_eq!(reader.position(), 1_990_000);
        assert_eq!(reader.ahead(10_000).unwrap(), &bytes[1_990_000..]);
        reader.back_to(0);
        assert!(reader.position() > 0 && reader.position() <= 2_000_000 - KEPT as u64);
        let here = reader.position() as usize;
        assert_eq!(reader.fill_buf().unwrap()[0], bytes[here]);
    }
}
