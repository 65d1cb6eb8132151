//! Adding and changing pay bands.

use chrono::NaiveDate;

use super::api::{CreatePayBand, SucceedPayBand, UpdatePayBand};
use super::store::{self, PayBand};
use super::{Band, BandFault};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Day, Line};
use crate::ids::{LevelId, PayBandId, PayZoneId};
use crate::organization::{levels, pay_zones, settings};

/// A pay band to add.
#[derive(Debug, Clone)]
pub struct NewPayBand {
    /// Its name.
    pub name: String,
    /// The level that it pays.
    pub level_id: Option<LevelId>,
    /// Where it holds.
    pub pay_zone_id: Option<PayZoneId>,
    /// The place that it pays in, in words.
    pub location: Option<String>,
    /// The amounts.
    pub band: Band,
    /// From when on.
    pub effective_on: NaiveDate,
    /// Until when, that day included; without an end for `None`.
    pub ends_on: Option<NaiveDate>,
}

/// Adds a pay band as an actor asks.
///
/// # Errors
/// `already_exists` when another band of the level, zone, currency and period shares a day with it.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreatePayBand) -> Result<PayBandId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManagePayBands, id)?;
    settings::store::hold(tx)?;
    check_level(tx, input.level_id)?;
    pay_zones::commands::check(tx, input.pay_zone_id)?;
    let band =
        Band::new(input.minimum, input.midpoint, input.maximum, input.period).map_err(refuse)?;
    let new = NewPayBand {
        name: input.name.to_text(),
        level_id: input.level_id,
        pay_zone_id: input.pay_zone_id,
        location: input.location.as_ref().map(Line::to_text),
        band,
        effective_on: input.effective_on.date(),
        ends_on: input.ends_on.map(Day::date),
    };
    add(tx, &permit, id, new)?;
    Ok(id)
}

/// Adds a pay band; with a level and a zone under the organization's lock.
pub fn add(tx: &mut Tx<'_>, permit: &Permit, id: PayBandId, new: NewPayBand) -> Result<()> {
    let now = tx.now();
    let NewPayBand { name, level_id, pay_zone_id, location, band, effective_on, ends_on } = new;
    let row = PayBand {
        id,
        name,
        level_id,
        pay_zone_id,
        location,
        currency: band.currency().code().to_owned(),
        period: band.period(),
        minimum: band.minimum().minor_units,
        midpoint: band.midpoint().minor_units,
        maximum: band.maximum().minor_units,
        effective_on,
        ends_on,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check_days(tx, &row)?;
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::PayBandCreated, id.into()))?;
    Ok(())
}

/// Changes a pay band.
///
/// # Errors
/// `already_exists` when another band of the level, zone, currency and period shares a day with it.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PayBandId,
    expected: Option<i64>,
    input: &UpdatePayBand,
) -> Result<PayBandId> {
    let permit = permit_known(actor, Action::ManagePayBands, id)?;
    settings::store::hold(tx)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changes = Changes::default();
    change_amounts(&mut row, &mut changes, input)?;
    check_level(tx, input.level_id.flatten())?;
    pay_zones::commands::check(tx, input.pay_zone_id.flatten())?;
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("level_id", &mut row.level_id, input.level_id);
    changes.set("pay_zone_id", &mut row.pay_zone_id, input.pay_zone_id);
    let location = input.location.as_ref().map(|location| location.as_ref().map(Line::to_text));
    changes.set("location", &mut row.location, location);
    changes.set("effective_on", &mut row.effective_on, input.effective_on.map(Day::date));
    let ends_on = input.ends_on.map(|ends_on| ends_on.map(Day::date));
    changes.set("ends_on", &mut row.ends_on, ends_on);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    check_days(tx, &row)?;
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::PayBandUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Lets another band follow on a day, and ends the one before on the day before it.
///
/// # Errors
/// `not_ready` when the band is archived; `already_exists` when yet another band holds from then on.
pub fn succeed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PayBandId,
    expected: Option<i64>,
    input: &SucceedPayBand,
) -> Result<PayBandId> {
    let successor = tx.id();
    let permit = permit_known(actor, Action::ManagePayBands, successor)?;
    settings::store::hold(tx)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    if row.archived_at.is_some() {
        return Err(Error::new(Code::NotReady, "The pay band is archived."));
    }
    let effective_on = input.effective_on.date();
    let last = effective_on.pred_opt().filter(|last| *last >= row.effective_on);
    let last = last.ok_or_else(|| {
        Error::invalid("/effective_on", "range", "A successor begins after the band before it.")
    })?;
    let before = row.band()?;
    if input.minimum.currency != before.currency() {
        let detail = "A successor pays in the currency of the band before it.";
        return Err(Error::invalid("/minimum/currency", "other_currency", detail));
    }
    let band = Band::new(input.minimum, input.midpoint, input.maximum, before.period());
    let new = NewPayBand {
        name: input.name.as_ref().map_or_else(|| row.name.clone(), Line::to_text),
        level_id: row.level_id,
        pay_zone_id: row.pay_zone_id,
        location: row.location.clone(),
        band: band.map_err(refuse)?,
        effective_on,
        ends_on: None,
    };
    row.ends_on = Some(row.ends_on.map_or(last, |ends_on| ends_on.min(last)));
    let ended = permit.extend_to(id);
    store::save(tx, &ended, &row)?;
    let event = Event::new(EventKind::PayBandUpdated, id.into());
    record(tx, &ended, &event.changed(&["ends_on"]))?;
    add(tx, &permit, successor, new)?;
    Ok(successor)
}

/// The days of a band are some, and no other band like it is in force on one of them.
fn check_days(tx: &mut Tx<'_>, row: &PayBand) -> Result<()> {
    if row.ends_on.is_some_and(|ends_on| ends_on < row.effective_on) {
        return Err(Error::invalid("/ends_on", "range", "It ends before it is effective."));
    }
    if row.archived_at.is_none() && store::overlaps(tx.conn, row)? {
        let detail = "Another band of this level, zone, currency and period is in force on some of \
            these days.";
        return Err(Error::new(Code::AlreadyExists, detail));
    }
    Ok(())
}

/// Changes what the arithmetic depends on, as one: the parts must fit each other.
fn change_amounts(row: &mut PayBand, changes: &mut Changes, input: &UpdatePayBand) -> Result<()> {
    let before = row.band()?;
    let midpoint = input.midpoint.unwrap_or(Some(before.midpoint()));
    let (minimum, maximum) =
        (input.minimum.unwrap_or(before.minimum()), input.maximum.unwrap_or(before.maximum()));
    let band = Band::new(minimum, midpoint, maximum, input.period.unwrap_or(before.period()));
    row.set_band(band.map_err(refuse)?);
    let named = [
        (input.minimum.is_some(), "minimum"),
        (input.midpoint.is_some(), "midpoint"),
        (input.maximum.is_some(), "maximum"),
        (input.period.is_some(), "period"),
    ];
    for (_, name) in named.into_iter().filter(|(given, _)| *given) {
        changes.note(name);
    }
    Ok(())
}

fn check_level(tx: &mut Tx<'_>, id: Option<LevelId>) -> Result<()> {
    match id {
        Some(id) if !levels::store::is_usable(tx.conn, id)? => {
            Err(Error::unknown_reference("/level_id"))
        }
        Some(_) | None => Ok(()),
    }
}

fn refuse(fault: BandFault) -> Error {
    let (pointer, code, detail) = match fault {
        BandFault::MidpointCurrency => {
            ("/midpoint/currency", "other_currency", "The amounts of a band share one currency.")
        }
        BandFault::MaximumCurrency => {
            ("/maximum/currency", "other_currency", "The amounts of a band share one currency.")
        }
        BandFault::MaximumBelowMinimum => {
            ("/maximum", "range", "The maximum is below the minimum.")
        }
        BandFault::MidpointOutside => {
            ("/midpoint", "range", "The midpoint is not between minimum and maximum.")
        }
    };
    Error::invalid(pointer, code, detail)
}
