//! Defining and changing approval chains.

use std::collections::HashSet;

use super::api::{CreateApprovalChain, CreateApprovalChainStep, UpdateApprovalChain};
use super::store::{self, ApprovalChain};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::approvals::model::PlannedStep;
use crate::db::Tx;
use crate::error::{Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApprovalChainId, UserId};
use crate::users;
use crate::users::leaving::{HandOver, ObligationKind, Stuck};

/// Adds a chain.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateApprovalChain,
) -> Result<ApprovalChainId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageApprovalChains, id)?;
    let steps = planned(tx, &input.steps)?;
    let row = ApprovalChain {
        id,
        name: input.name.to_text(),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    store::insert_steps(tx, &permit, id, &steps)?;
    record(tx, &permit, &Event::new(EventKind::ApprovalChainCreated, id.into()))?;
    Ok(id)
}

/// Changes a chain; its steps are replaced as a whole.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApprovalChainId,
    expected: Option<i64>,
    input: &UpdateApprovalChain,
) -> Result<ApprovalChainId> {
    let permit = permit_known(actor, Action::ManageApprovalChains, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    // The row goes first: its version is what two writers at once are told apart by.
    store::save(tx, &permit, &row)?;
    if let Some(steps) = &input.steps {
        let steps = planned(tx, steps)?;
        store::clear_steps(tx, &permit, id)?;
        store::insert_steps(tx, &permit, id, &steps)?;
        changed.push("steps");
    }
    record(tx, &permit, &Event::new(EventKind::ApprovalChainUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// The steps as the rules take them: each member an active user, and once on a step.
fn planned(tx: &mut Tx<'_>, steps: &[CreateApprovalChainStep]) -> Result<Vec<PlannedStep>> {
    let everybody: Vec<UserId> = steps.iter().flat_map(|step| step.member_ids.clone()).collect();
    let active: HashSet<UserId> = users::store::hold_responsible(tx.conn, &everybody)?;
    let mut wrong = Vec::new();
    for (position, step) in steps.iter().enumerate() {
        let mut seen = HashSet::new();
        for (index, member) in step.member_ids.iter().enumerate() {
            let pointer = format!("/steps/{position}/member_ids/{index}");
            if !active.contains(member) {
                let detail = "There is no active user of this id.";
                wrong.push(FieldError::body(pointer, "unknown_reference", detail));
            } else if !seen.insert(*member) {
                let detail = "Somebody stands on a step once.";
                wrong.push(FieldError::body(pointer, "duplicate", detail));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let planned = |step: &CreateApprovalChainStep| PlannedStep {
        name: step.name.to_text(),
        mode: step.mode,
        members: step.member_ids.clone(),
    };
    Ok(steps.iter().map(planned).collect())
}

/// Puts a successor in the place of somebody who leaves on every chain in use, or takes the person
/// off where others stand on the step. A chain that would have a step without anybody is stuck.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let kind = ObligationKind::ApprovalChain;
    let successor = hand.to(kind);
    for (id, steps) in store::standing_on(tx.conn, hand.leaver)? {
        let permit = permit.extend_to(id);
        if successor.is_none() && steps.iter().any(|(_, members)| members.len() < 2) {
            let event = Event::new(EventKind::ApprovalChainLeftBehind, id.into());
            record(tx, &permit, &event.id("user_id", hand.leaver))?;
            let why = "nobody would stand on one of its steps";
            let (job_id, application_id) = (None, None);
            hand.stick(Stuck { kind, subject: id.into(), job_id, application_id, why });
            continue;
        }
        // The row goes first: its version is what two writers at once are told apart by.
        let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
        store::save(tx, &permit, &row)?;
        for (step, members) in steps {
            let to = successor.filter(|person| !members.contains(person));
            store::replace_member(tx, &permit, step, (hand.leaver, to))?;
        }
        let event = Event::new(EventKind::ApprovalChainUpdated, id.into()).changed(&["steps"]);
        record(tx, &permit, &event)?;
        if let Some(successor) = successor {
            hand.took(successor, 1);
        }
    }
    Ok(())
}
