//! From the database to a library.

use super::{Format, Library, RubricEntry, VersionEntry};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::RubricId;
use crate::rubrics::Content;
use crate::rubrics::api::versions::RubricAttributeInput;
use crate::rubrics::store::{self, Rubric};

/// How many rubrics are looked up at a time.
const PAGE: i64 = 100;

/// The rubrics that are named by key or id, or all; in the order of their keys, each once.
///
/// # Errors
/// 404 for a name that is none, with the name.
pub fn export(conn: &mut Conn, names: &[String]) -> Result<Library> {
    let mut rows: Vec<Rubric> = Vec::new();
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
    let rubrics = rows.into_iter().map(|row| entry(conn, row)).collect::<Result<Vec<_>>>()?;
    Ok(Library { format: Format::One, rubrics })
}

fn find(conn: &mut Conn, name: &str) -> Result<Rubric> {
    let found = match name.parse::<RubricId>() {
        Ok(id) => store::find(conn, id)?,
        Err(_) => store::find_by_key(conn, name)?,
    };
    found.ok_or_else(|| Error {
        detail: format!("There is no rubric {name}.").into(),
        ..Error::not_found()
    })
}

fn entry(conn: &mut Conn, row: Rubric) -> Result<RubricEntry> {
    let mut versions = store::versions_of(conn, &[row.id])?;
    versions.reverse();
    let ids: Vec<_> = versions.iter().map(|version| version.id).collect();
    let mut contents = store::contents_of(conn, &ids)?;
    let versions = versions.into_iter().map(|version| {
        let content: Content = contents.remove(&version.id).unwrap_or_default().1;
        let attributes = content.attributes.into_iter().map(RubricAttributeInput::of);
        let attributes = attributes.collect::<std::result::Result<_, String>>()?;
        Ok(VersionEntry { state: version.state, attributes })
    });
    let entry = (|| {
        Ok(RubricEntry {
            key: row.key.parse()?,
            name: row.name.parse()?,
            attribution: row.attribution.map(|text| text.parse()).transpose()?,
            archived: row.archived_at.is_some(),
            versions: versions.collect::<std::result::Result<_, String>>()?,
        })
    })();
    entry.map_err(|text: String| Error::internal(format!("rubric {}: {text}", row.id)))
}
