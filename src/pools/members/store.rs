//! Queries on `pool_members`.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Qualification;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{panel_slots, pool_members, pools};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{KitId, PoolId, PoolMemberId, UserId};
use crate::pools::store::Pool;

/// A row of `pool_members`: somebody in a pool.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pool_members, treat_none_as_default_value = false)]
pub struct PoolMember {
    pub id: PoolMemberId,
    pub pool_id: PoolId,
    pub user_id: UserId,
    pub qualification: Qualification,
    pub qualification_since: Instant,
    pub paused_until_on: Option<NaiveDate>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Which members a list shows.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// Everybody in a pool.
    All(PoolId),
    /// One person in a pool.
    One(PoolId, UserId),
    /// One person in every pool.
    Of(UserId),
}

/// One row by its id, with its pool.
pub fn find(conn: &mut Conn, id: PoolMemberId) -> QueryResult<Option<(PoolMember, Pool)>> {
    pool_members::table
        .inner_join(pools::table.on(pools::id.eq(pool_members::pool_id)))
        .filter(pool_members::id.eq(id))
        .first(conn)
        .optional()
}

/// One page with the pools, newest first; those who are this alone, if it is asked for.
pub fn list(
    conn: &mut Conn,
    wanted: Wanted,
    qualification: Option<Qualification>,
    page: &PageRequest,
) -> QueryResult<Vec<(PoolMember, Pool)>> {
    let mut query = pool_members::table
        .inner_join(pools::table.on(pools::id.eq(pool_members::pool_id)))
        .into_boxed();
    query = match wanted {
        Wanted::All(pool) => query.filter(pool_members::pool_id.eq(pool)),
        Wanted::One(pool, user) => {
            query.filter(pool_members::pool_id.eq(pool)).filter(pool_members::user_id.eq(user))
        }
        Wanted::Of(user) => query.filter(pool_members::user_id.eq(user)),
    };
    if let Some(qualification) = qualification {
        query = query.filter(pool_members::qualification.eq(qualification));
    }
    if let Some(before) = page.before {
        query = query.filter(pool_members::id.lt(before));
    }
    query.order(pool_members::id.desc()).limit(page.fetch()).load(conn)
}

/// What some people are in every pool that is in use.
pub fn of_people(conn: &mut Conn, people: &[UserId]) -> QueryResult<Vec<(PoolMember, Pool)>> {
    pool_members::table
        .inner_join(pools::table.on(pools::id.eq(pool_members::pool_id)))
        .filter(pool_members::user_id.eq_any(people))
        .filter(pools::archived_at.is_null())
        .load(conn)
}

/// Who is in some pools.
pub fn people_in(conn: &mut Conn, pools: &[PoolId]) -> QueryResult<Vec<UserId>> {
    pool_members::table
        .filter(pool_members::pool_id.eq_any(pools))
        .select(pool_members::user_id)
        .distinct()
        .load(conn)
}

/// Those of some people who practise in a pool that promotes automatically and has a seat in a kit,
/// by id.
pub(super) fn learning(
    conn: &mut Conn,
    kit: KitId,
    people: &[UserId],
) -> QueryResult<Vec<PoolMemberId>> {
    let seats = panel_slots::table
        .filter(panel_slots::kit_id.eq(kit))
        .filter(panel_slots::pool_id.is_not_null())
        .select(panel_slots::pool_id.assume_not_null());
    let steps = [Qualification::Shadowing, Qualification::ReverseShadowing];
    pool_members::table
        .inner_join(pools::table.on(pools::id.eq(pool_members::pool_id)))
        .filter(pool_members::user_id.eq_any(people))
        .filter(pool_members::qualification.eq_any(steps))
        .filter(pools::promotes_automatically.eq(true))
        .filter(pools::archived_at.is_null())
        .filter(pools::id.eq_any(seats))
        .order(pool_members::id)
        .select(pool_members::id)
        .load(conn)
}

/// How many people are in a pool.
pub(super) fn count(conn: &mut Conn, pool: PoolId) -> QueryResult<i64> {
    pool_members::table.filter(pool_members::pool_id.eq(pool)).count().get_result(conn)
}

/// Inserts a member.
///
/// # Errors
/// `already_exists` when the person is in the pool.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &PoolMember) -> Result<()> {
    diesel::insert_into(pool_members::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "The person is in this pool.")
}

/// Saves a member whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &PoolMember) -> Result<()> {
    let now = tx.now();
    let unchanged = pool_members::table.find(row.id).filter(pool_members::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            pool_members::qualification.eq(row.qualification),
            pool_members::qualification_since.eq(row.qualification_since),
            pool_members::paused_until_on.eq(row.paused_until_on),
            pool_members::version.eq(row.version + 1),
            pool_members::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Deletes a member whose version is still the one that was read.
pub(super) fn delete(tx: &mut Tx<'_>, _permit: &Permit, row: &PoolMember) -> Result<()> {
    let unchanged = pool_members::table.find(row.id).filter(pool_members::version.eq(row.version));
    let deleted = diesel::delete(unchanged).execute(tx.conn)?;
    if deleted == 1 { Ok(()) } else { Err(Error::stale()) }
}
