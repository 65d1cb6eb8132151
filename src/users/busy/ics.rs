//! When the owner of a calendar is busy, out of its file. Pure.
//!
//! What cannot be understood of a single event counts as free, and of its recurrence as once: a calendar is
//! somebody's, not ours to refuse. What would take forever is refused as a whole.

use std::collections::{BTreeMap, HashSet};

use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use icalendar::{
    Calendar, CalendarComponent, CalendarDateTime, Component, DatePerhapsTime, Event, Property,
};
use rrule::{RRule, RRuleSet, Unvalidated};

use super::BusyCalendarFailure as Failure;
use super::zones::zone as zone_of;
use crate::clock::Instant;
use crate::ids::InterviewId;
use crate::working_time::Span;

/// How many events a calendar has at most.
const EVENTS_MAX: usize = 5_000;
/// How far ahead intervals are kept.
pub(super) const HORIZON: TimeDelta = TimeDelta::days(400);
/// How far back.
const BEHIND: TimeDelta = TimeDelta::days(1);
/// How often one event recurs within the horizon at most; daily is 400.
const OCCURRENCES_MAX: u16 = 2_000;
/// How many days all rules together are followed through, from where each begins: some seconds' work.
const DAYS_MAX: i64 = 4_000_000;
/// How many intervals are kept.
const INTERVALS_MAX: usize = 10_000;

/// The merged intervals in which somebody who lives in a zone is busy, from a day ago to the horizon.
///
/// # Errors
/// [`Failure::NotACalendar`], [`Failure::TooManyEvents`].
pub(super) fn busy(text: &str, home: Tz, now: Instant) -> Result<Vec<Span>, Failure> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with("BEGIN:VCALENDAR") || !text.trim_end().ends_with("END:VCALENDAR") {
        return Err(Failure::NotACalendar);
    }
    if text.matches("BEGIN:VEVENT").count() > EVENTS_MAX {
        return Err(Failure::TooManyEvents);
    }
    let calendar: Calendar = text.parse().map_err(|_words: String| Failure::NotACalendar)?;
    let events = calendar.components.iter().filter_map(|component| {
        if let CalendarComponent::Event(event) = component { Some(event) } else { None }
    });
    let window = Window { from: *(now + -BEHIND), to: *(now + HORIZON), home };
    let mut reader = Reader { window, days: 0, found: Vec::new() };
    let (mut masters, mut changed) = (Vec::new(), BTreeMap::<&str, HashSet<At>>::new());
    for event in events.filter(|event| !is_ours(event)) {
        match event.get_recurrence_id() {
            None => masters.push(event),
            Some(which) => {
                if let Some(uid) = event.get_uid() {
                    changed.entry(uid).or_default().extend(At::of(&which, home));
                }
                reader.once(event);
            }
        }
    }
    let nothing = HashSet::new();
    for event in masters {
        let changed = event.get_uid().and_then(|uid| changed.get(uid)).unwrap_or(&nothing);
        reader.master(event, changed)?;
    }
    let merged = merge(reader.found);
    if merged.len() > INTERVALS_MAX { Err(Failure::TooManyEvents) } else { Ok(merged) }
}

/// Whether it is an entry of ours, about which the rules of double booking know better.
fn is_ours(event: &Event) -> bool {
    let id = event.get_uid().and_then(|uid| uid.strip_suffix("-panel@evenbar"));
    id.is_some_and(|id| id.parse::<InterviewId>().is_ok())
}

/// Whether its time is taken.
fn takes_time(event: &Event) -> bool {
    let says = |name: &str, word: &str| {
        event.property_value(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(word))
    };
    !says("TRANSP", "TRANSPARENT")
        && !says("STATUS", "CANCELLED")
        && !says("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
}

/// A moment by which one of the times of a recurring event is named: an instant, or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    Instant(DateTime<Utc>),
    Day(NaiveDate),
}

impl At {
    fn of(when: &DatePerhapsTime, home: Tz) -> Option<Self> {
        match when {
            DatePerhapsTime::Date(day) => Some(Self::Day(*day)),
            DatePerhapsTime::DateTime(time) => Some(Self::Instant(instant(time, home).0?)),
        }
    }
}

/// The instant of a time and the zone that it is meant in. Where the clock skips it, it is the moment after
/// the gap; where it comes twice, the first.
fn instant(time: &CalendarDateTime, home: Tz) -> (Option<DateTime<Utc>>, Tz) {
    match time {
        CalendarDateTime::Utc(at) => (Some(*at), Tz::UTC),
        CalendarDateTime::Floating(local) => (at_local(*local, home), home),
        CalendarDateTime::WithTimezone { date_time, tzid } => {
            let zone = zone_of(tzid).unwrap_or(home);
            (at_local(*date_time, zone), zone)
        }
    }
}

fn at_local(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let of = |local: NaiveDateTime| match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => None,
    };
    of(local).or_else(|| of(local.checked_add_signed(TimeDelta::hours(1))?))
}

/// What is asked of a calendar.
#[derive(Clone, Copy)]
struct Window {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    home: Tz,
}

/// How long each of the times of an event lasts.
#[derive(Debug, Clone, Copy)]
enum Length {
    Days(u64),
    Time(TimeDelta),
}

/// The first time of an event.
#[derive(Debug, Clone, Copy)]
struct First {
    start: DateTime<Utc>,
    /// By whose clock it recurs.
    zone: Tz,
    length: Length,
}

struct Reader {
    window: Window,
    days: i64,
    found: Vec<Span>,
}

/// The moments that a property lists, in however many lines.
fn listed(event: &Event, name: &str, first: First) -> Vec<At> {
    let several = event.multi_properties().get(name).map(Vec::as_slice).unwrap_or_default();
    let lines = event.properties().get(name).into_iter().chain(several);
    let of_line = |line: &Property| {
        let zone = line.params().get("TZID").and_then(|zone| zone_of(zone.value()));
        let zone = zone.unwrap_or(first.zone);
        let values: Vec<At> = line.value().split(',').filter_map(|one| moment(one, zone)).collect();
        values
    };
    lines.flat_map(of_line).collect()
}

impl Reader {
    fn first(&self, event: &Event) -> Option<First> {
        let home = self.window.home;
        match event.get_start()? {
            DatePerhapsTime::Date(day) => {
                let length = match (event.get_end(), event.property_value("DURATION")) {
                    (Some(DatePerhapsTime::Date(end)), _) => (end - day).num_days().max(1),
                    (None, Some(text)) => duration(text)?.num_days().max(1),
                    (Some(DatePerhapsTime::DateTime(_)) | None, _) => 1,
                };
                let start = at_local(day.and_time(NaiveTime::MIN), home)?;
                Some(First { start, zone: home, length: Length::Days(u64::try_from(length).ok()?) })
            }
            DatePerhapsTime::DateTime(time) => {
                let (start, zone) = instant(&time, home);
                let start = start?;
                let length = match (event.get_end(), event.property_value("DURATION")) {
                    (Some(DatePerhapsTime::DateTime(end)), _) => instant(&end, home).0? - start,
                    (None, Some(text)) => duration(text)?,
                    (Some(DatePerhapsTime::Date(_)) | None, _) => TimeDelta::zero(),
                };
                Some(First { start, zone, length: Length::Time(length) })
            }
        }
    }

    /// Keeps one of the times of an event.
    fn keep(&mut self, first: First, start: DateTime<Utc>) {
        let end = match first.length {
            Length::Time(length) => start.checked_add_signed(length),
            Length::Days(days) => start
                .with_timezone(&first.zone)
                .date_naive()
                .checked_add_days(Days::new(days))
                .and_then(|day| at_local(day.and_time(NaiveTime::MIN), first.zone)),
        };
        let Some(end) = end else { return };
        let (start, end) = (start.max(self.window.from), end.min(self.window.to));
        if start < end {
            self.found.push(Span { start: Instant::from_utc(start), end: Instant::from_utc(end) });
        }
    }

    /// Keeps the time of an event that stands for one of the times of another.
    fn once(&mut self, event: &Event) {
        if let Some(first) = self.first(event).filter(|_| takes_time(event)) {
            self.keep(first, first.start);
        }
    }

    /// Keeps the times of an event, without those that stand elsewhere.
    fn master(&mut self, event: &Event, changed: &HashSet<At>) -> Result<(), Failure> {
        let Some(first) = self.first(event).filter(|_| takes_time(event)) else { return Ok(()) };
        let mut left_out = changed.clone();
        left_out.extend(listed(event, "EXDATE", first));
        let mut starts = match event.property_value("RRULE") {
            Some(rule) => self.recurring(rule, first)?,
            None => vec![first.start],
        };
        starts.extend(listed(event, "RDATE", first).into_iter().filter_map(|at| match at {
            At::Instant(at) => Some(at),
            At::Day(day) => at_local(day.and_time(NaiveTime::MIN), first.zone),
        }));
        for start in starts {
            let day = start.with_timezone(&first.zone).date_naive();
            if !left_out.contains(&At::Instant(start)) && !left_out.contains(&At::Day(day)) {
                self.keep(first, start);
            }
        }
        Ok(())
    }

    /// When an event begins by its rule, within the window; once, where the rule cannot be read.
    fn recurring(&mut self, rule: &str, first: First) -> Result<Vec<DateTime<Utc>>, Failure> {
        let start = first.start.with_timezone(&rrule::Tz::Tz(first.zone));
        let Some(rule) = readable(rule, first.zone) else { return Ok(vec![first.start]) };
        let until = rule.get_until().map(|until| until.with_timezone(&Utc));
        let end = until.map_or(self.window.to, |until| until.min(self.window.to));
        self.days = self.days.saturating_add((end - first.start).num_days().max(1));
        if self.days > DAYS_MAX {
            return Err(Failure::TooManyEvents);
        }
        let Ok(rule) = rule.validate(start) else { return Ok(vec![first.start]) };
        let length = match first.length {
            Length::Time(length) => length,
            Length::Days(days) => {
                TimeDelta::days(i64::try_from(days).unwrap_or(i64::MAX / 100_000_000))
            }
        };
        let from = (self.window.from - length).with_timezone(&rrule::Tz::UTC);
        let to = self.window.to.with_timezone(&rrule::Tz::UTC);
        let set = RRuleSet::new(start).rrule(rule).after(from).before(to);
        let found = set.all(OCCURRENCES_MAX);
        Ok(found.dates.into_iter().map(|at| at.with_timezone(&Utc)).collect())
    }
}

/// A rule as the library takes it: an end without a zone is meant by the clock of the event. Rules that
/// recur within a day are none for a calendar of people.
fn readable(rule: &str, zone: Tz) -> Option<RRule<Unvalidated>> {
    let part = |part: &str| {
        let part = part.trim().to_ascii_uppercase();
        let Some(until) = part.strip_prefix("UNTIL=") else { return Some(part) };
        if until.ends_with('Z') {
            return Some(part);
        }
        let local = match until.len() {
            8 => day(until)?.and_hms_opt(23, 59, 59)?,
            _ => NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%S").ok()?,
        };
        Some(format!("UNTIL={}", at_local(local, zone)?.format("%Y%m%dT%H%M%SZ")))
    };
    let parts: Vec<String> = rule.split(';').map(part).collect::<Option<_>>()?;
    let coarse = ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"];
    parts.iter().any(|part| coarse.contains(&part.as_str())).then_some(())?;
    // Several times within a day, by a rule of days.
    let fine = ["BYHOUR=", "BYMINUTE=", "BYSECOND="];
    let is_fine = |part: &String| fine.iter().any(|name| part.starts_with(name));
    let parts: Vec<String> = parts.into_iter().filter(|part| !is_fine(part)).collect();
    parts.join(";").parse().ok()
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y%m%d").ok()
}

/// A moment of a list: a day, a local time or an instant; of a period its beginning.
fn moment(text: &str, zone: Tz) -> Option<At> {
    let text = text.split('/').next()?.trim();
    if text.len() == 8 {
        return Some(At::Day(day(text)?));
    }
    let (local, utc) = match text.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let local = NaiveDateTime::parse_from_str(local, "%Y%m%dT%H%M%S").ok()?;
    let at = if utc { Some(local.and_utc()) } else { at_local(local, zone) };
    at.map(At::Instant)
}

/// A duration (RFC 5545 §3.3.6), unless it goes back.
fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let (mut seconds, mut number) = (0_i64, 0_i64);
    for (part, units) in [
        (days, [('W', 604_800), ('D', 86_400), ('\0', 0)]),
        (time, [('H', 3_600), ('M', 60), ('S', 1)]),
    ] {
        for letter in part.chars() {
            if let Some(digit) = letter.to_digit(10) {
                number = number.checked_mul(10)?.checked_add(i64::from(digit))?;
            } else {
                let (_, unit) = units.iter().find(|(unit, _)| *unit == letter)?;
                seconds = seconds.checked_add(number.checked_mul(*unit)?)?;
                number = 0;
            }
        }
    }
    TimeDelta::try_seconds(seconds)
}

/// Spans in order, those that touch as one.
pub(super) fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests;
