//! Queries on `levels`.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::levels;
use crate::http::PageRequest;
use crate::ids::LevelId;
use crate::organization::store;

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

store::find!(levels, Level, LevelId);
store::is_usable!(levels, LevelId);
store::save!(levels, Level, "The track has a level of that rank.", [name, track, rank]);

/// Which levels a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of this track.
    pub track: Option<String>,
    /// Only those out of use, or in use.
    pub archived: Option<bool>,
}

/// What some levels are called.
pub fn names(conn: &mut Conn, ids: &[LevelId]) -> QueryResult<HashMap<LevelId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names = levels::table.filter(levels::id.eq_any(ids)).select((levels::id, levels::name));
    Ok(names.load(conn)?.into_iter().collect())
}

/// Track and rank of some levels.
pub fn ranks(conn: &mut Conn, ids: &[LevelId]) -> QueryResult<HashMap<LevelId, (String, i32)>> {
    let rows: Vec<(LevelId, String, i32)> = levels::table
        .filter(levels::id.eq_any(ids.iter().copied()))
        .select((levels::id, levels::track, levels::rank))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, track, rank)| (id, (track, rank))).collect())
}

/// One page: track after track, each from the bottom to the top. A page goes on behind the level
/// that the one before ended with, wherever that stands by now.
pub fn list(conn: &mut Conn, wanted: Wanted, page: &PageRequest) -> QueryResult<Vec<Level>> {
    let mut query = levels::table.into_boxed();
    if let Some(track) = wanted.track {
        query = query.filter(levels::track.eq(track));
    }
    query = match wanted.archived {
        Some(true) => query.filter(levels::archived_at.is_not_null()),
        Some(false) => query.filter(levels::archived_at.is_null()),
        None => query,
    };
    if let Some(last) = page.before {
        let last: Option<Level> =
            levels::table.filter(levels::id.eq(last)).first(conn).optional()?;
        if let Some(Level { id, track, rank, .. }) = last {
            let same_rank = levels::rank.eq(rank).and(levels::id.gt(id));
            let same_track = levels::track.eq(track.clone());
            let behind = same_track.and(levels::rank.gt(rank).or(same_rank));
            query = query.filter(levels::track.gt(track).or(behind));
        }
    }
    query.order((levels::track, levels::rank, levels::id)).limit(page.fetch()).load(conn)
}
