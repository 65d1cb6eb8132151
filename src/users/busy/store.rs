//! Queries on `busy_calendars` and `busy_intervals`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::BusyCalendarFailure;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{busy_calendars, busy_intervals, interviews, panelists};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{BusyCalendarId, UserId};
use crate::interviews::model::TO_COME;
use crate::working_time::Span;

/// How many intervals one statement inserts.
const BATCH: usize = 500;
/// How many intervals are loaded at most.
const INTERVALS_MAX: i64 = 50_000;

/// A row of `busy_calendars`. `address` is sealed under the key of this deployment; `run_at` is when it is
/// asked next, moved forward as the lease.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = busy_calendars, treat_none_as_default_value = false)]
pub struct BusyCalendar {
    pub id: BusyCalendarId,
    pub user_id: UserId,
    pub address: Vec<u8>,
    pub host: String,
    pub ending: String,
    pub failure: Option<BusyCalendarFailure>,
    pub failures: i32,
    /// When the server last said how it is, changed or not.
    pub fetched_at: Option<Instant>,
    /// When it last sent the whole of it.
    pub read_at: Option<Instant>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub asked_at: Option<Instant>,
    pub run_at: Instant,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The calendar of a person.
pub(super) fn of_user(conn: &mut Conn, user: UserId) -> QueryResult<Option<BusyCalendar>> {
    busy_calendars::table.filter(busy_calendars::user_id.eq(user)).first(conn).optional()
}

/// One calendar.
pub(super) fn find(conn: &mut Conn, id: BusyCalendarId) -> QueryResult<Option<BusyCalendar>> {
    busy_calendars::table.find(id).first(conn).optional()
}

/// When some people are busy within a span, by person and start.
pub fn intervals(
    conn: &mut Conn,
    people: &[UserId],
    span: Span,
) -> QueryResult<Vec<(UserId, Instant, Instant)>> {
    busy_intervals::table
        .filter(busy_intervals::user_id.eq_any(people))
        .filter(busy_intervals::starts_at.lt(span.end))
        .filter(busy_intervals::ends_at.gt(span.start))
        .order((busy_intervals::user_id, busy_intervals::starts_at))
        .limit(INTERVALS_MAX)
        .select((busy_intervals::user_id, busy_intervals::starts_at, busy_intervals::ends_at))
        .load(conn)
}

/// Whether somebody sits on an interview that is to come.
pub(super) fn sits_somewhere(conn: &mut Conn, user: UserId) -> QueryResult<bool> {
    let seats = panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .filter(interviews::state.eq_any(TO_COME));
    diesel::select(exists(seats)).get_result(conn)
}

/// Inserts a calendar.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &BusyCalendar) -> Result<()> {
    diesel::insert_into(busy_calendars::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a calendar whose version is still the one that was read, under the next one.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &BusyCalendar) -> Result<()> {
    let now = tx.now();
    let same = busy_calendars::table.find(row.id).filter(busy_calendars::version.eq(row.version));
    let saved = diesel::update(same)
        .set((
            busy_calendars::address.eq(&row.address),
            busy_calendars::host.eq(&row.host),
            busy_calendars::ending.eq(&row.ending),
            busy_calendars::failure.eq(row.failure),
            busy_calendars::failures.eq(row.failures),
            busy_calendars::fetched_at.eq(row.fetched_at),
            busy_calendars::read_at.eq(row.read_at),
            busy_calendars::etag.eq(&row.etag),
            busy_calendars::last_modified.eq(&row.last_modified),
            busy_calendars::run_at.eq(row.run_at),
            busy_calendars::version.eq(row.version + 1),
            busy_calendars::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Saves what became of asking a calendar, unless another one was named in the meantime. What its owner
/// sees by its version stays the same. Says whether it was saved.
pub(super) fn settle(tx: &mut Tx<'_>, _permit: &Permit, row: &BusyCalendar) -> Result<bool> {
    let same = busy_calendars::table.find(row.id).filter(busy_calendars::address.eq(&row.address));
    let saved = diesel::update(same)
        .set((
            busy_calendars::failure.eq(row.failure),
            busy_calendars::failures.eq(row.failures),
            busy_calendars::fetched_at.eq(row.fetched_at),
            busy_calendars::read_at.eq(row.read_at),
            busy_calendars::etag.eq(&row.etag),
            busy_calendars::last_modified.eq(&row.last_modified),
            busy_calendars::run_at.eq(row.run_at),
        ))
        .execute(tx.conn)?;
    Ok(saved == 1)
}

/// Notes that the times of somebody were asked for, and asks their calendar no later than an instant.
pub(super) fn note(tx: &mut Tx<'_>, _permit: &Permit, user: UserId, soon: Instant) -> Result<()> {
    let now = tx.now();
    let theirs = busy_calendars::table.filter(busy_calendars::user_id.eq(user));
    diesel::update(theirs).set(busy_calendars::asked_at.eq(now)).execute(tx.conn)?;
    // One that fails waits as long as it was told to.
    let idle =
        theirs.filter(busy_calendars::failures.eq(0)).filter(busy_calendars::run_at.gt(soon));
    diesel::update(idle).set(busy_calendars::run_at.eq(soon)).execute(tx.conn)?;
    Ok(())
}

/// Puts other intervals into the place of those of a person.
pub(super) fn replace_intervals(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    user: UserId,
    spans: &[Span],
) -> Result<()> {
    let theirs = busy_intervals::table.filter(busy_intervals::user_id.eq(user));
    diesel::delete(theirs).execute(tx.conn)?;
    for chunk in spans.chunks(BATCH) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|span| {
                (
                    busy_intervals::user_id.eq(user),
                    busy_intervals::starts_at.eq(span.start),
                    busy_intervals::ends_at.eq(span.end),
                )
            })
            .collect();
        crate::each!(tx.conn, c => diesel::insert_into(busy_intervals::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Forgets the calendar of a person and what is known of it. Says whether there was one.
pub(super) fn delete(tx: &mut Tx<'_>, _permit: &Permit, user: UserId) -> Result<usize> {
    let intervals = busy_intervals::table.filter(busy_intervals::user_id.eq(user));
    diesel::delete(intervals).execute(tx.conn)?;
    let theirs = busy_calendars::table.filter(busy_calendars::user_id.eq(user));
    Ok(diesel::delete(theirs).execute(tx.conn)?)
}
