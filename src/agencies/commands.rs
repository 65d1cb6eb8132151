//! Adding and changing agencies.

use super::api::{CreateAgency, UpdateAgency};
use super::store::{self, Agency};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{AgencyId, JobId};
use crate::jobs;

/// Adds an agency as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateAgency) -> Result<AgencyId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageAgencies, id)?;
    let row = Agency {
        id,
        name: input.name.to_text(),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::AgencyCreated, id.into()))?;
    Ok(id)
}

/// Changes an agency.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AgencyId,
    expected: Option<i64>,
    input: &UpdateAgency,
) -> Result<AgencyId> {
    let permit = permit_known(actor, Action::ManageAgencies, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
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
    record(tx, &permit, &Event::new(EventKind::AgencyUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// Opens a job to these agencies and to no others.
///
/// # Errors
/// `invalid` for an agency that is not there or out of use.
pub fn open_job(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobId,
    expected: Option<i64>,
    agencies: &[AgencyId],
) -> Result<JobId> {
    let (permit, job) = jobs::commands::manage(tx, actor, id, expected)?;
    let usable = store::usable_among(tx.conn, agencies)?;
    if let Some(index) = agencies.iter().position(|agency| !usable.contains(agency)) {
        return Err(Error::unknown_reference(format!("/agency_ids/{index}")));
    }
    store::replace_job(tx, &permit, id, agencies)?;
    jobs::store::save(tx, &permit, &job)?;
    let event = Event::new(EventKind::JobUpdated, id.into()).job(id);
    record(tx, &permit, &event.changed(&["agency_ids"]))?;
    Ok(id)
}
