//! Queries on `break_glass`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::break_glass;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{BreakGlassId, JobId, UserId};

/// A row of `break_glass`: who looked at which job, why and until when.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = break_glass, treat_none_as_default_value = false)]
pub struct BreakGlass {
    pub id: BreakGlassId,
    pub user_id: UserId,
    pub job_id: JobId,
    pub reason: String,
    pub expires_at: Instant,
    /// When it was ended early.
    pub ended_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: BreakGlassId) -> QueryResult<Option<BreakGlass>> {
    break_glass::table.find(id).first(conn).optional()
}

/// One page, newest first; only of this job where one is named.
pub fn list(
    conn: &mut Conn,
    job_id: Option<JobId>,
    page: &PageRequest,
) -> QueryResult<Vec<BreakGlass>> {
    let mut query = break_glass::table.into_boxed();
    if let Some(job_id) = job_id {
        query = query.filter(break_glass::job_id.eq(job_id));
    }
    if let Some(before) = page.before {
        query = query.filter(break_glass::id.lt(before));
    }
    query.order(break_glass::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a grant.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &BreakGlass) -> Result<()> {
    diesel::insert_into(break_glass::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Ends a grant whose version is still the one that was read.
pub fn end(tx: &mut Tx<'_>, _permit: &Permit, row: &BreakGlass) -> Result<()> {
    let now = tx.now();
    let unchanged = break_glass::table.find(row.id).filter(break_glass::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            break_glass::ended_at.eq(now),
            break_glass::version.eq(row.version + 1),
            break_glass::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
