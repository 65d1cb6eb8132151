//! Queries on `pools` and `pool_members`.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::pools;
use crate::ids::PoolId;

/// Those of these pools that are in use.
pub fn usable_among(conn: &mut Conn, ids: &[PoolId]) -> QueryResult<HashSet<PoolId>> {
    let usable = pools::table.filter(pools::id.eq_any(ids)).filter(pools::archived_at.is_null());
    let found: Vec<PoolId> = usable.select(pools::id).load(conn)?;
    Ok(found.into_iter().collect())
}
