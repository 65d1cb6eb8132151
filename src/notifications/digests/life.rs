//! When a digest is due, and whether there is anything to say in it.

use chrono::TimeDelta;

use super::seen;
use crate::access::{OrgRole, Permit};
use crate::clock::Instant;
use crate::db::{Conn, Db, Tx};
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::UserId;
use crate::notifications::preferences::store as preferences;
use crate::timers::{self, TimerKind};
use crate::users;
use crate::working_time::Calendar;

/// How many people get their timer in one go.
const BATCH: i64 = 200;
/// How far back the hour of a digest is looked for.
const DAY: TimeDelta = TimeDelta::days(1);
/// How late a digest may be at whatever hour that is.
const GRACE: TimeDelta = TimeDelta::hours(1);
/// When whoever never works is looked at again.
const LATER: TimeDelta = TimeDelta::days(30);

/// Gives those who work here and have none a timer for their digest: who joined, came with an import, or
/// chose another time. Returns how many.
///
/// # Errors
/// When the database is away.
pub fn arm(db: &Db) -> Result<usize> {
    let without = db.read_here(|conn| Ok(seen::without_timer(conn, BATCH)?))?;
    for id in &without {
        let id = *id;
        db.write_here(&db.unit(), move |tx| set(tx, id))?;
    }
    Ok(without.len())
}

fn set(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    let Some(user) = users::store::find_active(tx.conn, id)? else { return Ok(()) };
    let now = tx.now();
    let calendar = users::calendar_around(tx.conn, &user, now)?;
    let at = preferences::of(tx.conn, id)?.digest_at;
    let next = next(&calendar, at, now).unwrap_or(now + LATER);
    timers::set(tx, &Permit::for_system(id), TimerKind::Digest, Some(next))
}

/// Sends a person's digest on its way if it is time and there is something to say, and sets when the next
/// one may be. An hour that is no longer theirs, on a day off or since they chose another one, is let pass.
///
/// # Errors
/// When the database is away.
pub fn wake(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    let permit = Permit::for_system(id);
    let user =
        users::store::find_active(tx.conn, id)?.filter(|user| user.role != OrgRole::External);
    let Some(user) = user else {
        return timers::set(tx, &permit, TimerKind::Digest, None);
    };
    let now = tx.now();
    let choices = preferences::of(tx.conn, id)?;
    let calendar = users::calendar_around(tx.conn, &user, now)?;
    let due = newest(&calendar, choices.digest_at, now);
    let due = due.is_some_and(|due| is_timely(&calendar, due, now));
    if due && choices.digest && seen::anything(tx.conn, &user, &calendar, now)? {
        record(tx, &permit, &Event::new(EventKind::UserDigestMade, id.into()))?;
    }
    let next = next(&calendar, choices.digest_at, now).unwrap_or(now + LATER);
    timers::set(tx, &permit, TimerKind::Digest, Some(next))
}

/// Whether a digest of an hour may still come: soon after it, or later on the same day while its reader works.
/// One that was held up for longer leaves what it would have said to the next, so that no day has two and
/// none comes at night.
pub(super) fn is_timely(calendar: &Calendar, due: Instant, now: Instant) -> bool {
    let day = |at: Instant| at.utc().with_timezone(&calendar.zone()).date_naive();
    now <= due + GRACE || day(now) == day(due) && calendar.next_working(now) == Some(now)
}

/// The hour that a digest made at an instant is of.
pub(super) fn hour_of(
    conn: &mut Conn,
    calendar: &Calendar,
    id: UserId,
    made: Instant,
) -> Result<Instant> {
    let at = preferences::of(conn, id)?.digest_at;
    Ok(newest(calendar, at, made).unwrap_or(made))
}

/// The hour of the newest digest by an instant, within a day.
fn newest(calendar: &Calendar, at: Option<u16>, now: Instant) -> Option<Instant> {
    let mut newest = None;
    let mut hour = next(calendar, at, now + -DAY);
    while let Some(due) = hour.filter(|due| *due <= now) {
        newest = Some(due);
        hour = next(calendar, at, due);
    }
    newest
}

/// The hour of the next digest after an instant.
fn next(calendar: &Calendar, at: Option<u16>, after: Instant) -> Option<Instant> {
    match at {
        Some(minutes) => calendar.next_time_of_day(after, minutes),
        None => calendar.next_start_of_day(after),
    }
}
