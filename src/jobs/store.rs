//! Queries on `jobs`.

use diesel::prelude::*;

use super::{Headcount, JobState};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::jobs;
use crate::db::types::Document;
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
