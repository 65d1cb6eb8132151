//! The calendar of a person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::segments::{Segment, segments};
use crate::clock::Instant;
use crate::text_enum;
use crate::users::WeeklyHours;
use crate::users::time_off::Absence;

/// How far ahead working time is looked for. Whoever does not work within it has no working time.
const HORIZON: TimeDelta = TimeDelta::days(3_660);
/// How much of it is looked at together.
const CHUNK: TimeDelta = TimeDelta::days(28);

/// From an instant up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub start: Instant,
    /// The instant after the last one; no earlier than `start`.
    pub end: Instant,
}

impl Span {
    /// How long it lasts.
    pub fn length(self) -> TimeDelta {
        self.end - self.start
    }

    /// Whether two spans have an instant in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    fn common(self, other: Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some(Self { start, end })
    }

    /// What is left of it without the other one.
    fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = Self { start: self.start, end: self.end.min(other.start) };
        let after = Self { start: self.start.max(other.end), end: self.end };
        [before, after].into_iter().filter(|left| left.start < left.end)
    }
}

text_enum! {
    /// Why somebody does not work through a span of time.
    pub enum Obstacle {
        /// A part of it lies outside their hours.
        OutsideHours => "outside_hours",
        /// A day of it is a holiday of theirs.
        Holiday => "holiday",
        /// They are away for a part of it.
        Away => "away",
    }
}

/// When somebody works.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: Tz,
    hours: WeeklyHours,
    holidays: BTreeSet<NaiveDate>,
    away: Vec<Span>,
}

/// Working time of one day on the wall.
#[derive(Debug, Clone, Copy)]
struct Piece {
    day: NaiveDate,
    span: Span,
}

impl Calendar {
    /// The calendar of somebody in a zone, with their hours, holidays and absences.
    pub fn new(
        zone: Tz,
        hours: WeeklyHours,
        holidays: impl IntoIterator<Item = NaiveDate>,
        absences: impl IntoIterator<Item = Absence>,
    ) -> Self {
        let span = |absence: Absence| {
            let (start, end) = absence.bounds(zone);
            Span { start, end }
        };
        let (holidays, away) =
            (holidays.into_iter().collect(), absences.into_iter().map(span).collect());
        Self { zone, hours, holidays, away }
    }

    /// The zone that they work in.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether they work through the whole of a span.
    pub fn is_working(&self, span: Span) -> bool {
        self.why_not(span).is_empty()
    }

    /// What keeps them from working through the whole of a span, each once.
    pub fn why_not(&self, span: Span) -> Vec<Obstacle> {
        let mut found = Vec::new();
        if total(self.in_hours(span)) < span.length() {
            found.push(Obstacle::OutsideHours);
        }
        if self.days_of(span).iter().any(|day| self.holidays.contains(day)) {
            found.push(Obstacle::Holiday);
        }
        if self.away.iter().any(|away| away.overlaps(span)) {
            found.push(Obstacle::Away);
        }
        found
    }

    /// How much of the time between two instants they work; none when the second is the earlier.
    pub fn working_time_between(&self, from: Instant, to: Instant) -> TimeDelta {
        total(self.working(Span { start: from, end: to.max(from) }))
    }

    /// The first instant, from `from` on, by which they have worked so long since; `from` itself for
    /// no time at all, and none for somebody who works less than that within ten years.
    pub fn add_working_time(&self, from: Instant, time: TimeDelta) -> Option<Instant> {
        let mut left = time;
        if left <= TimeDelta::zero() {
            return Some(from);
        }
        for chunk in chunks(from) {
            for piece in self.working(chunk) {
                if piece.span.length() >= left {
                    return Some(piece.span.start + left);
                }
                left -= piece.span.length();
            }
        }
        None
    }

    /// The next instant after `after` at which they begin a day: the first working instant of a day
    /// on their wall. None for somebody who does not work within ten years.
    pub fn next_start_of_day(&self, after: Instant) -> Option<Instant> {
        // Looked for from two days before on, so that a day that has begun counts as begun.
        let mut begun: BTreeMap<NaiveDate, Instant> = BTreeMap::new();
        for chunk in chunks(after + TimeDelta::days(-2)) {
            for Piece { day, span } in self.working(chunk) {
                begun.entry(day).or_insert(span.start);
            }
            let next = begun.values().copied().filter(|start| *start > after).min();
            if next.is_some() {
                return next;
            }
        }
        None
    }

    /// The next instant after `after` at which the clock on their wall shows so many minutes of a day on
    /// which they work; where it is put forward over that, as much later as it is put forward, and where
    /// it shows it twice, the first time. None for somebody who does not work within ten years.
    pub fn next_time_of_day(&self, after: Instant, minutes: u16) -> Option<Instant> {
        // As in `next_start_of_day`; a day that was cut off at the end of a chunk begins the next one.
        for chunk in chunks(after + TimeDelta::days(-2)) {
            let days: BTreeSet<NaiveDate> =
                self.working(chunk).into_iter().map(|piece| piece.day).collect();
            let next = days
                .into_iter()
                .filter_map(|day| self.instant_of(day, minutes))
                .find(|at| *at > after);
            if next.is_some() {
                return next;
            }
        }
        None
    }

    /// The instant from `at` on at which they work; none for somebody who does not within ten years.
    pub fn next_working(&self, at: Instant) -> Option<Instant> {
        let moment = TimeDelta::microseconds(1);
        self.add_working_time(at, moment).map(|after| after + -moment)
    }

    /// When the wall shows so many minutes of a day.
    fn instant_of(&self, day: NaiveDate, minutes: u16) -> Option<Instant> {
        let wall = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes));
        let middle = Instant::from_utc(wall.and_utc());
        let around = TimeDelta::days(2);
        let span = Span { start: middle + -around, end: middle + around };
        let at: Vec<(Instant, Span)> = segments(self.zone, span)
            .into_iter()
            .map(|segment| (segment.instant(wall), segment.span))
            .collect();
        let shown = at.iter().find(|(at, span)| span.start <= *at && *at < span.end);
        // Nowhere: then the stretch before the gap would show it after its end.
        let skipped = || at.iter().find(|(at, span)| *at >= span.end);
        shown.or_else(skipped).map(|(at, _)| *at)
    }

    /// The days on the wall that a span touches.
    fn days_of(&self, span: Span) -> BTreeSet<NaiveDate> {
        let segments = segments(self.zone, span);
        segments.iter().flat_map(days_in).collect()
    }

    /// Working time within a span by the hours alone, in order.
    fn in_hours(&self, span: Span) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for segment in segments(self.zone, span) {
            for day in days_in(&segment) {
                for interval in self.hours.on(day.weekday()).intervals() {
                    let at = |minutes: u16| {
                        let wall = day.and_time(chrono::NaiveTime::MIN);
                        segment.instant(wall + TimeDelta::minutes(i64::from(minutes)))
                    };
                    let (start, end) = (at(interval.from.minutes()), at(interval.to.minutes()));
                    let common = segment.span.common(Span { start, end });
                    pieces.extend(common.map(|span| Piece { day, span }));
                }
            }
        }
        pieces
    }

    /// Working time within a span, in order.
    fn working(&self, span: Span) -> Vec<Piece> {
        let mut pieces = self.in_hours(span);
        pieces.retain(|piece| !self.holidays.contains(&piece.day));
        for away in self.away.iter().filter(|away| away.overlaps(span)) {
            let left = pieces.into_iter().flat_map(|Piece { day, span }| {
                span.without(*away).map(move |span| Piece { day, span })
            });
            pieces = left.collect();
        }
        pieces
    }
}

/// The days on the wall in a stretch, in order.
fn days_in(segment: &Segment) -> impl Iterator<Item = NaiveDate> + use<> {
    let first = segment.wall(segment.span.start).date();
    let end = segment.wall(segment.span.end);
    let days = (0..).map_while(move |day| first.checked_add_days(Days::new(day)));
    days.take_while(move |day| day.and_time(chrono::NaiveTime::MIN) < end)
}

/// The time from an instant on, in parts, up to the horizon.
fn chunks(from: Instant) -> impl Iterator<Item = Span> {
    let starts = std::iter::successors(Some(from), |start| Some(*start + CHUNK));
    let starts = starts.take_while(move |start| *start - from < HORIZON);
    starts.map(|start| Span { start, end: start + CHUNK })
}

fn total(pieces: Vec<Piece>) -> TimeDelta {
    pieces.into_iter().map(|piece| piece.span.length()).sum()
}
