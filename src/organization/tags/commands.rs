//! Adding and changing tags.

use super::api::{CreateTag, MergeTag, UpdateTag};
use super::store::{self, Tag};
use crate::access::{Action, Actor, permit_known};
use crate::candidates;
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::TagId;
use crate::organization::{folded, settings};

/// Adds a tag.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateTag) -> Result<TagId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageTags, id)?;
    let row = Tag {
        id,
        name: input.name.to_text(),
        name_folded: folded(&input.name),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::TagCreated, id.into()))?;
    Ok(id)
}

/// Changes a tag.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TagId,
    expected: Option<i64>,
    input: &UpdateTag,
) -> Result<TagId> {
    let permit = permit_known(actor, Action::ManageTags, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    row.name_folded = folded(&row.name);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    if changes.names().contains(&"name") {
        candidates::tags::store::index_having(tx, &permit, id)?;
    }
    let event = Event::new(EventKind::TagUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Gives the candidates of a tag another one instead, and archives it. Merged again, it takes along
/// whom it was put on meanwhile.
pub fn merge(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TagId,
    expected: Option<i64>,
    input: &MergeTag,
) -> Result<TagId> {
    let permit = permit_known(actor, Action::ManageTags, id)?;
    settings::store::hold(tx)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    if input.into_id == id {
        return Err(Error::invalid("/into_id", "same", "A tag is merged into another one."));
    }
    let into = store::find(tx.conn, input.into_id)?.filter(|into| into.archived_at.is_none());
    let into = into.ok_or_else(|| Error::unknown_reference("/into_id"))?;
    candidates::tags::store::replace_everywhere(tx, &permit, id, into.id)?;
    row.archived_at = row.archived_at.or(Some(tx.now()));
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::TagMerged, id.into()).id("into_id", into.id))?;
    Ok(into.id)
}
