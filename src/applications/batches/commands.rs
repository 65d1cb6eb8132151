//! Changing several applications at once.

use std::collections::HashSet;

use super::BatchKind;
use super::api::CreateApplicationBatch;
use super::store::{self, Batch, Item};
use crate::access::{Action, Actor, permit_known};
use crate::applications::commands::{move_to, reject};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, FieldError, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApplicationBatchId, ApplicationId};
use crate::offers::commands as offers;

/// Moves or rejects applications, each by the command for one. Where all are to be changed or none, those that
/// cannot be are named, all of them; otherwise each is changed as far as it can be.
///
/// # Errors
/// `invalid` for a request that does not say one thing to do, that names an application twice, or that is
/// atomic and cannot be done with each of them.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateApplicationBatch,
) -> Result<ApplicationBatchId> {
    let id: ApplicationBatchId = tx.id();
    let permit = permit_known(actor, Action::BatchApplications, id)?;
    let kind = kind(input)?;
    each_once(&input.application_ids)?;
    lock_all(tx, kind, &input.application_ids)?;
    let (mut items, mut wrong, mut changed) = (Vec::new(), Vec::new(), 0);
    for (position, application_id) in (0_i32..).zip(input.application_ids.iter().copied()) {
        let done = tx.attempt(|tx| change(tx, actor, application_id, input))?;
        let refusal = done.err();
        changed += i64::from(refusal.is_none());
        if let Some(refusal) = &refusal {
            let pointer = format!("/application_ids/{position}");
            wrong.push(FieldError::body(pointer, refusal.code.as_str(), told(refusal)));
        }
        items.push(Item {
            id: tx.id(),
            batch_id: id,
            position,
            application_id,
            code: refusal.as_ref().map(|refusal| refusal.code.as_str().to_owned()),
            detail: refusal.as_ref().map(told),
        });
    }
    if input.atomic && !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let batch =
        Batch { id, kind, atomic: input.atomic, actor_id: actor.reader_id(), created_at: tx.now() };
    store::insert(tx, &permit, &batch, &items)?;
    let event = Event::new(EventKind::ApplicationBatchCreated, id.into());
    let event = event.code("kind", kind.as_str()).number("changed", changed);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Why an application was not changed: the field that does not fit, where one does not.
fn told(refusal: &Error) -> String {
    let field = refusal.fields.first();
    field.map_or_else(|| refusal.detail.to_string(), |field| field.detail.clone())
}

/// The one thing that is to be done.
fn kind(input: &CreateApplicationBatch) -> Result<BatchKind> {
    match (&input.movement, &input.rejection) {
        (Some(_), None) => Ok(BatchKind::Move),
        (None, Some(_)) => Ok(BatchKind::Rejection),
        (None, None) => {
            let detail = "Say what to do: \"move\" or \"rejection\".";
            Err(Error::invalid("/move", "required", detail))
        }
        (Some(_), Some(_)) => {
            let detail = "An application is moved or rejected, not both.";
            Err(Error::invalid("/rejection", "not_both", detail))
        }
    }
}

fn each_once(ids: &[ApplicationId]) -> Result<()> {
    let (mut seen, mut wrong) = (HashSet::new(), Vec::new());
    for (index, id) in ids.iter().enumerate() {
        if !seen.insert(*id) {
            let pointer = format!("/application_ids/{index}");
            wrong.push(FieldError::body(pointer, "duplicate", "It stands in the list already."));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

/// Takes the locks of all of them in the one order that everybody takes them in: openings, then applications,
/// each by id. Whoever changes some of the same waits.
fn lock_all(tx: &mut Tx<'_>, kind: BatchKind, ids: &[ApplicationId]) -> Result<()> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    match kind {
        BatchKind::Move => {}
        BatchKind::Rejection => {
            for id in &ids {
                offers::lock_live(tx, *id)?;
            }
        }
    }
    for id in &ids {
        lock(tx.conn, Root::Application, id.any())?;
    }
    Ok(())
}

fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    input: &CreateApplicationBatch,
) -> Result<()> {
    if let Some(movement) = &input.movement {
        move_to(tx, actor, id, None, movement)?;
    }
    if let Some(rejection) = &input.rejection {
        reject(tx, actor, id, None, rejection)?;
    }
    Ok(())
}
