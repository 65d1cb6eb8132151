//! Queries on `retention_policies`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::retention_policies;
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{AnyId, RetentionPolicyId};
use crate::retention::RetentionMode;

/// A row of `retention_policies`: how long candidates are kept, from then on.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_policies, treat_none_as_default_value = false)]
pub struct PolicyVersion {
    pub id: RetentionPolicyId,
    pub number: i64,
    pub mode: RetentionMode,
    pub rules: Document,
    pub created_by: AnyId,
    pub created_at: Instant,
}

/// The newest version; none while nobody stated one.
pub fn newest(conn: &mut Conn) -> QueryResult<Option<PolicyVersion>> {
    retention_policies::table.order(retention_policies::number.desc()).first(conn).optional()
}

/// Inserts a version.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &PolicyVersion) -> Result<()> {
    diesel::insert_into(retention_policies::table).values(row).execute(tx.conn)?;
    Ok(())
}
