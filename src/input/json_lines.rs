//! JSON lines with a page in each. Lines are cut here and parsed by [`super::Record::unpack`].

use super::entry::Listed;
use super::record::{Body, Item, Record};
use super::source::Emit;
use crate::error::Error;
use crate::pipeline::InputKind;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Reads the lines in their order; each is named by its number.
pub fn read_json_lines(input: &mut dyn Read, listed: &Listed, emit: Emit) -> ControlFlow<()> {
    let mut input = BufReader::with_capacity(1 << 17, input);
    // escapes can make a page six times as long
    let allowed = listed
        .options
        .limits
        .bytes
        .saturating_mul(6)
        .saturating_add(1 << 16);
    for number in 1u64.. {
        let mut line = Vec::new();
        match input
            .by_ref()
            .take(allowed.saturating_add(1))
            .read_until(b'\n', &mut line)
        {
            Ok(0) => break,
            Ok(_) => {}
            Err(e) => return emit(listed.broken(&e)),
        }
        let name = listed.name(&number.to_string());
        if line.len() as u64 > allowed {
            let found = line.len() as u64;
            drop(line);
            emit(Item::Failed {
                name,
                error: Error::MemberTooLarge { found, allowed },
            })?;
            if let Err(e) = pass_line(&mut input) {
                return emit(listed.broken(&e));
            }
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        emit(Item::Record(Record {
            name,
            url: None,
            date: None,
            charset: None,
            kind: InputKind::Html,
            body: Body::JsonLine(line, Arc::clone(&listed.options.columns)),
        }))?;
    }
    ControlFlow::Continue(())
}

fn pass_line(input: &mut impl BufRead) -> std::io::Result<()> {
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
