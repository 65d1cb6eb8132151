//! Queries on `service_accounts`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::service_accounts;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{ServiceAccountId, UserId};

/// A row of `service_accounts`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = service_accounts, treat_none_as_default_value = false)]
pub(in crate::api_keys) struct ServiceAccount {
    pub(in crate::api_keys) id: ServiceAccountId,
    pub(in crate::api_keys) name: String,
    pub(in crate::api_keys) description: Option<String>,
    pub(in crate::api_keys) owner_id: UserId,
    pub(in crate::api_keys) deactivated_at: Option<Instant>,
    pub(in crate::api_keys) version: i64,
    pub(in crate::api_keys) created_at: Instant,
    pub(in crate::api_keys) updated_at: Instant,
}

/// One service account.
pub(in crate::api_keys) fn find(
    conn: &mut Conn,
    id: ServiceAccountId,
) -> QueryResult<Option<ServiceAccount>> {
    service_accounts::table.find(id).first(conn).optional()
}

/// The names of these accounts as they are now.
pub(crate) fn account_names(
    conn: &mut Conn,
    ids: &[ServiceAccountId],
) -> QueryResult<Vec<(ServiceAccountId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let named = service_accounts::table.filter(service_accounts::id.eq_any(ids.to_vec()));
    named.select((service_accounts::id, service_accounts::name)).load(conn)
}

/// How many active service accounts somebody owns.
pub(super) fn owned_by(conn: &mut Conn, owner_id: UserId) -> QueryResult<i64> {
    service_accounts::table
        .filter(service_accounts::owner_id.eq(owner_id))
        .filter(service_accounts::deactivated_at.is_null())
        .count()
        .get_result(conn)
}

/// The active service accounts of somebody; nobody owns many.
pub(super) fn active_of(conn: &mut Conn, owner_id: UserId) -> QueryResult<Vec<ServiceAccount>> {
    service_accounts::table
        .filter(service_accounts::owner_id.eq(owner_id))
        .filter(service_accounts::deactivated_at.is_null())
        .order(service_accounts::id)
        .load(conn)
}

/// Their ids.
pub(crate) fn accounts_of(conn: &mut Conn, owner_id: UserId) -> QueryResult<Vec<ServiceAccountId>> {
    Ok(active_of(conn, owner_id)?.into_iter().map(|row| row.id).collect())
}

/// One page, newest first, of those of one owner or of all.
pub(super) fn list(
    conn: &mut Conn,
    owner_id: Option<UserId>,
    page: &PageRequest,
) -> QueryResult<Vec<ServiceAccount>> {
    let mut query = service_accounts::table.into_boxed();
    if let Some(owner_id) = owner_id {
        query = query.filter(service_accounts::owner_id.eq(owner_id));
    }
    if let Some(before) = page.before {
        query = query.filter(service_accounts::id.lt(before));
    }
    query.order(service_accounts::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a service account.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &ServiceAccount) -> Result<()> {
    diesel::insert_into(service_accounts::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a service account whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &ServiceAccount) -> Result<()> {
    let now = tx.now();
    let unchanged =
        service_accounts::table.find(row.id).filter(service_accounts::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            service_accounts::name.eq(&row.name),
            service_accounts::description.eq(&row.description),
            service_accounts::owner_id.eq(row.owner_id),
            service_accounts::deactivated_at.eq(row.deactivated_at),
            service_accounts::version.eq(row.version + 1),
            service_accounts::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
