//! Who sits on the panel, and who still owes a card.

use super::booking::require_free;
use super::{expect_version, lock, lock_seat, room};
use crate::access::{Action, Actor, Permit};
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::db::{Tx, dialect};
use crate::debriefs;
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::http::fields::Prose;
use crate::ids::{InterviewId, PanelistId, UserId};
use crate::interviews::SeatResponse;
use crate::interviews::api::panel::{AssignPanelist, WaiveScorecard};
use crate::interviews::assignment::{AssignmentRule, Facts};
use crate::interviews::deadlines;
use crate::interviews::facts::{self, Seat};
use crate::interviews::model::{SeatCommand, SeatState, owes_by_slot, seat_version};
use crate::interviews::store::{self, Interview, Panelist};
use crate::loops::templates::Slot;
use crate::loops::{Illegal, Place};
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
    let reason = input.reason.as_ref().map(Prose::to_text);
    let overriding = input.overriding.as_ref().map(|given| given.reason.to_text());
    let (user_id, slot) = (input.user_id, input.slot);
    let seating = Seating { user_id, slot, reason, overriding, link };
    seat_person(tx, &permit, &place, &mut interview, seating)?;
    keep(tx, &permit, &place, &mut interview)?;
    // One more card is waited for.
    debriefs::evaluate(tx, &permit, &place, interview.loop_id)?;
    Ok(id)
}

/// Somebody who is put on a panel.
pub(super) struct Seating<'s> {
    /// Who.
    pub(super) user_id: UserId,
    /// As what.
    pub(super) slot: Slot,
    /// Why this person, although something speaks against it.
    pub(super) reason: Option<String>,
    /// Why they are booked twice.
    pub(super) overriding: Option<String>,
    /// The link by which the mails lead to their card.
    pub(super) link: &'s NewLink,
}

/// Seats somebody by the rules of a panel, whichever way they come to sit there. The permit is for the
/// seat; the caller saves the interview, and lets the debrief look at what it waits for.
///
/// # Errors
/// `invalid` for somebody who cannot sit there, and for a reason that lacks; `already_exists`,
/// `illegal_transition`; `already_booked` for somebody who owes a card and is in another interview then.
pub(super) fn seat_person(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &mut Interview,
    seating: Seating<'_>,
) -> Result<()> {
    let Seating { user_id, slot, reason, overriding, link } = seating;
    if interview.state.is_off() {
        return Err(Illegal { from: interview.state.as_str(), command: "take a panelist" }.into());
    }
    place.require_judge(tx, "/user_id", user_id)?;
    if store::seat_of(tx.conn, interview.id, user_id)?.is_some() {
        return Err(Error::new(Code::AlreadyExists, "The person sits on this interview."));
    }
    let has_read = scorecards::store::has_read(tx.conn, user_id, place.application_id)?;
    // What they do besides stays as it is found, so that nobody is seated beyond a limit unseen.
    dialect::lock_times(tx.conn, &[user_id.any()])?;
    let seat = Seat { place, interview, slot };
    let known = facts::gather(tx.conn, tx.now(), seat, &[user_id])?.remove(&user_id);
    let bent = known.map(|facts| Facts { has_read, ..facts }.bent()).unwrap_or_default();
    if reason.is_none() && !bent.is_empty() {
        return Err(reason_lacks(&bent));
    }
    if owes_by_slot(slot)
        && let Some(reason) = require_free(tx, interview, user_id, overriding)?
    {
        interview.override_reason = Some(reason);
    }
    let seat = Panelist {
        assigned_reason: reason,
        bent_rules: AssignmentRule::words(&bent),
        independent: !has_read,
        ..fresh(tx, permit.subject().id.typed(), interview, (user_id, slot))?
    };
    store::insert_seat(tx, permit, &seat)?;
    let whose = (Some(interview.id.into()), Some(user_id));
    capabilities::commands::issue(tx, permit, link, CapabilityKind::Scorecard, whose)?;
    record_seat(tx, permit, EventKind::PanelistAssigned, place, &seat)
}

/// A seat that somebody takes now, against whom nothing speaks. Its card is due after the interview.
pub(super) fn fresh(
    tx: &mut Tx<'_>,
    id: PanelistId,
    interview: &Interview,
    (user_id, slot): (UserId, Slot),
) -> Result<Panelist> {
    let due_at = match interview.ends_at.filter(|_| owes_by_slot(slot)) {
        Some(ends_at) => {
            deadlines::of(tx.conn, interview.loop_id, ends_at, &[user_id])?.remove(&user_id)
        }
        None => None,
    };
    Ok(Panelist {
        id,
        interview_id: interview.id,
        application_id: interview.application_id,
        user_id,
        slot,
        assigned_at: tx.occurred_at(),
        assigned_reason: None,
        bent_rules: None,
        independent: true,
        due_at,
        submitted_at: None,
        waived_at: None,
        waived_reason: None,
        response: SeatResponse::NeedsAction,
        response_reason: None,
        responded_at: None,
        removed_at: None,
    })
}

/// Saves an interview whose panel changed; it meets in the room of whoever leads now.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &mut Interview,
) -> Result<()> {
    let moved = room::follow_lead(tx, interview)?;
    store::save(tx, &permit.extend_to(interview.id), interview)?;
    if moved {
        room::record_time(tx, permit, place, interview)?;
    }
    Ok(())
}

/// What has to be said why somebody is seated all the same.
fn reason_lacks(bent: &[AssignmentRule]) -> Error {
    let fields = bent.iter().map(|rule| {
        if *rule == AssignmentRule::ReadACard {
            let detail =
                "They have read a card of this application; say why they judge all the same.";
            return FieldError::body("/reason", "required", detail);
        }
        FieldError::body("/user_id", rule.as_str(), rule.detail())
    });
    let detail = "Something speaks against seating this person; see errors, and give a reason.";
    Error { detail: detail.into(), ..Error::invalid_fields(fields.collect()) }
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
    let (place, mut interview, mut seat) = lock_seat(tx, id)?;
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, seat.version())?;
    seat.state().apply(SeatCommand::Remove)?;
    seat.removed_at = Some(tx.occurred_at());
    let which = (CapabilityKind::Scorecard, Some(interview.id.any()));
    capabilities::commands::revoke(tx, &permit, Some(which), Some(seat.user_id))?;
    settle_seat(tx, &permit, EventKind::PanelistRemoved, &place, &mut interview, &seat)
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
    let (place, mut interview, mut seat) = lock_seat(tx, id)?;
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
    settle_seat(tx, &permit, EventKind::PanelistWaived, &place, &mut interview, &seat)
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
    interview: &mut Interview,
    seat: &Panelist,
) -> Result<PanelistId> {
    store::save_seat(tx, permit, seat)?;
    record_seat(tx, permit, kind, place, seat)?;
    keep(tx, permit, place, interview)?;
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
    let event = if kind == EventKind::PanelistResponded {
        event.code("response", seat.response.as_str())
    } else {
        event
    };
    record(tx, permit, &event)?;
    Ok(())
}
