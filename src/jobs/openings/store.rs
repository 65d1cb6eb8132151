//! Queries on `openings`.

use diesel::dsl::max;
use diesel::prelude::*;

use super::OpeningState;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::openings;
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
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

/// The open opening of a job with the lowest number.
pub fn first_open(conn: &mut Conn, job_id: JobId) -> QueryResult<Option<Opening>> {
    openings::table
        .filter(openings::job_id.eq(job_id))
        .filter(openings::state.eq(OpeningState::Open))
        .order(openings::number)
        .first(conn)
        .optional()
}

/// Every open opening of a job, lowest number first.
pub fn all_open(conn: &mut Conn, job_id: JobId) -> QueryResult<Vec<Opening>> {
    openings::table
        .filter(openings::job_id.eq(job_id))
        .filter(openings::state.eq(OpeningState::Open))
        .order(openings::number)
        .load(conn)
}

/// The highest number of a job's openings; 0 without any.
pub fn last_number(conn: &mut Conn, job_id: JobId) -> QueryResult<i32> {
    let numbers = openings::table.filter(openings::job_id.eq(job_id));
    let last: Option<i32> = numbers.select(max(openings::number)).first(conn)?;
    Ok(last.unwrap_or(0))
}

/// `count` openings of a job from a number on.
pub fn numbered_from(
    conn: &mut Conn,
    job_id: JobId,
    first: i32,
    count: i32,
) -> QueryResult<Vec<Opening>> {
    openings::table
        .filter(openings::job_id.eq(job_id))
        .filter(openings::number.ge(first))
        .order(openings::number)
        .limit(i64::from(count))
        .load(conn)
}

/// One page of a job's openings, newest first.
pub fn list(
    conn: &mut Conn,
    job_id: JobId,
    state: Option<OpeningState>,
    page: &PageRequest,
) -> QueryResult<Vec<Opening>> {
    let mut query = openings::table.filter(openings::job_id.eq(job_id)).into_boxed();
    if let Some(state) = state {
        query = query.filter(openings::state.eq(state));
    }
    if let Some(before) = page.before {
        query = query.filter(openings::id.lt(before));
    }
    query.order(openings::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts openings.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, rows: &[Opening]) -> Result<()> {
    crate::each!(tx.conn, c => diesel::insert_into(openings::table).values(rows).execute(c))?;
    Ok(())
}

/// Saves an opening whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Opening) -> Result<()> {
    let now = tx.now();
    let unchanged = openings::table.find(row.id).filter(openings::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            openings::state.eq(row.state),
            openings::target_start_on.eq(row.target_start_on),
            openings::custom.eq(&row.custom),
            openings::application_id.eq(row.application_id),
            openings::filled_at.eq(row.filled_at),
            openings::closed_at.eq(row.closed_at),
            openings::version.eq(row.version + 1),
            openings::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
