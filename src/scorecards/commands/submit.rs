//! Handing in a card.

use super::{find_own, permit_author};
use crate::access::{Actor, Permit};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::debriefs;
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::ids::{LoopId, ScorecardId};
use crate::interviews::model::{SeatCommand, owes_by_slot};
use crate::interviews::store::{self as interviews, Panelist};
use crate::loops::Place;
use crate::scorecards::ScorecardState;
use crate::scorecards::model::{Gap, ScorecardCommand, gaps};
use crate::scorecards::store::{self, Scorecard};

/// Hands in the author's card. Its recommendation is frozen as their ballot, and the debrief is
/// revealed if it was the last one; a shadow's or observer's card does neither.
///
/// # Errors
/// `not_ready` with what the card lacks, `illegal_transition` once it is in or the interview was
/// called off, `stale`, `forbidden`, `not_found`.
pub fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ScorecardId,
    expected: i64,
) -> Result<ScorecardId> {
    let placed = find_own(tx.conn, actor, id, expected)?;
    let place = placed.place();
    dialect::lock(tx.conn, Root::Application, place.application_id.any())?;
    let (permit, seat) = permit_author(tx, actor, &placed)?;
    let mut card = placed.card;
    card.state = card.state.apply(ScorecardCommand::Submit)?;
    seat.state().apply(SeatCommand::Submit)?;
    let unrated = store::unrated(tx.conn, placed.kit_id, id)?;
    let lacking = gaps(&unrated, card.recommendation, card.recommendation_reason.as_deref());
    if !lacking.is_empty() {
        return Err(not_ready(&lacking));
    }
    card.submitted_at = Some(tx.occurred_at());
    store::save(tx, &permit, ScorecardState::Draft, &card)?;
    come_in(tx, &permit, (&place, placed.loop_id), seat, &card)?;
    Ok(id)
}

/// What follows from a card that came in, whoever handed it in: its author owes nothing any more for
/// their seat, its recommendation is frozen as their ballot, and the debrief goes on.
pub(super) fn come_in(
    tx: &mut Tx<'_>,
    permit: &Permit,
    (place, loop_id): (&Place, LoopId),
    mut seat: Panelist,
    card: &Scorecard,
) -> Result<()> {
    let has_read = store::has_read(tx.conn, card.author_id, place.application_id)?;
    seat.submitted_at = card.submitted_at;
    seat.independent = seat.independent && !has_read;
    interviews::save_seat(tx, &permit.extend_to(seat.id), &seat)?;
    let event = place
        .event(EventKind::ScorecardSubmitted, card.id)
        .id("interview_id", card.interview_id)
        .id("loop_id", loop_id);
    let event =
        if card.submitted_by.is_some() { event.on_behalf_of(card.author_id) } else { event };
    record(tx, permit, &event)?;
    if owes_by_slot(seat.slot) {
        debriefs::receive(tx, permit, place, loop_id, card)?;
    }
    Ok(())
}

/// What the card lacks, as fields of the card.
pub(super) fn not_ready(lacking: &[Gap]) -> Error {
    let field = |gap: &Gap| match gap {
        Gap::Unrated(attribute) => {
            let detail = format!("Rate {attribute}, or say that there was no signal.");
            FieldError::body("/ratings", "unrated_attribute", detail)
        }
        Gap::NoRecommendation => {
            FieldError::body("/recommendation", "required", "Give an overall recommendation.")
        }
        Gap::NoReason => {
            let detail = "Say why there is no decision.";
            FieldError::body("/recommendation_reason", "required", detail)
        }
    };
    let fields = lacking.iter().map(field).collect();
    Error { fields, ..Error::new(Code::NotReady, "The card is not complete; see errors.") }
}
