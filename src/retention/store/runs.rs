//! Queries on `retention_runs`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::retention_runs;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::http::PageRequest;
use crate::ids::{CandidateId, RetentionRunId};
use crate::retention::RetentionMode;

/// A row of `retention_runs`: a night's look at all candidates.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_runs, treat_none_as_default_value = false)]
pub struct Run {
    pub id: RetentionRunId,
    pub mode: RetentionMode,
    /// The last candidate that was looked at.
    pub after_id: Option<CandidateId>,
    pub looked: i64,
    pub anonymized: i64,
    pub started_at: Instant,
    pub finished_at: Option<Instant>,
}

/// The run that is not over.
pub fn open(conn: &mut Conn) -> QueryResult<Option<Run>> {
    retention_runs::table.filter(retention_runs::finished_at.is_null()).first(conn).optional()
}

/// One page, newest first.
pub fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<Run>> {
    let mut query = retention_runs::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(retention_runs::id.lt(before));
    }
    query.order(retention_runs::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a run.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Run) -> Result<()> {
    diesel::insert_into(retention_runs::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves how far a run came.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Run) -> Result<()> {
    diesel::update(retention_runs::table.find(row.id))
        .set((
            retention_runs::after_id.eq(row.after_id),
            retention_runs::looked.eq(row.looked),
            retention_runs::anonymized.eq(row.anonymized),
            retention_runs::finished_at.eq(row.finished_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}
