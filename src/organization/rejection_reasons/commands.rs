//! Adding and changing rejection reasons.

use super::ReasonKind;
use super::api::{CreateRejectionReason, UpdateRejectionReason};
use super::store::{self, RejectionReason};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::RejectionReasonId;

/// A rejection reason to add.
#[derive(Debug, Clone)]
pub struct NewRejectionReason {
    /// Its name.
    pub name: String,
    /// Whose reason it is.
    pub kind: ReasonKind,
}

/// Adds a rejection reason as an actor asks.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateRejectionReason,
) -> Result<RejectionReasonId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    add(tx, &permit, id, NewRejectionReason { name: input.name.to_text(), kind: input.kind })?;
    Ok(id)
}

/// Adds a rejection reason.
pub fn add(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: RejectionReasonId,
    new: NewRejectionReason,
) -> Result<()> {
    let now = tx.now();
    let row = RejectionReason {
        id,
        name: new.name,
        kind: new.kind,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::RejectionReasonCreated, id.into()))?;
    Ok(())
}

/// Changes a rejection reason.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RejectionReasonId,
    expected: Option<i64>,
    input: &UpdateRejectionReason,
) -> Result<RejectionReasonId> {
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
    if let Some(kind) = input.kind {
        row.kind = kind;
        changed.push("kind");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(
        tx,
        &permit,
        &Event::new(EventKind::RejectionReasonUpdated, id.into()).changed(&changed),
    )?;
    Ok(id)
}
