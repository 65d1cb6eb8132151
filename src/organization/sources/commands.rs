//! Adding and changing sources.

use super::api::{CreateSource, UpdateSource};
use super::store::{self, Source};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::SourceId;

/// A source to add.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Its name.
    pub name: String,
}

/// Adds a source as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateSource) -> Result<SourceId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    add(tx, &permit, id, NewSource { name: input.name.to_text() })?;
    Ok(id)
}

/// Adds a source.
pub fn add(tx: &mut Tx<'_>, permit: &Permit, id: SourceId, new: NewSource) -> Result<()> {
    let now = tx.now();
    let row = Source {
        id,
        name: new.name,
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
    if expected.is_some_and(|version| version != row.version) {
        return Err(Error::stale());
    }
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::SourceUpdated, id.into()).changed(&changed))?;
    Ok(id)
}
