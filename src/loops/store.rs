//! Queries on `loops`.

use diesel::prelude::*;

use super::LoopState;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::loops;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
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

/// Inserts a loop.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Loop) -> Result<()> {
    diesel::insert_into(loops::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves the state of a loop whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Loop) -> Result<()> {
    let now = tx.now();
    let unchanged = loops::table.find(row.id).filter(loops::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            loops::state.eq(row.state),
            loops::version.eq(row.version + 1),
            loops::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
