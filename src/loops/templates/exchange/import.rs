//! From a file of loop templates into the database.

use std::collections::BTreeSet;

use super::{LoopLibrary, LoopTemplateEntry, VersionEntry};
use crate::access::Permit;
use crate::db::dialect::{Root, lock};
use crate::db::{Conn, Db, Origin, Tx};
use crate::error::{Code, Error, Result};
use crate::http::fields::Line;
use crate::ids::{LoopTemplateId, LoopTemplateVersionId};
use crate::loops::templates::commands::versions::{self, VERSIONS_MAX};
use crate::loops::templates::commands::{NewLoopTemplate, archive_inner, create_inner};
use crate::loops::templates::store::{self, LoopTemplate, LoopTemplateVersion};
use crate::loops::templates::{Content, Finding, KitContent, KitQuestion, NamedKit, Wanted};
use crate::questions::store as questions;
use crate::rubrics::exchange::{Done, refused};
use crate::rubrics::{VersionState, store as rubrics};

/// What became of a file.
#[derive(Debug, Default)]
pub struct Imported {
    /// Each loop template of the file, in its order.
    pub loop_templates: Vec<LoopTemplateImported>,
}

/// What became of a loop template.
#[derive(Debug)]
pub struct LoopTemplateImported {
    /// Its key.
    pub key: String,
    /// What was done.
    pub done: Done,
    /// The versions that were made or published, or could not be published.
    pub versions: Vec<VersionImported>,
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

/// Brings loop templates in, each in a transaction of its own, like rubrics: see
/// [`crate::rubrics::exchange::import`]. A kit whose rubric version is not here as a published one, or
/// lacks an attribute that the kit names, gets no rubric and keeps the names; so do the questions of a
/// kit if one of them is not in the bank. The version is a draft until that changes.
///
/// # Errors
/// Only when the database is gone; what cannot be taken is named in the answer.
pub fn import(db: &Db, library: &LoopLibrary, publish: bool) -> Result<Imported> {
    let mut imported = Imported::default();
    for entry in &library.loop_templates {
        let mut unit = db.unit();
        unit.origin = Origin::Import;
        let (key, entry) = (entry.key.to_text(), entry.clone());
        let done = match db.write_here(&unit, move |tx| take(tx, &entry, publish)) {
            Err(error) if error.code == Code::DatabaseUnavailable => return Err(error),
            done => done,
        };
        let (done, versions) = done.unwrap_or_else(|error| (refused(&error), Vec::new()));
        imported.loop_templates.push(LoopTemplateImported { key, done, versions });
    }
    Ok(imported)
}

fn take(
    tx: &mut Tx<'_>,
    entry: &LoopTemplateEntry,
    publish: bool,
) -> Result<(Done, Vec<VersionImported>)> {
    let contents = entry.versions.iter().enumerate();
    let contents = contents.map(|(index, version)| content(tx.conn, version, index));
    let contents = contents.collect::<Result<Vec<_>>>()?;
    match store::find_by_key(tx.conn, &entry.key)? {
        Some(row) => extend(tx, &row, entry, contents, publish),
        None => add(tx, entry, &contents, publish),
    }
}

/// What a version of the file says here. `index` is its place.
fn content(conn: &mut Conn, entry: &VersionEntry, index: usize) -> Result<Content> {
    let kits = entry.kits.iter().enumerate();
    let kits = kits.map(|(kit, named)| {
        let mut seen = BTreeSet::new();
        let twice = named.attributes.iter().position(|one| !seen.insert(&*one.attribute));
        if let Some(place) = twice {
            let pointer = format!("/versions/{index}/kits/{kit}/attributes/{place}");
            return Err(Error::invalid(
                pointer,
                "duplicate",
                "The kit names this attribute twice.",
            ));
        }
        found(conn, named)
    });
    Ok(Content { must_cover: entry.must_cover.clone(), kits: kits.collect::<Result<_>>()? })
}

/// A kit with what it names, as far as that is here.
fn found(conn: &mut Conn, named: &NamedKit) -> Result<KitContent> {
    let mut kit = KitContent {
        name: named.name.to_text(),
        kind: named.kind,
        minutes: named.minutes,
        rubric_version_id: None,
        attributes: Vec::new(),
        slots: named.slots.iter().map(|one| one.slot.into()).collect(),
        questions: Vec::new(),
        wanted: Wanted::default(),
    };
    if !find_rubric(conn, named, &mut kit)? {
        kit.wanted.rubric.clone_from(&named.rubric);
        kit.wanted.attributes.clone_from(&named.attributes);
    }
    for question in &named.questions {
        let wording = questions::find_wording(conn, &question.question, question.version)?;
        kit.questions.extend(wording.map(|(question_id, version_id)| KitQuestion {
            question_id,
            version_id: Some(version_id),
        }));
    }
    if kit.questions.len() < named.questions.len() {
        kit.questions.clear();
        kit.wanted.questions.clone_from(&named.questions);
    }
    Ok(kit)
}

/// Gives a kit its rubric version with the attributes that it names, if all of that is here.
fn find_rubric(conn: &mut Conn, named: &NamedKit, kit: &mut KitContent) -> Result<bool> {
    let Some(rubric) = &named.rubric else { return Ok(false) };
    let Some(id) = rubrics::find_published(conn, &rubric.key, rubric.version)? else {
        return Ok(false);
    };
    let here = rubrics::attributes_of(conn, &[id])?;
    let attributes = named.attributes.iter().map(|one| {
        let row = here.iter().find(|row| row.key == *one.attribute)?;
        Some((row.id, one.priority))
    });
    let Some(attributes) = attributes.collect::<Option<Vec<_>>>() else { return Ok(false) };
    kit.rubric_version_id = Some(id);
    kit.attributes = attributes;
    Ok(true)
}

fn add(
    tx: &mut Tx<'_>,
    entry: &LoopTemplateEntry,
    contents: &[Content],
    publish: bool,
) -> Result<(Done, Vec<VersionImported>)> {
    let id: LoopTemplateId = tx.id();
    let permit = Permit::for_import(id);
    let new = NewLoopTemplate {
        key: Some(entry.key.to_text()),
        name: entry.name.to_text(),
        attribution: entry.attribution.as_ref().map(Line::to_text),
        content: contents.first().cloned().unwrap_or_default(),
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
    row: &LoopTemplate,
    entry: &LoopTemplateEntry,
    contents: Vec<Content>,
    publish: bool,
) -> Result<(Done, Vec<VersionImported>)> {
    let permit = Permit::for_import(row.id);
    lock(tx.conn, Root::LoopTemplate, row.id.any())?;
    let mut here = store::versions_of(tx.conn, &[row.id])?;
    here.reverse();
    let mut done = Vec::new();
    let mut news = Vec::new();
    for (content, published) in news_of(tx, &here, entry, contents)? {
        let number = here.last().map_or(1, |last| last.number + 1);
        if number > VERSIONS_MAX {
            let detail = format!("A loop template has at most {VERSIONS_MAX} versions.");
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
    here: &[LoopTemplateVersion],
    entry: &LoopTemplateEntry,
    contents: Vec<Content>,
) -> Result<Vec<(Content, bool)>> {
    let known = here.iter().map(|version| Ok(store::content_of(tx.conn, version)?.1));
    let known = known.collect::<Result<Vec<_>>>()?;
    let states = entry.versions.iter().map(|one| one.state == VersionState::Published);
    let offered: Vec<(Content, bool)> = contents.into_iter().zip(states).collect();
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
    id: LoopTemplateVersionId,
    wanted: bool,
) -> Result<VersionImported> {
    let row = store::find_version(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let number = row.number;
    let errors = if wanted {
        versions::publish_inner(tx, &permit.extend_to(id), row)?
    } else {
        versions::errors_of(tx, &row)?
    };
    let is_published = wanted && errors.is_empty();
    let state = if is_published { VersionState::Published } else { VersionState::Draft };
    Ok(VersionImported { number, state, errors })
}
