//! Handing in the card of somebody who told their judgement, by phone or on paper.

use super::draft::{rate, write};
use super::reads::note;
use super::submit::{come_in, not_ready};
use crate::access::{self, Action, Actor, Permit};
use crate::attachments;
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::ids::{PanelistId, ScorecardId};
use crate::interviews::commands::lock_seat;
use crate::interviews::model::{SeatCommand, owes_by_slot};
use crate::interviews::store::{Interview, Panelist};
use crate::loops::Illegal;
use crate::scorecards::ScorecardState;
use crate::scorecards::api::{SubmitForPanelist, UpdateScorecard};
use crate::scorecards::model::{ScorecardCommand, gaps};
use crate::scorecards::store::{self, Scorecard};

/// Hands in the card of whoever sits there. It is theirs, counts as if they had handed it in, and they
/// may correct it; who did it for them has read it from then on, and stands beside their name. Words
/// that the author has typed are never touched: with any on the draft nobody hands in for them, not
/// even the draft as it is, which would show it to others. Their private notes stay as they are.
///
/// # Errors
/// `forbidden` to somebody who owes a card for the application, and for oneself; `draft_not_empty`;
/// `illegal_transition` for a card that is in, a seat that owes none, and an interview that was called
/// off; `not_ready` with what the card lacks; `invalid`, `stale`, `not_found`.
pub fn submit_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PanelistId,
    expected: i64,
    input: &SubmitForPanelist,
) -> Result<PanelistId> {
    let (place, interview, seat) = lock_seat(tx, id)?;
    let (scope, standing) = place.scope(tx.conn, actor, id)?;
    let permit = access::permit(tx.conn, actor, Action::SubmitForOther, &scope)?;
    if seat.user_id == actor.user_id {
        return Err(Error::new(Code::Forbidden, "You hand in your own card yourself."));
    }
    if standing.owes {
        let detail = "While you owe a scorecard for the application you hand in for nobody.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    if seat.version() != expected {
        return Err(Error::stale());
    }
    if interview.state.is_off() {
        return Err(Illegal { from: interview.state.as_str(), command: "be judged" }.into());
    }
    seat.state().apply(SeatCommand::Submit)?;
    if !owes_by_slot(seat.slot) {
        let command = "have its card handed in by somebody else";
        return Err(Illegal { from: seat.slot.as_str(), command }.into());
    }
    let mut card = blank_card(tx, &permit, &interview, &seat)?;
    let permit = permit.extend_to(card.id);
    write(tx, &mut card, &UpdateScorecard::from(input))?;
    card.state = card.state.apply(ScorecardCommand::Submit)?;
    card.submitted_at = Some(tx.occurred_at());
    card.submitted_by = Some(actor.user_id);
    card.submitted_reason = Some(input.reason.to_text());
    store::save(tx, &permit, ScorecardState::Draft, &card)?;
    rate(tx, &permit, interview.kit_id, &card, Some(&input.ratings))?;
    let unrated = store::unrated(tx.conn, interview.kit_id, card.id)?;
    let lacking = gaps(&unrated, card.recommendation, card.recommendation_reason.as_deref());
    if !lacking.is_empty() {
        return Err(not_ready(&lacking));
    }
    come_in(tx, &permit, (&place, interview.loop_id), seat, &card)?;
    note(tx, &permit, actor, &place, card.id, false)?;
    Ok(id)
}

/// The card on which whoever sits there has said nothing yet; begun for them if they have not.
fn blank_card(
    tx: &mut Tx<'_>,
    permit: &Permit,
    interview: &Interview,
    seat: &Panelist,
) -> Result<Scorecard> {
    let Some(id) = store::find_own(tx.conn, interview.id, seat.user_id)? else {
        let (id, now): (ScorecardId, _) = (tx.id(), tx.now());
        let of = (interview.id, interview.application_id);
        let card = Scorecard::blank(id, of, seat.user_id, now);
        store::insert(tx, &permit.extend_to(id), &card)?;
        return Ok(card);
    };
    let placed = store::find_placed(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let is_bare = attachments::store::count_of_card(tx.conn, id)? == 0;
    if is_bare && placed.card.is_blank(&store::ratings_of(tx.conn, id)?) {
        return Ok(placed.card);
    }
    let detail = "They have begun to write this card; what they typed is never overwritten.";
    Err(Error::new(Code::DraftNotEmpty, detail))
}
