//! Another round, because of what became known after the decision.

use super::life::go_on;
use super::{Held, hold_written};
use crate::access::{Action, Actor, Permit};
use crate::db::Tx;
use crate::debriefs::DebriefState;
use crate::debriefs::api::BeginRound;
use crate::debriefs::model::newest_of_each;
use crate::debriefs::store::round::{self, Round};
use crate::debriefs::store::{self, Ballot, Debrief, Plan, agreement, turnout};
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{DebriefId, LoopId, UserId};
use crate::loops;

/// Begins another round of a debrief whose decision stands: a debrief of its own, for the same loop, which
/// takes interviews again. The one before stays as it is, and nothing in it can be done any more; its decision
/// carries no offer that is submitted from now on. The ballots begin with what everybody recommended in the
/// end, and what was answered is not asked again.
///
/// # Errors
/// `forbidden` for whoever owes a card; `stale`; `illegal_transition` unless the decision stands and the
/// application is active; `already_exists` when another round began; `invalid` for a decider or driver who
/// cannot any more, where no other is named.
pub fn begin_round(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &BeginRound,
) -> Result<DebriefId> {
    let held = hold_written(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    if !matches!(held.debrief.state, DebriefState::Decided | DebriefState::Closed) {
        return Err(held.illegal("begin another round"));
    }
    if round::following(tx.conn, id)?.is_some() {
        return Err(Error::new(Code::AlreadyExists, "Another round began."));
    }
    held.place.require_active()?;
    let before = &held.debrief;
    let decider = input.decider_id.unwrap_or(before.decider_id);
    let driver = input.driver_id.unwrap_or(before.driver_id);
    held.place.require_judge(tx, "/decider_id", decider)?;
    held.place.require_judge(tx, "/driver_id", driver)?;
    let next = following(tx, before, (decider, driver));
    let permit = held.permit.extend_to(next.id);
    store::insert(tx, &permit, &next)?;
    let row = Round {
        id: tx.id(),
        debrief_id: next.id,
        previous_id: id,
        evidence: input.evidence,
        reason: input.reason.to_text(),
        user_id: actor.user_id,
        occurred_at: tx.occurred_at(),
    };
    round::insert(tx, &permit, &row)?;
    carry_over(tx, &permit, before, &next)?;
    reopen_loop(tx, &permit, next.loop_id)?;
    let event = held.place.event(EventKind::DebriefReopened, next.id).id("previous_id", id);
    record(tx, &permit, &event.code("evidence", input.evidence.as_str()))?;
    let Held { place, .. } = held;
    go_on(tx, &permit, &place, next)
}

/// The round after one that decided, before anything happened in it. Its cards were revealed before.
fn following(tx: &mut Tx<'_>, before: &Debrief, (decider, driver): (UserId, UserId)) -> Debrief {
    let plan = Plan {
        application_id: before.application_id,
        loop_id: before.loop_id,
        round: before.round + 1,
        decider_id: decider,
        driver_id: driver,
        settings_version_id: before.settings_version_id,
        reveals_early: before.reveals_early,
        shows_recruiters: before.shows_recruiters,
        way: before.way,
    };
    Debrief { revealed_at: before.revealed_at, ..Debrief::planned(tx, plan) }
}

/// What the new round begins with: those who have to agree, the recommendation of every card, and what its
/// author recommended in the end.
fn carry_over(tx: &mut Tx<'_>, permit: &Permit, before: &Debrief, next: &Debrief) -> Result<()> {
    let mut agreers = agreement::agreers(tx.conn, before.id)?;
    agreers.retain(|person| *person != next.decider_id);
    agreement::name_agreers(tx, permit, next.id, &agreers)?;
    let cast = store::ballots(tx.conn, before.id)?;
    let newest: Vec<_> = newest_of_each(&cast, |ballot| ballot.user_id)
        .into_iter()
        .map(|ballot| ballot.id)
        .collect();
    for ballot in &cast {
        if ballot.scorecard_id.is_some() || newest.contains(&ballot.id) {
            let row = Ballot { id: tx.id(), debrief_id: next.id, ..ballot.clone() };
            store::insert_ballot(tx, permit, &row)?;
        }
    }
    // Cards that came in after the decision.
    let cards = turnout::cards(tx.conn, before.loop_id)?.into_iter().map(|card| card.id);
    let late: Vec<_> =
        cards.filter(|id| cast.iter().all(|one| one.scorecard_id != Some(*id))).collect();
    for (scorecard_id, user_id, recommendation, submitted_at) in round::said(tx.conn, &late)? {
        let Some((recommendation, occurred_at)) = recommendation.zip(submitted_at) else {
            continue;
        };
        let row = Ballot {
            id: tx.id(),
            debrief_id: next.id,
            user_id,
            scorecard_id: Some(scorecard_id),
            recommendation,
            reason: None,
            because_of_id: None,
            because_attribute_id: None,
            occurred_at,
        };
        store::insert_ballot(tx, permit, &row)?;
    }
    Ok(())
}

fn reopen_loop(tx: &mut Tx<'_>, permit: &Permit, id: LoopId) -> Result<()> {
    let mut reopened = loops::store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    reopened.state = reopened.state.reopen()?;
    loops::store::save(tx, &permit.extend_to(reopened.id), &reopened)
}
