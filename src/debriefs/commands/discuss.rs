//! What the panel says: answers to open questions, other recommendations, and what it says to a decision
//! that it sees otherwise.

use super::decide::dissenting;
use super::life::{go_on, open_questions};
use super::{Held, hold_written};
use crate::access::{Action, Actor};
use crate::db::Tx;
use crate::debriefs::DebriefState;
use crate::debriefs::api::{CastBallot, RespondToDebrief, StateDissent};
use crate::debriefs::store::discussion::{self, Answer, Response, Statement};
use crate::debriefs::store::{self, Ballot, turnout};
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::ids::{BallotId, DebriefId, ResponseId, UserId};

/// Answers the open questions that are put to somebody, once. The response is sealed to others until
/// theirs is in or the time to answer is over. The last one brings the debrief before its decider.
///
/// # Errors
/// `forbidden` for whoever wrote no card of the debrief, or owes one; `illegal_transition` unless it is
/// discussed; `already_exists`; `invalid` for a question that is not put to them, or one that they leave
/// open.
pub fn respond(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    input: &RespondToDebrief,
) -> Result<ResponseId> {
    let held = hold_written(tx, actor, id, Action::AnswerInDebrief)?;
    require_author(tx, &held, actor.user_id)?;
    if held.debrief.state != DebriefState::Discussing {
        return Err(held.illegal("take a response"));
    }
    let open = open_questions(tx.conn, &held.debrief)?;
    let mine: Vec<_> = open
        .questions
        .iter()
        .filter(|one| open.asks(one, actor.user_id))
        .map(|one| one.id)
        .collect();
    let mut wrong = Vec::new();
    for (index, answer) in input.answers.iter().enumerate() {
        let pointer = format!("/answers/{index}/finding_id");
        if !mine.contains(&answer.finding_id) {
            let detail = "This question is not put to you.";
            wrong.push(FieldError::body(pointer, "unknown_reference", detail));
        } else if input.answers.iter().take(index).any(|one| one.finding_id == answer.finding_id) {
            wrong.push(FieldError::body(pointer, "duplicate", "A question is answered once."));
        }
    }
    for question in &mine {
        if !input.answers.iter().any(|answer| answer.finding_id == *question) {
            let detail = format!("{question} is put to you; answer it.");
            wrong.push(FieldError::body("/answers", "unanswered_question", detail));
        }
    }
    if input.answers.is_empty() && input.comment.is_none() {
        wrong.push(FieldError::body("/comment", "required", "Say something."));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let row = Response {
        id: tx.id(),
        debrief_id: id,
        discussion: held.debrief.discussions,
        user_id: actor.user_id,
        comment: input.comment.as_ref().map(crate::http::fields::Prose::to_text),
        occurred_at: tx.occurred_at(),
    };
    let answer = |tx: &mut Tx<'_>, one: &crate::debriefs::api::GivenAnswer| Answer {
        id: tx.id(),
        response_id: row.id,
        finding_id: one.finding_id,
        answer: one.answer.to_text(),
    };
    let answers: Vec<Answer> = input.answers.iter().map(|one| answer(tx, one)).collect();
    let permit = held.permit.extend_to(row.id);
    discussion::insert_response(tx, &permit, &row, &answers)?;
    let event = held.place.event(EventKind::ResponseSubmitted, row.id).id("debrief_id", id);
    record(tx, &permit, &event)?;
    go_on(tx, &held.permit, &held.place, held.debrief)?;
    Ok(row.id)
}

/// Recommends otherwise than before, for a reason and because of something in another's card. The first
/// ballot stays.
///
/// # Errors
/// `forbidden` for whoever wrote no card of the debrief, or owes one; `illegal_transition` unless it is
/// discussed or before its decider; `invalid` for the same recommendation as before, and for a card or
/// attribute that the debrief does not have.
pub fn ballot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    input: &CastBallot,
) -> Result<BallotId> {
    let held = hold_written(tx, actor, id, Action::AnswerInDebrief)?;
    require_author(tx, &held, actor.user_id)?;
    if !matches!(held.debrief.state, DebriefState::Discussing | DebriefState::Deciding) {
        return Err(held.illegal("take another ballot"));
    }
    let cast = store::ballots(tx.conn, id)?;
    let mine = cast.iter().rev().find(|ballot| ballot.user_id == actor.user_id);
    if mine.is_some_and(|ballot| ballot.recommendation == input.recommendation) {
        let detail = "That is what you recommend already.";
        return Err(Error::invalid("/recommendation", "unchanged", detail));
    }
    let cards = turnout::cards(tx.conn, held.debrief.loop_id)?;
    let own = cast.iter().any(|ballot| {
        ballot.user_id == actor.user_id
            && ballot.scorecard_id == Some(input.because_of.scorecard_id)
    });
    let because = cards.iter().find(|card| card.id == input.because_of.scorecard_id && !own);
    let Some(because) = because else {
        return Err(Error::unknown_reference("/because_of/scorecard_id"));
    };
    if let Some(attribute) = input.because_of.attribute_id
        && !because.ratings.iter().any(|(rated, _)| *rated == attribute)
    {
        return Err(Error::unknown_reference("/because_of/attribute_id"));
    }
    let row = Ballot {
        id: tx.id(),
        debrief_id: id,
        user_id: actor.user_id,
        scorecard_id: None,
        recommendation: input.recommendation,
        reason: Some(input.reason.to_text()),
        because_of_id: Some(because.id),
        because_attribute_id: input.because_of.attribute_id,
        occurred_at: tx.occurred_at(),
    };
    let permit = held.permit.extend_to(row.id);
    store::insert_ballot(tx, &permit, &row)?;
    let event = held.place.event(EventKind::BallotCast, row.id).id("debrief_id", id);
    record(tx, &permit, &event)?;
    Ok(row.id)
}

/// Says something to a decision that one sees otherwise. It stays beside the decision, and does not
/// change it; once everybody who dissents has spoken the decision stands.
///
/// # Errors
/// `forbidden` for whoever does not dissent; `illegal_transition` unless the time for it runs;
/// `already_exists`.
pub fn state(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    input: &StateDissent,
) -> Result<DebriefId> {
    let held = hold_written(tx, actor, id, Action::AnswerInDebrief)?;
    held.require_nothing_owed()?;
    if held.debrief.state != DebriefState::DissentWindow {
        return Err(held.illegal("take what somebody says to the decision"));
    }
    let decision = store::decision(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let ballots = store::ballots(tx.conn, id)?;
    if !dissenting(&ballots, decision.outcome).contains(&actor.user_id) {
        let detail = "What you recommend does not differ from the decision.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    let row = Statement {
        id: tx.id(),
        debrief_id: id,
        user_id: actor.user_id,
        statement: input.statement.to_text(),
        occurred_at: tx.occurred_at(),
    };
    let permit = held.permit.extend_to(row.id);
    discussion::insert_statement(tx, &permit, &row)?;
    let event = held.place.event(EventKind::DissentStated, row.id).id("debrief_id", id);
    record(tx, &permit, &event)?;
    go_on(tx, &held.permit, &held.place, held.debrief)
}

/// Refuses whoever has no card in the debrief, and whoever owes one.
///
/// # Errors
/// `forbidden`.
fn require_author(tx: &mut Tx<'_>, held: &Held, user: UserId) -> Result<()> {
    held.require_nothing_owed()?;
    let ballots = store::ballots(tx.conn, held.debrief.id)?;
    if ballots.iter().any(|ballot| ballot.user_id == user) {
        return Ok(());
    }
    Err(Error::new(Code::Forbidden, "Whoever handed in a scorecard for this loop takes part."))
}
