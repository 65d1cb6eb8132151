//! When many people work, in two statements however many they are.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};

use super::store::{self, User};
use super::time_off;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{HolidayCalendarId, UserId};
use crate::organization::holiday_calendars;
use crate::working_time::{Calendar, Span};

/// A day of any zone begins and ends within a day of the same day in UTC.
const ZONES: TimeDelta = TimeDelta::days(1);

/// The calendars of some people, with the holidays and absences that may reach into a span of time.
/// Outside of it they say nothing of either.
pub fn calendars(
    conn: &mut Conn,
    people: &[User],
    around: Span,
) -> Result<HashMap<UserId, Calendar>> {
    let ids: Vec<UserId> = people.iter().map(|user| user.id).collect();
    let followed: Vec<HolidayCalendarId> =
        people.iter().filter_map(|user| user.holiday_calendar_id).collect();
    let (first, last) = ((*around.start - ZONES).date_naive(), (*around.end + ZONES).date_naive());
    let holidays = holiday_calendars::store::days_within(conn, &followed, first, last)?;
    let mut absences = time_off::store::around(conn, &ids, around.start, around.end)?;
    let mut found = HashMap::with_capacity(people.len());
    for user in people {
        let mine = |(calendar, _): &&(HolidayCalendarId, NaiveDate)| {
            user.holiday_calendar_id == Some(*calendar)
        };
        let days = holidays.iter().filter(mine).map(|(_, day)| *day);
        let away = absences.remove(&user.id).unwrap_or_default();
        found.insert(user.id, Calendar::new(user.zone(), user.weekly_hours()?, days, away));
    }
    Ok(found)
}

/// How far back the calendar of one person reaches that is looked at by itself.
const BACK: TimeDelta = TimeDelta::days(60);

/// The calendar of one person, from some weeks before an instant on.
pub fn calendar_around(conn: &mut Conn, user: &User, now: Instant) -> Result<Calendar> {
    let around = Span { start: now + -BACK, end: now + AHEAD };
    let mut found = calendars(conn, std::slice::from_ref(user), around)?;
    found.remove(&user.id).ok_or_else(|| Error::internal("a person without a calendar"))
}

/// How far ahead holidays and absences are looked up: no leave that is longer is seen to its end.
const AHEAD: TimeDelta = TimeDelta::days(400);

/// For whoever never works: so long.
const WITHOUT_HOURS: TimeDelta = TimeDelta::days(3);

/// The instants by which some people have each worked so long since `from`, in three statements however
/// many they are.
pub fn after_working_time(
    conn: &mut Conn,
    people: &[UserId],
    from: Instant,
    time: TimeDelta,
) -> Result<HashMap<UserId, Instant>> {
    let rows = store::find_many(conn, people)?;
    let around = Span { start: from, end: from + AHEAD };
    let worked = calendars(conn, &rows, around)?.into_iter().map(|(user, calendar)| {
        (user, calendar.add_working_time(from, time).unwrap_or(from + WITHOUT_HOURS))
    });
    Ok(worked.collect())
}
