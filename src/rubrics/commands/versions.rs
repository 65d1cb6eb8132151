//! Drafting, changing and publishing versions of rubrics.

use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{AttributeId, RubricId, RubricVersionId};
use crate::rubrics::store::{self, Anchor, Attribute, RubricVersion};
use crate::rubrics::{Content, Finding, Proposal, VersionCommand, VersionState, kept_ids};

/// How many versions a rubric may have, so that all of them fit into one answer.
pub const VERSIONS_MAX: i32 = 100;

/// Drafts the next version: with this content, or with a copy of the newest version's.
pub fn draft(
    tx: &mut Tx<'_>,
    actor: &Actor,
    rubric_id: RubricId,
    content: Option<&Proposal>,
) -> Result<RubricVersionId> {
    let permit = permit_known(actor, Action::ManageRubrics, rubric_id)?;
    lock(tx.conn, Root::Rubric, rubric_id.any())?;
    store::find(tx.conn, rubric_id)?.ok_or_else(Error::not_found)?;
    let newest = store::newest_version(tx.conn, rubric_id)?;
    let number = newest.as_ref().map_or(1, |version| version.number + 1);
    if number > VERSIONS_MAX {
        let detail = format!("A rubric has at most {VERSIONS_MAX} versions.");
        return Err(Error::invalid("", "too_many", detail));
    }
    let before = match newest {
        Some(newest) => store::content_of(tx.conn, newest.id)?.1,
        None => Content::default(),
    };
    let content = match content {
        Some(content) => keyed(content.clone(), &before, "")?,
        None => before,
    };
    draft_inner(tx, &permit, rubric_id, number, &content)
}

/// The content with a key for every attribute. `at` is where it stands in the body.
pub(in crate::rubrics) fn keyed(content: Proposal, before: &Content, at: &str) -> Result<Content> {
    content.keyed(before).map_err(|twice| {
        let wrong = twice.into_iter().map(|index| {
            let pointer = format!("{at}/attributes/{index}/key");
            FieldError::body(pointer, "duplicate", "Another attribute has this key.")
        });
        Error::invalid_fields(wrong.collect())
    })
}

/// Saves and records a draft with this number; the permit is for the rubric.
pub(in crate::rubrics) fn draft_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    rubric_id: RubricId,
    number: i32,
    content: &Content,
) -> Result<RubricVersionId> {
    let (id, now): (RubricVersionId, _) = (tx.id(), tx.now());
    let permit = permit.extend_to(id);
    let row = RubricVersion {
        id,
        rubric_id,
        number,
        state: VersionState::Draft,
        published_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_version(tx, &permit, &row)?;
    let ids = (0..content.attributes.len()).map(|_| tx.id()).collect::<Vec<_>>();
    insert_content(tx, &permit, id, &ids, content)?;
    record(tx, &permit, &event(EventKind::RubricVersionDrafted, &row))?;
    Ok(id)
}

/// Gives a draft another content. An attribute that keeps its key keeps its id.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RubricVersionId,
    expected: Option<i64>,
    content: &Proposal,
) -> Result<RubricVersionId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let mut row = find_locked(tx, id, expected)?;
    row.state = row.state.apply(VersionCommand::Replace)?;
    let (old_ids, old) = store::content_of(tx.conn, id)?;
    let content = keyed(content.clone(), &old, "")?;
    let keys = old.attributes.iter().map(|one| one.key.as_str());
    let known: Vec<(AttributeId, &str)> = old_ids.into_iter().zip(keys).collect();
    let wanted: Vec<&str> = content.attributes.iter().map(|one| one.key.as_str()).collect();
    let kept = kept_ids(&known, &wanted).into_iter();
    let ids: Vec<AttributeId> = kept.map(|id| id.unwrap_or_else(|| tx.id())).collect();
    store::save_version(tx, &permit, &row)?;
    store::delete_content(tx, &permit, id)?;
    insert_content(tx, &permit, id, &ids, &content)?;
    record(tx, &permit, &event(EventKind::RubricVersionUpdated, &row).changed(&["attributes"]))?;
    Ok(id)
}

/// Publishes a draft in which the lint finds no error.
pub fn publish(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RubricVersionId,
    expected: Option<i64>,
) -> Result<RubricVersionId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let row = find_locked(tx, id, expected)?;
    let errors = publish_inner(tx, &permit, row)?.into_iter().map(|finding| {
        FieldError::body(finding.pointer, finding.code.as_str(), finding.code.detail())
    });
    let errors: Vec<FieldError> = errors.collect();
    if errors.is_empty() { Ok(id) } else { Err(Error::invalid_fields(errors)) }
}

/// Publishes and records a draft, or says which errors keep it from being published; the permit is
/// for the version. Imports come in here.
pub(in crate::rubrics) fn publish_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut row: RubricVersion,
) -> Result<Vec<Finding>> {
    row.state = row.state.apply(VersionCommand::Publish)?;
    let errors = store::content_of(tx.conn, row.id)?.1.errors();
    if errors.is_empty() {
        row.published_at = Some(tx.occurred_at());
        store::save_version(tx, permit, &row)?;
        record(tx, permit, &event(EventKind::RubricVersionPublished, &row))?;
    }
    Ok(errors)
}

/// The version, read again once nobody else can change its rubric.
fn find_locked(
    tx: &mut Tx<'_>,
    id: RubricVersionId,
    expected: Option<i64>,
) -> Result<RubricVersion> {
    let seen = store::find_version(tx.conn, id)?.ok_or_else(Error::not_found)?;
    lock(tx.conn, Root::Rubric, seen.rubric_id.any())?;
    let row = store::find_version(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok(row)
}

fn event(kind: EventKind, row: &RubricVersion) -> Event {
    Event::new(kind, row.id.into())
        .id("rubric_id", row.rubric_id)
        .number("number", i64::from(row.number))
}

/// Inserts the content of a version; `ids` are those of its attributes.
fn insert_content(
    tx: &mut Tx<'_>,
    permit: &Permit,
    version: RubricVersionId,
    ids: &[AttributeId],
    content: &Content,
) -> Result<()> {
    let (mut attributes, mut levels) = (Vec::new(), Vec::new());
    for ((id, one), position) in ids.iter().zip(&content.attributes).zip(0..) {
        attributes.push(Attribute {
            id: *id,
            rubric_version_id: version,
            position,
            key: one.key.clone(),
            name: one.name.clone(),
            description: one.description.clone(),
            direction: one.direction,
            pass_level: one.pass_level,
        });
        levels.extend(one.levels.iter().zip(1..).map(|(one, level)| Anchor {
            id: tx.id(),
            attribute_id: *id,
            level,
            value: one.value,
            label: one.label.clone(),
            meaning: one.meaning.clone(),
            anchor: one.anchor.clone(),
        }));
    }
    store::insert_content(tx, permit, &attributes, &levels)
}
