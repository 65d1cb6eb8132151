//! Defining and changing approval chains.

use std::collections::HashSet;

use super::api::{CreateApprovalChain, CreateApprovalChainStep, UpdateApprovalChain};
use super::store::{self, ApprovalChain};
use crate::access::{Action, Actor, permit_known};
use crate::approvals::model::PlannedStep;
use crate::db::Tx;
use crate::error::{Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApprovalChainId, UserId};
use crate::users;

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
    let active: HashSet<UserId> = users::store::responsible_among(tx.conn, &everybody)?;
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
