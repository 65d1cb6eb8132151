//! Queries on `approval_chains`, `approval_chain_steps`, `approval_chain_members`.

use diesel::prelude::*;

use crate::approvals::StepMode;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{approval_chain_members, approval_chain_steps, approval_chains};
use crate::ids::{ApprovalChainId, ApprovalStepId, RowId, UserId};

/// A row of `approval_chains`: ordered steps that an offer passes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_chains, treat_none_as_default_value = false)]
pub struct ApprovalChain {
    pub id: ApprovalChainId,
    pub name: String,
    pub archived_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `approval_chain_steps`: one step of a chain: its members vote in parallel.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_chain_steps, treat_none_as_default_value = false)]
pub struct ChainStep {
    pub id: ApprovalStepId,
    pub approval_chain_id: ApprovalChainId,
    pub position: i32,
    pub name: String,
    pub mode: StepMode,
}

/// A row of `approval_chain_members`: a person on a step of a chain.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = approval_chain_members, treat_none_as_default_value = false)]
pub struct ChainMember {
    pub id: RowId,
    pub approval_chain_step_id: ApprovalStepId,
    pub user_id: UserId,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ApprovalChainId) -> QueryResult<Option<ApprovalChain>> {
    approval_chains::table.find(id).first(conn).optional()
}
