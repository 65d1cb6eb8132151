//! Making, changing, handing over and deactivating service accounts.

use super::api::{CreateServiceAccount, UpdateServiceAccount};
use super::store::{self, ServiceAccount};
use crate::access::{Action, Actor, Permit, Relation, Scope, permit, permit_known};
use crate::api_keys::model::ACCOUNTS_MAX;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Illegal, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Prose;
use crate::ids::{ServiceAccountId, UserId};
use crate::users;
use crate::users::leaving::{HandOver, ObligationKind};

/// What the policy needs to know of a service account.
pub(in crate::api_keys) fn scope(actor: &Actor, row: &ServiceAccount) -> Scope {
    let owner = row.owner_id == actor.user_id;
    Scope::of(row.id).related(owner.then_some(Relation::AccountOwner))
}

/// Makes a service account, for oneself or, by whoever manages all, for somebody else.
///
/// # Errors
/// `forbidden`; `invalid` for an owner who cannot act; `not_ready` when they own too many.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateServiceAccount,
) -> Result<ServiceAccountId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::CreateServiceAccount, id)?;
    let owner_id = input.owner_id.unwrap_or(actor.user_id);
    if owner_id != actor.user_id {
        permit_known(actor, Action::ManageServiceAccount, id)?;
    }
    check_owner(tx, owner_id)?;
    let row = ServiceAccount {
        id,
        name: input.name.to_text(),
        description: input.description.as_ref().map(Prose::to_text),
        owner_id,
        deactivated_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    let event = Event::new(EventKind::ServiceAccountCreated, id.into()).id("owner_id", owner_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Changes a service account's name and description.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ServiceAccountId,
    expected: Option<i64>,
    input: &UpdateServiceAccount,
) -> Result<ServiceAccountId> {
    let (mut row, permit) = find(tx, actor, id, expected)?;
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(description) = &input.description {
        row.description = description.as_ref().map(Prose::to_text);
        changed.push("description");
    }
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::ServiceAccountUpdated, id.into()).changed(&changed);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Gives a service account to somebody else. Its keys wait until the new owner rotates them.
///
/// # Errors
/// `invalid` for an owner who cannot act; `not_ready` when they own too many.
pub(super) fn hand_over(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ServiceAccountId,
    expected: Option<i64>,
    owner_id: UserId,
) -> Result<ServiceAccountId> {
    let (mut row, permit) = find(tx, actor, id, expected)?;
    if row.owner_id == owner_id {
        return Err(Error::new(Code::AlreadyExists, "They own it already."));
    }
    check_owner(tx, owner_id)?;
    let former = std::mem::replace(&mut row.owner_id, owner_id);
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::ServiceAccountHandedOver, id.into());
    record(tx, &permit, &event.id("owner_id", owner_id).id("former_owner_id", former))?;
    Ok(id)
}

/// Shuts a service account out, at once and with all its keys.
///
/// # Errors
/// `illegal_transition` when it is shut out already.
pub(super) fn deactivate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ServiceAccountId,
    expected: Option<i64>,
) -> Result<ServiceAccountId> {
    let (mut row, permit) = find(tx, actor, id, expected)?;
    if row.deactivated_at.replace(tx.now()).is_some() {
        return Err(Illegal.into());
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::ServiceAccountDeactivated, id.into()))?;
    Ok(id)
}

/// Lets a service account in again, with the keys that were not revoked meanwhile.
///
/// # Errors
/// `illegal_transition` when it is not shut out; `not_ready` when its owner owns too many.
pub(super) fn reactivate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ServiceAccountId,
    expected: Option<i64>,
) -> Result<ServiceAccountId> {
    let (mut row, permit) = find(tx, actor, id, expected)?;
    row.deactivated_at.take().ok_or(Illegal)?;
    check_number(tx, row.owner_id)?;
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::ServiceAccountReactivated, id.into()))?;
    Ok(id)
}

/// A service account that the actor manages, of the version that they read.
fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ServiceAccountId,
    expected: Option<i64>,
) -> Result<(ServiceAccount, Permit)> {
    dialect::lock(tx.conn, Root::ServiceAccount, id.any())?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx.conn, actor, Action::ManageServiceAccount, &scope(actor, &row))?;
    check_version(expected, row.version)?;
    Ok((row, permit))
}

/// The owner can act, and does not own too many.
fn check_owner(tx: &mut Tx<'_>, owner_id: UserId) -> Result<()> {
    users::store::hold_active(tx.conn, owner_id)?
        .ok_or_else(|| Error::unknown_reference("/owner_id"))?;
    check_number(tx, owner_id)
}

fn check_number(tx: &mut Tx<'_>, owner_id: UserId) -> Result<()> {
    if store::owned_by(tx.conn, owner_id)? >= ACCOUNTS_MAX {
        let detail = format!("One person owns at most {ACCOUNTS_MAX} active service accounts.");
        return Err(Error::new(Code::NotReady, detail));
    }
    Ok(())
}

/// Gives the service accounts of somebody who leaves to a successor, whose own they become as by
/// [`hand_over`]; what nobody takes, or would be too many, is shut out.
pub(in crate::api_keys) fn leave(
    tx: &mut Tx<'_>,
    permit: &Permit,
    hand: &mut HandOver,
) -> Result<()> {
    let successor = hand.to(ObligationKind::ServiceAccount);
    for mut row in store::active_of(tx.conn, hand.leaver)? {
        let permit = permit.extend_to(row.id);
        let able = match successor {
            Some(owner) => (store::owned_by(tx.conn, owner)? < ACCOUNTS_MAX).then_some(owner),
            None => None,
        };
        let event = if let Some(owner_id) = able {
            row.owner_id = owner_id;
            hand.took(owner_id, 1);
            let event = Event::new(EventKind::ServiceAccountHandedOver, row.id.into());
            event.id("owner_id", owner_id).id("former_owner_id", hand.leaver)
        } else {
            row.deactivated_at = Some(tx.now());
            Event::new(EventKind::ServiceAccountDeactivated, row.id.into())
        };
        store::save(tx, &permit, &row)?;
        record(tx, &permit, &event)?;
    }
    Ok(())
}
