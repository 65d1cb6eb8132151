//! Noting who read whose card.

use std::collections::BTreeMap;

use crate::access::{self, Action, Actor, Permit};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, ScorecardId};
use crate::loops::Place;
use crate::scorecards::store::{self, ScorecardRead};

/// Notes that the actor is about to be shown these cards of others. Cards that they have read
/// before, and their own, are left out.
///
/// # Errors
/// `not_found` when the actor may no longer read them; then nothing is to be shown.
pub fn note_reads(tx: &mut Tx<'_>, actor: &Actor, cards: &[ScorecardId]) -> Result<()> {
    let unread = store::unread_among(tx.conn, (actor.user_id, actor.reader_id()), cards)?;
    let mut by_application: BTreeMap<ApplicationId, Vec<ScorecardId>> = BTreeMap::new();
    for (card, application) in unread {
        by_application.entry(application).or_default().push(card);
    }
    for (application, cards) in by_application {
        note_reads_of(tx, actor, application, &cards)?;
    }
    Ok(())
}

fn note_reads_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application: ApplicationId,
    cards: &[ScorecardId],
) -> Result<()> {
    let place = Place::of(tx.conn, application)?.ok_or_else(Error::not_found)?;
    let (scope, standing) = place.scope(tx.conn, actor, application)?;
    let permit = access::permit(tx.conn, actor, Action::ReadScorecard, &scope)?;
    for card in cards {
        note(tx, &permit.extend_to(*card), actor, &place, *card, standing.owes)?;
    }
    Ok(())
}

/// Notes that somebody has read another's card. Whoever writes one down for its author has.
pub(super) fn note(
    tx: &mut Tx<'_>,
    permit: &Permit,
    actor: &Actor,
    place: &Place,
    card: ScorecardId,
    reader_owed: bool,
) -> Result<()> {
    let row = ScorecardRead {
        id: tx.id(),
        scorecard_id: card,
        reader_id: actor.reader_id(),
        reader_owed,
        occurred_at: tx.occurred_at(),
    };
    // Two first readings at once are one.
    if store::insert_read(tx, permit, &row)? {
        let reader = if reader_owed { "owes" } else { "owes_nothing" };
        let event = place.event(EventKind::ScorecardRead, card).code("reader", reader);
        record(tx, permit, &event)?;
    }
    Ok(())
}
