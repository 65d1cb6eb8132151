//! Queries on `delegations` and `delegation_departments`, and on what they reach.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::access::{OrgRole, Permit};
use crate::approvals::{RunState, StepState};
use crate::clock::Instant;
use crate::db::schema::{
    approval_runs, approval_step_members, approval_steps, delegation_departments, delegations,
    jobs, offer_versions, users, votes,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{
    ApplicationId, ApprovalRunId, DelegationId, DepartmentId, LevelId, RowId, UserId, VoteId,
};
use crate::organization::pay_bands::PayPeriod;

/// A row of `delegations`. `ended_at` is when it was ended early.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = delegations, treat_none_as_default_value = false)]
pub struct Delegation {
    pub id: DelegationId,
    pub giver_id: UserId,
    pub delegate_id: UserId,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub ended_at: Option<Instant>,
    pub max_base_minor: Option<i64>,
    pub max_base_currency: Option<String>,
    pub max_base_period: Option<PayPeriod>,
    pub max_level_id: Option<LevelId>,
    pub all_departments: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `delegation_departments`.
#[derive(Debug, Insertable)]
#[diesel(table_name = delegation_departments)]
struct DelegationDepartment {
    id: RowId,
    delegation_id: DelegationId,
    department_id: DepartmentId,
}

/// How many delegations one question looks at.
const IN_FORCE_MAX: i64 = 100;
/// How many runs a delegate reaches at once.
const RUNS_MAX: i64 = 500;

/// The delegations that are in force at an instant. Those of somebody who was shut out or works for an
/// agency are not, and neither are those to such a person.
#[diesel::dsl::auto_type]
fn in_force(now: Instant) -> _ {
    let active: &'static str = "active";
    let external: OrgRole = OrgRole::External;
    let here = users::state.eq(active).and(users::role.ne(external));
    let givers = users::table.filter(here).select(users::id);
    let delegates = users::table.filter(here).select(users::id);
    delegations::ended_at
        .is_null()
        .and(delegations::starts_at.le(now))
        .and(delegations::ends_at.gt(now))
        .and(delegations::giver_id.eq_any(givers))
        .and(delegations::delegate_id.eq_any(delegates))
}

/// What was delegated to a person and is in force.
pub(super) fn received(
    conn: &mut Conn,
    delegate: UserId,
    now: Instant,
) -> QueryResult<Vec<Delegation>> {
    delegations::table
        .filter(delegations::delegate_id.eq(delegate))
        .filter(in_force(now))
        .order(delegations::id)
        .limit(IN_FORCE_MAX)
        .load(conn)
}

/// What some people delegated to others and is in force.
pub(super) fn given(
    conn: &mut Conn,
    givers: &[UserId],
    now: Instant,
) -> QueryResult<Vec<Delegation>> {
    delegations::table
        .filter(delegations::giver_id.eq_any(givers.iter().copied()))
        .filter(in_force(now))
        .order(delegations::id)
        .limit(IN_FORCE_MAX)
        .load(conn)
}

/// The departments that delegations name.
pub(super) fn departments(
    conn: &mut Conn,
    ids: &[DelegationId],
) -> QueryResult<HashMap<DelegationId, Vec<DepartmentId>>> {
    let rows: Vec<(DelegationId, DepartmentId)> = delegation_departments::table
        .filter(delegation_departments::delegation_id.eq_any(ids.iter().copied()))
        .order(delegation_departments::id)
        .select((delegation_departments::delegation_id, delegation_departments::department_id))
        .load(conn)?;
    let mut found: HashMap<DelegationId, Vec<DepartmentId>> = HashMap::new();
    for (delegation, department) in rows {
        found.entry(delegation).or_default().push(department);
    }
    Ok(found)
}

/// A run of an offer on which somebody stands, with what limits are held against.
#[derive(Debug, Clone, Queryable)]
pub(super) struct StoodRun {
    pub(super) id: ApprovalRunId,
    pub(super) member: UserId,
    pub(super) application_id: ApplicationId,
    pub(super) started_by: Option<UserId>,
    pub(super) drafted_by: Option<UserId>,
    pub(super) ended_at: Option<Instant>,
    pub(super) terms: Document,
    pub(super) department_id: Option<DepartmentId>,
}

/// Which runs to look for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Among {
    /// Those that were open at this instant or later.
    OpenSince(Instant),
    /// This one.
    Run(ApprovalRunId),
}

/// The runs about terms that stand, on whose steps some people do, once per person, the newest first.
pub(super) fn runs_of(
    conn: &mut Conn,
    members: &[UserId],
    among: Among,
) -> QueryResult<Vec<StoodRun>> {
    let mut query = approval_runs::table
        .inner_join(approval_steps::table.on(approval_steps::approval_run_id.eq(approval_runs::id)))
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .inner_join(offer_versions::table.on(offer_versions::id.eq(approval_runs::subject_id)))
        .left_join(jobs::table.on(approval_runs::job_id.eq(jobs::id.nullable())))
        .filter(approval_step_members::user_id.eq_any(members.iter().copied()))
        .filter(approval_runs::application_id.is_not_null())
        .filter(approval_runs::terms_hash.is_not_null())
        .filter(approval_runs::state.ne(RunState::Superseded))
        .select((
            approval_runs::id,
            approval_step_members::user_id,
            approval_runs::application_id.assume_not_null(),
            approval_runs::started_by,
            offer_versions::created_by,
            approval_runs::ended_at,
            offer_versions::terms,
            jobs::department_id.nullable(),
        ))
        .into_boxed();
    query = match among {
        Among::OpenSince(start) => {
            query.filter(approval_runs::ended_at.is_null().or(approval_runs::ended_at.ge(start)))
        }
        Among::Run(id) => query.filter(approval_runs::id.eq(id)),
    };
    let mut rows: Vec<StoodRun> =
        query.order(approval_runs::id.desc()).limit(RUNS_MAX).load(conn)?;
    rows.retain(|row| !row.terms.is_erased());
    let mut seen = HashSet::new();
    Ok(rows.into_iter().filter(|row| seen.insert((row.id, row.member))).collect())
}

/// Who of these runs is asked at the moment and has not voted.
pub(super) fn waiting(
    conn: &mut Conn,
    runs: &[ApprovalRunId],
) -> QueryResult<HashSet<(ApprovalRunId, UserId)>> {
    let rows: Vec<(ApprovalRunId, UserId, Option<VoteId>)> = approval_runs::table
        .inner_join(approval_steps::table.on(approval_steps::approval_run_id.eq(approval_runs::id)))
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .left_join(
            votes::table.on(votes::approval_step_id
                .eq(approval_steps::id)
                .and(votes::user_id.eq(approval_step_members::user_id))),
        )
        .filter(approval_runs::id.eq_any(runs.iter().copied()))
        .filter(approval_runs::state.eq(RunState::Pending))
        .filter(approval_steps::state.eq(StepState::Pending))
        .select((approval_runs::id, approval_step_members::user_id, votes::id.nullable()))
        .load(conn)?;
    let waiting = rows.into_iter().filter(|(_, _, vote)| vote.is_none());
    Ok(waiting.map(|(run, member, _)| (run, member)).collect())
}

/// Those of these runs in which one of some people decides: stands on a step, or voted in somebody's
/// place.
pub(super) fn deciding(
    conn: &mut Conn,
    runs: &[ApprovalRunId],
    people: &[UserId],
) -> QueryResult<HashSet<(ApprovalRunId, UserId)>> {
    let stand: Vec<(ApprovalRunId, UserId)> = approval_steps::table
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .filter(approval_steps::approval_run_id.eq_any(runs.iter().copied()))
        .filter(approval_step_members::user_id.eq_any(people.iter().copied()))
        .select((approval_steps::approval_run_id, approval_step_members::user_id))
        .load(conn)?;
    let cast: Vec<(ApprovalRunId, Option<UserId>)> = votes::table
        .filter(votes::approval_run_id.eq_any(runs.iter().copied()))
        .filter(votes::cast_by.eq_any(people.iter().copied().map(Some)))
        .select((votes::approval_run_id, votes::cast_by))
        .load(conn)?;
    let cast = cast.into_iter().filter_map(|(run, person)| Some((run, person?)));
    Ok(stand.into_iter().chain(cast).collect())
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: DelegationId) -> QueryResult<Option<Delegation>> {
    delegations::table.find(id).first(conn).optional()
}

/// One page of what a person delegated or was delegated, newest first.
pub(super) fn list(
    conn: &mut Conn,
    user_id: UserId,
    page: &PageRequest,
) -> QueryResult<Vec<Delegation>> {
    let mine = delegations::giver_id.eq(user_id).or(delegations::delegate_id.eq(user_id));
    let mut query = delegations::table.filter(mine).into_boxed();
    if let Some(before) = page.before {
        query = query.filter(delegations::id.lt(before));
    }
    query.order(delegations::id.desc()).limit(page.fetch()).load(conn)
}

/// The delegations of a person, given and received, that are not over.
pub fn not_over(conn: &mut Conn, user_id: UserId, now: Instant) -> QueryResult<Vec<Delegation>> {
    delegations::table
        .filter(delegations::giver_id.eq(user_id).or(delegations::delegate_id.eq(user_id)))
        .filter(delegations::ended_at.is_null())
        .filter(delegations::ends_at.gt(now))
        .order(delegations::id)
        .load(conn)
}

/// Inserts a delegation with its departments.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    row: &Delegation,
    department_ids: &[DepartmentId],
) -> Result<()> {
    diesel::insert_into(delegations::table).values(row).execute(tx.conn)?;
    let named = |department_id: &DepartmentId| DelegationDepartment {
        id: tx.id(),
        delegation_id: row.id,
        department_id: *department_id,
    };
    let rows: Vec<DelegationDepartment> = department_ids.iter().map(named).collect();
    if !rows.is_empty() {
        crate::each!(tx.conn, c => {
            diesel::insert_into(delegation_departments::table).values(&rows).execute(c)
        })?;
    }
    Ok(())
}

/// Ends a delegation whose version is still the one that was read.
pub(super) fn end(tx: &mut Tx<'_>, _permit: &Permit, row: &Delegation) -> Result<()> {
    let (now, at) = (tx.now(), tx.occurred_at());
    let unchanged = delegations::table.find(row.id).filter(delegations::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            delegations::ended_at.eq(at),
            delegations::version.eq(row.version + 1),
            delegations::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
