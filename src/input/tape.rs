//! Tape archives (tar) of pages, read as a stream.

use super::entry::Listed;
use super::record::Item;
use super::source::Emit;
use crate::error::Error;
use std::io::Read;
use std::ops::ControlFlow;

/// Reads the members in their order. After damage no next member can be found: reading ends with an error.
pub fn read_tar(input: &mut dyn Read, listed: &Listed, emit: Emit) -> ControlFlow<()> {
    let mut archive = tar::Archive::new(input);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(e) => return emit(listed.broken(&e)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => return emit(listed.broken(&e)),
        };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let (found, allowed) = (entry.size(), listed.options.limits.member);
        if found > allowed {
            return emit(Item::Failed {
                name: listed.name(&name),
                error: Error::MemberTooLarge { found, allowed },
            });
        }
        emit(listed.item(&name, entry))?;
    }
    ControlFlow::Continue(())
}
