//! The interviews that stand in somebody's calendar.

use chrono::TimeDelta;
use diesel::prelude::*;

use crate::access::{Action, Reach, takes_part};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, candidates, interviews, jobs, kits, panelists};
use crate::interviews::InterviewState;
use crate::interviews::store::Interview;
use crate::users::store::User;

/// How many entries a calendar holds.
const ENTRIES_MAX: i64 = 500;

// The condition looks into `interviews` and `panelists` itself, so what is shown goes by other names.
diesel::alias!(
    const HELD: Alias<Shown> = interviews as shown;
    const SEATS: Alias<Sitting> = panelists as sitting;
);

/// An interview with what it is about.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Held {
    pub(super) interview: Interview,
    pub(super) candidate_name: String,
    pub(super) job_title: String,
    pub(super) kit_name: String,
}

/// The interviews on whose panel somebody sits, from a month ago to a year from now, by time; only
/// those that they may read.
pub(super) fn around(conn: &mut Conn, user: &User, now: Instant) -> QueryResult<Vec<Held>> {
    let actor = user.in_absence();
    let (from, to) = (now + TimeDelta::days(-30), now + TimeDelta::days(366));
    let starts_at = HELD.field(interviews::starts_at);
    HELD.inner_join(SEATS.on(SEATS.field(panelists::interview_id).eq(HELD.field(interviews::id))))
        .inner_join(
            applications::table.on(applications::id.eq(HELD.field(interviews::application_id))),
        )
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .inner_join(kits::table.on(kits::id.eq(HELD.field(interviews::kit_id))))
        .filter(SEATS.field(panelists::user_id).eq(user.id))
        .filter(SEATS.field(panelists::removed_at).is_null())
        .filter(
            HELD.field(interviews::state)
                .eq_any([InterviewState::Confirmed, InterviewState::Completed]),
        )
        .filter(starts_at.gt(from).and(starts_at.lt(to)))
        .filter(takes_part(Reach::of(&actor, Action::ReadInterview)))
        .order((starts_at, HELD.field(interviews::id)))
        .limit(ENTRIES_MAX)
        .select((HELD.fields(interviews::all_columns), candidates::name, jobs::title, kits::name))
        .load(conn)
}
