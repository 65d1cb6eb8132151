//! Queries on `api_keys` and `api_key_secrets`.

use diesel::prelude::*;

use super::uses::Use;
use crate::access::{Condition, Permit};
use crate::clock::Instant;
use crate::db::schema::{api_key_secrets, api_keys, jobs, service_accounts, users};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{ApiKeyId, JobId, RowId, ServiceAccountId, UserId};
use crate::users::UserState;

/// A row of `api_keys`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub(super) struct ApiKey {
    pub(super) id: ApiKeyId,
    pub(super) service_account_id: ServiceAccountId,
    pub(super) name: String,
    pub(super) issued_by: UserId,
    pub(super) hint: String,
    pub(super) scopes: Document,
    pub(super) allowed_addresses: Document,
    pub(super) job_ids: Option<Document>,
    pub(super) expires_at: Instant,
    pub(super) revoked_at: Option<Instant>,
    pub(super) last_used_at: Option<Instant>,
    pub(super) last_used_address: Option<String>,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
}

/// A key with what else decides whether it works.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Placed {
    pub(super) key: ApiKey,
    pub(super) owner_id: UserId,
    pub(super) account_deactivated_at: Option<Instant>,
    pub(super) owner_state: UserState,
}

/// One key.
pub(super) fn find(conn: &mut Conn, id: ApiKeyId) -> QueryResult<Option<Placed>> {
    api_keys::table
        .inner_join(
            service_accounts::table.on(service_accounts::id.eq(api_keys::service_account_id)),
        )
        .inner_join(users::table.on(users::id.eq(service_accounts::owner_id)))
        .filter(api_keys::id.eq(id))
        .select((
            api_keys::all_columns,
            service_accounts::owner_id,
            service_accounts::deactivated_at,
            users::state,
        ))
        .first(conn)
        .optional()
}

/// One page of the keys of an account, newest first.
pub(super) fn list(
    conn: &mut Conn,
    account: ServiceAccountId,
    page: &PageRequest,
) -> QueryResult<Vec<Placed>> {
    let mut query = api_keys::table
        .inner_join(
            service_accounts::table.on(service_accounts::id.eq(api_keys::service_account_id)),
        )
        .inner_join(users::table.on(users::id.eq(service_accounts::owner_id)))
        .filter(api_keys::service_account_id.eq(account))
        .select((
            api_keys::all_columns,
            service_accounts::owner_id,
            service_accounts::deactivated_at,
            users::state,
        ))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(api_keys::id.lt(before));
    }
    query.order(api_keys::id.desc()).limit(page.fetch()).load(conn)
}

/// How many keys of an account are neither revoked nor over.
pub(super) fn living(conn: &mut Conn, account: ServiceAccountId, now: Instant) -> QueryResult<i64> {
    api_keys::table
        .filter(api_keys::service_account_id.eq(account))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now))
        .count()
        .get_result(conn)
}

/// Those of these jobs that there are and that the condition lets through.
pub(super) fn jobs_among(
    conn: &mut Conn,
    ids: &[JobId],
    visible: Condition<jobs::table>,
) -> QueryResult<Vec<JobId>> {
    let among = jobs::table.filter(jobs::id.eq_any(ids.to_vec())).filter(visible);
    among.select(jobs::id).load(conn)
}

/// What a key and its account are called.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Named {
    pub(crate) key_name: String,
    pub(crate) account_name: String,
    pub(crate) expires_at: Instant,
}

/// What a key and its account are called.
pub(crate) fn named(conn: &mut Conn, id: ApiKeyId) -> QueryResult<Named> {
    api_keys::table
        .inner_join(
            service_accounts::table.on(service_accounts::id.eq(api_keys::service_account_id)),
        )
        .filter(api_keys::id.eq(id))
        .select((api_keys::name, service_accounts::name, api_keys::expires_at))
        .first(conn)
}

/// Inserts a key.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &ApiKey) -> Result<()> {
    diesel::insert_into(api_keys::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Inserts a secret of a key.
pub(super) fn insert_secret(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    key: &ApiKey,
    secret_hash: &[u8],
) -> Result<()> {
    let (id, now): (RowId, _) = (tx.id(), tx.now());
    diesel::insert_into(api_key_secrets::table)
        .values((
            api_key_secrets::id.eq(id),
            api_key_secrets::api_key_id.eq(key.id),
            api_key_secrets::secret_hash.eq(secret_hash),
            api_key_secrets::expires_at.eq(key.expires_at),
            api_key_secrets::created_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Ends the secrets of a key that would live longer than this.
pub(super) fn shorten_secrets(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    key: ApiKeyId,
    until: Instant,
) -> Result<()> {
    let longer = api_key_secrets::table
        .filter(api_key_secrets::api_key_id.eq(key))
        .filter(api_key_secrets::expires_at.gt(until));
    diesel::update(longer).set(api_key_secrets::expires_at.eq(until)).execute(tx.conn)?;
    Ok(())
}

/// Saves a key whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &ApiKey) -> Result<()> {
    let now = tx.now();
    let unchanged = api_keys::table.find(row.id).filter(api_keys::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            api_keys::issued_by.eq(row.issued_by),
            api_keys::hint.eq(&row.hint),
            api_keys::expires_at.eq(row.expires_at),
            api_keys::revoked_at.eq(row.revoked_at),
            api_keys::version.eq(row.version + 1),
            api_keys::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Writes when and from where a key was used, unless something newer stands there. It changes no
/// version: whoever rotates a key need not care that it is in use.
pub(super) fn note_use(tx: &mut Tx<'_>, _permit: &Permit, key: ApiKeyId, used: &Use) -> Result<()> {
    // A request without a peer, as over a socket of the file system, comes from no address.
    let address = Some(used.address).filter(|address| !address.is_unspecified());
    let older = api_keys::table.find(key).filter(
        api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(used.at).assume_not_null()),
    );
    diesel::update(older)
        .set((
            api_keys::last_used_at.eq(used.at),
            api_keys::last_used_address.eq(address.map(|address| address.to_string())),
        ))
        .execute(tx.conn)?;
    Ok(())
}
