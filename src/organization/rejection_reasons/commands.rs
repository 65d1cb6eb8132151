//! Adding and changing rejection reasons.

use super::ReasonKind;
use super::api::{CreateRejectionReason, UpdateRejectionReason};
use super::store::{self, RejectionReason};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
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
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("kind", &mut row.kind, input.kind);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    record(
        tx,
        &permit,
        &Event::new(EventKind::RejectionReasonUpdated, id.into()).changed(changes.names()),
    )?;
    Ok(id)
}
