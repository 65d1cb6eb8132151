//! Queries on `jobs`.

use diesel::prelude::*;

use super::{Headcount, JobState};
use crate::access::{Condition, Permit};
use crate::clock::Instant;
use crate::db::schema::jobs;
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{ApprovalChainId, DepartmentId, JobId, LevelId, PayBandId};

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

/// One row by its id.
pub fn find(conn: &mut Conn, id: JobId) -> QueryResult<Option<Job>> {
    jobs::table.find(id).first(conn).optional()
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

/// Which jobs a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this department itself.
    pub department_id: Option<DepartmentId>,
    /// Only those with this code.
    pub requisition_code: Option<String>,
}

/// One page of the visible jobs, newest first, each with whether `part` holds for it.
pub fn list(
    conn: &mut Conn,
    wanted: Wanted,
    visible: Condition<jobs::table>,
    part: Condition<jobs::table>,
    page: &PageRequest,
) -> QueryResult<Vec<(Job, bool)>> {
    let mut query = jobs::table.select((jobs::all_columns, part)).filter(visible).into_boxed();
    if let Some(state) = wanted.state {
        query = query.filter(jobs::state.eq(state));
    }
    if let Some(department_id) = wanted.department_id {
        query = query.filter(jobs::department_id.eq(department_id));
    }
    if let Some(code) = wanted.requisition_code {
        query = query.filter(jobs::requisition_code.eq(code));
    }
    if let Some(before) = page.before {
        query = query.filter(jobs::id.lt(before));
    }
    query.order(jobs::id.desc()).limit(page.fetch()).load(conn)
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
            jobs::opened_at.eq(row.opened_at),
            jobs::closed_at.eq(row.closed_at),
            jobs::version.eq(row.version + 1),
            jobs::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
