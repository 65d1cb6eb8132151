//! Stretches of time in which the clock on somebody's wall is neither put forward nor back.

use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::Span;
use crate::clock::Instant;

/// No zone changes its clock twice within so short a time.
const STEP: TimeDelta = TimeDelta::hours(12);

/// A stretch of time with one offset from UTC.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// The stretch.
    pub(super) span: Span,
    /// How far the wall is ahead of UTC.
    offset: TimeDelta,
}

impl Segment {
    /// What the wall shows at an instant of the stretch.
    pub(super) fn wall(&self, at: Instant) -> NaiveDateTime {
        at.naive_utc() + self.offset
    }

    /// When the wall would show this, if the stretch lasted for ever.
    pub(super) fn instant(&self, wall: NaiveDateTime) -> Instant {
        Instant::from_utc((wall - self.offset).and_utc())
    }
}

/// The stretches of a span in order, without a gap.
pub(super) fn segments(zone: Tz, span: Span) -> Vec<Segment> {
    let (mut found, mut start) = (Vec::new(), span.start);
    while start < span.end {
        let offset = offset(zone, start);
        let end = end_of(zone, start, offset, span.end);
        found.push(Segment { span: Span { start, end }, offset });
        start = end;
    }
    found
}

/// The first instant after `start` with another offset, or `until`.
fn end_of(zone: Tz, start: Instant, known: TimeDelta, until: Instant) -> Instant {
    let mut same = start;
    loop {
        let probe = (same + STEP).min(until);
        if offset(zone, probe) != known {
            return change_between(zone, same, probe, known);
        }
        if probe == until {
            return until;
        }
        same = probe;
    }
}

/// The instant of the change between one that has the offset and a later one that has not. Clocks
/// change on whole seconds.
fn change_between(zone: Tz, same: Instant, other: Instant, known: TimeDelta) -> Instant {
    let (mut same, mut other) = (same.timestamp(), ceiling(other));
    while other - same > 1 {
        let middle = same.midpoint(other);
        if offset(zone, at_second(middle)) == known { same = middle } else { other = middle }
    }
    at_second(other)
}

fn ceiling(at: Instant) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}

fn at_second(second: i64) -> Instant {
    Instant::from_micros(second.saturating_mul(1_000_000))
}

fn offset(zone: Tz, at: Instant) -> TimeDelta {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    TimeDelta::seconds(i64::from(offset.local_minus_utc()))
}
