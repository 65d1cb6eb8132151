//! Queries on `openings`.

use diesel::prelude::*;

use super::OpeningState;
use crate::clock::Instant;
use crate::db::Conn;
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
