//! What figures are made of.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::access::{Actor, owing_seats, own_applications};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{applications, ballots, debriefs, interviews, jobs, panelists, scorecards};
use crate::debriefs::DebriefState;
use crate::ids::{DebriefId, DepartmentId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::model::OWING_SLOTS;
use crate::scorecards::{Recommendation, ScorecardState};
use crate::working_time::Span;

/// How much of one kind is looked at.
const ROWS_MAX: i64 = 100_000;
/// The debriefs that have ended.
const ENDED: [DebriefState; 3] =
    [DebriefState::Decided, DebriefState::Closed, DebriefState::Cancelled];

// The conditions of sealing look into these tables themselves, so the rows that are counted go by other
// names.
diesel::alias!(
    const SEATS: Alias<CountedSeats> = panelists as counted_seats;
    const HELD: Alias<CountedInterviews> = interviews as counted_interviews;
    const LATER: Alias<LaterRounds> = debriefs as later_rounds;
    const CAST: Alias<CastBallots> = ballots as cast_ballots;
);

/// Whose work is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    /// One person's own, by when it was done.
    Own(UserId, Span),
    /// Everybody's on jobs that are not confidential, by when its debrief ended.
    All(Span),
}

/// A card as it is counted.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct CardRow {
    pub(super) author: UserId,
    pub(super) department: Option<DepartmentId>,
    pub(super) recommendation: Option<Recommendation>,
    pub(super) due_at: Option<Instant>,
    pub(super) submitted_at: Instant,
}

/// The cards that count, of loops whose newest debrief has ended.
pub(super) fn cards(conn: &mut Conn, reader: &Actor, whose: Whose) -> QueryResult<Vec<CardRow>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(applications::id))
        .filter(owing_seats(reader.user_id));
    let later = LATER
        .filter(LATER.field(debriefs::loop_id).eq(debriefs::loop_id))
        .filter(LATER.field(debriefs::round).gt(debriefs::round));
    let card = scorecards::interview_id
        .eq(SEATS.field(panelists::interview_id))
        .and(scorecards::author_id.eq(SEATS.field(panelists::user_id)));
    let submitted_at = SEATS.field(panelists::submitted_at);
    let mut query = SEATS
        .inner_join(scorecards::table.on(card))
        .inner_join(HELD.on(HELD.field(interviews::id).eq(SEATS.field(panelists::interview_id))))
        .inner_join(debriefs::table.on(debriefs::loop_id.eq(HELD.field(interviews::loop_id))))
        .inner_join(
            applications::table.on(applications::id.eq(SEATS.field(panelists::application_id))),
        )
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(SEATS.field(panelists::slot).eq_any(OWING_SLOTS))
        .filter(SEATS.field(panelists::removed_at).is_null())
        .filter(submitted_at.is_not_null())
        .filter(scorecards::state.eq(ScorecardState::Submitted))
        .filter(debriefs::state.eq_any(ENDED))
        .filter(not(exists(later)))
        .filter(not(exists(owing)))
        .filter(not(own_applications(reader.user_id, reader.email_folded.clone())))
        .select((
            SEATS.field(panelists::user_id),
            jobs::department_id,
            scorecards::recommendation,
            SEATS.field(panelists::due_at),
            submitted_at.assume_not_null(),
        ))
        .into_boxed();
    query = match whose {
        Whose::Own(user, span) => query
            .filter(SEATS.field(panelists::user_id).eq(user))
            .filter(submitted_at.ge(span.start))
            .filter(submitted_at.lt(span.end)),
        Whose::All(span) => query.filter(jobs::confidential.eq(false)).filter(ended_within(span)),
    };
    query.order(SEATS.field(panelists::id)).limit(ROWS_MAX).load(conn)
}

/// Whether a debrief ended within a span: by its decision, or by being called off.
#[diesel::dsl::auto_type]
fn ended_within(span: Span) -> _ {
    let (start, end): (Instant, Instant) = (span.start, span.end);
    let decided = debriefs::decided_at
        .assume_not_null()
        .ge(start)
        .and(debriefs::decided_at.assume_not_null().lt(end));
    let called_off = debriefs::updated_at.ge(start).and(debriefs::updated_at.lt(end));
    let undecided = debriefs::decided_at.is_null();
    let was_decided = debriefs::decided_at.is_not_null();
    was_decided.and(decided).or(undecided.and(called_off))
}

/// A ballot as it is counted.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct BallotRow {
    pub(super) debrief: DebriefId,
    pub(super) user: UserId,
    pub(super) department: Option<DepartmentId>,
    pub(super) recommendation: Recommendation,
    pub(super) initial: bool,
}

/// Every ballot of the newest debriefs of loops that count, in the order in which they were cast; of one
/// person's own, of those debriefs in which they cast any. Another round begins with the ballots of the one
/// before, which are not counted twice.
pub(super) fn ballots(
    conn: &mut Conn,
    reader: &Actor,
    whose: Whose,
) -> QueryResult<Vec<BallotRow>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(applications::id))
        .filter(owing_seats(reader.user_id));
    let later = LATER
        .filter(LATER.field(debriefs::loop_id).eq(debriefs::loop_id))
        .filter(LATER.field(debriefs::round).gt(debriefs::round));
    let mut query = ballots::table
        .inner_join(debriefs::table.on(debriefs::id.eq(ballots::debrief_id)))
        .inner_join(applications::table.on(applications::id.eq(debriefs::application_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(debriefs::state.eq_any(ENDED))
        .filter(not(exists(later)))
        .filter(not(exists(owing)))
        .filter(not(own_applications(reader.user_id, reader.email_folded.clone())))
        .select((
            ballots::debrief_id,
            ballots::user_id,
            jobs::department_id,
            ballots::recommendation,
            ballots::scorecard_id.is_not_null(),
        ))
        .into_boxed();
    query = match whose {
        Whose::Own(user, span) => {
            let cast = CAST
                .filter(CAST.field(ballots::user_id).eq(user))
                .filter(CAST.field(ballots::occurred_at).ge(span.start))
                .filter(CAST.field(ballots::occurred_at).lt(span.end))
                .filter(CAST.field(ballots::scorecard_id).is_null())
                .select(CAST.field(ballots::debrief_id));
            query.filter(debriefs::id.eq_any(cast))
        }
        Whose::All(span) => query.filter(jobs::confidential.eq(false)).filter(ended_within(span)),
    };
    query.order((ballots::occurred_at, ballots::id)).limit(ROWS_MAX).load(conn)
}

/// When the interviews began that somebody was in, on whatever seat.
pub(super) fn held(conn: &mut Conn, user: UserId, span: Span) -> QueryResult<Vec<Instant>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .filter(interviews::state.eq(InterviewState::Completed))
        .filter(interviews::starts_at.ge(span.start))
        .filter(interviews::starts_at.lt(span.end))
        .order(interviews::starts_at)
        .limit(ROWS_MAX)
        .select(interviews::starts_at.assume_not_null())
        .load(conn)
}
