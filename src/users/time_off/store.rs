//! Queries on `time_off`.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;

use super::Absence;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::time_off;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{TimeOffId, UserId};

/// A row of `time_off`: two days or two instants.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = time_off, treat_none_as_default_value = false)]
pub struct TimeOff {
    pub id: TimeOffId,
    pub user_id: UserId,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl TimeOff {
    /// What the columns say.
    pub fn absence(&self) -> Option<Absence> {
        let days = self.starts_on.zip(self.ends_on);
        let instants = self.starts_at.zip(self.ends_at);
        days.map(|(first, last)| Absence::Days(first, last))
            .or_else(|| instants.map(|(start, end)| Absence::Instants(start, end)))
    }

    /// Puts an absence into the columns.
    pub fn set(&mut self, absence: Absence) {
        let (days, instants) = match absence {
            Absence::Days(first, last) => (Some((first, last)), None),
            Absence::Instants(start, end) => (None, Some((start, end))),
        };
        (self.starts_on, self.ends_on) = days.unzip();
        (self.starts_at, self.ends_at) = instants.unzip();
    }
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: TimeOffId) -> QueryResult<Option<TimeOff>> {
    time_off::table.find(id).first(conn).optional()
}

/// One page of a person's entries, newest first.
pub(super) fn list(
    conn: &mut Conn,
    user_id: UserId,
    page: &PageRequest,
) -> QueryResult<Vec<TimeOff>> {
    let mut query = time_off::table.filter(time_off::user_id.eq(user_id)).into_boxed();
    if let Some(before) = page.before {
        query = query.filter(time_off::id.lt(before));
    }
    query.order(time_off::id.desc()).limit(page.fetch()).load(conn)
}

/// Entries that may reach into a span of time, wherever their people are: a day of any zone begins
/// and ends within a day of the same day in UTC.
#[diesel::dsl::auto_type]
fn near(from: Instant, to: Instant) -> _ {
    let first: NaiveDate = (from.utc() - TimeDelta::days(1)).date_naive();
    let last: NaiveDate = (to.utc() + TimeDelta::days(1)).date_naive();
    let days = time_off::starts_on.le(last).and(time_off::ends_on.ge(first));
    let instants = time_off::starts_at.lt(to).and(time_off::ends_at.gt(from));
    days.or(instants)
}

/// The absences of some people that may reach into a span of time, by person.
pub fn around(
    conn: &mut Conn,
    people: &[UserId],
    from: Instant,
    to: Instant,
) -> QueryResult<HashMap<UserId, Vec<Absence>>> {
    let rows: Vec<TimeOff> = time_off::table
        .filter(time_off::user_id.eq_any(people.iter().copied()))
        .filter(near(from, to))
        .load(conn)?;
    let mut found: HashMap<UserId, Vec<Absence>> = HashMap::new();
    for row in rows {
        found.entry(row.user_id).or_default().extend(row.absence());
    }
    Ok(found)
}

/// The other absences of a person that may reach into a span of time.
pub(super) fn others_around(
    conn: &mut Conn,
    user_id: UserId,
    but: TimeOffId,
    from: Instant,
    to: Instant,
) -> QueryResult<Vec<Absence>> {
    let rows: Vec<TimeOff> = time_off::table
        .filter(time_off::user_id.eq(user_id))
        .filter(time_off::id.ne(but))
        .filter(near(from, to))
        .load(conn)?;
    Ok(rows.iter().filter_map(TimeOff::absence).collect())
}

/// How many entries of a person end after a day.
pub(super) fn count_after(conn: &mut Conn, user_id: UserId, now: Instant) -> QueryResult<i64> {
    let days = time_off::ends_on.ge(now.utc().date_naive());
    let instants = time_off::ends_at.gt(now);
    time_off::table
        .filter(time_off::user_id.eq(user_id))
        .filter(days.or(instants))
        .count()
        .get_result(conn)
}

/// Inserts an entry.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &TimeOff) -> Result<()> {
    diesel::insert_into(time_off::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves an entry whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &TimeOff) -> Result<()> {
    let now = tx.now();
    let unchanged = time_off::table.find(row.id).filter(time_off::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            time_off::starts_on.eq(row.starts_on),
            time_off::ends_on.eq(row.ends_on),
            time_off::starts_at.eq(row.starts_at),
            time_off::ends_at.eq(row.ends_at),
            time_off::version.eq(row.version + 1),
            time_off::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Deletes an entry whose version is still the one that was read.
pub(super) fn delete(tx: &mut Tx<'_>, _permit: &Permit, row: &TimeOff) -> Result<()> {
    let unchanged = time_off::table.find(row.id).filter(time_off::version.eq(row.version));
    let deleted = diesel::delete(unchanged).execute(tx.conn)?;
    if deleted == 1 { Ok(()) } else { Err(Error::stale()) }
}
