//! Absences, pure: what a zone makes of days.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::clock::Instant;

/// How long one absence may last, in days.
pub const DAYS_MAX: i64 = 366;

/// When somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Whole days in the zone that the person is in, both included.
    Days(NaiveDate, NaiveDate),
    /// From an instant up to another.
    Instants(Instant, Instant),
}

/// Why an absence is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It ends before it begins.
    Backwards,
    /// It lasts longer than [`DAYS_MAX`].
    TooLong,
}

impl Absence {
    /// Whether it is one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self) -> Result<(), Flaw> {
        let (backwards, lasts) = match self {
            Self::Days(first, last) => (first > last, last - first),
            Self::Instants(start, end) => (start >= end, end - start),
        };
        if backwards {
            return Err(Flaw::Backwards);
        }
        if lasts > TimeDelta::days(DAYS_MAX) { Err(Flaw::TooLong) } else { Ok(()) }
    }

    /// From its first instant up to the one after it, for a person in a zone.
    pub fn bounds(self, zone: Tz) -> (Instant, Instant) {
        match self {
            Self::Days(first, last) => {
                let after = last.checked_add_days(Days::new(1)).unwrap_or(last);
                (beginning_of(first, zone), beginning_of(after, zone))
            }
            Self::Instants(start, end) => (start, end),
        }
    }

    /// Whether a person in a zone is away at an instant.
    pub fn covers(self, at: Instant, zone: Tz) -> bool {
        let (start, end) = self.bounds(zone);
        start <= at && at < end
    }

    /// Whether two absences of a person in a zone have an instant in common.
    pub fn overlaps(self, other: Self, zone: Tz) -> bool {
        let ((start, end), (from, to)) = (self.bounds(zone), other.bounds(zone));
        start < to && from < end
    }
}

/// The first instant of a day in a zone. Where the clock is put forward at midnight it is the first
/// quarter of an hour that there is.
fn beginning_of(day: NaiveDate, zone: Tz) -> Instant {
    let midnight = day.and_time(NaiveTime::MIN);
    let mut quarters = (0..=24 * 4).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
    let first = quarters.find_map(|time| zone.from_local_datetime(&time).earliest());
    Instant::from_utc(first.map_or_else(|| midnight.and_utc(), |time| time.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn at(text: &str) -> Instant {
        serde_json::from_value(serde_json::Value::from(text)).expect("an instant")
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight_where_the_person_is() {
        let absence = Absence::Days(day("2026-11-26"), day("2026-11-27"));
        assert!(absence.covers(at("2026-11-25T23:00:00Z"), Tz::Europe__Berlin));
        assert!(!absence.covers(at("2026-11-25T23:00:00Z"), Tz::Europe__London));
        assert!(!absence.covers(at("2026-11-27T23:00:00Z"), Tz::Europe__Berlin));
    }

    #[test]
    fn the_day_on_which_the_clock_is_put_forward_is_an_hour_shorter() {
        let absence = Absence::Days(day("2026-03-29"), day("2026-03-29"));
        let (start, end) = absence.bounds(Tz::Europe__Berlin);
        assert_eq!(end - start, TimeDelta::hours(23));
        let absence = Absence::Days(day("2026-10-25"), day("2026-10-25"));
        let (start, end) = absence.bounds(Tz::Europe__Berlin);
        assert_eq!(end - start, TimeDelta::hours(25));
    }

    #[test]
    fn a_day_without_midnight_begins_at_its_first_minute() {
        // Cairo puts the clock forward at midnight.
        let absence = Absence::Days(day("2026-04-24"), day("2026-04-24"));
        assert_eq!(absence.bounds(Tz::Africa__Cairo).0, at("2026-04-23T22:00:00Z"));
    }

    #[test]
    fn absences_that_touch_do_not_overlap() {
        let morning = Absence::Instants(at("2026-11-25T08:00:00Z"), at("2026-11-25T23:00:00Z"));
        let next = Absence::Days(day("2026-11-26"), day("2026-11-26"));
        assert!(!morning.overlaps(next, Tz::Europe__Berlin));
        assert!(morning.overlaps(next, Tz::Europe__Helsinki));
    }

    #[test]
    fn an_absence_ends_after_it_begins_and_within_a_year() {
        assert_eq!(
            Absence::Days(day("2026-11-27"), day("2026-11-26")).check(),
            Err(Flaw::Backwards)
        );
        assert_eq!(Absence::Days(day("2026-01-01"), day("2027-01-03")).check(), Err(Flaw::TooLong));
        assert_eq!(Absence::Days(day("2026-11-26"), day("2026-11-26")).check(), Ok(()));
        let moment = at("2026-11-25T08:00:00Z");
        assert_eq!(Absence::Instants(moment, moment).check(), Err(Flaw::Backwards));
    }
}
