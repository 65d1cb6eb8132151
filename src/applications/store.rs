//! Queries on `applications`, `application_moves`, `rejections`, `withdrawals`, `hires`, `reopenings`.

use diesel::prelude::*;

use super::ApplicationStatus;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{
    application_moves, applications, hires, rejections, reopenings, withdrawals,
};
use crate::db::types::Document;
use crate::ids::{
    AnyId, ApplicationId, ApplicationMoveId, CandidateId, HireId, JobId, OfferId, OpeningId,
    RejectionId, RejectionReasonId, ReopeningId, SourceId, StageId, UserId, WithdrawalId,
};

/// A row of `applications`: one candidate for one job.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
pub struct Application {
    pub id: ApplicationId,
    pub candidate_id: CandidateId,
    pub job_id: JobId,
    pub stage_id: StageId,
    pub status: ApplicationStatus,
    pub source_id: Option<SourceId>,
    pub owner_id: Option<UserId>,
    pub applied_at: Instant,
    pub stage_entered_at: Instant,
    pub custom: Document,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `application_moves`: every move between stages: who, when and, by the next one, how long.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_moves, treat_none_as_default_value = false)]
pub struct Move {
    pub id: ApplicationMoveId,
    pub application_id: ApplicationId,
    pub from_stage_id: Option<StageId>,
    pub to_stage_id: StageId,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// A row of `rejections`: we said no.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rejections, treat_none_as_default_value = false)]
pub struct Rejection {
    pub id: RejectionId,
    pub application_id: ApplicationId,
    pub rejection_reason_id: RejectionReasonId,
    pub note: Option<String>,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A row of `withdrawals`: the candidate said no.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = withdrawals, treat_none_as_default_value = false)]
pub struct Withdrawal {
    pub id: WithdrawalId,
    pub application_id: ApplicationId,
    pub note: Option<String>,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A row of `hires`: the candidate was hired.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = hires, treat_none_as_default_value = false)]
pub struct Hire {
    pub id: HireId,
    pub application_id: ApplicationId,
    pub offer_id: Option<OfferId>,
    pub opening_id: Option<OpeningId>,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A row of `reopenings`: a rejected application came back.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reopenings, treat_none_as_default_value = false)]
pub struct Reopening {
    pub id: ReopeningId,
    pub application_id: ApplicationId,
    pub reason: String,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ApplicationId) -> QueryResult<Option<Application>> {
    applications::table.find(id).first(conn).optional()
}
