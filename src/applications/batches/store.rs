//! Queries on `application_batches` and `application_batch_items`.

use diesel::prelude::*;

use super::BatchKind;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{application_batch_items, application_batches};
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::Result;
use crate::ids::{AnyId, ApplicationBatchId, ApplicationId, RowId};

/// A row of `application_batches`: several applications that somebody changed at once.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_batches, treat_none_as_default_value = false)]
pub struct Batch {
    /// Which.
    pub id: ApplicationBatchId,
    /// What was done with each.
    pub kind: BatchKind,
    /// Whether all were to be changed or none.
    pub atomic: bool,
    /// The person or the service account.
    pub actor_id: AnyId,
    /// When.
    pub created_at: Instant,
}

/// A row of `application_batch_items`: what became of one application of a batch.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_batch_items, treat_none_as_default_value = false)]
pub struct Item {
    /// Which.
    pub id: RowId,
    /// In which batch.
    pub batch_id: ApplicationBatchId,
    /// Its place in the request, from 0 on.
    pub position: i32,
    /// Which application was asked for.
    pub application_id: ApplicationId,
    /// Why it was not changed; none where it was.
    pub code: Option<String>,
    /// The same as a sentence.
    pub detail: Option<String>,
}

/// One batch with what became of each, in the order of the request.
pub(super) fn find(
    conn: &mut Conn,
    id: ApplicationBatchId,
) -> QueryResult<Option<(Batch, Vec<Item>)>> {
    let Some(batch) = application_batches::table.find(id).first(conn).optional()? else {
        return Ok(None);
    };
    let items = application_batch_items::table
        .filter(application_batch_items::batch_id.eq(id))
        .order(application_batch_items::position)
        .load(conn)?;
    Ok(Some((batch, items)))
}

/// Inserts a batch with what became of each.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    batch: &Batch,
    items: &[Item],
) -> Result<()> {
    diesel::insert_into(application_batches::table).values(batch).execute(tx.conn)?;
    each!(tx.conn, c => diesel::insert_into(application_batch_items::table).values(items).execute(c))?;
    Ok(())
}
