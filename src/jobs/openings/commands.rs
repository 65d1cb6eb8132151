//! Reserving, releasing and filling openings.

use super::store::{self, Opening};
use super::OpeningState;
use crate::access::Permit;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApplicationId, OpeningId};

/// Reserves an open opening for an application; one that it holds already stays as it is.
pub fn reserve(tx: &mut Tx<'_>, permit: &Permit, id: OpeningId, application_id: ApplicationId) -> Result<()> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if row.state == OpeningState::Reserved && row.application_id == Some(application_id) {
        return Ok(());
    }
    if row.state != OpeningState::Open {
        return Err(Error::new(Code::NotReady, "The opening is not open."));
    }
    let row = Opening { state: OpeningState::Reserved, application_id: Some(application_id), ..row };
    keep(tx, permit, &row, EventKind::OpeningReserved)
}

/// Gives an opening free that an application holds.
pub fn release(tx: &mut Tx<'_>, permit: &Permit, id: OpeningId, application_id: ApplicationId) -> Result<()> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if row.state != OpeningState::Reserved || row.application_id != Some(application_id) {
        return Ok(());
    }
    let row = Opening { state: OpeningState::Open, application_id: None, ..row };
    keep(tx, permit, &row, EventKind::OpeningReleased)
}

/// Fills an opening that an application holds.
pub fn fill(tx: &mut Tx<'_>, permit: &Permit, id: OpeningId, application_id: ApplicationId) -> Result<()> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if row.state != OpeningState::Reserved || row.application_id != Some(application_id) {
        return Err(Error::new(Code::NotReady, "The opening is not reserved for this application."));
    }
    let row = Opening { state: OpeningState::Filled, filled_at: Some(tx.occurred_at()), ..row };
    keep(tx, permit, &row, EventKind::OpeningFilled)
}

fn keep(tx: &mut Tx<'_>, permit: &Permit, row: &Opening, kind: EventKind) -> Result<()> {
    let permit = permit.extend_to(row.id);
    store::save(tx, &permit, row)?;
    record(tx, &permit, &Event::new(kind, row.id.into()).job(row.job_id))?;
    Ok(())
}
