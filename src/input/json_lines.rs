//! JSON lines with a page in each. Lines are cut here and parsed by [`super::Record::unpack`].

use super::entry::Listed;
use super::line::{Line, read_line};
use super::record::{Body, Item, Record};
use super::source::Emit;
use crate::error::Error;
use crate::pipeline::InputKind;
use std::io::{BufReader, Read};
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
        let name = || listed.name(&number.to_string());
        let mut line = match read_line(&mut input, allowed) {
            Ok(None) => break,
            Ok(Some(Line::Whole(line))) => line,
            Ok(Some(Line::TooLong { found })) => {
                let error = Error::MemberTooLarge { found, allowed };
                emit(Item::Failed { name: name(), error })?;
                continue;
            }
            Err(e) => return emit(listed.broken(&e)),
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        emit(Item::Record(Record {
            name: name(),
            url: None,
            date: None,
            charset: None,
            kind: InputKind::Html,
            body: Body::JsonLine(line, Arc::clone(&listed.options.columns)),
        }))?;
    }
    ControlFlow::Continue(())
}
