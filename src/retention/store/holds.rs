//! Queries on `retention_holds`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::retention_holds;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{AnyId, CandidateId, RetentionHoldId};

/// A row of `retention_holds`: a reason to keep a candidate whatever the rules say.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_holds, treat_none_as_default_value = false)]
pub struct Hold {
    pub id: RetentionHoldId,
    pub candidate_id: CandidateId,
    /// Why; none once the candidate was anonymized.
    pub reason: Option<String>,
    /// Until when, unless it is released before.
    pub ends_at: Option<Instant>,
    pub created_by: AnyId,
    pub released_at: Option<Instant>,
    pub released_by: Option<AnyId>,
    pub released_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: RetentionHoldId) -> QueryResult<Option<Hold>> {
    retention_holds::table.find(id).first(conn).optional()
}

/// One page of the holds of a candidate, newest first.
pub fn list(conn: &mut Conn, id: CandidateId, page: &PageRequest) -> QueryResult<Vec<Hold>> {
    let mut query =
        retention_holds::table.filter(retention_holds::candidate_id.eq(id)).into_boxed();
    if let Some(before) = page.before {
        query = query.filter(retention_holds::id.lt(before));
    }
    query.order(retention_holds::id.desc()).limit(page.fetch()).load(conn)
}

/// Those of some candidates that stand at an instant.
pub fn standing(
    conn: &mut Conn,
    ids: &[CandidateId],
    now: Instant,
) -> QueryResult<Vec<(CandidateId, RetentionHoldId)>> {
    retention_holds::table
        .filter(retention_holds::candidate_id.eq_any(ids.iter().copied()))
        .filter(retention_holds::released_at.is_null())
        .filter(retention_holds::ends_at.is_null().or(retention_holds::ends_at.gt(now)))
        .order(retention_holds::id)
        .select((retention_holds::candidate_id, retention_holds::id))
        .load(conn)
}

/// Inserts a hold.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Hold) -> Result<()> {
    diesel::insert_into(retention_holds::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves the release of a hold whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Hold) -> Result<()> {
    let now = tx.now();
    let unchanged =
        retention_holds::table.find(row.id).filter(retention_holds::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            retention_holds::released_at.eq(row.released_at),
            retention_holds::released_by.eq(row.released_by),
            retention_holds::released_reason.eq(&row.released_reason),
            retention_holds::version.eq(row.version + 1),
            retention_holds::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
