//! Zip archives of pages, and WACZ: a zip whose pages are in WARC archives.

use super::entry::Listed;
use super::record::Item;
use super::sniff::{HEAD, Packing, Shape, is_archive_name, shape};
use super::source::{Emit, ReadOptions};
use super::warc::read_warc;
use crate::error::Error;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use zip::ZipArchive;

/// Reads the members in the order of the archive's directory.
pub fn read_zip(file: File, archive: &str, options: &ReadOptions, emit: Emit) -> ControlFlow<()> {
    let listed = Listed { archive, options };
    let mut zip = match ZipArchive::new(BufReader::new(file)) {
        Ok(zip) => zip,
        Err(e) => return emit(listed.broken(&e)),
    };
    let is_wacz = zip.index_for_name("datapackage.json").is_some()
        && zip.file_names().flatten().any(|n| is_wacz_part(&n));
    for index in 0..zip.len() {
        let listed_name = zip.name_for_index(index).and_then(Result::ok);
        // names that aren't UTF-8 are replaced by their place
        let name = listed_name.map_or_else(|| index.to_string(), std::borrow::Cow::into_owned);
        let member = match zip.by_index(index) {
            Ok(member) if member.is_dir() => continue,
            Ok(member) => member,
            Err(e) => {
                emit(Item::Failed {
                    name: listed.name(&name),
                    error: Error::Archive {
                        reason: e.to_string(),
                    },
                })?;
                continue;
            }
        };
        options
            .read
            .fetch_add(member.compressed_size(), Ordering::Relaxed);
        if !is_wacz {
            emit(listed.item(&name, member))?;
        } else if is_wacz_part(&name) {
            read_member_warc(member, &listed.name(&name), options, emit)?;
        } else {
            emit(Item::Skipped("file-type"))?;
        }
    }
    ControlFlow::Continue(())
}

fn is_wacz_part(name: &str) -> bool {
    name.starts_with("archive/") && is_archive_name(name)
}

fn read_member_warc(mut member: impl Read, name: &str, options: &ReadOptions, emit: Emit) -> ControlFlow<()> {
    let mut head = Vec::new();
    if let Err(e) = member.by_ref().take(HEAD as u64).read_to_end(&mut head) {
        return emit(Item::Failed {
            name: name.to_owned(),
            error: Error::Damaged {
                reason: e.to_string(),
            },
        });
    }
    let packing = match shape(name, &head) {
        Shape::Warc(packing) => packing,
        _ => Packing::Plain,
    };
    read_warc(Cursor::new(head).chain(member), packing, name, options, emit)
}
