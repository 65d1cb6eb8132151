//! Queries on `approval_runs`, `approval_steps`, `approval_step_members`, `votes`.

use diesel::prelude::*;

use super::{RunState, StepMode, StepState, VoteDecision};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{approval_runs, approval_step_members, approval_steps, votes};
use crate::ids::{
    AnyId, ApplicationId, ApprovalRunId, ApprovalStepId, JobId, RowId, SettingsVersionId, UserId,
    VoteId,
};

/// A row of `approval_runs`: one passage of one version through its steps. subject is an offer version, or a job for imported records.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_runs, treat_none_as_default_value = false)]
pub struct Run {
    pub id: ApprovalRunId,
    pub subject_kind: String,
    pub subject_id: AnyId,
    pub application_id: Option<ApplicationId>,
    pub job_id: Option<JobId>,
    pub terms_hash: Option<Vec<u8>>,
    pub state: RunState,
    pub settings_version_id: Option<SettingsVersionId>,
    pub started_by: Option<UserId>,
    pub started_at: Instant,
    pub ended_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `approval_steps`: a step of a run.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_steps, treat_none_as_default_value = false)]
pub struct Step {
    pub id: ApprovalStepId,
    pub approval_run_id: ApprovalRunId,
    pub position: i32,
    pub name: String,
    pub mode: StepMode,
    pub state: StepState,
    pub asked_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// A row of `approval_step_members`: who may vote on a step.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_step_members, treat_none_as_default_value = false)]
pub struct StepMember {
    pub id: RowId,
    pub approval_step_id: ApprovalStepId,
    pub user_id: UserId,
}

/// A row of `votes`: a vote, bound to the terms it saw.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = votes, treat_none_as_default_value = false)]
pub struct Vote {
    pub id: VoteId,
    pub approval_run_id: ApprovalRunId,
    pub approval_step_id: ApprovalStepId,
    pub user_id: UserId,
    pub decision: VoteDecision,
    pub note: Option<String>,
    pub terms_hash: Option<Vec<u8>>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ApprovalRunId) -> QueryResult<Option<Run>> {
    approval_runs::table.find(id).first(conn).optional()
}
