//! From the database to a file of loop templates.

use super::{Format, LoopLibrary, LoopTemplateEntry, VersionEntry};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::LoopTemplateId;
use crate::loops::templates::store::{self, LoopTemplate, LoopTemplateVersion};

/// How many loop templates are looked up at a time.
const PAGE: i64 = 100;

/// The loop templates that are named by key or id, or all; in the order of their keys, each once.
///
/// # Errors
/// 404 for a name that is none, with the name.
pub fn export(conn: &mut Conn, names: &[String]) -> Result<LoopLibrary> {
    let mut rows: Vec<LoopTemplate> = Vec::new();
    for name in names {
        rows.push(find(conn, name)?);
    }
    while names.is_empty() {
        let last = rows.last().map(|row| row.key.clone()).unwrap_or_default();
        let page = store::after_key(conn, &last, PAGE)?;
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    // Databases order texts differently; keys are ASCII, and a file has one order.
    rows.sort_by(|one, other| one.key.cmp(&other.key));
    rows.dedup_by(|one, other| one.id == other.id);
    let loop_templates =
        rows.into_iter().map(|row| entry(conn, row)).collect::<Result<Vec<_>>>()?;
    Ok(LoopLibrary { format: Format::One, loop_templates })
}

fn find(conn: &mut Conn, name: &str) -> Result<LoopTemplate> {
    let found = match name.parse::<LoopTemplateId>() {
        Ok(id) => store::find(conn, id)?,
        Err(_) => store::find_by_key(conn, name)?,
    };
    found.ok_or_else(|| Error {
        detail: format!("There is no loop template {name}.").into(),
        ..Error::not_found()
    })
}

fn entry(conn: &mut Conn, row: LoopTemplate) -> Result<LoopTemplateEntry> {
    let mut versions = store::versions_of(conn, &[row.id])?;
    versions.reverse();
    let versions = versions.iter().map(|version| version_entry(conn, version));
    let versions = versions.collect::<Result<Vec<_>>>()?;
    let entry = (|| {
        Ok(LoopTemplateEntry {
            key: row.key.parse()?,
            name: row.name.parse()?,
            attribution: row.attribution.map(|text| text.parse()).transpose()?,
            archived: row.archived_at.is_some(),
            versions,
        })
    })();
    entry.map_err(|text: String| Error::internal(format!("loop template {}: {text}", row.id)))
}

fn version_entry(conn: &mut Conn, row: &LoopTemplateVersion) -> Result<VersionEntry> {
    let content = store::content_of(conn, row)?.1;
    let names = store::names_of(conn, &content)?;
    let kits = content
        .named(&names)
        .map_err(|text| Error::internal(format!("loop template version {}: {text}", row.id)))?;
    Ok(VersionEntry { state: row.state, must_cover: content.must_cover, kits })
}
