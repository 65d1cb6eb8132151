//! What a reader may know of a page of applications, in three statements whatever their number.

use std::collections::HashMap;

use diesel::dsl::{exists, min, not};
use diesel::prelude::*;

use super::model::{DebriefFacts, Facts, InterviewFacts, OfferFacts, Question, SeatFacts};
use crate::access::{
    Action, Actor, Reach, applications_by_role, offered_applications, owing_seats, takes_part,
};
use crate::approvals::{RunState, StepState};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    applications, approval_runs, approval_steps, debriefs, interviews, kits, offers, panelists,
    time_requests,
};
use crate::debriefs::DebriefState;
use crate::ids::{ApplicationId, InterviewId};
use crate::interviews::InterviewState;
use crate::loops::templates::{KitKind, Slot};
use crate::offers::OfferState;

// The conditions of reach and of sealing look into these tables themselves, so the rows that are read go by
// other names.
diesel::alias!(
    const SEATS: Alias<TurnSeats> = panelists as turn_seats;
    const HELD: Alias<TurnInterviews> = interviews as turn_interviews;
    const DEBRIEFS: Alias<TurnDebriefs> = debriefs as turn_debriefs;
);

/// How many applications are asked about at most.
pub const FOUND_MAX: usize = 2_000;

/// What the actor may know of some applications that they may read, [`FOUND_MAX`] at most; of an application
/// that is not among the answers nothing is known.
pub fn of(
    conn: &mut Conn,
    actor: &Actor,
    ids: &[ApplicationId],
) -> QueryResult<HashMap<ApplicationId, Facts>> {
    let mut known: HashMap<ApplicationId, Facts> = HashMap::new();
    let ids = ids.get(..FOUND_MAX).unwrap_or(ids);
    if ids.is_empty() {
        return Ok(known);
    }
    for (id, interview) in interviews(conn, actor, ids)? {
        known.entry(id).or_default().interviews.push(interview);
    }
    for (id, debrief) in debriefs(conn, actor, ids)? {
        known.entry(id).or_default().debriefs.push(debrief);
    }
    for (id, offer) in offers(conn, actor, ids)? {
        known.entry(id).or_default().offer = Some(offer);
    }
    Ok(known)
}

/// A seat as it is read: the slot, since when, and when its card is due, came in, or was waived.
type SeatRow = (Slot, Instant, Option<Instant>, Option<Instant>, Option<Instant>);

/// An interview with one seat of its panel, or without one if nobody sits on it.
#[derive(Queryable)]
struct Row {
    application_id: ApplicationId,
    interview: (InterviewId, InterviewState, Option<Instant>, Option<Instant>, Instant),
    kit_kind: KitKind,
    seat: Option<SeatRow>,
    asked: Option<(Instant, Option<Instant>, Instant)>,
    /// Whether the reader schedules, and so knows what the candidate is asked.
    schedules: bool,
}

/// The interviews that were not cancelled, with who sits on them, of readers with a part in them.
fn interviews(
    conn: &mut Conn,
    actor: &Actor,
    ids: &[ApplicationId],
) -> QueryResult<Vec<(ApplicationId, InterviewFacts)>> {
    let schedules = || applications_by_role(Reach::of(actor, Action::ManageInterview));
    let seated = SEATS
        .field(panelists::interview_id)
        .eq(HELD.field(interviews::id))
        .and(SEATS.field(panelists::removed_at).is_null());
    let asked = time_requests::interview_id
        .eq(HELD.field(interviews::id))
        .and(time_requests::closed_at.is_null())
        .and(schedules());
    let rows: Vec<Row> = HELD
        .inner_join(
            applications::table.on(applications::id.eq(HELD.field(interviews::application_id))),
        )
        .inner_join(kits::table.on(kits::id.eq(HELD.field(interviews::kit_id))))
        .left_join(SEATS.on(seated))
        .left_join(time_requests::table.on(asked))
        .filter(takes_part(Reach::of(actor, Action::ReadInterview)))
        .filter(HELD.field(interviews::application_id).eq_any(ids.iter().copied()))
        .filter(HELD.field(interviews::state).ne(InterviewState::Cancelled))
        .order(HELD.field(interviews::id))
        .select((
            HELD.field(interviews::application_id),
            HELD.fields((
                interviews::id,
                interviews::state,
                interviews::ends_at,
                interviews::completed_at,
                interviews::updated_at,
            )),
            kits::kind,
            SEATS
                .fields((
                    panelists::slot,
                    panelists::assigned_at,
                    panelists::due_at,
                    panelists::submitted_at,
                    panelists::waived_at,
                ))
                .nullable(),
            (time_requests::created_at, time_requests::answered_at, time_requests::expires_at)
                .nullable(),
            schedules(),
        ))
        .load(conn)?;
    Ok(put_together(rows))
}

/// One interview for the rows of each; those of one stand together.
fn put_together(rows: Vec<Row>) -> Vec<(ApplicationId, InterviewFacts)> {
    let mut found: Vec<(ApplicationId, InterviewFacts)> = Vec::new();
    let mut last = None;
    for row in rows {
        let (id, state, ends_at, completed_at, updated_at) = row.interview;
        if last != Some(id) {
            let question = match row.asked {
                Some((at, answered_at, expires_at)) => {
                    Question::Asked { at, answered_at, expires_at }
                }
                None if row.schedules => Question::Nothing,
                None => Question::Unknown,
            };
            let (kit_kind, seats) = (row.kit_kind, Vec::new());
            let facts = InterviewFacts {
                kit_kind,
                state,
                ends_at,
                completed_at,
                updated_at,
                question,
                seats,
            };
            found.push((row.application_id, facts));
            last = Some(id);
        }
        let seat = row.seat.map(|(slot, assigned_at, due_at, submitted_at, waived_at)| SeatFacts {
            slot,
            assigned_at,
            due_at,
            submitted_at,
            waived_at,
        });
        if let Some((_, interview)) = found.last_mut() {
            interview.seats.extend(seat);
        }
    }
    found
}

/// A debrief as it is read.
type DebriefRow =
    (ApplicationId, DebriefState, (bool, bool), (Option<Instant>, Option<Instant>), Instant);

/// The debriefs, of readers who owe no card for the application.
fn debriefs(
    conn: &mut Conn,
    actor: &Actor,
    ids: &[ApplicationId],
) -> QueryResult<Vec<(ApplicationId, DebriefFacts)>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(DEBRIEFS.field(debriefs::application_id)))
        .filter(owing_seats(actor.user_id));
    let rows: Vec<DebriefRow> = DEBRIEFS
        .inner_join(
            applications::table.on(applications::id.eq(DEBRIEFS.field(debriefs::application_id))),
        )
        .filter(takes_part(Reach::of(actor, Action::ReadDebrief)))
        .filter(DEBRIEFS.field(debriefs::application_id).eq_any(ids.iter().copied()))
        .filter(not(exists(owing)))
        .order(DEBRIEFS.field(debriefs::id))
        .select((
            DEBRIEFS.field(debriefs::application_id),
            DEBRIEFS.field(debriefs::state),
            (
                DEBRIEFS.field(debriefs::meeting_reason).is_not_null(),
                DEBRIEFS.field(debriefs::meeting_notes).is_null(),
            ),
            DEBRIEFS.fields((debriefs::discussing_at, debriefs::decided_at)),
            DEBRIEFS.field(debriefs::updated_at),
        ))
        .load(conn)?;
    let facts =
        |(id, state, (called, open), (discussing_at, decided_at), updated_at): DebriefRow| {
            let awaits_meeting = called && open;
            (id, DebriefFacts { state, awaits_meeting, discussing_at, decided_at, updated_at })
        };
    Ok(rows.into_iter().map(facts).collect())
}

/// An offer as it is read.
type OfferRow = (ApplicationId, OfferState, Option<Instant>, Option<Instant>, Instant);

/// The offers that the actor may read, of readers who owe no card for the application; the newest comes last.
fn offers(
    conn: &mut Conn,
    actor: &Actor,
    ids: &[ApplicationId],
) -> QueryResult<Vec<(ApplicationId, OfferFacts)>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(offers::application_id))
        .filter(owing_seats(actor.user_id));
    let asked_at = approval_steps::table
        .inner_join(approval_runs::table.on(approval_runs::id.eq(approval_steps::approval_run_id)))
        .filter(approval_runs::application_id.eq(offers::application_id.nullable()))
        .filter(approval_runs::state.eq(RunState::Pending))
        .filter(approval_steps::state.eq(StepState::Pending))
        .select(min(approval_steps::asked_at))
        .single_value();
    let rows: Vec<OfferRow> = offers::table
        .inner_join(applications::table.on(applications::id.eq(offers::application_id)))
        .filter(offered_applications(Reach::of(actor, Action::ReadOffer)))
        .filter(offers::application_id.eq_any(ids.iter().copied()))
        .filter(not(exists(owing)))
        .order(offers::id)
        .select((
            offers::application_id,
            offers::state,
            asked_at,
            offers::extended_at,
            offers::updated_at,
        ))
        .load(conn)?;
    let facts = |(id, state, asked_at, extended_at, updated_at): OfferRow| {
        (id, OfferFacts { state, asked_at, extended_at, updated_at })
    };
    Ok(rows.into_iter().map(facts).collect())
}
