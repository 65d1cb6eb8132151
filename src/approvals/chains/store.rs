//! Queries on `approval_chains`, `approval_chain_steps`, `approval_chain_members`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::approvals::StepMode;
use crate::approvals::model::PlannedStep;
use crate::clock::Instant;
use crate::db::schema::{approval_chain_members, approval_chain_steps, approval_chains};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
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

/// One page, newest first.
pub(super) fn list(conn: &mut Conn, page: &PageRequest) -> QueryResult<Vec<ApprovalChain>> {
    let mut query = approval_chains::table.into_boxed();
    if let Some(before) = page.before {
        query = query.filter(approval_chains::id.lt(before));
    }
    query.order(approval_chains::id.desc()).limit(page.fetch()).load(conn)
}

/// The steps of one chain in order, with their members.
pub fn steps(conn: &mut Conn, id: ApprovalChainId) -> QueryResult<Vec<PlannedStep>> {
    Ok(steps_of(conn, &[id])?.into_iter().map(|(_, step)| step).collect())
}

/// The steps of several chains, each chain's in order, in one statement.
pub(super) fn steps_of(
    conn: &mut Conn,
    chains: &[ApprovalChainId],
) -> QueryResult<Vec<(ApprovalChainId, PlannedStep)>> {
    let rows: Vec<(ChainStep, UserId)> = approval_chain_steps::table
        .inner_join(
            approval_chain_members::table
                .on(approval_chain_members::approval_chain_step_id.eq(approval_chain_steps::id)),
        )
        .filter(approval_chain_steps::approval_chain_id.eq_any(chains))
        .select((approval_chain_steps::all_columns, approval_chain_members::user_id))
        .order((
            approval_chain_steps::approval_chain_id,
            approval_chain_steps::position,
            approval_chain_members::id,
        ))
        .load(conn)?;
    let mut steps: Vec<(ApprovalStepId, ApprovalChainId, PlannedStep)> = Vec::new();
    for (row, user_id) in rows {
        if steps.last().is_none_or(|(id, _, _)| *id != row.id) {
            let step = PlannedStep { name: row.name, mode: row.mode, members: Vec::new() };
            steps.push((row.id, row.approval_chain_id, step));
        }
        if let Some((_, _, step)) = steps.last_mut() {
            step.members.push(user_id);
        }
    }
    Ok(steps.into_iter().map(|(_, chain, step)| (chain, step)).collect())
}

/// A step of a chain with its members.
pub type Staffed = (ApprovalStepId, Vec<UserId>);

/// The chains in use on whose steps a person stands, each with those steps.
pub fn standing_on(
    conn: &mut Conn,
    user: UserId,
) -> QueryResult<Vec<(ApprovalChainId, Vec<Staffed>)>> {
    let mine = approval_chain_members::table
        .filter(approval_chain_members::user_id.eq(user))
        .select(approval_chain_members::approval_chain_step_id);
    let steps: Vec<(ApprovalStepId, ApprovalChainId)> = approval_chain_steps::table
        .inner_join(
            approval_chains::table
                .on(approval_chains::id.eq(approval_chain_steps::approval_chain_id)),
        )
        .filter(approval_chains::archived_at.is_null())
        .filter(approval_chain_steps::id.eq_any(mine))
        .order((approval_chains::id, approval_chain_steps::position))
        .select((approval_chain_steps::id, approval_chains::id))
        .load(conn)?;
    let ids: Vec<ApprovalStepId> = steps.iter().map(|(step, _)| *step).collect();
    let members: Vec<(ApprovalStepId, UserId)> = approval_chain_members::table
        .filter(approval_chain_members::approval_chain_step_id.eq_any(&ids))
        .order(approval_chain_members::id)
        .select((approval_chain_members::approval_chain_step_id, approval_chain_members::user_id))
        .load(conn)?;
    let mut found: Vec<(ApprovalChainId, Vec<Staffed>)> = Vec::new();
    for (step, chain) in steps {
        let people = members.iter().filter(|(of, _)| *of == step).map(|(_, user)| *user).collect();
        match found.last_mut() {
            Some((last, steps)) if *last == chain => steps.push((step, people)),
            _ => found.push((chain, vec![(step, people)])),
        }
    }
    Ok(found)
}

/// Puts a person in another's place on a step, or takes the other one off it.
pub(super) fn replace_member(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    step: ApprovalStepId,
    (from, to): (UserId, Option<UserId>),
) -> Result<()> {
    let place = approval_chain_members::table
        .filter(approval_chain_members::approval_chain_step_id.eq(step))
        .filter(approval_chain_members::user_id.eq(from));
    match to {
        Some(to) => {
            diesel::update(place).set(approval_chain_members::user_id.eq(to)).execute(tx.conn)?
        }
        None => diesel::delete(place).execute(tx.conn)?,
    };
    Ok(())
}

/// Inserts a chain without steps.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &ApprovalChain) -> Result<()> {
    diesel::insert_into(approval_chains::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Inserts the steps of a chain that has none.
pub(super) fn insert_steps(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: ApprovalChainId,
    steps: &[PlannedStep],
) -> Result<()> {
    let (mut rows, mut members) = (Vec::new(), Vec::new());
    for (position, step) in (0_i32..).zip(steps) {
        let step_id: ApprovalStepId = tx.id();
        rows.push(ChainStep {
            id: step_id,
            approval_chain_id: id,
            position,
            name: step.name.clone(),
            mode: step.mode,
        });
        for user_id in &step.members {
            let (id, user_id) = (tx.id(), *user_id);
            members.push(ChainMember { id, approval_chain_step_id: step_id, user_id });
        }
    }
    crate::each!(tx.conn, c => {
        diesel::insert_into(approval_chain_steps::table).values(&rows).execute(c)?;
        diesel::insert_into(approval_chain_members::table).values(&members).execute(c)?;
    });
    Ok(())
}

/// Takes the steps off a chain, to be replaced. Runs have copies of their own.
pub(super) fn clear_steps(tx: &mut Tx<'_>, _permit: &Permit, id: ApprovalChainId) -> Result<()> {
    let steps = approval_chain_steps::table.filter(approval_chain_steps::approval_chain_id.eq(id));
    let members = approval_chain_members::table.filter(
        approval_chain_members::approval_chain_step_id
            .eq_any(steps.select(approval_chain_steps::id)),
    );
    diesel::delete(members).execute(tx.conn)?;
    diesel::delete(steps).execute(tx.conn)?;
    Ok(())
}

/// Saves a chain whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &ApprovalChain) -> Result<()> {
    let now = tx.now();
    let unchanged =
        approval_chains::table.find(row.id).filter(approval_chains::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            approval_chains::name.eq(&row.name),
            approval_chains::archived_at.eq(row.archived_at),
            approval_chains::version.eq(row.version + 1),
            approval_chains::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}
