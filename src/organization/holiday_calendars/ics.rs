//! Holidays out of an iCalendar file (RFC 5545).
//!
//! Taken are events of whole days; those that come again every year are taken out for a bounded
//! span of years. Whatever cannot be understood exactly is refused, not skipped: a holiday that is
//! silently missing would send somebody a reminder on it.

use chrono::{Datelike, Days, NaiveDate};
use icalendar::{Calendar, CalendarComponent, Component, DatePerhapsTime, Event};
use rrule::{RRuleSet, Tz};

use super::{NAME_MAX, NewHoliday, in_order};

/// The longest file, in bytes.
const SIZE_MAX: usize = 512 * 1024;
/// How many days a calendar holds at most.
const DAYS_MAX: usize = 2000;
/// How many days one event lasts at most.
const EVENT_DAYS_MAX: i64 = 31;
/// Which years are taken, counted from this one.
const YEARS: (i32, i32) = (-1, 10);

/// The days of a file between last year and ten years from now.
///
/// # Errors
/// A sentence that says what cannot be taken.
pub(super) fn days(text: &str, today: NaiveDate) -> Result<Vec<NewHoliday>, String> {
    if text.len() > SIZE_MAX {
        return Err("At most 512 KiB.".to_owned());
    }
    if !text.trim_start().starts_with("BEGIN:VCALENDAR") {
        return Err("Not an iCalendar file.".to_owned());
    }
    let calendar: Calendar = text.parse().map_err(|_| "Not an iCalendar file.".to_owned())?;
    let span = (today.year() + YEARS.0, today.year() + YEARS.1);
    let mut found = Vec::new();
    for component in &calendar.components {
        if let CalendarComponent::Event(event) = component {
            found.extend(of_event(event, span)?);
            if found.len() > 2 * DAYS_MAX {
                break;
            }
        }
    }
    let days = in_order(found);
    if days.is_empty() {
        return Err(format!("No holiday from {} to {}.", span.0, span.1));
    }
    if days.len() > DAYS_MAX {
        return Err(format!("At most {DAYS_MAX} days from {} to {}.", span.0, span.1));
    }
    Ok(days)
}

/// The days of one event.
fn of_event(event: &Event, span: (i32, i32)) -> Result<Vec<NewHoliday>, String> {
    if event.property_value("STATUS") == Some("CANCELLED") {
        return Ok(Vec::new());
    }
    let name = name_of(event)?;
    let refuse = |why: &str| Err(format!("“{name}”: {why}"));
    let Some(DatePerhapsTime::Date(first)) = event.get_start() else {
        return refuse("only events of whole days are taken.");
    };
    let length = match event.get_end() {
        None => 1,
        Some(DatePerhapsTime::Date(end)) => (end - first).num_days().max(1),
        Some(DatePerhapsTime::DateTime(_)) => {
            return refuse("only events of whole days are taken.");
        }
    };
    if length > EVENT_DAYS_MAX || event.property_value("DURATION").is_some_and(|d| d != "P1D") {
        return refuse("a holiday lasts at most 31 days, from DTSTART to DTEND.");
    }
    let unread = ["RDATE", "EXDATE", "RECURRENCE-ID"];
    if unread.iter().any(|name| has(event, name)) {
        return refuse("RDATE, EXDATE and RECURRENCE-ID are not taken; list the days one by one.");
    }
    let beginnings = match event.property_value("RRULE") {
        None => vec![first],
        Some(rule) => match yearly(first, rule, span) {
            Ok(days) => days,
            Err(why) => return refuse(&why),
        },
    };
    let days = beginnings.into_iter().flat_map(|day| {
        let days = (0..length).filter_map(move |n| u64::try_from(n).ok());
        days.filter_map(move |n| day.checked_add_days(Days::new(n)))
    });
    let within = days.filter(|day| (span.0..=span.1).contains(&day.year()));
    Ok(within.map(|on| NewHoliday { on, name: name.clone() }).collect())
}

fn has(event: &Event, name: &str) -> bool {
    event.properties().contains_key(name) || event.multi_properties().contains_key(name)
}

/// The name of an event in one line.
fn name_of(event: &Event) -> Result<String, String> {
    let summary = event.get_summary().unwrap_or_default();
    let line: String = summary.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name: crate::http::fields::Line<NAME_MAX> = line
        .parse()
        .map_err(|why| format!("An event has no name that fits into one line: {why}."))?;
    Ok(name.to_text())
}

/// The days on which a yearly rule falls within a span of years.
fn yearly(first: NaiveDate, rule: &str, span: (i32, i32)) -> Result<Vec<NaiveDate>, String> {
    let parts: Vec<&str> = rule.split(';').collect();
    if !parts.contains(&"FREQ=YEARLY") {
        return Err("only rules that come again every year are taken.".to_owned());
    }
    if first.year() < 1900 {
        return Err("a rule begins in 1900 or later.".to_owned());
    }
    // The library wants the end of a rule written as the beginning of the event is.
    let part = |part: &&str| match part.strip_prefix("UNTIL=") {
        Some(day) if day.len() == 8 => format!("UNTIL={day}T000000Z"),
        _ => (*part).to_owned(),
    };
    let rule: Vec<String> = parts.iter().map(part).collect();
    let text = format!("DTSTART:{}T000000Z\nRRULE:{}", first.format("%Y%m%d"), rule.join(";"));
    let wrong = "the rule of its recurrence cannot be read.";
    let set: RRuleSet = text.parse().map_err(|_| wrong.to_owned())?;
    let bound = |year: i32| {
        let day = NaiveDate::from_ymd_opt(year, 1, 1)?;
        Some(day.and_time(chrono::NaiveTime::MIN).and_utc().with_timezone(&Tz::UTC))
    };
    let (Some(from), Some(to)) = (bound(span.0), bound(span.1 + 1)) else {
        return Err(wrong.to_owned());
    };
    let limit = u16::try_from(DAYS_MAX).unwrap_or(u16::MAX);
    let found = set.after(from).before(to).all(limit);
    Ok(found.dates.into_iter().map(|date| date.date_naive()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(events: &[&str]) -> String {
        let events: Vec<String> = events
            .iter()
            .map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n"))
            .collect();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.concat())
    }

    fn read(event: &str) -> Result<Vec<String>, String> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let found = days(&file(&[event]), today)?;
        Ok(found.into_iter().map(|day| format!("{} {}", day.on, day.name)).collect())
    }

    #[test]
    fn a_day_and_a_span_of_days_are_taken() {
        assert_eq!(
            read("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\\, at last"),
            Ok(vec!["2026-12-25 Christmas, at last".to_owned()])
        );
        let two =
            read("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas");
        assert_eq!(two.map(|days| days.len()), Ok(2));
    }

    #[test]
    fn a_yearly_rule_is_taken_out_for_a_bounded_span() {
        let found = read("DTSTART;VALUE=DATE:20010501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Labour Day");
        let found = found.expect("days");
        assert_eq!(found.len(), 12);
        assert_eq!(found.first().map(String::as_str), Some("2025-05-01 Labour Day"));
        assert_eq!(found.last().map(String::as_str), Some("2036-05-01 Labour Day"));
        let until =
            "DTSTART;VALUE=DATE:20250501\r\nRRULE:FREQ=YEARLY;UNTIL=20270501\r\nSUMMARY:May";
        assert_eq!(read(until).map(|days| days.len()), Ok(3));
        let last_monday = "DTSTART;VALUE=DATE:20260525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2\r\nSUMMARY:Memorial Day";
        let days = read(last_monday).expect("days");
        assert_eq!(days, ["2026-05-25 Memorial Day", "2027-05-31 Memorial Day"]);
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        let refused = |event: &str| read(event).expect_err("a refusal");
        assert_eq!(
            refused("DTSTART:20261225T090000Z\r\nSUMMARY:Meeting"),
            "“Meeting”: only events of whole days are taken."
        );
        assert_eq!(
            refused("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Always"),
            "“Always”: only rules that come again every year are taken."
        );
        assert_eq!(
            refused("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;BYDAY=XX\r\nSUMMARY:Odd"),
            "“Odd”: the rule of its recurrence cannot be read."
        );
        assert!(refused("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20271225\r\nSUMMARY:X").contains("EXDATE"));
        assert!(refused("DTSTART;VALUE=DATE:20261225").contains("no name"));
        assert_eq!(
            refused("DTSTART;VALUE=DATE:19991225\r\nSUMMARY:Past"),
            "No holiday from 2025 to 2036."
        );
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        for text in ["", "hello", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
            assert_eq!(days(text, today), Err("Not an iCalendar file.".to_owned()), "{text}");
        }
    }

    #[test]
    fn names_of_one_day_stand_together() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let both = [
            "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:B",
            "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:A",
        ];
        let found = days(&file(&both), today).expect("days");
        assert_eq!(found.into_iter().map(|day| day.name).collect::<Vec<_>>(), ["A; B"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fall_over(text in "(BEGIN:VCALENDAR\r\n)?[ -~\r\n]{0,200}") {
            let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
            proptest::prop_assert!(days(&text, today).is_err());
        }
    }
}
