//! Queries on `stages`.

use diesel::prelude::*;

use super::{StageKind, StageDecision};
use crate::db::Conn;
use crate::db::schema::stages;
use crate::ids::{JobId, StageId};

/// A row of `stages`: an ordered stage of a job's pipeline.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stages, treat_none_as_default_value = false)]
pub struct Stage {
    pub id: StageId,
    pub job_id: JobId,
    pub position: i32,
    pub name: String,
    pub kind: StageKind,
    pub decision: StageDecision,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: StageId) -> QueryResult<Option<Stage>> {
    stages::table.find(id).first(conn).optional()
}

/// The first stage of a job, where applications begin.
pub fn first(conn: &mut Conn, job_id: JobId) -> QueryResult<Option<Stage>> {
    stages::table.filter(stages::job_id.eq(job_id)).order(stages::position).first(conn).optional()
}
