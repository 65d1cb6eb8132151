//! Ending an application, which calls off the interviews that it still has before it, and taking our own
//! no back, which does not bring them back.

use super::{already_applied, event, open};
use crate::access::{Actor, Permit};
use crate::applications::api::closing::{
    RejectApplication, ReopenApplication, WithdrawApplication,
};
use crate::applications::model::Command;
use crate::applications::store::{self, Application, Hire, Rejection, Reopening, Withdrawal};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{
    ApplicationId, HireId, OfferId, OpeningId, RejectionId, RejectionReasonId, ReopeningId,
    WithdrawalId,
};
use crate::interviews::commands as interviews;
use crate::messages;
use crate::offers::commands as offers;
use crate::organization::rejection_reasons;

/// Says no to an active application, for a reason.
pub(in crate::applications) fn reject(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
    input: &RejectApplication,
) -> Result<ApplicationId> {
    offers::lock_live(tx, id)?;
    let (mut row, permit) = open(tx, actor, id, expected)?;
    row.status = row.status.apply(Command::Reject)?;
    require_reason(tx, "/reason_id", input.reason_id)?;
    let note = input.note.as_ref().map(crate::http::fields::Prose::to_text);
    say_no(tx, &permit, &row, input.reason_id, note)?;
    if let Some(message) = &input.message {
        messages::write_with_rejection(tx, actor, &row, message)?;
    }
    Ok(id)
}

/// Says no to an active application, as a light decision that was permitted says; its reason in words stays
/// with that decision. The caller holds the locks that [`reject`] takes.
pub fn decline(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: ApplicationId,
    reason_id: RejectionReasonId,
) -> Result<()> {
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    row.status = row.status.apply(Command::Reject)?;
    say_no(tx, &permit.extend_to(id), &row, reason_id, None)
}

/// A reason for which somebody can be rejected now.
///
/// # Errors
/// `invalid` at the pointer.
pub fn require_reason(tx: &mut Tx<'_>, pointer: &'static str, id: RejectionReasonId) -> Result<()> {
    let reason = rejection_reasons::store::find(tx.conn, id)?;
    if reason.is_none_or(|reason| reason.archived_at.is_some()) {
        return Err(Error::unknown_reference(pointer));
    }
    Ok(())
}

/// The rejection itself, once it is permitted and checked.
fn say_no(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Application,
    reason_id: RejectionReasonId,
    note: Option<String>,
) -> Result<()> {
    let rejection_id: RejectionId = tx.id();
    let rejection = Rejection {
        id: rejection_id,
        application_id: row.id,
        rejection_reason_id: reason_id,
        note,
        actor_id: permit.person(),
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
        ended_at: None,
    };
    store::save(tx, permit, row)?;
    store::insert_rejection(tx, permit, &rejection)?;
    let event = event(EventKind::ApplicationRejected, row).id("rejection_id", rejection_id);
    record(tx, permit, &event)?;
    interviews::call_off(tx, permit, row.id)?;
    offers::rescind_for(tx, permit, row.id)
}

/// Keeps the candidate's no.
pub(in crate::applications) fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
    input: &WithdrawApplication,
) -> Result<ApplicationId> {
    offers::lock_live(tx, id)?;
    let (mut row, permit) = open(tx, actor, id, expected)?;
    row.status = row.status.apply(Command::Withdraw)?;
    let withdrawal_id: WithdrawalId = tx.id();
    let withdrawal = Withdrawal {
        id: withdrawal_id,
        application_id: id,
        note: input.note.as_ref().map(crate::http::fields::Prose::to_text),
        actor_id: permit.person(),
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
        ended_at: None,
    };
    store::save(tx, &permit, &row)?;
    store::insert_withdrawal(tx, &permit, &withdrawal)?;
    let event = event(EventKind::ApplicationWithdrawn, &row).id("withdrawal_id", withdrawal_id);
    record(tx, &permit, &event)?;
    interviews::call_off(tx, &permit, id)?;
    offers::rescind_for(tx, &permit, id)?;
    Ok(id)
}

/// Takes our no back: the application goes on in the stage where it ended.
///
/// # Errors
/// `already_applied` when the candidate applied again in the meantime.
pub(in crate::applications) fn reopen(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    expected: Option<i64>,
    input: &ReopenApplication,
) -> Result<ApplicationId> {
    // The job's lock comes before the application's, and the job of an application never changes.
    let job_id = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.job_id;
    lock(tx.conn, Root::Job, job_id.any())?;
    let (mut row, permit) = open(tx, actor, id, expected)?;
    row.status = row.status.apply(Command::Reopen)?;
    if store::has_active(tx.conn, row.candidate_id, job_id)? {
        return Err(already_applied());
    }
    let reopening_id: ReopeningId = tx.id();
    let reopening = Reopening {
        id: reopening_id,
        application_id: id,
        reason: input.reason.to_text(),
        actor_id: permit.person(),
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
    };
    store::save(tx, &permit, &row)?;
    store::end_rejection(tx, &permit, id)?;
    store::insert_reopening(tx, &permit, &reopening)?;
    let event = event(EventKind::ApplicationReopened, &row).id("reopening_id", reopening_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Hires through an accepted offer: a consequence of the offer's acceptance, with its permit. A
/// caller that locks the offer has locked the application before it.
///
/// # Errors
/// `illegal_transition` when the application is not active.
pub fn hire(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: ApplicationId,
    offer_id: OfferId,
    opening_id: Option<OpeningId>,
) -> Result<HireId> {
    lock(tx.conn, Root::Application, id.any())?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    row.status = row.status.apply(Command::Hire)?;
    let permit = permit.extend_to(id);
    let hire = Hire {
        id: tx.id(),
        application_id: id,
        offer_id: Some(offer_id),
        opening_id,
        actor_id: permit.person(),
        occurred_at: tx.occurred_at(),
        recorded_at: tx.now(),
        ended_at: None,
    };
    store::save(tx, &permit, &row)?;
    store::insert_hire(tx, &permit, &hire)?;
    let mut event = event(EventKind::ApplicationHired, &row).id("hire_id", hire.id);
    event = event.id("offer_id", offer_id);
    if let Some(opening_id) = opening_id {
        event = event.id("opening_id", opening_id);
    }
    record(tx, &permit, &event)?;
    interviews::call_off(tx, &permit, id)?;
    Ok(hire.id)
}
