//! What a zone does around a date, as iCalendar says it (VTIMEZONE, RFC 5545 §3.6.5). Pure.
//!
//! Where clocks change by the same two rules in the years around the date, these are written as rules,
//! because Outlook understands a zone by them; where they do not, as in Morocco, each change is
//! written for itself. Where they never change there is one time that always holds.

use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
    Weekday,
};
use chrono_tz::{OffsetName, Tz};

/// A change of the clocks of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    /// What the clock on the wall would have shown.
    wall: NaiveDateTime,
    /// Seconds east of UTC before.
    from: i32,
    /// Seconds east of UTC after.
    to: i32,
    /// What the time after it is called.
    name: String,
}

/// On which day of a month: the first, second, third or fourth of its weekdays, or the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nth {
    FromStart(u32),
    Last,
}

/// The definition of a zone that holds around an instant.
pub(super) fn lines(zone: Tz, at: DateTime<Utc>) -> Vec<String> {
    let year = at.with_timezone(&zone).year();
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{}", zone.name())];
    let changes = changes(zone, year - 1, year + 1);
    if let Some(rules) = rules(&changes, year) {
        for (first, rule) in rules {
            lines.extend(observance(first, Some(&rule)));
        }
    } else {
        lines.extend(observance(&before(zone, &changes, at), None));
        for change in &changes {
            lines.extend(observance(change, None));
        }
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

/// What held before the first change.
fn before(zone: Tz, changes: &[Change], at: DateTime<Utc>) -> Change {
    let (to, name) = match changes.first() {
        Some(change) => (change.from, written(change.from)),
        None => (offset(zone, at), name(zone, at)),
    };
    let wall = DateTime::<Utc>::UNIX_EPOCH.naive_utc();
    Change { wall, from: to, to, name }
}

/// The changes of these years, in order.
fn changes(zone: Tz, first: i32, last: i32) -> Vec<Change> {
    let bound = |year: i32| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single();
    let (Some(mut day), Some(end)) = (bound(first), bound(last + 1)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while day < end {
        let Some(next) = day.checked_add_days(Days::new(1)) else { break };
        let (from, to) = (offset(zone, day), offset(zone, next));
        if from != to {
            let moment = moment(zone, day, next);
            let wall = moment.naive_utc() + Duration::seconds(i64::from(from));
            found.push(Change { wall, from, to, name: name(zone, moment) });
        }
        day = next;
    }
    found
}

/// The first instant between two at which the offset is that of the second.
fn moment(zone: Tz, mut low: DateTime<Utc>, mut high: DateTime<Utc>) -> DateTime<Utc> {
    let before = offset(zone, low);
    while high - low > TimeDelta::seconds(1) {
        let middle = low + TimeDelta::seconds((high - low).num_seconds() / 2);
        if offset(zone, middle) == before { low = middle } else { high = middle }
    }
    high
}

/// The two rules of the years around one, each with its change in the year before; none where there
/// are no two that hold in all three.
fn rules(changes: &[Change], year: i32) -> Option<Vec<(&Change, String)>> {
    let of = |year: i32| {
        let mut of: Vec<&Change> =
            changes.iter().filter(|change| change.wall.year() == year).collect();
        of.sort_by_key(|change| change.wall.month());
        of
    };
    let years = [of(year - 1), of(year), of(year + 1)];
    if years.iter().any(|changes| changes.len() != 2) {
        return None;
    }
    let [before, this, after] = years;
    let three = before.into_iter().zip(this).zip(after);
    three.map(|((one, two), three)| Some((one, rule([one, two, three])?))).collect()
}

/// The rule by which a change comes in each of three years.
fn rule(years: [&Change; 3]) -> Option<String> {
    let [first, ..] = years;
    let same = |change: &&Change| {
        let (one, other) = (first.wall, change.wall);
        (one.time(), one.month(), one.weekday()) == (other.time(), other.month(), other.weekday())
            && (first.from, first.to) == (change.from, change.to)
    };
    if !years.iter().all(same) {
        return None;
    }
    let month = first.wall.month();
    let day = match common(years.map(|change| places(change.wall)))? {
        Nth::Last => "-1".to_owned(),
        Nth::FromStart(nth) => nth.to_string(),
    };
    let weekday = match first.wall.weekday() {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    };
    Some(format!("FREQ=YEARLY;BYMONTH={month};BYDAY={day}{weekday}"))
}

/// Which of its weekdays a day is in its month, and whether it is the last.
fn places(wall: NaiveDateTime) -> (u32, bool) {
    let in_a_week = wall.checked_add_days(Days::new(7));
    let last = in_a_week.is_none_or(|later| later.month() != wall.month());
    ((wall.day() - 1) / 7 + 1, last)
}

fn common(years: [(u32, bool); 3]) -> Option<Nth> {
    let [(nth, _), ..] = years;
    if years.iter().all(|(_, last)| *last) {
        return Some(Nth::Last);
    }
    years.iter().all(|(other, _)| *other == nth).then_some(Nth::FromStart(nth))
}

fn observance(change: &Change, rule: Option<&str>) -> Vec<String> {
    let kind = if change.to > change.from { "DAYLIGHT" } else { "STANDARD" };
    let mut lines = vec![
        format!("BEGIN:{kind}"),
        format!("DTSTART:{}", change.wall.format("%Y%m%dT%H%M%S")),
        format!("TZOFFSETFROM:{}", written(change.from)),
        format!("TZOFFSETTO:{}", written(change.to)),
        format!("TZNAME:{}", change.name),
    ];
    lines.extend(rule.map(|rule| format!("RRULE:{rule}")));
    lines.push(format!("END:{kind}"));
    lines
}

/// Seconds east of UTC.
fn offset(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

fn name(zone: Tz, at: DateTime<Utc>) -> String {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    offset.abbreviation().map_or_else(|| written(offset.fix().local_minus_utc()), str::to_owned)
}

/// `+0530`, and with seconds where there are some.
fn written(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let time = NaiveTime::MIN + TimeDelta::seconds(i64::from(offset.abs()));
    let seconds = offset % 60 != 0;
    format!("{sign}{}", time.format(if seconds { "%H%M%S" } else { "%H%M" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(zone: Tz, year: i32) -> Vec<String> {
        lines(zone, Utc.with_ymd_and_hms(year, 6, 15, 12, 0, 0).unwrap())
    }

    fn rules_of(zone: Tz) -> Vec<String> {
        of(zone, 2027).into_iter().filter(|line| line.starts_with("RRULE")).collect()
    }

    #[test]
    fn a_zone_with_two_rules_is_told_by_them() {
        insta::assert_snapshot!(of(Tz::Europe__Berlin, 2027).join("\n"), @r"
        BEGIN:VTIMEZONE
        TZID:Europe/Berlin
        BEGIN:DAYLIGHT
        DTSTART:20260329T020000
        TZOFFSETFROM:+0100
        TZOFFSETTO:+0200
        TZNAME:CEST
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
        END:DAYLIGHT
        BEGIN:STANDARD
        DTSTART:20261025T030000
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        TZNAME:CET
        RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
        END:STANDARD
        END:VTIMEZONE
        ");
        let new_york =
            ["RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"];
        assert_eq!(rules_of(Tz::America__New_York), new_york);
        let sydney =
            ["RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU"];
        assert_eq!(rules_of(Tz::Australia__Sydney), sydney);
        assert_eq!(rules_of(Tz::Europe__Dublin).len(), 2);
    }

    #[test]
    fn a_zone_that_never_changes_has_one_time() {
        insta::assert_snapshot!(of(Tz::Asia__Dubai, 2027).join("\n"), @r"
        BEGIN:VTIMEZONE
        TZID:Asia/Dubai
        BEGIN:STANDARD
        DTSTART:19700101T000000
        TZOFFSETFROM:+0400
        TZOFFSETTO:+0400
        TZNAME:+0400
        END:STANDARD
        END:VTIMEZONE
        ");
        assert!(of(Tz::Asia__Kolkata, 2027).contains(&"TZOFFSETTO:+0530".to_owned()));
        assert!(of(Tz::America__Phoenix, 2027).contains(&"TZOFFSETTO:-0700".to_owned()));
    }

    #[test]
    fn a_zone_without_a_rule_is_told_change_by_change() {
        let morocco = of(Tz::Africa__Casablanca, 2027);
        assert!(!morocco.iter().any(|line| line.starts_with("RRULE")), "{morocco:?}");
        let begun = morocco.iter().filter(|line| line.starts_with("DTSTART")).count();
        assert_eq!(begun, 7, "{morocco:?}");
    }

    #[test]
    fn an_offset_is_written_with_its_sign() {
        assert_eq!(
            [0, 19_800, -12_600, -17_762].map(written),
            ["+0000", "+0530", "-0330", "-045602"]
        );
    }
}
