//! Queries on `stages`.

use diesel::prelude::*;

use super::{StageDecision, StageKind};
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
