//! Queries on `pools`.

use std::collections::HashSet;

use diesel::prelude::*;

use super::members::Needs;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::pools;
use crate::ids::PoolId;
use crate::organization::store;

/// The name is taken, also by an archived one.
const TAKEN: &str = "There is a pool of that name, perhaps an archived one.";

/// A row of `pools`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pools, treat_none_as_default_value = false)]
pub struct Pool {
    pub id: PoolId,
    pub name: String,
    pub shadows_needed: i32,
    pub reverse_shadows_needed: i32,
    pub promotes_automatically: bool,
    pub interviews_per_day: Option<i32>,
    pub interviews_per_week: Option<i32>,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Pool {
    /// How much practice each step of the training takes.
    pub fn needs(&self) -> Needs {
        Needs { shadows: self.shadows_needed, reverse_shadows: self.reverse_shadows_needed }
    }
}

store::find!(pools, Pool, PoolId);
store::list!(pools, Pool);
store::save!(
    pools,
    Pool,
    TAKEN,
    [
        name,
        shadows_needed,
        reverse_shadows_needed,
        promotes_automatically,
        interviews_per_day,
        interviews_per_week
    ]
);

/// Those of these pools that are in use.
pub fn usable_among(conn: &mut Conn, ids: &[PoolId]) -> QueryResult<HashSet<PoolId>> {
    let usable = pools::table.filter(pools::id.eq_any(ids)).filter(pools::archived_at.is_null());
    let found: Vec<PoolId> = usable.select(pools::id).load(conn)?;
    Ok(found.into_iter().collect())
}
