//! Queries on the tables of retention, and what erasure does to all others.

mod dues;
mod erase;
mod given;
mod holds;
mod policies;
mod runs;

pub(super) use dues::{DueRow, due_now, keep_due, list_dues, parts_of};
pub(super) use dues::{candidates_after, dues_of, is_armed};
pub(super) use erase::{erase, mark_scrubbed, unscrubbed};
pub(super) use given::{
    Cell, Meta, cells, count_in_reach, given_cards, identities_of, meta, panel_of,
    sealed_applications,
};
pub(super) use holds::{
    Hold, find as find_hold, insert as insert_hold, list as list_holds, save as save_hold, standing,
};
pub(super) use policies::{PolicyVersion, insert as insert_policy, newest as newest_policy};
pub(super) use runs::{
    Run, insert as insert_run, list as list_runs, open as open_run, save as save_run,
};

use diesel::prelude::*;

use super::AnonymizationReason;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{anonymizations, applications};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{AnonymizationId, AnyId, ApplicationId, CandidateId};

/// A row of `anonymizations`: that somebody was anonymized, and why.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = anonymizations, treat_none_as_default_value = false)]
pub(super) struct Anonymization {
    pub(super) id: AnonymizationId,
    pub(super) candidate_id: CandidateId,
    pub(super) reason: AnonymizationReason,
    /// Who did it; none for the service itself.
    pub(super) actor_id: Option<AnyId>,
    pub(super) created_at: Instant,
    /// When the database was rewritten since.
    pub(super) scrubbed_at: Option<Instant>,
}

/// That a candidate was anonymized.
pub(super) fn find(conn: &mut Conn, id: CandidateId) -> QueryResult<Option<Anonymization>> {
    anonymizations::table.filter(anonymizations::candidate_id.eq(id)).first(conn).optional()
}

/// Inserts that a candidate was anonymized.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Anonymization) -> Result<()> {
    diesel::insert_into(anonymizations::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// The applications of a candidate, by id, and whether each lives.
pub(super) fn applications_of(
    conn: &mut Conn,
    id: CandidateId,
) -> QueryResult<Vec<(ApplicationId, crate::applications::ApplicationStatus)>> {
    applications::table
        .filter(applications::candidate_id.eq(id))
        .order(applications::id)
        .select((applications::id, applications::status))
        .load(conn)
}
