//! Queries on `sources`.

use diesel::prelude::*;

use super::SourceKind;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::sources;
use crate::ids::SourceId;
use crate::organization::store;

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is a source of that name, perhaps an archived one.";

/// A row of `sources`: where applications come from.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sources, treat_none_as_default_value = false)]
pub struct Source {
    pub id: SourceId,
    pub name: String,
    pub kind: SourceKind,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The source of this name, archived or not.
pub fn find_by_name(conn: &mut Conn, name: &str) -> QueryResult<Option<Source>> {
    sources::table.filter(sources::name.eq(name)).first(conn).optional()
}

/// The oldest source in use by which candidates apply by themselves, such as the organization's own page of jobs.
pub fn first_applied(conn: &mut Conn) -> QueryResult<Option<SourceId>> {
    sources::table
        .filter(sources::kind.eq(SourceKind::Applied))
        .filter(sources::archived_at.is_null())
        .order(sources::id)
        .select(sources::id)
        .first(conn)
        .optional()
}

store::find!(sources, Source, SourceId);
store::list!(sources, Source);
store::save!(sources, Source, TAKEN, [name, kind]);
