//! Adding and changing pay bands.

use super::api::{CreatePayBand, UpdatePayBand};
use super::store::{self, PayBand};
use super::{Band, BandFault};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{LevelId, PayBandId};
use crate::organization::levels;

/// A pay band to add.
#[derive(Debug, Clone)]
pub struct NewPayBand {
    /// Its name.
    pub name: String,
    /// The level that it pays.
    pub level_id: Option<LevelId>,
    /// The place that it pays in.
    pub location: Option<String>,
    /// The amounts.
    pub band: Band,
    /// From when on.
    pub effective_on: chrono::NaiveDate,
}

/// Adds a pay band as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreatePayBand) -> Result<PayBandId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManagePayBands, id)?;
    check_level(tx, input.level_id)?;
    let band =
        Band::new(input.minimum, input.midpoint, input.maximum, input.period).map_err(refuse)?;
    let new = NewPayBand {
        name: input.name.to_text(),
        level_id: input.level_id,
        location: input.location.as_ref().map(crate::http::fields::Line::to_text),
        band,
        effective_on: input.effective_on.date(),
    };
    add(tx, &permit, id, new)?;
    Ok(id)
}

/// Adds a pay band.
pub fn add(tx: &mut Tx<'_>, permit: &Permit, id: PayBandId, new: NewPayBand) -> Result<()> {
    let now = tx.now();
    let NewPayBand { name, level_id, location, band, effective_on } = new;
    let row = PayBand {
        id,
        name,
        level_id,
        location,
        currency: band.currency().code().to_owned(),
        period: band.period(),
        minimum: band.minimum().minor_units,
        midpoint: band.midpoint().minor_units,
        maximum: band.maximum().minor_units,
        effective_on,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::PayBandCreated, id.into()))?;
    Ok(())
}

/// Changes a pay band.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PayBandId,
    expected: Option<i64>,
    input: &UpdatePayBand,
) -> Result<PayBandId> {
    let permit = permit_known(actor, Action::ManagePayBands, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if expected.is_some_and(|version| version != row.version) {
        return Err(Error::stale());
    }
    let mut changed = change_amounts(&mut row, input)?;
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(level_id) = input.level_id {
        check_level(tx, level_id)?;
        row.level_id = level_id;
        changed.push("level_id");
    }
    if let Some(location) = &input.location {
        row.location = location.as_ref().map(crate::http::fields::Line::to_text);
        changed.push("location");
    }
    if let Some(effective_on) = input.effective_on {
        row.effective_on = effective_on.date();
        changed.push("effective_on");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::PayBandUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// Changes what the arithmetic depends on, as one: the parts must fit each other.
fn change_amounts(row: &mut PayBand, input: &UpdatePayBand) -> Result<Vec<&'static str>> {
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
    Ok(named.into_iter().filter_map(|(given, name)| given.then_some(name)).collect())
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
