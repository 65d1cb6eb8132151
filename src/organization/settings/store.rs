//! Queries on `organization`, `settings_versions`.

use diesel::prelude::*;

use super::Policy;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::dialect::{self, Root};
use crate::db::schema::{organization, settings_versions};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{OrganizationId, SettingsVersionId, UserId};

/// A row of `organization`: the one organization that this deployment serves.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = organization, treat_none_as_default_value = false)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub locale: String,
    pub time_zone: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `settings_versions`: policy as it was; debriefs and approval runs pin the number they started under.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = settings_versions, treat_none_as_default_value = false)]
pub struct SettingsVersion {
    pub id: SettingsVersionId,
    pub number: i64,
    pub settings: Document,
    pub people_metrics_reason: Option<String>,
    pub created_by: Option<UserId>,
    pub created_at: Instant,
}

/// The organization; none before it is set up.
pub fn organization(conn: &mut Conn) -> QueryResult<Option<Organization>> {
    organization::table.order(organization::id).first(conn).optional()
}

/// The day that it is in the organization's time zone at an instant.
///
/// # Errors
/// `internal` when the stored zone is none.
pub fn today(conn: &mut Conn, now: Instant) -> Result<chrono::NaiveDate> {
    let Some(row) = organization(conn)? else { return Ok(now.date_naive()) };
    let zone: chrono_tz::Tz = row.time_zone.parse().map_err(Error::internal)?;
    Ok(now.utc().with_timezone(&zone).date_naive())
}

/// Locks the organization until the end of the transaction, for rules over several rows of its
/// configuration. Before it is set up there is nobody to meet.
pub fn hold(tx: &mut Tx<'_>) -> Result<()> {
    match organization(tx.conn)? {
        Some(row) => dialect::lock(tx.conn, Root::Organization, row.id.any()),
        None => Ok(()),
    }
}

/// Inserts the organization.
pub fn insert_organization(tx: &mut Tx<'_>, _permit: &Permit, row: &Organization) -> Result<()> {
    diesel::insert_into(organization::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves the organization if its version is still the one that was read.
pub fn save_organization(tx: &mut Tx<'_>, _permit: &Permit, row: &Organization) -> Result<()> {
    let now = tx.now();
    let unchanged = organization::table.find(row.id).filter(organization::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            organization::name.eq(&row.name),
            organization::locale.eq(&row.locale),
            organization::time_zone.eq(&row.time_zone),
            organization::version.eq(row.version + 1),
            organization::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// The newest version of the policy; none before the organization is set up.
pub fn newest(conn: &mut Conn) -> QueryResult<Option<SettingsVersion>> {
    settings_versions::table.order(settings_versions::number.desc()).first(conn).optional()
}

/// One page of versions, newest first.
pub fn versions(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<SettingsVersion>> {
    let mut query = settings_versions::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(settings_versions::id.lt(before));
    }
    query.order(settings_versions::id.desc()).limit(page.fetch()).load(conn)
}

/// The policy as it is now, and the version that states it.
///
/// # Errors
/// `not_ready` before the organization is set up.
pub fn current(conn: &mut Conn) -> Result<(SettingsVersionId, Policy)> {
    let unset = || Error::new(Code::NotReady, "The organization is not set up yet.");
    let row = newest(conn)?.ok_or_else(unset)?;
    Ok((row.id, row.settings.read()?))
}

/// The policy as one version stated it.
///
/// # Errors
/// `not_found` when there is no such version.
pub fn policy_of(conn: &mut Conn, id: SettingsVersionId) -> Result<Policy> {
    let settings: Document =
        settings_versions::table.find(id).select(settings_versions::settings).first(conn)?;
    settings.read()
}

/// Inserts a version of the policy.
///
/// # Errors
/// `stale` when somebody else took the number.
pub fn insert_version(tx: &mut Tx<'_>, _permit: &Permit, row: &SettingsVersion) -> Result<()> {
    diesel::insert_into(settings_versions::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::Stale, "It changed since you read it; read it again.")?;
    Ok(())
}
