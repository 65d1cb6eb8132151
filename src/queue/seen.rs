//! What a person owes, in a fixed number of statements.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::{Item, ItemKind, LIGHT_MINUTES, Place, Seat, arrange};
use crate::access::{Action, Actor, Reach, owing_seats, takes_part, visible_approval_runs};
use crate::applications::ApplicationStatus;
use crate::approvals;
use crate::approvals::delegations;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    agreements, applications, approval_runs, candidates, debrief_agreers, debrief_rounds, debriefs,
    finding_cards, findings, interviews, jobs, kits, panelists, proposals, responses, scorecards,
};
use crate::debriefs::{DebriefState, DebriefWay};
use crate::error::Result;
use crate::ids::{ApplicationId, ApprovalRunId, DebriefId, InterviewId};
use crate::interviews::InterviewState;
use crate::interviews::model::{OFF, OWING_SLOTS, TO_COME};
use crate::loops::templates::{KitKind, Slot};

// The conditions of reach and of sealing look into these tables themselves, so the rows that are shown go
// by other names.
diesel::alias!(
    const SEATS: Alias<QueuedSeats> = panelists as queued_seats;
    const HELD: Alias<QueuedInterviews> = interviews as queued_interviews;
    const DEBRIEFS: Alias<QueuedDebriefs> = debriefs as queued_debriefs;
);

/// How many things of one kind are looked at, those of the oldest first.
pub const FOUND_MAX: i64 = 200;

/// Everything that the actor owes at an instant, in the order in which it falls due. Applications
/// that ended owe nothing.
pub fn of(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Item>> {
    let mut items = of_panels(conn, actor, now)?;
    items.extend(in_debriefs(conn, actor)?);
    items.extend(votes(conn, actor)?);
    arrange(&mut items);
    Ok(items)
}

#[derive(Queryable)]
struct SeatRow {
    interview_id: InterviewId,
    application_id: ApplicationId,
    slot: Slot,
    due_at: Option<Instant>,
    waived_at: Option<Instant>,
    state: InterviewState,
    starts_at: Option<Instant>,
    ends_at: Option<Instant>,
    kit: (String, KitKind, i32),
    candidate_name: String,
    job_title: String,
    begun: bool,
}

fn of_panels(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Vec<Item>> {
    let user = actor.user_id;
    let own_card = scorecards::table
        .filter(scorecards::interview_id.eq(SEATS.field(panelists::interview_id)))
        .filter(scorecards::author_id.eq(user));
    // `Seat::owes` as a condition: what asks nothing of its person any more leaves room for what does.
    let ends_at = HELD.field(interviews::ends_at);
    let ahead = ends_at.is_null().or(ends_at.gt(now).assume_not_null());
    let meets =
        kits::kind.eq(KitKind::Live).and(HELD.field(interviews::state).eq_any(TO_COME)).and(ahead);
    let owed = HELD
        .field(interviews::state)
        .ne_all(OFF)
        .and(SEATS.field(panelists::slot).eq_any(OWING_SLOTS))
        .and(SEATS.field(panelists::waived_at).is_null());
    let rows: Vec<SeatRow> = SEATS
        .inner_join(HELD.on(HELD.field(interviews::id).eq(SEATS.field(panelists::interview_id))))
        .inner_join(kits::table.on(kits::id.eq(HELD.field(interviews::kit_id))))
        .inner_join(
            applications::table.on(applications::id.eq(SEATS.field(panelists::application_id))),
        )
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(takes_part(Reach::of(actor, Action::ReadInterview)))
        .filter(SEATS.field(panelists::user_id).eq(user))
        .filter(SEATS.field(panelists::removed_at).is_null())
        .filter(SEATS.field(panelists::submitted_at).is_null())
        .filter(meets.or(owed))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .order(SEATS.field(panelists::id))
        .limit(FOUND_MAX)
        .select((
            SEATS.field(panelists::interview_id),
            SEATS.field(panelists::application_id),
            SEATS.field(panelists::slot),
            SEATS.field(panelists::due_at),
            SEATS.field(panelists::waived_at),
            HELD.field(interviews::state),
            HELD.field(interviews::starts_at),
            HELD.field(interviews::ends_at),
            (kits::name, kits::kind, kits::minutes),
            candidates::name,
            jobs::title,
            exists(own_card),
        ))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|row| row.item(now)).collect())
}

impl SeatRow {
    fn item(self, now: Instant) -> Option<Item> {
        let (title, kit_kind, minutes) = self.kit;
        let seat = Seat {
            slot: self.slot,
            kit_kind,
            minutes,
            state: self.state,
            ends_at: self.ends_at,
            waived: self.waived_at.is_some(),
        };
        let (kind, minutes) = seat.owes(now)?;
        Some(Item {
            kind,
            place: Place::Interview(self.interview_id),
            application_id: Some(self.application_id),
            candidate_name: Some(self.candidate_name),
            job_title: Some(self.job_title),
            title,
            starts_at: self.starts_at,
            due_at: self.due_at,
            minutes,
            begun: self.begun,
        })
    }
}

/// A debrief in which something is owed, with whom it is about and for which job.
type InDebrief = (DebriefRow, (String, String));
type DebriefRow = (
    DebriefId,
    ApplicationId,
    DebriefState,
    // Whether the decision is theirs, and whether nobody waits for notes of a meeting.
    (bool, bool, DebriefWay),
    (Option<Instant>, Option<Instant>, Option<Instant>),
);

/// What the actor owes in debriefs, of applications for which they owe no card: answers to the questions
/// that are put to them, unless a meeting answers them, what was said at a meeting, decisions that wait for
/// nobody else, whether they agree to one, and to tell candidates what was decided, unless they withdrew.
#[expect(clippy::too_many_lines, reason = "one statement")]
fn in_debriefs(conn: &mut Conn, actor: &Actor) -> Result<Vec<Item>> {
    let owing = panelists::table
        .filter(panelists::application_id.eq(DEBRIEFS.field(debriefs::application_id)))
        .filter(owing_seats(actor.user_id));
    let (debrief, state) = (DEBRIEFS.field(debriefs::id), DEBRIEFS.field(debriefs::state));
    let asked =
        finding_cards::table
            .inner_join(findings::table.on(findings::id.eq(finding_cards::finding_id)))
            .inner_join(scorecards::table.on(scorecards::id.eq(finding_cards::scorecard_id)))
            .filter(findings::debrief_id.eq(debrief))
            .filter(findings::asked_in.is_not_null().and(
                findings::asked_in.assume_not_null().eq(DEBRIEFS.field(debriefs::discussions)),
            ))
            .filter(scorecards::author_id.eq(actor.user_id));
    let answered = responses::table
        .filter(responses::debrief_id.eq(debrief))
        .filter(responses::discussion.eq(DEBRIEFS.field(debriefs::discussions)))
        .filter(responses::user_id.eq(actor.user_id));
    let written = || {
        let (called, notes) =
            (DEBRIEFS.field(debriefs::meeting_reason), DEBRIEFS.field(debriefs::meeting_notes));
        called.is_null().or(notes.is_not_null())
    };
    let question = state
        .eq(DebriefState::Discussing)
        .and(written())
        .and(exists(asked))
        .and(not(exists(answered)));
    let meeting = state
        .eq(DebriefState::Discussing)
        .and(DEBRIEFS.field(debriefs::driver_id).eq(actor.user_id))
        .and(not(written()));
    let telling = state
        .eq(DebriefState::Decided)
        .and(DEBRIEFS.field(debriefs::driver_id).eq(actor.user_id))
        .and(applications::status.ne(ApplicationStatus::Withdrawn))
        .and(not(exists(debrief_rounds::table.filter(debrief_rounds::previous_id.eq(debrief)))));
    let goes_on = applications::status.eq(ApplicationStatus::Active);
    let named = debrief_agreers::table
        .filter(debrief_agreers::debrief_id.eq(debrief))
        .filter(debrief_agreers::user_id.eq(actor.user_id))
        .filter(debrief_agreers::removed_at.is_null());
    let awaited = || {
        proposals::table
            .filter(proposals::debrief_id.eq(debrief))
            .filter(proposals::ended_at.is_null())
            .filter(proposals::escalated_at.is_null())
            .select(proposals::id)
    };
    let given = agreements::table
        .filter(agreements::proposal_id.eq_any(awaited()))
        .filter(agreements::user_id.eq(actor.user_id));
    let agreed = agreements::table
        .filter(agreements::proposal_id.eq_any(awaited()))
        .filter(agreements::user_id.eq(debrief_agreers::user_id))
        .filter(agreements::agrees.eq(true));
    let lacking = debrief_agreers::table
        .filter(debrief_agreers::debrief_id.eq(debrief))
        .filter(debrief_agreers::removed_at.is_null())
        .filter(not(exists(agreed)));
    let settled = not(exists(awaited())).or(not(exists(lacking)));
    let decides = DEBRIEFS.field(debriefs::decider_id).eq(actor.user_id);
    let decision = state.eq(DebriefState::Deciding).and(decides).and(settled);
    let agreement = state
        .eq(DebriefState::Deciding)
        .and(exists(awaited()))
        .and(exists(named))
        .and(not(exists(given)));
    let rows: Vec<InDebrief> = DEBRIEFS
        .inner_join(
            applications::table.on(applications::id.eq(DEBRIEFS.field(debriefs::application_id))),
        )
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(takes_part(Reach::of(actor, Action::ReadDebrief)))
        .filter(question.or(meeting).or(decision).or(agreement).and(goes_on).or(telling))
        .filter(not(exists(owing)))
        .order(debrief)
        .limit(FOUND_MAX)
        .select((
            (
                debrief,
                DEBRIEFS.field(debriefs::application_id),
                state,
                (decides, written(), DEBRIEFS.field(debriefs::way)),
                (
                    DEBRIEFS.field(debriefs::responses_due_at),
                    DEBRIEFS.field(debriefs::decide_by),
                    DEBRIEFS.field(debriefs::inform_by),
                ),
            ),
            (candidates::name, jobs::title),
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(of_debrief).collect())
}

fn of_debrief((row, (candidate_name, job_title)): InDebrief) -> Item {
    let (
        id,
        application_id,
        state,
        (decides, written, way),
        (responses_due_at, decide_by, inform_by),
    ) = row;
    let mut minutes = None;
    let (kind, title, due_at) = if state == DebriefState::Deciding && decides {
        let title = match way {
            DebriefWay::Written => "Decision",
            DebriefWay::Light => {
                minutes = Some(LIGHT_MINUTES);
                "Advance or decline"
            }
        };
        (ItemKind::Decision, title, decide_by)
    } else if state == DebriefState::Deciding {
        (ItemKind::Agreement, "Do you agree to the decision?", decide_by)
    } else if state == DebriefState::Decided {
        (ItemKind::Telling, "Tell the candidate", inform_by)
    } else if !written {
        (ItemKind::MeetingNotes, "Notes of the meeting", None)
    } else {
        (ItemKind::Question, "Question in the debrief", responses_due_at)
    };
    Item {
        kind,
        place: Place::Debrief(id),
        application_id: Some(application_id),
        candidate_name: Some(candidate_name),
        job_title: Some(job_title),
        title: title.to_owned(),
        starts_at: None,
        due_at,
        minutes: minutes.unwrap_or(kind.minutes()),
        begun: false,
    }
}

/// The votes that are awaited: the actor's own, and those that they may cast in another's place.
fn votes(conn: &mut Conn, actor: &Actor) -> Result<Vec<Item>> {
    let own = approvals::store::waiting_for(conn, actor.user_id, FOUND_MAX)?.into_iter();
    let own = own.filter(|whole| whole.waits_for(actor.user_id)).map(|whole| whole.run.id);
    let mut runs: Vec<ApprovalRunId> = own.collect();
    runs.extend(delegations::awaited(conn, actor)?);
    runs.sort_unstable();
    runs.dedup();
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let seen: Vec<(ApprovalRunId, Option<ApplicationId>)> = approval_runs::table
        .filter(visible_approval_runs(actor))
        .filter(approval_runs::id.eq_any(runs))
        .order(approval_runs::id)
        .select((approval_runs::id, approval_runs::application_id))
        .load(conn)?;
    let about: Vec<ApplicationId> = seen.iter().filter_map(|(_, id)| *id).collect();
    let named: Vec<(ApplicationId, (String, String))> = applications::table
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(applications::id.eq_any(about))
        .select((applications::id, (candidates::name, jobs::title)))
        .load(conn)?;
    let named: HashMap<ApplicationId, (String, String)> = named.into_iter().collect();
    let item = |(id, application_id): (ApprovalRunId, Option<ApplicationId>)| {
        let about = application_id.and_then(|id| named.get(&id).cloned());
        let (candidate_name, job_title) = about.unzip();
        Item {
            kind: ItemKind::Vote,
            place: Place::ApprovalRun(id),
            application_id,
            candidate_name,
            job_title,
            title: "Approval".to_owned(),
            starts_at: None,
            due_at: None,
            minutes: ItemKind::Vote.minutes(),
            begun: false,
        }
    };
    Ok(seen.into_iter().map(item).collect())
}
