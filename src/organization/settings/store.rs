//! Queries on `organization`, `settings_versions`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{organization, settings_versions};
use crate::db::types::Document;
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
    pub created_by: Option<UserId>,
    pub created_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: OrganizationId) -> QueryResult<Option<Organization>> {
    organization::table.find(id).first(conn).optional()
}

/// The policy that holds now.
pub fn newest_id(conn: &mut Conn) -> QueryResult<Option<SettingsVersionId>> {
    settings_versions::table
        .select(settings_versions::id)
        .order(settings_versions::number.desc())
        .first(conn)
        .optional()
}
