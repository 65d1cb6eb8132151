//! Queries on `holiday_calendars` and `holidays`.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use super::{HolidaySource, NewHoliday};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{holiday_calendars, holidays, users};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{HolidayCalendarId, RowId};

/// A row of `holiday_calendars`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = holiday_calendars, treat_none_as_default_value = false)]
pub struct HolidayCalendar {
    pub id: HolidayCalendarId,
    pub name: String,
    pub region: String,
    pub source: HolidaySource,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `holidays`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = holidays)]
pub struct Holiday {
    pub id: RowId,
    pub holiday_calendar_id: HolidayCalendarId,
    pub holiday_on: NaiveDate,
    pub name: String,
}

/// How many rows one statement inserts.
const BATCH: usize = 500;

/// Whether there is such a calendar, and it is not archived.
pub fn is_usable(conn: &mut Conn, id: HolidayCalendarId) -> QueryResult<bool> {
    let usable = holiday_calendars::table.find(id).filter(holiday_calendars::archived_at.is_null());
    diesel::select(exists(usable)).get_result(conn)
}

/// Whether somebody goes by a calendar.
pub(super) fn is_used(conn: &mut Conn, id: HolidayCalendarId) -> QueryResult<bool> {
    let used = users::table.filter(users::holiday_calendar_id.eq(id));
    diesel::select(exists(used)).get_result(conn)
}

/// How many calendars there are.
pub(super) fn count(conn: &mut Conn) -> QueryResult<i64> {
    holiday_calendars::table.select(count_star()).get_result(conn)
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: HolidayCalendarId) -> QueryResult<Option<HolidayCalendar>> {
    holiday_calendars::table.find(id).first(conn).optional()
}

/// One page, newest first.
pub(super) fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<HolidayCalendar>> {
    let mut query = holiday_calendars::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(holiday_calendars::id.lt(before));
    }
    query.order(holiday_calendars::id.desc()).limit(page.fetch()).load(conn)
}

/// One page of the days of a calendar, the latest day first, which is the order of their ids.
pub(super) fn days(
    conn: &mut Conn,
    id: HolidayCalendarId,
    year: Option<i32>,
    page: &PageRequest,
) -> QueryResult<Vec<Holiday>> {
    let mut query = holidays::table.filter(holidays::holiday_calendar_id.eq(id)).into_boxed();
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1);
    if let Some((from, to)) = year.and_then(|year| first(year).zip(first(year + 1))) {
        query = query.filter(holidays::holiday_on.ge(from)).filter(holidays::holiday_on.lt(to));
    }
    if let Some(before) = page.before {
        query = query.filter(holidays::id.lt(before));
    }
    query.order(holidays::id.desc()).limit(page.fetch()).load(conn)
}

/// The days of some calendars from one day to another, both included.
pub fn days_within(
    conn: &mut Conn,
    calendars: &[HolidayCalendarId],
    first: NaiveDate,
    last: NaiveDate,
) -> QueryResult<Vec<(HolidayCalendarId, NaiveDate)>> {
    holidays::table
        .filter(holidays::holiday_calendar_id.eq_any(calendars))
        .filter(holidays::holiday_on.between(first, last))
        .select((holidays::holiday_calendar_id, holidays::holiday_on))
        .load(conn)
}

/// Inserts a calendar without days.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &HolidayCalendar) -> Result<()> {
    diesel::insert_into(holiday_calendars::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Takes the days of a calendar out and puts others in, which come in order.
pub(super) fn replace_days(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: HolidayCalendarId,
    days: &[NewHoliday],
) -> Result<()> {
    let old = holidays::table.filter(holidays::holiday_calendar_id.eq(id));
    diesel::delete(old).execute(tx.conn)?;
    for batch in days.chunks(BATCH) {
        let row = |day: &NewHoliday| Holiday {
            id: tx.id(),
            holiday_calendar_id: id,
            holiday_on: day.on,
            name: day.name.clone(),
        };
        let rows: Vec<Holiday> = batch.iter().map(row).collect();
        crate::each!(tx.conn, c => diesel::insert_into(holidays::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Saves a calendar whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &HolidayCalendar) -> Result<()> {
    let now = tx.now();
    let unchanged =
        holiday_calendars::table.find(row.id).filter(holiday_calendars::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            holiday_calendars::name.eq(&row.name),
            holiday_calendars::region.eq(&row.region),
            holiday_calendars::source.eq(row.source),
            holiday_calendars::archived_at.eq(row.archived_at),
            holiday_calendars::version.eq(row.version + 1),
            holiday_calendars::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Deletes a calendar with its days.
pub(super) fn delete(tx: &mut Tx<'_>, _permit: &Permit, id: HolidayCalendarId) -> Result<()> {
    diesel::delete(holidays::table.filter(holidays::holiday_calendar_id.eq(id)))
        .execute(tx.conn)?;
    diesel::delete(holiday_calendars::table.find(id)).execute(tx.conn)?;
    Ok(())
}
