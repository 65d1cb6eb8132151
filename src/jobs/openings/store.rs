//! Queries on `openings`.

use diesel::prelude::*;

use super::OpeningState;
use crate::clock::Instant;
use crate::access::Permit;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::db::schema::openings;
use crate::db::types::Document;
use crate::ids::{ApplicationId, JobId, OpeningId};

/// A row of `openings`: one approved head of a job.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = openings, treat_none_as_default_value = false)]
pub struct Opening {
    pub id: OpeningId,
    pub job_id: JobId,
    pub number: i32,
    pub state: OpeningState,
    pub target_start_on: Option<chrono::NaiveDate>,
    pub application_id: Option<ApplicationId>,
    pub filled_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub custom: Document,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: OpeningId) -> QueryResult<Option<Opening>> {
    openings::table.find(id).first(conn).optional()
}

/// The first open opening of a job.
pub fn first_open(conn: &mut Conn, job_id: JobId) -> QueryResult<Option<Opening>> {
    openings::table
        .filter(openings::job_id.eq(job_id))
        .filter(openings::state.eq(OpeningState::Open))
        .order(openings::number)
        .first(conn)
        .optional()
}

/// Saves an opening whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Opening) -> Result<()> {
    let now = tx.now();
    let unchanged = openings::table.find(row.id).filter(openings::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            openings::state.eq(row.state),
            openings::application_id.eq(row.application_id),
            openings::filled_at.eq(row.filled_at),
            openings::version.eq(row.version + 1),
            openings::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
