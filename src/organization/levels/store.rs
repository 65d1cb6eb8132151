//! Queries on `levels`.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::levels;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
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

/// Whether there is such a level, and it is not archived.
pub fn is_usable(conn: &mut Conn, id: LevelId) -> QueryResult<bool> {
    let usable = levels::table.find(id).filter(levels::archived_at.is_null());
    diesel::select(exists(usable)).get_result(conn)
}

/// One page, newest first.
pub fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<Level>> {
    let mut query = levels::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(levels::id.lt(before));
    }
    query.order(levels::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a level.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Level) -> Result<()> {
    diesel::insert_into(levels::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a level whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Level) -> Result<()> {
    let now = tx.now();
    let unchanged = levels::table.find(row.id).filter(levels::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            levels::name.eq(&row.name),
            levels::track.eq(&row.track),
            levels::rank.eq(row.rank),
            levels::archived_at.eq(row.archived_at),
            levels::version.eq(row.version + 1),
            levels::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
