//! From a library into the database.

use super::{Library, RubricEntry, VersionEntry};
use crate::access::Permit;
use crate::db::dialect::{Root, lock};
use crate::db::{Db, Origin, Tx};
use crate::error::{Code, Error, Result};
use crate::http::fields::Line;
use crate::ids::{RubricId, RubricVersionId};
use crate::rubrics::api::versions::content;
use crate::rubrics::commands::versions::{self, VERSIONS_MAX};
use crate::rubrics::commands::{NewRubric, archive_inner, create_inner};
use crate::rubrics::store::{self, Rubric, RubricVersion};
use crate::rubrics::{Content, Finding, VersionState};

/// What became of a library.
#[derive(Debug, Default)]
pub struct Imported {
    /// Each rubric of the file, in its order.
    pub rubrics: Vec<RubricImported>,
}

/// What became of a rubric.
#[derive(Debug)]
pub struct RubricImported {
    /// Its key.
    pub key: String,
    /// What was done.
    pub done: Done,
    /// The versions that were made or published, or could not be published.
    pub versions: Vec<VersionImported>,
}

/// What was done with a rubric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was not there.
    Added,
    /// It was there, and got versions.
    Extended,
    /// It was there like this.
    Unchanged,
    /// It could not be taken, for this reason.
    Refused(String),
}

/// What became of a version.
#[derive(Debug)]
pub struct VersionImported {
    /// Counts from 1.
    pub number: i32,
    /// What it is now.
    pub state: VersionState,
    /// What keeps it from being published; also for a draft that nobody asked to publish.
    pub errors: Vec<Finding>,
}

/// Brings a library in, each rubric in a transaction of its own. Versions that are published in the
/// file are published, and with `publish` drafts are, too, wherever the lint finds no error. A rubric
/// that is there already, by its key, keeps its versions, name and attribution, and gets those
/// versions of the file that follow on what it has; where the two histories differ, it gets the last
/// version of the file as a draft.
///
/// # Errors
/// Only when the database is gone; what cannot be taken is named in the answer.
pub fn import(db: &Db, library: &Library, publish: bool) -> Result<Imported> {
    let mut imported = Imported::default();
    for entry in &library.rubrics {
        let mut unit = db.unit();
        unit.origin = Origin::Import;
        let (key, entry) = (entry.key.to_text(), entry.clone());
        let done = match db.write_here(&unit, move |tx| take(tx, &entry, publish)) {
            Err(error) if error.code == Code::DatabaseUnavailable => return Err(error),
            done => done,
        };
        let (done, versions) = done.unwrap_or_else(|error| (refused(&error), Vec::new()));
        imported.rubrics.push(RubricImported { key, done, versions });
    }
    Ok(imported)
}

/// That something could not be taken, with all reasons.
pub(crate) fn refused(error: &Error) -> Done {
    let fields = error.fields.iter().map(|field| format!("{}: {}", field.pointer, field.detail));
    let reasons: Vec<String> = [error.detail.to_string()].into_iter().chain(fields).collect();
    Done::Refused(reasons.join(" "))
}

fn take(
    tx: &mut Tx<'_>,
    entry: &RubricEntry,
    publish: bool,
) -> Result<(Done, Vec<VersionImported>)> {
    match store::find_by_key(tx.conn, &entry.key)? {
        Some(row) => extend(tx, &row, entry, publish),
        None => add(tx, entry, publish),
    }
}

/// The contents of the versions of a file, with keys for all attributes.
fn contents(entries: &[VersionEntry]) -> Result<Vec<Content>> {
    let mut contents: Vec<Content> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let nothing = Content::default();
        let before = contents.last().unwrap_or(&nothing);
        let at = format!("/versions/{index}");
        contents.push(versions::keyed(content(&entry.attributes), before, &at)?);
    }
    Ok(contents)
}

fn add(
    tx: &mut Tx<'_>,
    entry: &RubricEntry,
    publish: bool,
) -> Result<(Done, Vec<VersionImported>)> {
    let id: RubricId = tx.id();
    let permit = Permit::for_import(id);
    let contents = contents(&entry.versions)?;
    let new = NewRubric {
        key: Some(entry.key.to_text()),
        name: entry.name.to_text(),
        attribution: entry.attribution.as_ref().map(Line::to_text),
        content: contents.first().cloned().unwrap_or_default().into_proposal(),
    };
    let mut ids = vec![create_inner(tx, &permit, id, &new)?];
    for (content, number) in contents.iter().zip(1..).skip(1) {
        ids.push(versions::draft_inner(tx, &permit, id, number, content)?);
    }
    let mut done = Vec::new();
    for (id, entry) in ids.into_iter().zip(&entry.versions) {
        done.push(settle(tx, &permit, id, publish || entry.state == VersionState::Published)?);
    }
    if entry.archived {
        archive_inner(tx, &permit, id)?;
    }
    Ok((Done::Added, done))
}

fn extend(
    tx: &mut Tx<'_>,
    row: &Rubric,
    entry: &RubricEntry,
    publish: bool,
) -> Result<(Done, Vec<VersionImported>)> {
    let permit = Permit::for_import(row.id);
    lock(tx.conn, Root::Rubric, row.id.any())?;
    let mut here = store::versions_of(tx.conn, &[row.id])?;
    here.reverse();
    let mut done = Vec::new();
    let mut news = Vec::new();
    for (content, published) in news_of(tx, &here, entry)? {
        let number = here.last().map_or(1, |last| last.number + 1);
        if number > VERSIONS_MAX {
            let detail = format!("A rubric has at most {VERSIONS_MAX} versions.");
            return Err(Error::invalid("", "too_many", detail));
        }
        let id = versions::draft_inner(tx, &permit, row.id, number, &content)?;
        here.extend(store::find_version(tx.conn, id)?);
        news.push((id, published));
    }
    let outcome = if news.is_empty() { Done::Unchanged } else { Done::Extended };
    let waiting = here.last().filter(|last| news.is_empty() && last.state == VersionState::Draft);
    news.extend(waiting.filter(|_| publish).map(|last| (last.id, true)));
    for (id, published) in news {
        done.push(settle(tx, &permit, id, publish || published)?);
    }
    Ok((outcome, done))
}

/// The versions of the file that are new here, and whether each is published there.
fn news_of(
    tx: &mut Tx<'_>,
    here: &[RubricVersion],
    entry: &RubricEntry,
) -> Result<Vec<(Content, bool)>> {
    let ids: Vec<RubricVersionId> = here.iter().map(|version| version.id).collect();
    let mut known = store::contents_of(tx.conn, &ids)?;
    let known: Vec<Content> = ids.iter().map(|id| known.remove(id).unwrap_or_default().1).collect();
    let states = entry.versions.iter().map(|one| one.state == VersionState::Published);
    let offered: Vec<(Content, bool)> =
        contents(&entry.versions)?.into_iter().zip(states).collect();
    let follows = offered.len() >= known.len()
        && known.iter().zip(&offered).all(|(known, (offered, _))| known == offered);
    if follows {
        return Ok(offered.into_iter().skip(known.len()).collect());
    }
    let last = offered.into_iter().next_back();
    Ok(last
        .filter(|(content, _)| known.last() != Some(content))
        .map(|(content, _)| (content, false))
        .into_iter()
        .collect())
}

/// Publishes a version if that is wanted and nothing keeps it, and says what became of it.
fn settle(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: RubricVersionId,
    wanted: bool,
) -> Result<VersionImported> {
    let row = store::find_version(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let number = row.number;
    let errors = if wanted {
        versions::publish_inner(tx, &permit.extend_to(id), row)?
    } else {
        store::content_of(tx.conn, id)?.1.errors()
    };
    let is_published = wanted && errors.is_empty();
    let state = if is_published { VersionState::Published } else { VersionState::Draft };
    Ok(VersionImported { number, state, errors })
}
