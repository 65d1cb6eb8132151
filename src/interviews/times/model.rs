//! Which times can be offered, taken and given.

use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::clock::Instant;
use crate::error::FieldError;

/// The most windows that a candidate gives.
pub const WINDOWS_MAX: usize = 20;
/// How far ahead times may lie: as long as the candidate's link works.
pub const AHEAD: TimeDelta = TimeDelta::days(90);
/// The shortest window in which somebody could come.
const WINDOW_SHORTEST: TimeDelta = TimeDelta::minutes(15);
/// The longest one.
const WINDOW_LONGEST: TimeDelta = TimeDelta::hours(24);

/// A time at which a candidate could come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// From when.
    pub starts_at: Instant,
    /// Until when: 15 minutes to 24 hours later.
    pub ends_at: Instant,
}

impl Window {
    /// Why the window cannot be given at an instant, if it cannot.
    pub fn trouble(self, now: Instant) -> Option<&'static str> {
        let span = self.ends_at - self.starts_at;
        if !(WINDOW_SHORTEST..=WINDOW_LONGEST).contains(&span) {
            return Some("It ends 15 minutes to 24 hours after it begins.");
        }
        (self.ends_at <= now || self.starts_at > now + AHEAD)
            .then_some("It is in the past, or more than 90 days ahead.")
    }
}

/// What speaks against offering these starts until then.
pub fn troubles(starts: &[Instant], expires_at: Instant, now: Instant) -> Vec<FieldError> {
    let ahead = |instant: Instant| instant > now && instant <= now + AHEAD;
    let mut found = Vec::new();
    for (place, start) in starts.iter().enumerate() {
        let pointer = format!("/starts/{place}");
        if !ahead(*start) {
            found.push(FieldError::body(pointer, "range", "It starts within the next 90 days."));
        } else if starts.iter().take(place).any(|earlier| earlier == start) {
            found.push(FieldError::body(pointer, "duplicate", "Each start stands there once."));
        }
    }
    if !ahead(expires_at) {
        let detail = "It ends within the next 90 days.";
        found.push(FieldError::body("/expires_at", "range", detail));
    }
    found
}

/// Those of some starts that are to come and meet nothing that is taken.
pub fn free(
    starts: &[Instant],
    minutes: i32,
    taken: &[(Instant, Instant)],
    now: Instant,
) -> Vec<Instant> {
    let meets = |start: Instant, (from, to): (Instant, Instant)| {
        from < end_of(start, minutes) && start < to
    };
    let is_free =
        |start: &&Instant| **start > now && !taken.iter().any(|span| meets(**start, *span));
    starts.iter().filter(is_free).copied().collect()
}

/// When an interview ends that starts then.
pub fn end_of(start: Instant, minutes: i32) -> Instant {
    start + TimeDelta::minutes(i64::from(minutes))
}

/// The instant of a local time; the earlier or the later one where the clock shows it twice, none where
/// it skips it.
pub fn instant_of(local: NaiveDateTime, zone: Tz, later: bool) -> Option<Instant> {
    let there = match zone.from_local_datetime(&local) {
        LocalResult::Single(there) => there,
        LocalResult::Ambiguous(_, second) if later => second,
        LocalResult::Ambiguous(first, _) => first,
        LocalResult::None => return None,
    };
    Some(Instant::from_utc(there.with_timezone(&Utc)))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn at(hour: i64) -> Instant {
        Instant::from_micros(1_795_000_000_000_000) + TimeDelta::hours(hour)
    }

    #[test]
    fn a_start_is_free_that_is_to_come_and_meets_nothing() {
        let starts = [at(0), at(1), at(2), at(3), at(4)];
        let taken = [(at(2) + TimeDelta::minutes(30), at(3) + TimeDelta::minutes(1))];
        assert_eq!(free(&starts, 60, &taken, at(0)), [at(1), at(4)]);
        assert_eq!(free(&starts, 30, &taken, at(0)), [at(1), at(2), at(4)]);
    }

    #[test]
    fn starts_are_ahead_and_stand_there_once() {
        let wrong = troubles(&[at(1), at(1), at(0), at(24 * 91)], at(0), at(0));
        let pointers: Vec<&str> = wrong.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(pointers, ["/starts/1", "/starts/2", "/starts/3", "/expires_at"]);
        assert!(troubles(&[at(1)], at(1), at(0)).is_empty());
    }

    #[test]
    fn a_local_time_is_one_instant_also_when_the_clock_changes() {
        let of = |month, day, hour| {
            NaiveDate::from_ymd_opt(2027, month, day).unwrap().and_hms_opt(hour, 30, 0).unwrap()
        };
        let berlin = Tz::Europe__Berlin;
        let shown = |local, later| instant_of(local, berlin, later).map(|i| i.to_string());
        assert_eq!(shown(of(3, 27, 2), false).unwrap(), "2027-03-27T01:30:00Z");
        assert_eq!(shown(of(3, 28, 2), false), None, "the clock goes forward");
        assert_eq!(shown(of(3, 28, 3), false).unwrap(), "2027-03-28T01:30:00Z");
        assert_eq!(shown(of(10, 31, 2), false).unwrap(), "2027-10-31T00:30:00Z");
        assert_eq!(shown(of(10, 31, 2), true).unwrap(), "2027-10-31T01:30:00Z");
    }
}
