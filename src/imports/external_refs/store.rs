//! Queries on `external_refs`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::external_refs;
use crate::ids::{AnyId, ExternalRefId};

/// A row of `external_refs`: what another system calls a thing here.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = external_refs, treat_none_as_default_value = false)]
pub struct ExternalRef {
    pub id: ExternalRefId,
    pub system: String,
    pub kind: String,
    pub external_id: String,
    pub noun: String,
    pub subject_id: AnyId,
    pub created_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ExternalRefId) -> QueryResult<Option<ExternalRef>> {
    external_refs::table.find(id).first(conn).optional()
}
