//! Adding and changing pay zones.

use super::api::{CreatePayZone, UpdatePayZone};
use super::store::{self, PayZone};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::PayZoneId;
use crate::organization::folded;

/// Adds a pay zone.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreatePayZone) -> Result<PayZoneId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let row = PayZone {
        id,
        name: input.name.to_text(),
        name_folded: folded(&input.name),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::PayZoneCreated, id.into()))?;
    Ok(id)
}

/// Changes a pay zone.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PayZoneId,
    expected: Option<i64>,
    input: &UpdatePayZone,
) -> Result<PayZoneId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    row.name_folded = folded(&row.name);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::PayZoneUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// A pay zone that something is about to name, if any, is in use.
///
/// # Errors
/// `invalid` with the pointer `/pay_zone_id`.
pub fn check(tx: &mut Tx<'_>, id: Option<PayZoneId>) -> Result<()> {
    match id {
        Some(id) if !store::is_usable(tx.conn, id)? => {
            Err(Error::unknown_reference("/pay_zone_id"))
        }
        Some(_) | None => Ok(()),
    }
}
