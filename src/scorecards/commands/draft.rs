//! Beginning a card, and keeping what was typed.

use std::collections::{HashMap, HashSet};

use super::{find_own, permit_author};
use crate::access::{Action, Actor, Permit};
use crate::candidates;
use crate::db::Tx;
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::http::fields::Prose;
use crate::ids::{AttributeId, InterviewId, KitId, ScorecardId};
use crate::interviews::store as interviews;
use crate::loops::{Illegal, Place};
use crate::organization::levels;
use crate::scorecards::ScorecardState;
use crate::scorecards::api::{RateAttribute, UpdateScorecard};
use crate::scorecards::model::ScorecardCommand;
use crate::scorecards::store::{self, Rating, Scorecard};

/// Begins the actor's card for an interview on whose panel they sit.
///
/// # Errors
/// `forbidden` for somebody who is not on the panel, `already_exists`, `illegal_transition` for an
/// interview that was called off.
pub fn start(tx: &mut Tx<'_>, actor: &Actor, interview_id: InterviewId) -> Result<ScorecardId> {
    let interview = interviews::find(tx.conn, interview_id)?.ok_or_else(Error::not_found)?;
    let place = Place::of(tx.conn, interview.application_id)?.ok_or_else(Error::not_found)?;
    let (id, now): (ScorecardId, _) = (tx.id(), tx.now());
    let permit = place.permit(tx, actor, Action::WriteScorecard, id)?;
    if interviews::seat_of(tx.conn, interview_id, actor.user_id)?.is_none() {
        return Err(Error::new(Code::Forbidden, "You are not on the panel of this interview."));
    }
    if interview.state.is_off() {
        return Err(Illegal { from: interview.state.as_str(), command: "be judged" }.into());
    }
    if let Some(own) = store::find_own(tx.conn, interview_id, actor.user_id)? {
        return Err(Error::new(
            Code::AlreadyExists,
            format!("You have a card for this interview: {own}."),
        ));
    }
    let of = (interview_id, interview.application_id);
    let card = Scorecard::blank(id, of, actor.user_id, now);
    store::insert(tx, &permit, &card)?;
    let event = place.event(EventKind::ScorecardStarted, id).id("interview_id", interview_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Keeps what the author typed. Records no event: a draft is nobody else's business.
///
/// # Errors
/// `illegal_transition` once the card is in, `invalid`, `stale`, `forbidden`, `not_found`.
pub fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ScorecardId,
    expected: i64,
    input: &UpdateScorecard,
) -> Result<ScorecardId> {
    let placed = find_own(tx.conn, actor, id, expected)?;
    let (permit, _) = permit_author(tx, actor, &placed)?;
    if candidates::store::is_anonymized_by(tx.conn, placed.card.application_id)? {
        let detail = "The candidate was anonymized; nothing is written about them any more.";
        return Err(Error::new(Code::CandidateAnonymized, detail));
    }
    let kit_id = placed.kit_id;
    let mut card = placed.card;
    card.state = card.state.apply(ScorecardCommand::Save)?;
    write(tx, &mut card, input)?;
    store::save(tx, &permit, ScorecardState::Draft, &card)?;
    rate(tx, &permit, kit_id, &card, input.ratings.as_deref())?;
    Ok(id)
}

/// Puts what the author typed onto a card.
///
/// # Errors
/// `invalid` for a level that is not in use.
pub(super) fn write(tx: &mut Tx<'_>, card: &mut Scorecard, input: &UpdateScorecard) -> Result<()> {
    if let Some(Some(level)) = input.level_signal_id
        // A level that goes out of use stays on the cards that have it.
        && card.level_signal_id != Some(level)
        && !levels::store::is_usable(tx.conn, level)?
    {
        return Err(Error::unknown_reference("/level_signal_id"));
    }
    if let Some(recommendation) = input.recommendation {
        card.recommendation = recommendation;
    }
    if let Some(reason) = &input.recommendation_reason {
        card.recommendation_reason = reason.as_ref().map(Prose::to_text);
    }
    if let Some(level) = input.level_signal_id {
        card.level_signal_id = level;
    }
    if let Some(summary) = &input.summary {
        card.summary = summary.as_ref().map(Prose::to_text);
    }
    if let Some(notes) = &input.private_notes {
        card.private_notes = notes.as_ref().map(Prose::to_text);
    }
    Ok(())
}

/// Puts other ratings in the place of a card's, if there are any.
///
/// # Errors
/// `invalid` for ratings that the kit does not ask for.
pub(super) fn rate(
    tx: &mut Tx<'_>,
    permit: &Permit,
    kit: KitId,
    card: &Scorecard,
    ratings: Option<&[RateAttribute]>,
) -> Result<()> {
    let Some(ratings) = ratings else { return Ok(()) };
    check_ratings(tx, kit, ratings)?;
    let rows: Vec<Rating> = ratings.iter().map(|rating| row(tx, card.id, rating)).collect();
    store::replace_ratings(tx, permit, &rows)
}

fn row(tx: &mut Tx<'_>, scorecard_id: ScorecardId, rating: &RateAttribute) -> Rating {
    Rating {
        id: tx.id(),
        scorecard_id,
        attribute_id: rating.attribute_id,
        level: rating.level.flatten(),
        no_signal: rating.level == Some(None),
        evidence: rating.evidence.as_ref().map(Prose::to_text),
    }
}

/// Every rating is of an attribute of the kit, once, with one of its levels, no signal, or evidence
/// alone.
pub(crate) fn check_ratings(tx: &mut Tx<'_>, kit: KitId, ratings: &[RateAttribute]) -> Result<()> {
    let mut scales: HashMap<AttributeId, HashSet<i32>> = HashMap::new();
    for (attribute_id, level) in store::scales(tx.conn, kit)? {
        scales.entry(attribute_id).or_default().extend(level);
    }
    let mut seen = HashSet::new();
    let mut wrong = Vec::new();
    for (index, rating) in ratings.iter().enumerate() {
        let field = |name: &str, code: &'static str, detail: &str| {
            FieldError::body(format!("/ratings/{index}/{name}"), code, detail)
        };
        let Some(scale) = scales.get(&rating.attribute_id) else {
            wrong.push(field(
                "attribute_id",
                "unknown_reference",
                "The kit has no such attribute.",
            ));
            continue;
        };
        if !seen.insert(rating.attribute_id) {
            wrong.push(field("attribute_id", "duplicate", "An attribute is rated once."));
        }
        if rating.level.flatten().is_some_and(|level| !scale.contains(&level)) {
            wrong.push(field("level", "unknown_level", "The attribute has no such level."));
        }
        if rating.level.is_none() && rating.evidence.is_none() {
            let detail = "Give a level, null for no signal, or evidence to rate later.";
            wrong.push(field("level", "required", detail));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}
