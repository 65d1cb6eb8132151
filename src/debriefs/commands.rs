//! How a debrief goes on: by itself when something in its loop changed, and by the decision.

use super::DebriefState;
use super::api::DecideDebrief;
use super::memo::{self, Grounds, Memo};
use super::model::{DebriefCommand, next_steps};
use super::seen::sealed_phase;
use super::store::{self, Ballot, Debrief, Decision};
use crate::access::{self, Action, Actor, Permit};
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{DebriefId, DecisionId, LoopId};
use crate::loops::{self, Place};
use crate::organization::levels;
use crate::scorecards::store::Scorecard;

/// Lets the debrief of a loop go on after something in the loop changed: a card that came in, was
/// waived or is no longer owed, an interview that took place or was called off. The one place where
/// a debrief is revealed. The caller holds the lock of the application, so two last cards that come
/// in at once reveal it exactly once.
pub fn evaluate(tx: &mut Tx<'_>, permit: &Permit, place: &Place, loop_id: LoopId) -> Result<()> {
    match store::newest_of_loop(tx.conn, loop_id)? {
        Some(debrief) => go_on(tx, permit, place, debrief),
        None => Ok(()),
    }
}

/// Whether the debrief of a loop has ended, so that what it rests on stays as it is.
pub fn has_ended(conn: &mut Conn, loop_id: LoopId) -> Result<bool> {
    let newest = store::newest_of_loop(conn, loop_id)?;
    Ok(newest.is_some_and(|debrief| match debrief.state {
        DebriefState::Decided | DebriefState::Cancelled => true,
        DebriefState::Planned | DebriefState::Gathering | DebriefState::Revealed => false,
    }))
}

/// Takes a submitted card that counts: freezes its recommendation as the author's first ballot,
/// unless the debrief has ended, and lets the debrief go on.
pub fn receive(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    loop_id: LoopId,
    card: &Scorecard,
) -> Result<()> {
    let Some(debrief) = store::newest_of_loop(tx.conn, loop_id)? else {
        return Ok(());
    };
    let open = match debrief.state {
        DebriefState::Planned | DebriefState::Gathering | DebriefState::Revealed => true,
        DebriefState::Decided | DebriefState::Cancelled => false,
    };
    if let Some(recommendation) = card.recommendation.filter(|_| open) {
        let ballot = Ballot {
            id: tx.id(),
            debrief_id: debrief.id,
            user_id: card.author_id,
            scorecard_id: Some(card.id),
            recommendation,
            occurred_at: tx.occurred_at(),
        };
        store::insert_ballot(tx, &permit.extend_to(debrief.id), &ballot)?;
    }
    go_on(tx, permit, place, debrief)
}

fn go_on(tx: &mut Tx<'_>, permit: &Permit, place: &Place, mut debrief: Debrief) -> Result<()> {
    match debrief.state {
        DebriefState::Planned | DebriefState::Gathering => {}
        DebriefState::Revealed | DebriefState::Decided | DebriefState::Cancelled => return Ok(()),
    }
    dialect::lock(tx.conn, Root::Debrief, debrief.id.any())?;
    let progress = store::progress(tx.conn, debrief.loop_id)?;
    for step in next_steps(debrief.state, progress) {
        take(tx, &permit.extend_to(debrief.id), place, &mut debrief, step)?;
    }
    Ok(())
}

/// One step of a debrief's life, saved and recorded.
fn take(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    debrief: &mut Debrief,
    step: DebriefCommand,
) -> Result<()> {
    debrief.state = debrief.state.apply(step)?;
    let at = Some(tx.occurred_at());
    let kind = match step {
        DebriefCommand::Gather => {
            debrief.gathering_at = at;
            EventKind::DebriefGathering
        }
        DebriefCommand::Reveal => {
            debrief.revealed_at = at;
            EventKind::DebriefRevealed
        }
        DebriefCommand::Decide => {
            debrief.decided_at = at;
            EventKind::DebriefDecided
        }
    };
    store::save(tx, permit, debrief)?;
    record(tx, permit, &place.event(kind, debrief.id).id("loop_id", debrief.loop_id))?;
    Ok(())
}

/// Decides a revealed debrief, and finishes its loop.
///
/// # Errors
/// `forbidden` for everybody but the named decider; `stale`; `illegal_transition` before the reveal,
/// and to a decider who owes a card; `invalid` for a memo that does not say what it must.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &DecideDebrief,
) -> Result<DebriefId> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, before.application_id)?;
    dialect::lock(tx.conn, Root::Debrief, id.any())?;
    let debrief = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, standing) = place.scope(tx.conn, actor, id)?;
    let permit = access::permit(tx.conn, actor, Action::Decide, &scope)?;
    // The policy knows deciders of the application; each debrief has its own.
    if debrief.decider_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only the named decider decides."));
    }
    let (state, version) = if standing.owes {
        let phase = sealed_phase(debrief.gathering_at, debrief.created_at);
        (phase.state, phase.version)
    } else {
        (debrief.state, debrief.version)
    };
    if version != expected {
        return Err(Error::stale());
    }
    state.apply(DebriefCommand::Decide)?;
    if let Some(level) = input.level_id
        && !levels::store::is_usable(tx.conn, level)?
    {
        return Err(Error::unknown_reference("/level_id"));
    }
    let grounds = grounds(tx, &debrief)?;
    let memo = memo::write(input.outcome, input.level_id, &input.memo, &grounds)?;
    conclude(tx, &permit, &place, debrief, &memo)
}

/// What the memo can refer to: the cards whose ballots were frozen, and what the loop judges.
fn grounds(tx: &mut Tx<'_>, debrief: &Debrief) -> Result<Grounds> {
    let ballots = store::ballots(tx.conn, debrief.id)?;
    let card = |ballot: &Ballot| Some((ballot.scorecard_id?, ballot.recommendation));
    let judged = store::attributes(tx.conn, debrief.loop_id)?;
    Ok(Grounds {
        cards: ballots.iter().filter_map(card).collect(),
        attributes: judged.into_iter().map(|attribute| attribute.id).collect(),
    })
}

/// Freezes a decision once it is permitted and checked.
fn conclude(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    mut debrief: Debrief,
    memo: &Memo,
) -> Result<DebriefId> {
    let id: DecisionId = tx.id();
    let document = memo.document()?;
    let decision = Decision {
        id,
        debrief_id: debrief.id,
        application_id: debrief.application_id,
        outcome: memo.outcome,
        level_id: memo.level_id,
        memo_hash: memo::hash(&document)?,
        memo: document,
        decider_id: debrief.decider_id,
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
    };
    store::insert_decision(tx, &permit.extend_to(id), &decision)?;
    let mut finished =
        loops::store::find(tx.conn, debrief.loop_id)?.ok_or_else(Error::not_found)?;
    finished.state = finished.state.finish()?;
    loops::store::save(tx, &permit.extend_to(finished.id), &finished)?;
    take(tx, permit, place, &mut debrief, DebriefCommand::Decide)?;
    Ok(debrief.id)
}
