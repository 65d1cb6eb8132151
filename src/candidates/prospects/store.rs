//! Queries on `prospects`, `prospect_moves`.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{prospect_moves, prospects};
use crate::ids::{AnyId, CandidateId, ProspectId, RejectionReasonId, RowId, SourceId, UserId};

/// A row of `prospects`: a person of interest before any application.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = prospects, treat_none_as_default_value = false)]
pub struct Prospect {
    pub id: ProspectId,
    pub candidate_id: CandidateId,
    pub source_id: Option<SourceId>,
    pub owner_id: Option<UserId>,
    pub stage_name: Option<String>,
    pub closed_at: Option<Instant>,
    pub rejection_reason_id: Option<RejectionReasonId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `prospect_moves`: where a prospect stood, kept as another system told it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = prospect_moves, treat_none_as_default_value = false)]
pub struct ProspectMove {
    pub id: RowId,
    pub prospect_id: ProspectId,
    pub from_name: Option<String>,
    pub to_name: String,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ProspectId) -> QueryResult<Option<Prospect>> {
    prospects::table.find(id).first(conn).optional()
}
