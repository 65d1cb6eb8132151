//! The independence record of a debrief: who had read what before they judged.

use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::DebriefView;
use super::wire::DebriefPeek;
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs::seen::{self, Filter};
use crate::debriefs::store;
use crate::error::{Error, Result};
use crate::http::{Ctx, PathId, Shown};
use crate::ids::{AnyId, DebriefId, ScorecardId, UserId, kinds};
use crate::loops::templates::Slot;
use crate::scorecards;
use crate::scorecards::seen::SeenCard;

/// Who had read whose card before handing in their own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Independence {
    debrief_id: DebriefId,
    /// `full` once the cards are unsealed to you.
    view: DebriefView,
    /// Whether every author had read no other card by then; null before the reveal.
    all_independent: Option<bool>,
    /// The cards, oldest first; null before the reveal.
    cards: Option<Vec<IndependenceCard>>,
    /// The decider's looks before the reveal.
    peeks: Vec<DebriefPeek>,
}

/// Under which circumstances a card came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndependenceCard {
    scorecard_id: ScorecardId,
    author_id: UserId,
    slot: Option<Slot>,
    submitted_at: Option<Instant>,
    /// Whether it came in after the reveal.
    is_late: bool,
    /// Whether its author had read no other card of the application by then, and was seated without
    /// having read one.
    independent: bool,
    /// When its author corrected it last, if they did.
    revised_at: Option<Instant>,
    /// Whether they had read another card by that correction.
    revised_after_reading: Option<bool>,
    /// What its author had read before it was handed in, in the order of reading.
    read_before: Vec<EarlierReading>,
    /// Who handed it in for its author, if it was not they.
    submitted_by: Option<UserId>,
    /// What they had read before they did, in the order of reading; null where the author did.
    submitter_read_before: Option<Vec<EarlierReading>>,
}

/// A card that somebody had read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EarlierReading {
    scorecard_id: ScorecardId,
    author_id: UserId,
    read_at: Instant,
}

/// Get the independence record
///
/// For each card of a debrief, whose cards its author had read before handing it in, and whether the
/// decider looked before the reveal. Shown to whoever reads the cards, once they are revealed.
#[utoipa::path(
    operation_id = "getIndependence", tag = "debriefs",
    params(("id" = DebriefId, Path, description = "Of which debrief.")),
    responses((status = 200, description = "The record.", body = Independence)),
)]
#[get("/debriefs/{id}/independence")]
pub async fn get_independence(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: DebriefId) -> Result<Shown<Independence>> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let row = seen::debriefs(conn, actor, &one)?.pop().ok_or_else(Error::not_found)?;
    let phase = row.phase();
    let peeks = store::peeks(conn, id)?.into_iter();
    let peeks = peeks.map(|peek| DebriefPeek::of(peek, row.opened.is_none())).collect();
    let sealed = Independence {
        debrief_id: id,
        view: DebriefView::Sealed,
        all_independent: None,
        cards: None,
        peeks,
    };
    let version = phase.version;
    if row.opened.is_none() {
        return Ok(Shown { version, value: sealed });
    }
    if !row.shows_packet() {
        return Ok(Shown { version, value: Independence { view: DebriefView::Counted, ..sealed } });
    }
    let cards = scorecards::seen::unsealed_of(conn, actor, vec![row.loop_id])?;
    let people = |card: &SeenCard| [Some(card.author_id), submitter_of(card)];
    let readers: Vec<AnyId> =
        cards.iter().flat_map(people).flatten().map(crate::ids::Id::any).collect();
    let mut read: HashMap<AnyId, Vec<EarlierReading>> = HashMap::new();
    for one in scorecards::store::reads_by(conn, row.application_id, &readers)? {
        let (reader, scorecard_id, author_id, read_at) = one;
        let reading = EarlierReading { scorecard_id, author_id, read_at };
        read.entry(reader).or_default().push(reading);
    }
    let cards: Vec<IndependenceCard> = cards.iter().map(|card| of(card, &read)).collect();
    let value = Independence {
        view: DebriefView::Full,
        all_independent: Some(cards.iter().all(|card| card.independent)),
        cards: Some(cards),
        ..sealed
    };
    Ok(Shown { version, value })
}

fn submitter_of(card: &SeenCard) -> Option<UserId> {
    card.judgement.as_ref().and_then(|judgement| judgement.submitted_by)
}

/// The record of a card, from what people read, whenever that was. Who wrote a card for another knows
/// it from then on, which says nothing of what they knew before.
fn of(card: &SeenCard, read: &HashMap<AnyId, Vec<EarlierReading>>) -> IndependenceCard {
    let before = |one: &&EarlierReading| {
        one.scorecard_id != card.id && card.submitted_at.is_some_and(|at| one.read_at <= at)
    };
    let read_by = |person: UserId| {
        let read = read.get(&person.any()).into_iter().flatten();
        read.filter(before).cloned().collect::<Vec<EarlierReading>>()
    };
    let judgement = card.judgement.as_ref();
    IndependenceCard {
        scorecard_id: card.id,
        author_id: card.author_id,
        slot: card.slot,
        submitted_at: card.submitted_at,
        is_late: card.submitted_at.zip(card.revealed_at).is_some_and(|(came, shown)| came > shown),
        independent: card.independent == Some(true),
        revised_at: judgement.and_then(|judgement| judgement.revised_at),
        revised_after_reading: judgement.and_then(|judgement| judgement.revised_after_reading),
        read_before: read_by(card.author_id),
        submitted_by: submitter_of(card),
        submitter_read_before: submitter_of(card).map(read_by),
    }
}
