//! Voting.

use super::{Belongings, ask, scope};
use crate::access::{Action, Actor, Permit, permit};
use crate::approvals::api::CastVote;
use crate::approvals::delegations::commands::place_of;
use crate::approvals::model::{Ballot, Effect, Passage, Refusal};
use crate::approvals::store::{self, Vote, WholeRun};
use crate::approvals::{RunState, RunSubjectKind, StepState, VoteDecision};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApprovalRunId, UserId, VoteId};
use crate::offers::commands as offers;

/// Casts a vote. The last one ends the run, and the offer with it.
pub(in crate::approvals) fn vote(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApprovalRunId,
    input: &CastVote,
) -> Result<ApprovalRunId> {
    let subject = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = place(tx, actor, id, input)?;
    let of = match subject.subject_kind {
        RunSubjectKind::OfferVersion => offers::lock_version(tx, subject.subject_id.typed())?,
        RunSubjectKind::Job => None,
    };
    let mut whole = store::whole(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let scope = scope(tx.conn, actor, &whole)?;
    let permit = permit(tx.conn, actor, Action::Vote, &scope)?;
    if input.decision == VoteDecision::Reject && input.note.is_none() {
        return Err(Error::invalid("/note", "required", "Say why you reject."));
    }
    let (decision, terms_hash) = (input.decision, input.terms_hash);
    let voter = place.unwrap_or(actor.user_id);
    let cast_by = place.map(|_| actor.user_id);
    let ballot = Ballot { voter, cast_by, decision, terms_hash };
    let (after, effect) = whole.passage().cast(&ballot).map_err(refused)?;
    let of = of.ok_or_else(|| refused(Refusal::Ended))?;
    let note = input.note.as_ref().map(crate::http::fields::Prose::to_text);
    keep_vote(tx, &permit, of, &whole, &ballot, note)?;
    keep_states(tx, &permit, &mut whole, &after)?;
    follow(tx, &permit, of, &whole, effect)?;
    Ok(id)
}

/// In whose place the actor votes, asked before anything of the run is locked.
fn place(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApprovalRunId,
    input: &CastVote,
) -> Result<Option<UserId>> {
    if actor.in_place.is_empty() && input.on_behalf_of.is_none() {
        return Ok(None);
    }
    let whole = store::whole(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let scope = scope(tx.conn, actor, &whole)?;
    permit(tx.conn, actor, Action::Vote, &scope)?;
    place_of(tx, actor, &whole, input.on_behalf_of)
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Ended => {
            Error::new(Code::IllegalTransition, "This approval run takes no votes any more.")
        }
        Refusal::NotAsked => {
            Error::new(Code::Forbidden, "You are not asked to vote on the step whose turn it is.")
        }
        Refusal::VotedAlready => {
            Error::new(Code::AlreadyExists, "This vote was cast, by the member or a delegate.")
        }
        Refusal::DecidesAlready => {
            let detail = "You decide in this run already, and vote in nobody else's place.";
            Error::new(Code::Forbidden, detail)
        }
        Refusal::TermsChanged => Error::new(
            Code::TermsChanged,
            "The hash is not the one of the terms that this run is about; read them again.",
        ),
    }
}

/// Inserts the vote on the step that was pending when it was cast.
fn keep_vote(
    tx: &mut Tx<'_>,
    permit: &Permit,
    of: Belongings,
    whole: &WholeRun,
    ballot: &Ballot,
    note: Option<String>,
) -> Result<()> {
    let asked = whole.steps.iter().find(|whole| whole.step.state == StepState::Pending);
    let step_id = asked.map(|whole| whole.step.id).ok_or_else(|| refused(Refusal::Ended))?;
    let id: VoteId = tx.id();
    let row = Vote {
        id,
        approval_run_id: whole.run.id,
        approval_step_id: step_id,
        user_id: ballot.voter,
        cast_by: ballot.cast_by,
        decision: ballot.decision,
        note,
        terms_hash: Some(ballot.terms_hash),
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
    };
    let permit = permit.extend_to(id);
    store::insert_vote(tx, &permit, &row)?;
    let cast = of.event(EventKind::VoteCast, &permit);
    let cast = cast.id("approval_run_id", whole.run.id).id("approval_step_id", step_id);
    let cast = if ballot.cast_by.is_some() { cast.on_behalf_of(ballot.voter) } else { cast };
    record(tx, &permit, &cast)?;
    Ok(())
}

/// Saves the run and those of its steps that the vote changed.
fn keep_states(
    tx: &mut Tx<'_>,
    permit: &Permit,
    whole: &mut WholeRun,
    after: &Passage,
) -> Result<()> {
    let at = tx.occurred_at();
    for (whole, after) in whole.steps.iter_mut().zip(&after.steps) {
        if whole.step.state == after.state {
            continue;
        }
        whole.step.state = after.state;
        match after.state {
            StepState::Waiting => {}
            StepState::Pending => whole.step.asked_at = Some(at),
            StepState::Approved | StepState::Rejected => whole.step.ended_at = Some(at),
        }
        store::save_step(tx, permit, &whole.step)?;
    }
    whole.run.state = after.state;
    whole.run.ended_at = (after.state != RunState::Pending).then_some(at);
    store::save(tx, permit, &whole.run)
}

/// What a counted vote makes happen.
fn follow(
    tx: &mut Tx<'_>,
    permit: &Permit,
    of: Belongings,
    whole: &WholeRun,
    effect: Effect,
) -> Result<()> {
    let kind = match effect {
        Effect::Waiting => return Ok(()),
        Effect::Asked { next } => {
            let next = whole.steps.get(next).ok_or_else(|| refused(Refusal::Ended))?;
            return ask(tx, permit, of, &next.step);
        }
        Effect::Approved => EventKind::ApprovalRunApproved,
        Effect::Rejected => EventKind::ApprovalRunRejected,
    };
    let version_id = whole.run.subject_id.typed();
    offers::settle(tx, permit, version_id, whole.passage())?;
    record(tx, permit, &of.event(kind, permit).id("offer_version_id", version_id))?;
    Ok(())
}
