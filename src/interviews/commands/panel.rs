//! Who sits on the panel, and who still owes a card.

use super::{expect_version, lock, lock_seat, room};
use crate::access::{Action, Actor, Permit};
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::db::Tx;
use crate::debriefs;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{InterviewId, PanelistId};
use crate::interviews::api::panel::{AssignPanelist, WaiveScorecard};
use crate::interviews::model::{SeatCommand, SeatState, due_at, owes_by_slot, seat_version};
use crate::interviews::store::{self, Interview, Panelist};
use crate::loops::{self, Illegal, Place};
use crate::scorecards;

/// Puts somebody on the panel. From then on they owe a card, unless they shadow or observe. The link
/// is the one by which the mails lead to their card.
///
/// # Errors
/// `invalid` for an unknown or inactive person, and for one who has read a card of the application
/// when no reason is given; `already_exists`, `illegal_transition`, `stale`.
pub fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    interview_id: InterviewId,
    expected: Option<i64>,
    input: &AssignPanelist,
    link: &NewLink,
) -> Result<PanelistId> {
    let (place, mut interview) = lock(tx, interview_id)?;
    let id: PanelistId = tx.id();
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, interview.version)?;
    place.require_active()?;
    if interview.state.is_off() {
        return Err(Illegal { from: interview.state.as_str(), command: "take a panelist" }.into());
    }
    place.require_judge(tx, "/user_id", input.user_id)?;
    if store::seat_of(tx.conn, interview_id, input.user_id)?.is_some() {
        return Err(Error::new(Code::AlreadyExists, "The person sits on this interview."));
    }
    let has_read = scorecards::store::has_read(tx.conn, input.user_id, place.application_id)?;
    if has_read && input.reason.is_none() {
        let detail = "They have read a card of this application; say why they judge all the same.";
        return Err(Error::invalid("/reason", "required", detail));
    }
    let due_hours = loops::due_hours(tx.conn, interview.loop_id)?;
    let due = interview.ends_at.map(|ends_at| due_at(ends_at, due_hours));
    let seat = Panelist {
        id,
        interview_id,
        application_id: place.application_id,
        user_id: input.user_id,
        slot: input.slot,
        assigned_at: tx.occurred_at(),
        assigned_reason: input.reason.as_ref().map(crate::http::fields::Prose::to_text),
        independent: !has_read,
        due_at: due.filter(|_| owes_by_slot(input.slot)),
        submitted_at: None,
        waived_at: None,
        waived_reason: None,
        removed_at: None,
    };
    store::insert_seat(tx, &permit, &seat)?;
    let moved = room::follow_lead(tx, &mut interview)?;
    store::save(tx, &permit.extend_to(interview_id), &interview)?;
    let whose = (Some(interview_id.into()), Some(seat.user_id));
    capabilities::commands::issue(tx, &permit, link, CapabilityKind::Scorecard, whose)?;
    record_seat(tx, &permit, EventKind::PanelistAssigned, &place, &seat)?;
    if moved {
        room::record_time(tx, &permit, &place, &interview)?;
    }
    Ok(id)
}

/// Takes somebody off the panel. What they owed ends; a draft stays theirs and is never seen by
/// others.
///
/// # Errors
/// `illegal_transition` when their card is in.
pub fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PanelistId,
    expected: Option<i64>,
) -> Result<PanelistId> {
    let (place, interview, mut seat) = lock_seat(tx, id)?;
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, seat.version())?;
    seat.state().apply(SeatCommand::Remove)?;
    seat.removed_at = Some(tx.occurred_at());
    let which = (CapabilityKind::Scorecard, Some(interview.id.any()));
    capabilities::commands::revoke(tx, &permit, Some(which), Some(seat.user_id))?;
    settle_seat(tx, &permit, EventKind::PanelistRemoved, &place, &interview, &seat)
}

/// Says that a card is no longer owed. It may come all the same.
///
/// # Errors
/// `illegal_transition` when the seat owes none.
pub fn waive(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PanelistId,
    expected: Option<i64>,
    input: &WaiveScorecard,
) -> Result<PanelistId> {
    let (place, interview, mut seat) = lock_seat(tx, id)?;
    let permit = place.permit(tx, actor, Action::WaiveScorecard, id)?;
    expect_version(expected, seat.version())?;
    if interview.state.is_off() {
        return Err(
            Illegal { from: interview.state.as_str(), command: "have a card waived" }.into()
        );
    }
    seat.state().apply(SeatCommand::Waive)?;
    seat.waived_at = Some(tx.occurred_at());
    seat.waived_reason = Some(input.reason.to_text());
    settle_seat(tx, &permit, EventKind::PanelistWaived, &place, &interview, &seat)
}

impl Panelist {
    /// Where the seat stands.
    pub fn state(&self) -> SeatState {
        let (submitted, waived) = (self.submitted_at.is_some(), self.waived_at.is_some());
        SeatState::of(self.slot, submitted, waived, self.removed_at.is_some())
    }

    /// The version of the seat.
    pub fn version(&self) -> i64 {
        seat_version(self.submitted_at.is_some(), self.waived_at.is_some())
    }
}

/// Saves a seat that owes nothing any more; that may have been what the debrief waited for, and where
/// the interview meets.
pub(super) fn settle_seat(
    tx: &mut Tx<'_>,
    permit: &Permit,
    kind: EventKind,
    place: &Place,
    interview: &Interview,
    seat: &Panelist,
) -> Result<PanelistId> {
    store::save_seat(tx, permit, seat)?;
    let mut interview = interview.clone();
    let moved = room::follow_lead(tx, &mut interview)?;
    store::save(tx, &permit.extend_to(interview.id), &interview)?;
    record_seat(tx, permit, kind, place, seat)?;
    if moved {
        room::record_time(tx, permit, place, &interview)?;
    }
    debriefs::evaluate(tx, permit, place, interview.loop_id)?;
    Ok(seat.id)
}

pub(super) fn record_seat(
    tx: &mut Tx<'_>,
    permit: &Permit,
    kind: EventKind,
    place: &Place,
    seat: &Panelist,
) -> Result<()> {
    let event = place
        .event(kind, seat.id)
        .id("interview_id", seat.interview_id)
        .id("user_id", seat.user_id)
        .code("slot", seat.slot.as_str());
    record(tx, permit, &event)?;
    Ok(())
}
