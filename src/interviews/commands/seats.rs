//! What somebody on a panel says to its time, and who comes in their place.

use super::booking::bookings_of_interview;
use super::panel::{Seating, keep, record_seat, seat_person};
use super::{expect_version, lock_seat, store};
use crate::access::{Action, Actor};
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::db::Tx;
use crate::debriefs;
use crate::error::{Code, Denial, Error, Result};
use crate::events::EventKind;
use crate::http::fields::Prose;
use crate::ids::PanelistId;
use crate::interviews::SeatResponse;
use crate::interviews::api::seats::{ReplacePanelist, RespondToInterview};
use crate::interviews::model::{SeatCommand, owes_by_slot};
use crate::loops::Illegal;

/// Says whether one comes to an interview. Who does not come still owes a card until they are replaced
/// or removed.
///
/// # Errors
/// `forbidden` for anybody else; `illegal_transition` when the interview is past or off;
/// `already_booked` for somebody who declined and is in another interview by now.
pub fn respond(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PanelistId,
    expected: Option<i64>,
    input: &RespondToInterview,
) -> Result<PanelistId> {
    let (place, interview, mut seat) = lock_seat(tx, id)?;
    let permit = place.permit(tx, actor, Action::RespondToInterview, id)?;
    if seat.user_id != actor.user_id {
        let action = Some(Action::RespondToInterview.as_str());
        let lacking = "person: only whoever sits there".to_owned();
        let denial = Some(Box::new(Denial { action, lacking }));
        let detail = "Only whoever sits there says whether they come.";
        return Err(Error { denial, ..Error::new(Code::Forbidden, detail) });
    }
    expect_version(expected, seat.version())?;
    if !interview.state.is_to_come() {
        let from = interview.state.as_str();
        return Err(Illegal { from, command: "be answered" }.into());
    }
    let comes_back = seat.response == SeatResponse::Declined
        && input.response != SeatResponse::Declined
        && owes_by_slot(seat.slot);
    if comes_back && !bookings_of_interview(tx, &interview, seat.user_id)?.is_empty() {
        return Err(Error::new(Code::AlreadyBooked, "You are in another interview at that time."));
    }
    seat.response = input.response;
    seat.response_reason = input.reason.as_ref().map(Prose::to_text);
    seat.responded_at = Some(tx.occurred_at());
    store::save_seat(tx, &permit, &seat)?;
    store::save(tx, &permit.extend_to(interview.id), &interview)?;
    record_seat(tx, &permit, EventKind::PanelistResponded, &place, &seat)?;
    Ok(id)
}

/// Takes somebody off the panel and puts somebody else into the same slot, by the rules of assignment.
/// Gives the new seat.
///
/// # Errors
/// `illegal_transition` when the card of the one who leaves is in; what assigning says.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PanelistId,
    expected: Option<i64>,
    input: &ReplacePanelist,
    link: &NewLink,
) -> Result<PanelistId> {
    let (place, mut interview, mut seat) = lock_seat(tx, id)?;
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, seat.version())?;
    place.require_active()?;
    seat.state().apply(SeatCommand::Remove)?;
    if input.user_id == seat.user_id {
        return Err(Error::invalid("/user_id", "same", "They sit there already."));
    }
    seat.removed_at = Some(tx.occurred_at());
    let which = (CapabilityKind::Scorecard, Some(interview.id.any()));
    capabilities::commands::revoke(tx, &permit, Some(which), Some(seat.user_id))?;
    store::save_seat(tx, &permit, &seat)?;
    record_seat(tx, &permit, EventKind::PanelistRemoved, &place, &seat)?;
    let new_id: PanelistId = tx.id();
    let seating = Seating {
        user_id: input.user_id,
        slot: seat.slot,
        reason: input.reason.as_ref().map(Prose::to_text),
        overriding: input.overriding.as_ref().map(|given| given.reason.to_text()),
        link,
    };
    seat_person(tx, &permit.extend_to(new_id), &place, &mut interview, seating)?;
    keep(tx, &permit, &place, &mut interview)?;
    debriefs::evaluate(tx, &permit, &place, interview.loop_id)?;
    Ok(new_id)
}
