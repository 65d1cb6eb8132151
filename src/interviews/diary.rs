//! What some people have before them in a stretch of time, loaded once however many times are asked about.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate, TimeDelta};

use super::assignment::Load;
use super::store;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{InterviewId, UserId};
use crate::pools::members::store::PoolMember;
use crate::pools::store::Pool;
use crate::users::store::User;
use crate::users::{busy, calendars};
use crate::working_time::{Calendar, Obstacle, Span};

/// How far from an interview another one of the same week may begin, wherever somebody is.
const WEEK: TimeDelta = TimeDelta::days(9);

/// When some people work, when they are busy elsewhere, and when their other interviews begin.
pub(super) struct Diary {
    calendars: HashMap<UserId, Calendar>,
    starts: Vec<(UserId, Instant)>,
    busy: Vec<(UserId, Span)>,
}

impl Diary {
    /// The diary of some people around a stretch of time, without one interview. Outside of it, it says
    /// nothing.
    pub(super) fn load(
        conn: &mut Conn,
        people: &[User],
        but: InterviewId,
        around: Span,
    ) -> Result<Self> {
        let ids: Vec<UserId> = people.iter().map(|user| user.id).collect();
        let week = (around.start + -WEEK, around.end + WEEK);
        let busy = busy::store::intervals(conn, &ids, around)?.into_iter();
        Ok(Self {
            busy: busy.map(|(person, start, end)| (person, Span { start, end })).collect(),
            calendars: calendars(conn, people, around)?,
            starts: store::starts_between(conn, &ids, but, week)?,
        })
    }

    /// What keeps somebody from working through a span.
    pub(super) fn obstacles(&self, person: UserId, span: Span) -> Vec<Obstacle> {
        self.calendars.get(&person).map(|calendar| calendar.why_not(span)).unwrap_or_default()
    }

    /// Whether somebody is busy at a time, by a calendar of theirs.
    pub(super) fn is_busy(&self, person: UserId, span: Span) -> bool {
        self.busy.iter().any(|(owner, busy)| *owner == person && busy.overlaps(span))
    }

    /// How much somebody does on a day of theirs and in its week, which begins on Monday. What they say
    /// themselves holds, else the lowest limit of their pools.
    pub(super) fn loads(
        &self,
        user: &User,
        pools: &[&(PoolMember, Pool)],
        today: NaiveDate,
    ) -> (Load, Load) {
        let zone = user.zone();
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let (mut in_day, mut in_week) = (0, 0);
        for (_, at) in self.starts.iter().filter(|(person, _)| *person == user.id) {
            let on = at.with_timezone(&zone).date_naive();
            in_day += i64::from(on == today);
            in_week += i64::from(monday <= on && on < monday + Days::new(7));
        }
        let lowest = |limit: fn(&Pool) -> Option<i32>| {
            pools.iter().filter_map(|(_, pool)| limit(pool)).min()
        };
        let per_day = user.interviews_per_day.or_else(|| lowest(|pool| pool.interviews_per_day));
        let per_week = user.interviews_per_week.or_else(|| lowest(|pool| pool.interviews_per_week));
        (Load { others: in_day, limit: per_day }, Load { others: in_week, limit: per_week })
    }
}
