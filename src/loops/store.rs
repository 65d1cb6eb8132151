//! Queries on `loops`.

use diesel::prelude::*;

use super::LoopState;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::loops;
use crate::ids::{ApplicationId, LoopId, LoopTemplateVersionId, StageId, UserId};

/// A row of `loops`: a template version started for one application.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = loops, treat_none_as_default_value = false)]
pub struct Loop {
    pub id: LoopId,
    pub application_id: ApplicationId,
    pub loop_template_version_id: LoopTemplateVersionId,
    pub stage_id: StageId,
    pub state: LoopState,
    pub started_by: Option<UserId>,
    pub started_at: Instant,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: LoopId) -> QueryResult<Option<Loop>> {
    loops::table.find(id).first(conn).optional()
}
