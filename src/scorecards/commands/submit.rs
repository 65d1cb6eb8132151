//! Handing in a card.

use super::{find_own, permit_author};
use crate::access::Actor;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::debriefs;
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::ids::ScorecardId;
use crate::interviews::model::{SeatCommand, owes_by_slot};
use crate::interviews::store as interviews;
use crate::scorecards::model::{Gap, ScorecardCommand, gaps};
use crate::scorecards::{ScorecardState, store};

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
    let (permit, mut seat) = permit_author(tx, actor, &placed)?;
    let mut card = placed.card;
    card.state = card.state.apply(ScorecardCommand::Submit)?;
    seat.state().apply(SeatCommand::Submit)?;
    let unrated = store::unrated(tx.conn, placed.kit_id, id)?;
    let lacking = gaps(&unrated, card.recommendation, card.recommendation_reason.as_deref());
    if !lacking.is_empty() {
        return Err(not_ready(&lacking));
    }
    let at = tx.occurred_at();
    card.submitted_at = Some(at);
    store::save(tx, &permit, ScorecardState::Draft, &card)?;
    let has_read = store::has_read(tx.conn, actor.user_id, place.application_id)?;
    seat.submitted_at = Some(at);
    seat.independent = seat.independent && !has_read;
    interviews::save_seat(tx, &permit.extend_to(seat.id), &seat)?;
    let event = place
        .event(EventKind::ScorecardSubmitted, id)
        .id("interview_id", card.interview_id)
        .id("loop_id", placed.loop_id);
    record(tx, &permit, &event)?;
    if owes_by_slot(seat.slot) {
        debriefs::receive(tx, &permit, &place, placed.loop_id, &card)?;
    }
    Ok(id)
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
