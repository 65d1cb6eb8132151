//! Adding and changing offices.

use super::api::{CreateOffice, UpdateOffice};
use super::store::{self, Office};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Country, Line, Zone};
use crate::ids::OfficeId;
use crate::organization::{folded, pay_zones};

/// Adds an office.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateOffice) -> Result<OfficeId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    pay_zones::commands::check(tx, input.pay_zone_id)?;
    let row = Office {
        id,
        name: input.name.to_text(),
        name_folded: folded(&input.name),
        time_zone: input.time_zone.to_text(),
        country: input.country.to_text(),
        currency: input.currency.code().to_owned(),
        pay_zone_id: input.pay_zone_id,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::OfficeCreated, id.into()))?;
    Ok(id)
}

/// Changes an office.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfficeId,
    expected: Option<i64>,
    input: &UpdateOffice,
) -> Result<OfficeId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    row.name_folded = folded(&row.name);
    changes.set("time_zone", &mut row.time_zone, input.time_zone.as_ref().map(Zone::to_text));
    changes.set("country", &mut row.country, input.country.as_ref().map(Country::to_text));
    let currency = input.currency.map(|currency| currency.code().to_owned());
    changes.set("currency", &mut row.currency, currency);
    pay_zones::commands::check(tx, input.pay_zone_id.flatten())?;
    changes.set("pay_zone_id", &mut row.pay_zone_id, input.pay_zone_id);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::OfficeUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}
