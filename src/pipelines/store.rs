//! Queries on `stages`.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Query};

use super::{StageDecision, StageKind};
use crate::access::Permit;
use crate::db::schema::stages;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result};
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

/// These stages, in no order.
pub fn find_all(conn: &mut Conn, ids: &[StageId]) -> QueryResult<Vec<Stage>> {
    stages::table.filter(stages::id.eq_any(ids.iter().copied())).load(conn)
}

/// The stages of a job in order.
pub fn stages_of(conn: &mut Conn, job_id: JobId) -> QueryResult<Vec<Stage>> {
    stages::table.filter(stages::job_id.eq(job_id)).order(stages::position).load(conn)
}

/// Inserts the stages of a job.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, rows: &[Stage]) -> Result<()> {
    crate::each!(tx.conn, c => diesel::insert_into(stages::table).values(rows).execute(c))?;
    Ok(())
}

/// Deletes the stages of a job.
///
/// # Errors
/// `still_in_use` when an application stands or stood on one of them.
pub fn delete(tx: &mut Tx<'_>, _permit: &Permit, job_id: JobId) -> Result<()> {
    let of_job = stages::table.filter(stages::job_id.eq(job_id));
    match diesel::delete(of_job).execute(tx.conn) {
        Err(Query::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Err(in_use()),
        deleted => Ok(deleted.map(|_| ())?),
    }
}

/// An application stands on the job.
fn in_use() -> Error {
    Error::new(Code::StillInUse, "Applications stand on the job; its stages no longer change.")
}

/// The first stage of a job.
pub fn first(conn: &mut Conn, job_id: JobId) -> QueryResult<Option<Stage>> {
    stages::table.filter(stages::job_id.eq(job_id)).order(stages::position).first(conn).optional()
}
