//! Making, rotating and revoking keys.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::api::{CreateApiKey, RotateApiKey};
use super::model::{KEYS_MAX, expiry};
use super::secret::Secret;
use super::service_accounts::commands::scope;
use super::service_accounts::store::{self as accounts, ServiceAccount};
use super::store::{self, ApiKey, Placed};
use crate::access::{Action, Actor, KeyScope, Permit, permit, visible_jobs};
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Illegal, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApiKeyId, JobId, ServiceAccountId};

/// Makes a key for a service account of the actor's own.
///
/// # Errors
/// `invalid` for an expiry out of range or a job that the actor cannot see; `not_ready` when the
/// account has too many keys.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    account_id: ServiceAccountId,
    input: &CreateApiKey,
    secret: &Secret,
) -> Result<ApiKeyId> {
    dialect::lock(tx.conn, Root::ServiceAccount, account_id.any())?;
    let account = accounts::find(tx.conn, account_id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx.conn, actor, Action::IssueApiKey, &scope(actor, &account))?;
    let (id, now) = (tx.id(), tx.now());
    let permit = permit.extend_to(id);
    let expires_at = expiry(now, input.expires_at)?;
    check_jobs(tx, actor, input.job_ids.as_deref())?;
    if store::living(tx.conn, account_id, now)? >= KEYS_MAX {
        let detail = format!("An account has at most {KEYS_MAX} keys; revoke one first.");
        return Err(Error::new(Code::NotReady, detail));
    }
    let scopes: BTreeSet<KeyScope> = input.scopes.iter().copied().collect();
    let row = ApiKey {
        id,
        service_account_id: account_id,
        name: input.name.to_text(),
        issued_by: actor.user_id,
        hint: secret.hint(),
        scopes: Document::of(&scopes)?,
        allowed_addresses: Document::of(&input.allowed_addresses)?,
        job_ids: input.job_ids.as_ref().map(Document::of).transpose()?,
        expires_at,
        revoked_at: None,
        last_used_at: None,
        last_used_address: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    store::insert_secret(tx, &permit, &row, &secret.hash())?;
    let codes: Vec<&'static str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let event = Event::new(EventKind::ApiKeyCreated, id.into());
    record(tx, &permit, &event.id("service_account_id", account_id).codes("scopes", &codes))?;
    Ok(id)
}

/// Gives a key another secret, and a life as if it were new. The former secrets end with the grace.
///
/// # Errors
/// `illegal_transition` for a key that was revoked; `invalid` for an expiry out of range.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApiKeyId,
    expected: Option<i64>,
    input: &RotateApiKey,
    secret: &Secret,
) -> Result<ApiKeyId> {
    let (mut row, permit) = find(tx, actor, id, expected, Action::IssueApiKey)?;
    if row.revoked_at.is_some() {
        return Err(Illegal.into());
    }
    let now = tx.now();
    row.expires_at = expiry(now, input.expires_at)?;
    row.issued_by = actor.user_id;
    row.hint = secret.hint();
    let until = now + TimeDelta::hours(i64::from(input.grace_hours.unwrap_or_default()));
    store::shorten_secrets(tx, &permit, id, until)?;
    store::insert_secret(tx, &permit, &row, &secret.hash())?;
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::ApiKeyRotated, id.into()))?;
    Ok(id)
}

/// Ends a key with all its secrets.
///
/// # Errors
/// `illegal_transition` when it was revoked before.
pub(super) fn revoke(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApiKeyId,
    expected: Option<i64>,
) -> Result<ApiKeyId> {
    let (mut row, permit) = find(tx, actor, id, expected, Action::ManageServiceAccount)?;
    if row.revoked_at.replace(tx.now()).is_some() {
        return Err(Illegal.into());
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::ApiKeyRevoked, id.into()))?;
    Ok(id)
}

/// A key that the actor may read.
///
/// # Errors
/// `not_found`.
pub(super) fn find_readable(conn: &mut Conn, actor: &Actor, id: ApiKeyId) -> Result<Placed> {
    let placed = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    readable_account(conn, actor, placed.key.service_account_id)?;
    Ok(placed)
}

/// A service account that the actor may read.
///
/// # Errors
/// `not_found`.
pub(super) fn readable_account(
    conn: &mut Conn,
    actor: &Actor,
    id: ServiceAccountId,
) -> Result<ServiceAccount> {
    let account = accounts::find(conn, id)?.ok_or_else(Error::not_found)?;
    permit(conn, actor, Action::ReadServiceAccount, &scope(actor, &account))?;
    Ok(account)
}

/// A key on which the actor may do this, of the version that they read.
fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApiKeyId,
    expected: Option<i64>,
    action: Action,
) -> Result<(ApiKey, Permit)> {
    let account_id = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?.key.service_account_id;
    dialect::lock(tx.conn, Root::ServiceAccount, account_id.any())?;
    let account = accounts::find(tx.conn, account_id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx.conn, actor, action, &scope(actor, &account))?;
    // Read again under the lock: a rotation and a revocation do not pass each other unseen.
    let Placed { key, .. } = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, key.version)?;
    Ok((key, permit.extend_to(id)))
}

/// Whoever narrows a key to jobs sees them.
fn check_jobs(tx: &mut Tx<'_>, actor: &Actor, ids: Option<&[JobId]>) -> Result<()> {
    let Some(ids) = ids else { return Ok(()) };
    let found = store::jobs_among(tx.conn, ids, visible_jobs(actor))?;
    match ids.iter().position(|id| !found.contains(id)) {
        Some(place) => Err(Error::unknown_reference(format!("/job_ids/{place}"))),
        None => Ok(()),
    }
}
