//! What becomes of the votes that somebody who leaves owes.

use std::collections::HashMap;

use super::Belongings;
use crate::access::{self, Permit, standing};
use crate::approvals::delegations;
use crate::approvals::store::{self, WholeRun};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApprovalRunId, ApprovalStepId, UserId};
use crate::offers::{commands as offers, store as versions};
use crate::users;
use crate::users::leaving::{HandOver, ObligationKind, Stuck};

/// How many runs are looked at.
const RUNS_MAX: i64 = 10_000;

/// Puts a successor on the steps of approvals under way on which a person still has a vote: the one
/// who is named, or else whoever may vote in the person's place by a delegation. Where there is
/// neither, the person comes off steps that can do without them; the other steps are stuck.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let stand_ins = delegations::stand_ins(tx.conn, hand.leaver, tx.now())?;
    for run in store::waiting_for(tx.conn, hand.leaver, RUNS_MAX)? {
        let Some(of) = offers::lock_version(tx, run.run.subject_id.typed())? else { continue };
        let steps: Vec<ApprovalStepId> =
            run.steps_of(hand.leaver).map(|whole| whole.step.id).collect();
        for step in steps {
            // Read again each time: the step before may have given the successor their one vote.
            let whole = store::whole(tx.conn, run.run.id)?.ok_or_else(Error::not_found)?;
            let able = able(tx, permit, of, &whole, (hand, &stand_ins))?;
            leave_step(tx, permit, of, &whole, step, (hand, able))?;
        }
    }
    Ok(())
}

/// Who of the named successor and the delegate may take a vote over, the successor first.
fn able(
    tx: &mut Tx<'_>,
    permit: &Permit,
    of: Belongings,
    whole: &WholeRun,
    (hand, stand_ins): (&HandOver, &HashMap<ApprovalRunId, UserId>),
) -> Result<Option<UserId>> {
    let named = hand.to(ObligationKind::ApprovalStep);
    // Whoever shuts somebody out does not give themselves that person's vote.
    let named = named.filter(|person| Some(person.any()) != permit.person());
    let delegate = stand_ins.get(&whole.run.id).copied();
    for person in named.into_iter().chain(delegate) {
        if may_take_over(tx, of, whole, person)? {
            return Ok(Some(person));
        }
    }
    Ok(None)
}

/// A successor has one vote in a run, none on what they wrote or submitted, none on the offer to
/// themselves, and none while they owe a scorecard for the application: that there is an offer would
/// tell how its debrief went.
fn may_take_over(
    tx: &mut Tx<'_>,
    of: Belongings,
    whole: &WholeRun,
    person: UserId,
) -> Result<bool> {
    let Some(user) = users::store::find_responsible(tx.conn, person)? else { return Ok(false) };
    let version = versions::of_version(tx.conn, whole.run.subject_id.typed())?;
    let drafted_by = version.and_then(|(version, ..)| version.created_by);
    let own = [whole.run.started_by, drafted_by].contains(&Some(person));
    if own || whole.passage().decides(person) {
        return Ok(false);
    }
    let standing = standing(tx.conn, &user.in_absence(), of.application_id)?;
    Ok(!standing.own_file && !access::owes(tx.conn, person, of.application_id)?)
}

fn leave_step(
    tx: &mut Tx<'_>,
    permit: &Permit,
    of: Belongings,
    whole: &WholeRun,
    id: ApprovalStepId,
    (hand, successor): (&mut HandOver, Option<UserId>),
) -> Result<()> {
    let Some(step) = whole.steps_of(hand.leaver).find(|step| step.step.id == id) else {
        return Ok(());
    };
    let permit = permit.extend_to(id);
    let event = |kind| {
        let event = of.event(kind, &permit).id("approval_run_id", whole.run.id);
        event.id("from_id", hand.leaver)
    };
    if successor.is_none() && !step.spares(hand.leaver) {
        record(tx, &permit, &event(EventKind::ApprovalStepLeftBehind))?;
        hand.stick(Stuck {
            kind: ObligationKind::ApprovalStep,
            subject: id.into(),
            job_id: Some(of.job_id),
            application_id: Some(of.application_id),
            why: "a vote on it would never come",
        });
        return Ok(());
    }
    store::replace_member(tx, &permit, id, (hand.leaver, successor))?;
    store::save(tx, &permit.extend_to(whole.run.id), &whole.run)?;
    let handed = event(EventKind::ApprovalStepHandedOver);
    let handed = match successor {
        Some(successor) => handed.id("user_id", successor),
        None => handed,
    };
    record(tx, &permit, &handed)?;
    if let Some(successor) = successor {
        hand.took(successor, 1);
    }
    Ok(())
}
