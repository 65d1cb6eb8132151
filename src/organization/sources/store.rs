//! Queries on `sources`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::sources;
use crate::ids::SourceId;

/// A row of `sources`: where applications come from.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sources, treat_none_as_default_value = false)]
pub struct Source {
    pub id: SourceId,
    pub name: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: SourceId) -> QueryResult<Option<Source>> {
    sources::table.find(id).first(conn).optional()
}
