//! Moving to another stage.

use super::{event, open};
use crate::access::{Actor, Permit};
use crate::applications::api::moves::CreateApplicationMove;
use crate::applications::model::Command;
use crate::applications::store::{self, Application, Move};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, ApplicationMoveId, StageId};
use crate::pipelines;

/// Moves an active application from the stage where the caller saw it to another one of its job.
///
/// # Errors
/// `stage_moved` when it stands there no longer; `illegal_transition` when it ended.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
    input: &CreateApplicationMove,
) -> Result<ApplicationMoveId> {
    let (mut row, permit) = open(tx, actor, id, expected)?;
    row.status = row.status.apply(Command::Move)?;
    if row.stage_id != input.from_stage_id {
        let detail = "The application stands in another stage by now; read it again.";
        return Err(Error::new(Code::StageMoved, detail));
    }
    let to = pipelines::store::find(tx.conn, input.to_stage_id)?;
    if to.is_none_or(|stage| stage.job_id != row.job_id) {
        return Err(Error::unknown_reference("/to_stage_id"));
    }
    if input.to_stage_id == row.stage_id {
        return Err(Error::invalid("/to_stage_id", "same_stage", "It stands in that stage."));
    }
    enter(tx, &permit, row, input.to_stage_id)
}

/// Moves an application to another stage of its job, as a light decision that was permitted says. The caller
/// holds its lock.
pub fn advance(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: ApplicationId,
    to: StageId,
) -> Result<ApplicationMoveId> {
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    row.status = row.status.apply(Command::Move)?;
    enter(tx, &permit.extend_to(id), row, to)
}

/// The move itself, once it is permitted and checked.
fn enter(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut row: Application,
    to: StageId,
) -> Result<ApplicationMoveId> {
    let occurred_at = tx.occurred_at();
    let stayed = (occurred_at - row.stage_entered_at).num_minutes();
    let from = row.stage_id;
    row.stage_id = to;
    row.stage_entered_at = occurred_at;
    store::save(tx, permit, &row)?;
    let moved = Move {
        id: tx.id(),
        application_id: row.id,
        from_stage_id: Some(from),
        to_stage_id: to,
        actor_id: permit.person(),
        occurred_at,
        recorded_at: tx.now(),
    };
    store::insert_moves(tx, permit, std::slice::from_ref(&moved))?;
    let event = event(EventKind::ApplicationMoved, &row)
        .id("move_id", moved.id)
        .id("from_stage_id", from)
        .id("to_stage_id", to)
        .number("previous_stage_minutes", stayed);
    record(tx, permit, &event)?;
    Ok(moved.id)
}
