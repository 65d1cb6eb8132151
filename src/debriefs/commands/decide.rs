//! The decision.

use super::agree;
use super::life::{WORKING_DAY, go_on, take};
use super::{Held, hold_written};
use crate::access::{Action, Actor};
use crate::applications;
use crate::db::{Conn, Tx};
use crate::debriefs::Outcome;
use crate::debriefs::api::DecideDebrief;
use crate::debriefs::memo::{self, Grounds, Memo};
use crate::debriefs::model::{DebriefCommand, dissents, newest_of_each};
use crate::debriefs::store::discussion::{self, Finding};
use crate::debriefs::store::{self, Ballot, Debrief, Decision};
use crate::error::{Code, Error, Result};
use crate::ids::{DebriefId, DecisionId, LevelId, UserId};
use crate::organization::levels;
use crate::users::after_working_time;

/// Decides a debrief that is before its decider, and finishes its loop once the decision stands.
///
/// # Errors
/// `forbidden` for everybody but the named decider; `stale`; `illegal_transition` before the reveal,
/// and to a decider who owes a card; `not_ready` while somebody who has to agree has not;
/// `invalid` for a memo that does not say what it must.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &DecideDebrief,
) -> Result<DebriefId> {
    let held = hold_written(tx, actor, id, Action::Decide)?;
    // The policy knows deciders of the application; each debrief has its own.
    if held.debrief.decider_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only the named decider decides."));
    }
    held.require_version(expected)?;
    held.shown().0.apply(DebriefCommand::Decide)?;
    require_no_referrer(tx, actor, &held)?;
    require_level(tx, input.level_id)?;
    agree::require_agreement(tx, &held.debrief, (input.outcome, input.level_id))?;
    let grounds = grounds(tx, &held.debrief)?;
    let memo = memo::write(input.outcome, input.level_id, &input.memo, &grounds)?;
    conclude(tx, held, &memo)
}

/// Refuses whoever referred the candidate.
///
/// # Errors
/// `forbidden`.
pub(super) fn require_no_referrer(tx: &mut Tx<'_>, actor: &Actor, held: &Held) -> Result<()> {
    let referrer = applications::store::referrer_of(tx.conn, held.place.application_id)?;
    if referrer == Some(actor.user_id) {
        let detail = "Whoever referred the candidate does not decide; name another decider.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    Ok(())
}

/// Refuses a level that nobody is hired at.
///
/// # Errors
/// `invalid`.
pub(super) fn require_level(tx: &mut Tx<'_>, level: Option<LevelId>) -> Result<()> {
    match level {
        Some(level) if !levels::store::is_usable(tx.conn, level)? => {
            Err(Error::unknown_reference("/level_id"))
        }
        Some(_) | None => Ok(()),
    }
}

/// What the memo can refer to: the cards whose ballots were frozen, and what the loop judges.
fn grounds(tx: &mut Tx<'_>, debrief: &Debrief) -> Result<Grounds> {
    let ballots = store::ballots(tx.conn, debrief.id)?;
    let card = |ballot: &Ballot| Some((ballot.scorecard_id?, ballot.recommendation));
    let recommended = newest_of_each(&ballots, |ballot| ballot.user_id).into_iter();
    let recommended = recommended.map(|ballot| ballot.recommendation).collect();
    let findings = discussion::findings(tx.conn, debrief.id)?;
    let newest = |finding: &Finding| finding.reveal == debrief.reveals;
    let missed = findings.into_iter().filter(newest).filter(|one| one.kind.is_missed_must_have());
    let judged = store::attributes(tx.conn, debrief.loop_id)?;
    let earlier = match debrief.revealed_at {
        Some(at) => store::light::cards_by(tx.conn, debrief.application_id, at)?,
        None => Vec::new(),
    };
    Ok(Grounds {
        earlier,
        cards: ballots.iter().filter_map(card).collect(),
        newest: recommended,
        findings: missed.map(|finding| finding.id).collect(),
        attributes: judged.into_iter().map(|attribute| attribute.id).collect(),
    })
}

/// Freezes a decision once it is permitted and checked. Without dissent it stands at once; otherwise those
/// who see it otherwise have a working day to say so.
fn conclude(tx: &mut Tx<'_>, held: Held, memo: &Memo) -> Result<DebriefId> {
    let Held { place, mut debrief, permit, .. } = held;
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
    let ballots = store::ballots(tx.conn, debrief.id)?;
    let dissenting = dissenting(&ballots, memo.outcome);
    let (now, day) = (tx.now(), WORKING_DAY);
    let until = after_working_time(tx.conn, &dissenting, now, day)?.into_values().max();
    debrief.dissent_until = Some(until.unwrap_or(now));
    take(tx, &permit, &place, &mut debrief, DebriefCommand::Decide)?;
    go_on(tx, &permit, &place, debrief)
}

/// Those whose newest ballot differs from what a debrief decided; nobody before that.
pub fn dissenters(conn: &mut Conn, id: DebriefId) -> Result<Vec<UserId>> {
    let Some(decision) = store::decision(conn, id)? else { return Ok(Vec::new()) };
    Ok(dissenting(&store::ballots(conn, id)?, decision.outcome))
}

/// Whose newest ballot differs from what was decided.
pub(super) fn dissenting(ballots: &[Ballot], outcome: Outcome) -> Vec<UserId> {
    let newest = newest_of_each(ballots, |ballot| ballot.user_id).into_iter();
    newest
        .filter(|ballot| dissents(ballot.recommendation, outcome))
        .map(|one| one.user_id)
        .collect()
}
