//! Working time against a slow reference that looks at every minute.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Timelike};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::{Calendar, Obstacle, Span};
use crate::clock::Instant;
use crate::users::WeeklyHours;
use crate::users::time_off::Absence;

fn at(text: &str) -> Instant {
    serde_json::from_value(serde_json::Value::from(text)).expect("an instant")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn hours(json: serde_json::Value) -> WeeklyHours {
    serde_json::from_value(json).expect("hours")
}

fn usual(zone: Tz) -> Calendar {
    Calendar::new(zone, WeeklyHours::usual(), [], [])
}

/// Somebody who works the first six hours of each Sunday.
fn night(zone: Tz) -> Calendar {
    let hours = hours(serde_json::json!({ "sunday": [{ "from": "00:00", "to": "06:00" }] }));
    Calendar::new(zone, hours, [], [])
}

fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

#[test]
fn an_hour_that_begins_on_friday_ends_on_monday() {
    let ada = usual(Tz::Europe__Berlin);
    let friday = at("2026-11-27T16:00:00Z");
    assert_eq!(ada.add_working_time(friday, minutes(60)), Some(at("2026-11-30T08:30:00Z")));
    assert_eq!(ada.working_time_between(friday, at("2026-11-30T08:30:00Z")), minutes(60));
    assert_eq!(ada.next_start_of_day(friday), Some(at("2026-11-30T08:00:00Z")));
    assert_eq!(ada.next_start_of_day(at("2026-11-30T08:00:00Z")), Some(at("2026-12-01T08:00:00Z")));
}

#[test]
fn a_time_of_the_day_comes_on_days_of_work_alone_and_once() {
    let ada = usual(Tz::Europe__Berlin);
    let friday = at("2026-11-27T08:00:00Z");
    assert_eq!(ada.next_time_of_day(friday, 540), Some(at("2026-11-30T08:00:00Z")));
    assert_eq!(ada.next_time_of_day(at("2026-11-27T07:59:00Z"), 540), Some(friday));
    assert_eq!(ada.next_time_of_day(friday, 19 * 60), Some(at("2026-11-27T18:00:00Z")));
    // At 02:30 on the nights of the changes, for somebody who works through them.
    let ben = night(Tz::Europe__Berlin);
    assert_eq!(
        ben.next_time_of_day(at("2026-03-28T12:00:00Z"), 150),
        Some(at("2026-03-29T01:30:00Z"))
    );
    assert_eq!(
        ben.next_time_of_day(at("2026-03-28T12:00:00Z"), 210),
        Some(at("2026-03-29T01:30:00Z"))
    );
    assert_eq!(
        ben.next_time_of_day(at("2026-10-24T12:00:00Z"), 150),
        Some(at("2026-10-25T00:30:00Z"))
    );
    assert_eq!(
        ben.next_time_of_day(at("2026-10-25T00:30:00Z"), 150),
        Some(at("2026-11-01T01:30:00Z"))
    );
    let never = Calendar::new(Tz::UTC, hours(serde_json::json!({})), [], []);
    assert_eq!(never.next_time_of_day(friday, 540), None);
}

#[test]
fn whoever_works_is_reached_at_once_and_everybody_else_when_they_begin() {
    let ada = usual(Tz::Europe__Berlin);
    let noon = at("2026-11-27T11:00:00Z");
    assert_eq!(ada.next_working(noon), Some(noon));
    assert_eq!(ada.next_working(at("2026-11-27T16:30:00Z")), Some(at("2026-11-30T08:00:00Z")));
    assert_eq!(ada.next_working(at("2026-11-29T12:00:00Z")), Some(at("2026-11-30T08:00:00Z")));
}

#[test]
fn no_time_at_all_passes_at_once_whether_somebody_works_or_not() {
    let sunday = at("2026-11-29T12:00:00Z");
    let ada = usual(Tz::Europe__Berlin);
    assert_eq!(ada.add_working_time(sunday, TimeDelta::zero()), Some(sunday));
    assert_eq!(ada.add_working_time(sunday, minutes(-5)), Some(sunday));
    assert_eq!(ada.working_time_between(sunday, at("2026-11-20T12:00:00Z")), TimeDelta::zero());
}

#[test]
fn hours_float_with_the_wall_when_the_clock_is_changed() {
    let (spring, autumn) = (at("2026-03-28T12:00:00Z"), at("2026-10-24T12:00:00Z"));
    let of =
        |who: &Calendar, from: Instant| who.working_time_between(from, from + TimeDelta::days(1));
    assert_eq!(of(&night(Tz::Europe__Berlin), spring), minutes(5 * 60));
    assert_eq!(of(&night(Tz::Europe__Berlin), autumn), minutes(7 * 60));
    assert_eq!(of(&night(Tz::Africa__Lagos), spring), minutes(6 * 60));
    let monday = |text| usual(Tz::Europe__Berlin).next_start_of_day(at(text));
    assert_eq!(monday("2026-03-28T12:00:00Z"), Some(at("2026-03-30T07:00:00Z")));
    assert_eq!(monday("2026-10-24T12:00:00Z"), Some(at("2026-10-26T08:00:00Z")));
}

#[test]
fn a_day_that_a_zone_left_out_has_no_hours() {
    // Samoa went from the 29th of December 2011 to the 31st, over the date line. The 30th was a Friday.
    let samoa = usual(Tz::Pacific__Apia);
    let thursday = at("2011-12-29T19:00:00Z");
    assert_eq!(samoa.next_start_of_day(thursday), Some(at("2012-01-01T19:00:00Z")));
}

#[test]
fn a_day_begins_where_the_person_is() {
    let monday = at("2026-11-29T20:30:00Z");
    assert!(
        usual(Tz::Pacific__Auckland).is_working(Span { start: monday, end: monday + minutes(60) })
    );
    assert!(
        !usual(Tz::America__Los_Angeles)
            .is_working(Span { start: monday, end: monday + minutes(60) })
    );
}

#[test]
fn each_thing_that_keeps_somebody_from_working_is_named_once() {
    let ada = Calendar::new(
        Tz::Europe__Berlin,
        WeeklyHours::usual(),
        [day("2026-11-25")],
        [Absence::Days(day("2026-11-26"), day("2026-11-26"))],
    );
    let why = |from: &str, to: &str| ada.why_not(Span { start: at(from), end: at(to) });
    assert_eq!(why("2026-11-24T08:00:00Z", "2026-11-24T16:30:00Z"), []);
    assert_eq!(why("2026-11-24T07:59:00Z", "2026-11-24T09:00:00Z"), [Obstacle::OutsideHours]);
    assert_eq!(why("2026-11-25T09:00:00Z", "2026-11-25T10:00:00Z"), [Obstacle::Holiday]);
    assert_eq!(why("2026-11-26T09:00:00Z", "2026-11-26T10:00:00Z"), [Obstacle::Away]);
    let all = [Obstacle::OutsideHours, Obstacle::Holiday, Obstacle::Away];
    assert_eq!(why("2026-11-24T09:00:00Z", "2026-11-26T10:00:00Z"), all);
}

#[test]
fn whoever_never_works_never_gets_there() {
    let nobody = Calendar::new(Tz::UTC, WeeklyHours::default(), [], []);
    assert_eq!(nobody.add_working_time(at("2026-11-24T09:00:00Z"), minutes(1)), None);
    assert_eq!(nobody.next_start_of_day(at("2026-11-24T09:00:00Z")), None);
}

/// Around each of these days the clock of some zone below is changed.
const DAYS: [&str; 12] = [
    "2005-04-03",
    "2006-10-29",
    "2010-11-07",
    "2011-03-13",
    "2011-12-30",
    "2014-05-16",
    "2018-11-04",
    "2024-10-27",
    "2026-03-29",
    "2026-04-05",
    "2026-04-24",
    "2026-11-01",
];
const ZONES: [Tz; 15] = [
    Tz::UTC,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::America__Havana,
    Tz::Antarctica__Troll,
    Tz::Asia__Kathmandu,
    Tz::Asia__Kolkata,
    Tz::Australia__Lord_Howe,
    Tz::Europe__Berlin,
    Tz::Pacific__Apia,
    Tz::Pacific__Chatham,
    Tz::Pacific__Kiritimati,
];

/// What somebody says of their hours, holidays and absences, and when it is looked at.
#[derive(Debug)]
struct Case {
    zone: Tz,
    hours: WeeklyHours,
    holidays: BTreeSet<NaiveDate>,
    absences: Vec<Absence>,
    from: Instant,
}

impl Case {
    fn calendar(&self) -> Calendar {
        let absences = self.absences.iter().copied();
        Calendar::new(self.zone, self.hours.clone(), self.holidays.iter().copied(), absences)
    }

    /// The day on the wall, if the person works at a minute.
    fn works(&self, minute: Instant) -> Option<NaiveDate> {
        let wall = minute.with_timezone(&self.zone);
        let (today, of_day) = (wall.date_naive(), wall.hour() * 60 + wall.minute());
        let within = self.hours.on(today.weekday()).intervals().iter().any(|interval| {
            (u32::from(interval.from.minutes())..u32::from(interval.to.minutes())).contains(&of_day)
        });
        let away = self.absences.iter().any(|absence| absence.covers(minute, self.zone));
        (within && !away && !self.holidays.contains(&today)).then_some(today)
    }

    fn minute(&self, number: i64) -> Instant {
        self.from + minutes(number)
    }
}

/// Up to three intervals of a day, on quarters of an hour.
fn work_day() -> impl Strategy<Value = serde_json::Value> {
    prop::collection::btree_set(0_u16..=96, 0..=6).prop_map(|quarters| {
        let quarters: Vec<u16> = quarters.into_iter().collect();
        let time = |quarter: u16| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
        let intervals = quarters.chunks_exact(2).map(|pair| match pair {
            [from, to] => serde_json::json!({ "from": time(*from), "to": time(*to) }),
            _ => serde_json::Value::Null,
        });
        intervals.collect()
    })
}

fn week() -> impl Strategy<Value = WeeklyHours> {
    prop::collection::vec(work_day(), 7).prop_map(|days| {
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let days = names.into_iter().map(str::to_owned).zip(days);
        hours(serde_json::Value::Object(days.collect()))
    })
}

prop_compose! {
    fn case()(
        zone in prop::sample::select(ZONES.to_vec()),
        hours in week(),
        middle in prop::sample::select(DAYS.to_vec()),
        offset in -3_000_i64..1_500,
        holidays in prop::collection::btree_set(0_u64..8, 0..3),
        away in prop::collection::vec((-2_000_i64..4_000, 1_i64..3_000), 0..3),
        days_away in prop::option::of(0_u64..6),
    ) -> Case {
        let middle = day(middle);
        let begin = Instant::from_utc(middle.and_time(chrono::NaiveTime::MIN).and_utc());
        let first = middle - Days::new(4);
        let spans = away.into_iter().map(|(start, length)| {
            let start = begin + minutes(start);
            Absence::Instants(start, start + minutes(length))
        });
        let whole = days_away.map(|day| Absence::Days(first + Days::new(day), first + Days::new(day + 1)));
        Case {
            zone,
            hours,
            holidays: holidays.into_iter().map(|day| first + Days::new(day)).collect(),
            absences: spans.chain(whole).collect(),
            from: begin + minutes(offset),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn working_time_is_what_is_counted_minute_by_minute(case in case(), length in 0_i64..8_000) {
        let (calendar, to) = (case.calendar(), case.minute(length));
        let worked = (0..length).filter(|number| case.works(case.minute(*number)).is_some()).count();
        let worked = minutes(i64::try_from(worked).expect("few"));
        prop_assert_eq!(calendar.working_time_between(case.from, to), worked);
        let span = Span { start: case.from, end: to };
        let away = case.absences.iter().any(|absence| absence.overlaps(Absence::Instants(case.from, to), case.zone));
        prop_assert_eq!(calendar.is_working(span), worked == minutes(length) && (length > 0 || !away));
    }

    #[test]
    fn an_instant_by_which_somebody_worked_so_long_is_the_first_one(case in case(), time in 0_i64..2_000) {
        let mut left = time;
        let mut number = 0;
        while left > 0 && number < 12_000 {
            left -= i64::from(case.works(case.minute(number)).is_some());
            number += 1;
        }
        let found = case.calendar().add_working_time(case.from, minutes(time));
        if left == 0 {
            prop_assert_eq!(found, Some(case.minute(number)));
        } else {
            prop_assert!(found.is_none_or(|found| found > case.minute(number)));
        }
    }

    #[test]
    fn a_day_begins_with_its_first_working_minute(case in case()) {
        let mut begun = BTreeSet::new();
        let mut first = None;
        for number in -4_320..8_000 {
            let new = case.works(case.minute(number)).is_some_and(|day| begun.insert(day));
            if new && number > 0 {
                first = Some(case.minute(number));
                break;
            }
        }
        let found = case.calendar().next_start_of_day(case.from);
        match first {
            Some(first) => prop_assert_eq!(found, Some(first)),
            None => prop_assert!(found.is_none_or(|found| found > case.minute(7_999))),
        }
    }
}
