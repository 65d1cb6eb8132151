//! Correcting a card that is in.

use super::draft::{rate, write};
use super::submit::not_ready;
use super::{find_own, permit_author};
use crate::access::Actor;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::debriefs;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::ScorecardId;
use crate::loops::Illegal;
use crate::scorecards::api::{ReviseScorecard, RevisedContent};
use crate::scorecards::model::{REVISIONS_MAX, ScorecardCommand, gaps};
use crate::scorecards::store::{self, Scorecard, ScorecardRevision};

/// Puts a correction in the place of what the author handed in. What the card said is kept beside it,
/// and the correction is stamped with whether its author had by then read another card of the
/// application. The ballot stays as it was frozen.
///
/// # Errors
/// `not_ready` with what the corrected card lacks; `illegal_transition` for a draft, and once the
/// debrief has decided; `invalid`, `stale`, `forbidden`, `not_found`.
pub fn revise(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ScorecardId,
    expected: i64,
    input: &ReviseScorecard,
) -> Result<ScorecardId> {
    let placed = find_own(tx.conn, actor, id, expected)?;
    let place = placed.place();
    dialect::lock(tx.conn, Root::Application, place.application_id.any())?;
    let (permit, _) = permit_author(tx, actor, &placed)?;
    let (kit_id, loop_id) = (placed.kit_id, placed.loop_id);
    let mut card = placed.card;
    let was = card.state;
    card.state = was.apply(ScorecardCommand::Revise)?;
    let owes = crate::access::owes(tx.conn, actor.user_id, place.application_id)?;
    if !owes && debriefs::is_closed(tx.conn, loop_id)? {
        return Err(Illegal { from: "decided upon", command: "be revised" }.into());
    }
    if card.revision > REVISIONS_MAX {
        let detail = format!("A scorecard is revised at most {REVISIONS_MAX} times.");
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    let kept = kept(tx, &card)?;
    store::insert_revision(tx, &permit, &kept)?;
    write(tx, &mut card, &input.content)?;
    card.revision += 1;
    card.revised_at = Some(tx.occurred_at());
    card.revised_reason = Some(input.reason.to_text());
    card.revised_after_reading =
        Some(store::has_read(tx.conn, actor.user_id, place.application_id)?);
    store::save(tx, &permit, was, &card)?;
    rate(tx, &permit, kit_id, &card, input.content.ratings.as_deref())?;
    let unrated = store::unrated(tx.conn, kit_id, id)?;
    let lacking = gaps(&unrated, card.recommendation, card.recommendation_reason.as_deref());
    if !lacking.is_empty() {
        return Err(not_ready(&lacking));
    }
    let event = place
        .event(EventKind::ScorecardRevised, id)
        .id("interview_id", card.interview_id)
        .number("revision", i64::from(card.revision));
    record(tx, &permit, &event)?;
    Ok(id)
}

/// What a card says, to be kept.
fn kept(tx: &mut Tx<'_>, card: &Scorecard) -> Result<ScorecardRevision> {
    let ratings = store::ratings_of(tx.conn, card.id)?;
    let handed_in_at = card.revised_at.or(card.submitted_at);
    Ok(ScorecardRevision {
        id: tx.id(),
        scorecard_id: card.id,
        number: card.revision,
        content: Document::of(&RevisedContent::of(card, &ratings))?,
        reason: card.revised_reason.clone(),
        after_reading: card.revised_after_reading,
        handed_in_at: handed_in_at
            .ok_or_else(|| Error::internal("a card that is in has no time"))?,
    })
}
