//! The decision about a light stage: by one person, on one card.

use super::life::take;
use super::{Held, hold};
use crate::access::{Action, Actor};
use crate::applications::commands as applications;
use crate::db::Tx;
use crate::debriefs::api::DecideLightly;
use crate::debriefs::model::DebriefCommand;
use crate::debriefs::store;
use crate::debriefs::store::light::{self, LightDecision};
use crate::debriefs::{DebriefWay, LightOutcome};
use crate::error::{Code, Error, Result};
use crate::ids::{DebriefId, RejectionReasonId, StageId};
use crate::loops;
use crate::offers::commands as offers;
use crate::pipelines;

/// What follows from a light decision.
enum Consequence {
    /// The application goes on to this stage; it stays where somebody moved it meanwhile.
    Moves(Option<StageId>),
    /// We say no, for this reason.
    Ends(RejectionReasonId),
}

/// Advances or declines where the one card of a light stage is before its decider. The application moves or
/// ends in the same transaction, which is all that others learn of it: the reason is for those who may read
/// the card.
///
/// # Errors
/// `forbidden` for everybody but the named decider, and whoever referred the candidate; `stale`;
/// `illegal_transition` before the card is in, where it is decided in writing, and to a decider who owes a
/// card; `stage_moved` when a stage is named and the application stands elsewhere by now; `invalid` for what
/// does not go with the outcome.
pub fn decide_lightly(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &DecideLightly,
) -> Result<DebriefId> {
    if input.outcome == LightOutcome::Decline {
        // An offer's opening is locked before the application is.
        let about = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.application_id;
        offers::lock_live(tx, about)?;
    }
    let mut held = hold(tx, actor, id, Action::Decide)?;
    if held.debrief.decider_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only the named decider decides."));
    }
    held.require_version(expected)?;
    if held.debrief.way != DebriefWay::Light {
        let detail = "It is decided in writing, with a memo.";
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    held.shown().0.apply(DebriefCommand::DecideLightly)?;
    super::decide::require_no_referrer(tx, actor, &held)?;
    let consequence = consequence(tx, &held, input)?;
    let row = LightDecision {
        id: tx.id(),
        debrief_id: id,
        outcome: input.outcome,
        reason: input.reason.to_text(),
        decider_id: actor.user_id,
        occurred_at: tx.occurred_at(),
    };
    light::insert(tx, &held.permit.extend_to(row.id), &row)?;
    take(tx, &held.permit, &held.place, &mut held.debrief, DebriefCommand::DecideLightly)?;
    match consequence {
        Consequence::Moves(Some(stage)) => {
            applications::advance(tx, &held.permit, held.place.application_id, stage)?;
        }
        Consequence::Moves(None) => {}
        Consequence::Ends(reason) => {
            applications::decline(tx, &held.permit, held.place.application_id, reason)?;
        }
    }
    Ok(id)
}

/// What follows, if the input says what it takes.
fn consequence(tx: &mut Tx<'_>, held: &Held, input: &DecideLightly) -> Result<Consequence> {
    match input.outcome {
        LightOutcome::Advance => {
            if input.rejection_reason_id.is_some() {
                let detail = "Whoever advances rejects nobody.";
                return Err(Error::invalid("/rejection_reason_id", "not_for_outcome", detail));
            }
            next_stage(tx, held, input.to_stage_id).map(Consequence::Moves)
        }
        LightOutcome::Decline => {
            if input.to_stage_id.is_some() {
                let detail = "An application that is declined goes to no stage.";
                return Err(Error::invalid("/to_stage_id", "not_for_outcome", detail));
            }
            let detail = "Say for which reason it is rejected.";
            let reason = input
                .rejection_reason_id
                .ok_or_else(|| Error::invalid("/rejection_reason_id", "required", detail))?;
            applications::require_reason(tx, "/rejection_reason_id", reason)?;
            Ok(Consequence::Ends(reason))
        }
    }
}

/// Where the application goes: the stage that is named, or the next one of its job. None when it left the
/// light stage by somebody's hand.
fn next_stage(tx: &mut Tx<'_>, held: &Held, named: Option<StageId>) -> Result<Option<StageId>> {
    let run = loops::store::find(tx.conn, held.debrief.loop_id)?.ok_or_else(Error::not_found)?;
    let left = held.place.stage_id != run.stage_id;
    let stages = pipelines::store::stages_of(tx.conn, held.place.job_id)?;
    let Some(named) = named else {
        if left {
            return Ok(None);
        }
        let mut after = stages.iter().skip_while(|stage| stage.id != run.stage_id).skip(1);
        let detail = "The job has no stage after this one; name one.";
        let next = after.next().map(|stage| stage.id);
        return next.map(Some).ok_or_else(|| Error::invalid("/to_stage_id", "required", detail));
    };
    if !stages.iter().any(|stage| stage.id == named) {
        return Err(Error::unknown_reference("/to_stage_id"));
    }
    if named == run.stage_id {
        return Err(Error::invalid("/to_stage_id", "same_stage", "It stands in that stage."));
    }
    if left {
        let detail =
            "The application stands in another stage by now; advance it without naming one.";
        return Err(Error::new(Code::StageMoved, detail));
    }
    Ok(Some(named))
}
