//! Queries on `tags`.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::tags;
use crate::ids::TagId;
use crate::organization::store;

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is a tag of that name, perhaps an archived one; merge them instead.";

/// A row of `tags`: a word that recruiting puts on candidates.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tags, treat_none_as_default_value = false)]
pub struct Tag {
    pub id: TagId,
    pub name: String,
    pub name_folded: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

store::find!(tags, Tag, TagId);
/// Those of these tags that are not archived.
pub fn usable_among(conn: &mut Conn, ids: &[TagId]) -> QueryResult<HashSet<TagId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let usable = tags::table
        .filter(tags::id.eq_any(ids.iter().copied()))
        .filter(tags::archived_at.is_null())
        .select(tags::id);
    Ok(usable.load::<TagId>(conn)?.into_iter().collect())
}

store::list!(tags, Tag);
store::save!(tags, Tag, TAKEN, [name, name_folded]);
