//! Queries on `levels`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::levels;
use crate::ids::LevelId;

/// A row of `levels`: a rung of a track.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = levels, treat_none_as_default_value = false)]
pub struct Level {
    pub id: LevelId,
    pub name: String,
    pub track: String,
    pub rank: i32,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: LevelId) -> QueryResult<Option<Level>> {
    levels::table.find(id).first(conn).optional()
}
