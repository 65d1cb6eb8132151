//! Queries on `sources`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::sources;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::SourceId;

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is a source of that name, perhaps an archived one.";

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

/// The source of this name, archived or not.
pub fn find_by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<Source>> {
    sources::table.filter(sources::name.eq(name)).first(conn).optional()
}

/// One page, newest first.
pub fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<Source>> {
    let mut query = sources::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(sources::id.lt(before));
    }
    query.order(sources::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a source.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Source) -> Result<()> {
    diesel::insert_into(sources::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    Ok(())
}

/// Saves a source whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Source) -> Result<()> {
    let now = tx.now();
    let unchanged = sources::table.find(row.id).filter(sources::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            sources::name.eq(&row.name),
            sources::archived_at.eq(row.archived_at),
            sources::version.eq(row.version + 1),
            sources::updated_at.eq(now),
        ))
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, TAKEN)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
