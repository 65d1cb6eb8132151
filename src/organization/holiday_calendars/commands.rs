//! Adding, changing, replacing and removing calendars of holidays.

use super::api::{CreateHolidayCalendar, UpdateHolidayCalendar};
use super::store::{self, HolidayCalendar};
use super::{HolidaySource, NewHoliday, built_in, ics};
use crate::access::{Action, Actor, permit_known};
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::HolidayCalendarId;
use crate::organization::settings;

/// How many calendars there may be, archived ones included.
const CALENDARS_MAX: i64 = 500;

/// The days of a file, or those that the service knows of a region. Reading them is no work for a
/// transaction.
///
/// # Errors
/// `invalid` that names the file or the region.
pub(super) fn days_of(
    file: Option<&str>,
    region: &str,
    now: Instant,
) -> Result<(HolidaySource, Vec<NewHoliday>)> {
    if let Some(text) = file {
        let days = ics::days(text, now.utc().date_naive());
        let days = days.map_err(|why| Error::invalid("/ics", "invalid_value", why))?;
        return Ok((HolidaySource::Ics, days));
    }
    let unknown = || {
        let detail = "No holidays are known of this region; send an iCalendar file.";
        Error::invalid("/region", "unknown_reference", detail)
    };
    built_in::days(region).map(|days| (HolidaySource::BuiltIn, days)).ok_or_else(unknown)
}

/// Adds a calendar with its days.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateHolidayCalendar,
    (source, days): &(HolidaySource, Vec<NewHoliday>),
) -> Result<HolidayCalendarId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    if store::count(tx.conn)? >= CALENDARS_MAX {
        return Err(Error::invalid("", "too_many", "At most 500 calendars of holidays."));
    }
    let row = HolidayCalendar {
        id,
        name: input.name.to_text(),
        region: input.region.to_text(),
        source: *source,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    store::replace_days(tx, &permit, id, days)?;
    let event = Event::new(EventKind::HolidayCalendarCreated, id.into());
    record(tx, &permit, &counted(event, *source, days))?;
    Ok(id)
}

/// Changes what a calendar is called, of which region it is, and whether it is in use.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HolidayCalendarId,
    expected: Option<i64>,
    input: &UpdateHolidayCalendar,
) -> Result<HolidayCalendarId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = find(tx, id, expected)?;
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(region) = &input.region {
        row.region = region.to_text();
        changed.push("region");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::HolidayCalendarUpdated, id.into()).changed(&changed);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Puts other days in the place of those that a calendar has.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HolidayCalendarId,
    expected: Option<i64>,
    (source, days): &(HolidaySource, Vec<NewHoliday>),
) -> Result<HolidayCalendarId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = find(tx, id, expected)?;
    row.source = *source;
    // The row goes first: its version is what two writers at once are told apart by.
    store::save(tx, &permit, &row)?;
    store::replace_days(tx, &permit, id, days)?;
    let event = Event::new(EventKind::HolidayCalendarReplaced, id.into());
    record(tx, &permit, &counted(event, *source, days))?;
    Ok(id)
}

/// Removes a calendar that nobody goes by.
///
/// # Errors
/// `still_in_use` when somebody does, a deactivated user included.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HolidayCalendarId,
    expected: Option<i64>,
) -> Result<HolidayCalendarId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    if let Some(organization) = settings::store::organization(tx.conn)? {
        dialect::lock(tx.conn, Root::Organization, organization.id.any())?;
    }
    find(tx, id, expected)?;
    if store::is_used(tx.conn, id)? {
        let detail = "Somebody goes by these holidays; archive the calendar instead.";
        return Err(Error::new(Code::StillInUse, detail));
    }
    store::delete(tx, &permit, id)?;
    record(tx, &permit, &Event::new(EventKind::HolidayCalendarRemoved, id.into()))?;
    Ok(id)
}

fn find(tx: &mut Tx<'_>, id: HolidayCalendarId, expected: Option<i64>) -> Result<HolidayCalendar> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok(row)
}

fn counted(event: Event, source: HolidaySource, days: &[NewHoliday]) -> Event {
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
    event.code("source", source.as_str()).number("days", count)
}
