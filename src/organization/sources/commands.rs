//! Adding and changing sources.

use super::SourceKind;
use super::api::{CreateSource, UpdateSource};
use super::store::{self, Source};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::SourceId;

/// A source to add.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Its name.
    pub name: String,
    /// How candidates come by it.
    pub kind: SourceKind,
}

/// Adds a source as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateSource) -> Result<SourceId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    add(
        tx,
        &permit,
        id,
        NewSource { name: input.name.to_text(), kind: input.kind.unwrap_or(SourceKind::Other) },
    )?;
    Ok(id)
}

/// Adds a source.
pub fn add(tx: &mut Tx<'_>, permit: &Permit, id: SourceId, new: NewSource) -> Result<()> {
    let now = tx.now();
    let row = Source {
        id,
        name: new.name,
        kind: new.kind,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::SourceCreated, id.into()))?;
    Ok(())
}

/// Changes a source.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SourceId,
    expected: Option<i64>,
    input: &UpdateSource,
) -> Result<SourceId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("kind", &mut row.kind, input.kind);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::SourceUpdated, id.into()).changed(changes.names()))?;
    Ok(id)
}
