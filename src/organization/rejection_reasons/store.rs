//! Queries on `rejection_reasons`.

use diesel::prelude::*;

use super::ReasonKind;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::rejection_reasons;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::RejectionReasonId;

/// A row of `rejection_reasons`: why an application ended without a hire.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rejection_reasons, treat_none_as_default_value = false)]
pub struct RejectionReason {
    pub id: RejectionReasonId,
    pub name: String,
    pub kind: ReasonKind,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: RejectionReasonId) -> QueryResult<Option<RejectionReason>> {
    rejection_reasons::table.find(id).first(conn).optional()
}

/// One page, newest first.
pub fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<RejectionReason>> {
    let mut query = rejection_reasons::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(rejection_reasons::id.lt(before));
    }
    query.order(rejection_reasons::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a rejection reason.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &RejectionReason) -> Result<()> {
    diesel::insert_into(rejection_reasons::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a rejection reason whose version is still the one that was read.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &RejectionReason) -> Result<()> {
    let now = tx.now();
    let unchanged =
        rejection_reasons::table.find(row.id).filter(rejection_reasons::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            rejection_reasons::name.eq(&row.name),
            rejection_reasons::kind.eq(row.kind),
            rejection_reasons::archived_at.eq(row.archived_at),
            rejection_reasons::version.eq(row.version + 1),
            rejection_reasons::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
