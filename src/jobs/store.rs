//! Queries on `jobs`.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Headcount, JobState};
use crate::access::{Condition, Permit};
use crate::clock::Instant;
use crate::db::schema::{job_offices, jobs};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::{Error, Result};
use crate::ids::{ApprovalChainId, DepartmentId, JobId, JobOfficeId, LevelId, OfficeId, PayBandId};
use crate::organization::field_definitions::FieldReach;

/// A row of `jobs`: a role being hired for.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub struct Job {
    pub id: JobId,
    pub title: String,
    pub state: JobState,
    pub department_id: Option<DepartmentId>,
    pub level_id: Option<LevelId>,
    pub pay_band_id: Option<PayBandId>,
    pub approval_chain_id: Option<ApprovalChainId>,
    pub location: Option<String>,
    pub description: Option<String>,
    pub requisition_code: Option<String>,
    pub headcount: Headcount,
    /// Exists only for its team.
    pub confidential: bool,
    pub custom: Document,
    pub opened_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The jobs that hire for one of these offices.
#[diesel::dsl::auto_type]
pub fn hiring_for(offices: Vec<OfficeId>) -> _ {
    job_offices::table.filter(job_offices::office_id.eq_any(offices)).select(job_offices::job_id)
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: JobId) -> QueryResult<Option<Job>> {
    jobs::table.find(id).first(conn).optional()
}

/// What of a job depends on who asks, as columns of a query.
pub struct Parts {
    /// Whether they see what it pays.
    pub pay: Condition<jobs::table>,
    /// Whether they manage it.
    pub manages: Condition<jobs::table>,
    /// Whether they reach its candidates.
    pub contacts: Condition<jobs::table>,
    /// Whether they read its offers.
    pub offers: Condition<jobs::table>,
}

/// What of a job somebody sees.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Seen {
    /// What it pays.
    pub pay: bool,
    recruiting: bool,
    /// What was offered.
    pub offers: bool,
}

impl From<Seen> for FieldReach {
    fn from(seen: Seen) -> Self {
        Self { recruiting: seen.recruiting, compensation: seen.pay }
    }
}

/// The types of [`columns`].
pub(super) type Columns = (Condition<jobs::table>, Condition<jobs::table>, Condition<jobs::table>);

/// The columns of [`Seen`]. Whoever manages a job or reaches its candidates recruits for it.
pub(super) fn columns(parts: Parts) -> Columns {
    (parts.pay, Box::new(parts.manages.or(parts.contacts)), parts.offers)
}

/// One job if it is visible, and whether `part` holds for it, in one statement.
pub fn find_visible(
    conn: &mut Conn,
    id: JobId,
    visible: Condition<jobs::table>,
    part: Condition<jobs::table>,
) -> QueryResult<Option<(Job, bool)>> {
    let found = jobs::table.filter(jobs::id.eq(id)).filter(visible);
    found.select((jobs::all_columns, part)).first(conn).optional()
}

/// One job if it is visible, and what of it the reader sees, in one statement.
pub fn find_seen(
    conn: &mut Conn,
    id: JobId,
    visible: Condition<jobs::table>,
    parts: Parts,
) -> QueryResult<Option<(Job, Seen)>> {
    let parts = columns(parts);
    let found = jobs::table.filter(jobs::id.eq(id)).filter(visible);
    found.select((jobs::all_columns, parts)).first(conn).optional()
}

/// Those of these jobs that are visible, in no order.
pub fn find_all_visible(
    conn: &mut Conn,
    ids: &[JobId],
    visible: Condition<jobs::table>,
) -> QueryResult<Vec<Job>> {
    jobs::table.filter(jobs::id.eq_any(ids.iter().copied())).filter(visible).load(conn)
}

/// Whether a job that is not closed hangs on a department.
pub fn is_hiring_for(conn: &mut Conn, id: DepartmentId) -> QueryResult<bool> {
    let hiring =
        jobs::table.filter(jobs::department_id.eq(id)).filter(jobs::state.ne(JobState::Closed));
    diesel::select(exists(hiring)).get_result(conn)
}

/// Inserts a job.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Job) -> Result<()> {
    diesel::insert_into(jobs::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a job whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Job) -> Result<()> {
    let now = tx.now();
    let unchanged = jobs::table.find(row.id).filter(jobs::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            jobs::title.eq(&row.title),
            jobs::state.eq(row.state),
            jobs::department_id.eq(row.department_id),
            jobs::level_id.eq(row.level_id),
            jobs::pay_band_id.eq(row.pay_band_id),
            jobs::approval_chain_id.eq(row.approval_chain_id),
            jobs::location.eq(&row.location),
            jobs::description.eq(&row.description),
            jobs::requisition_code.eq(&row.requisition_code),
            jobs::headcount.eq(row.headcount),
            jobs::confidential.eq(row.confidential),
            jobs::custom.eq(&row.custom),
            jobs::opened_at.eq(row.opened_at),
            jobs::closed_at.eq(row.closed_at),
            jobs::version.eq(row.version + 1),
            jobs::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// A row of `job_offices`: an office that a job hires for.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = job_offices)]
struct JobOffice {
    id: JobOfficeId,
    job_id: JobId,
    office_id: OfficeId,
}

/// The offices of a page of jobs, each list in the order in which it was given.
pub fn offices(conn: &mut Conn, ids: &[JobId]) -> QueryResult<HashMap<JobId, Vec<OfficeId>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(JobId, OfficeId)> = job_offices::table
        .filter(job_offices::job_id.eq_any(ids.iter().copied()))
        .order(job_offices::id)
        .select((job_offices::job_id, job_offices::office_id))
        .load(conn)?;
    let mut offices: HashMap<JobId, Vec<OfficeId>> = HashMap::new();
    for (job_id, office_id) in rows {
        offices.entry(job_id).or_default().push(office_id);
    }
    Ok(offices)
}

/// Gives a job these offices in place of the ones before.
pub fn replace_offices(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    job_id: JobId,
    offices: &[OfficeId],
) -> Result<()> {
    let before = job_offices::table.filter(job_offices::job_id.eq(job_id));
    diesel::delete(before).execute(tx.conn)?;
    let rows: Vec<JobOffice> =
        offices.iter().map(|&office_id| JobOffice { id: tx.id(), job_id, office_id }).collect();
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(job_offices::table).values(&rows).execute(c))?;
    }
    Ok(())
}
