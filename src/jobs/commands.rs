//! Drafting, changing, opening, pausing and closing jobs.

use super::api::{CreateJob, UpdateJob};
use super::openings::commands::{self as openings, NewOpening};
use super::store::{self, Job};
use super::{Headcount, JobCommand, JobState, hiring_team};
use crate::access::{Action, Actor, Permit, Scope, TeamRole, permit, permit_known};
use crate::approvals::chains;
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApprovalChainId, DepartmentId, JobId, LevelId, PayBandId};
use crate::organization::{departments, levels, pay_bands};
use crate::pipelines::commands as pipelines;

/// A job to add. What it names exists.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: JobState,
    /// Whose it is.
    pub department_id: Option<DepartmentId>,
    /// The rung that it hires for.
    pub level_id: Option<LevelId>,
    /// What it pays.
    pub pay_band_id: Option<PayBandId>,
    /// Who approves its offers.
    pub approval_chain_id: Option<ApprovalChainId>,
    /// Where the work is.
    pub location: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The organization's own code for it.
    pub requisition_code: Option<String>,
    /// Whether the number of hires is limited.
    pub headcount: Headcount,
    /// Whether it exists only for its team.
    pub confidential: bool,
    /// When it was opened.
    pub opened_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
}

/// Drafts a job with its pipeline and openings as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateJob) -> Result<JobId> {
    let id: JobId = tx.id();
    let permit = permit_known(actor, Action::CreateJob, id)?;
    check_references(
        tx,
        input.department_id,
        input.level_id,
        input.pay_band_id,
        input.approval_chain_id,
    )?;
    let new = NewJob {
        title: input.title.to_text(),
        state: JobState::Draft,
        department_id: input.department_id,
        level_id: input.level_id,
        pay_band_id: input.pay_band_id,
        approval_chain_id: input.approval_chain_id,
        location: input.location.as_ref().map(super::super::http::fields::Line::to_text),
        description: input.description.as_ref().map(super::super::http::fields::Prose::to_text),
        requisition_code: input
            .requisition_code
            .as_ref()
            .map(super::super::http::fields::Line::to_text),
        headcount: input.headcount.unwrap_or(Headcount::Limited),
        confidential: input.confidential.unwrap_or(false),
        opened_at: None,
        closed_at: None,
    };
    place(tx, &permit, id, new)?;
    let stages =
        input.stages.as_deref().map_or_else(pipelines::default_stages, pipelines::stages_of);
    pipelines::place(tx, &permit, id, &stages)?;
    let heads = (1..=input.openings.unwrap_or(0)).map(NewOpening::open);
    openings::place(tx, &permit, id, &heads.collect::<Vec<_>>())?;
    if input.confidential == Some(true) {
        join(tx, &permit, actor, id)?;
    }
    Ok(id)
}

/// Makes the actor a recruiter of a job that exists only for its team from now on, so that it
/// exists for somebody who can let others in.
fn join(tx: &mut Tx<'_>, permit: &Permit, actor: &Actor, id: JobId) -> Result<()> {
    let recruiters = hiring_team::store::people_with(tx.conn, id, TeamRole::Recruiter)?;
    if recruiters.contains(&actor.user_id) {
        return Ok(());
    }
    let member = tx.id();
    let permit = permit.extend_to(member);
    hiring_team::commands::place(tx, &permit, member, id, actor.user_id, TeamRole::Recruiter)
}

/// Adds a job, without stages and openings.
pub fn place(tx: &mut Tx<'_>, permit: &Permit, id: JobId, new: NewJob) -> Result<()> {
    let now = tx.now();
    let row = Job {
        id,
        title: new.title,
        state: new.state,
        department_id: new.department_id,
        level_id: new.level_id,
        pay_band_id: new.pay_band_id,
        approval_chain_id: new.approval_chain_id,
        location: new.location,
        description: new.description,
        requisition_code: new.requisition_code,
        headcount: new.headcount,
        confidential: new.confidential,
        custom: Document::empty(),
        opened_at: new.opened_at,
        closed_at: new.closed_at,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    let event = Event::new(EventKind::JobCreated, id.into()).job(id);
    record(tx, permit, &event.code("state", row.state.as_str()))?;
    Ok(())
}

/// Changes a job.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobId,
    expected: Option<i64>,
    input: &UpdateJob,
) -> Result<JobId> {
    let (permit, mut row) = manage(tx, actor, id, expected)?;
    check_references(
        tx,
        input.department_id.flatten(),
        input.level_id.flatten(),
        input.pay_band_id.flatten(),
        input.approval_chain_id.flatten(),
    )?;
    let changed = apply(&mut row, input);
    if input.confidential == Some(true) {
        join(tx, &permit, actor, id)?;
    }
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::JobUpdated, id.into()).job(id);
    record(tx, &permit, &event.changed(&changed))?;
    Ok(id)
}

/// Takes over the fields that are present, and names them.
fn apply(row: &mut Job, input: &UpdateJob) -> Vec<&'static str> {
    let mut changed = Vec::new();
    if let Some(title) = &input.title {
        row.title = title.to_text();
        changed.push("title");
    }
    if let Some(department_id) = input.department_id {
        row.department_id = department_id;
        changed.push("department_id");
    }
    if let Some(level_id) = input.level_id {
        row.level_id = level_id;
        changed.push("level_id");
    }
    if let Some(pay_band_id) = input.pay_band_id {
        row.pay_band_id = pay_band_id;
        changed.push("pay_band_id");
    }
    if let Some(approval_chain_id) = input.approval_chain_id {
        row.approval_chain_id = approval_chain_id;
        changed.push("approval_chain_id");
    }
    if let Some(location) = &input.location {
        row.location = location.as_ref().map(super::super::http::fields::Line::to_text);
        changed.push("location");
    }
    if let Some(description) = &input.description {
        row.description = description.as_ref().map(super::super::http::fields::Prose::to_text);
        changed.push("description");
    }
    if let Some(code) = &input.requisition_code {
        row.requisition_code = code.as_ref().map(super::super::http::fields::Line::to_text);
        changed.push("requisition_code");
    }
    if let Some(headcount) = input.headcount {
        row.headcount = headcount;
        changed.push("headcount");
    }
    if let Some(confidential) = input.confidential {
        row.confidential = confidential;
        changed.push("confidential");
    }
    changed
}

/// Moves a job along its life. Closing it closes its open openings too; reserved ones stay with
/// their offers.
///
/// # Errors
/// `illegal_transition` when the life knows no such step.
pub fn change_state(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobId,
    expected: Option<i64>,
    command: JobCommand,
) -> Result<JobId> {
    let (permit, mut row) = manage(tx, actor, id, expected)?;
    row.state = row.state.apply(command)?;
    let kind = match command {
        JobCommand::Publish => {
            row.opened_at = Some(tx.occurred_at());
            EventKind::JobOpened
        }
        JobCommand::Pause => EventKind::JobPaused,
        JobCommand::Resume => EventKind::JobResumed,
        JobCommand::Close => {
            row.closed_at = Some(tx.occurred_at());
            EventKind::JobClosed
        }
    };
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(kind, id.into()).job(id))?;
    if row.state == JobState::Closed {
        openings::close_all(tx, &permit, id)?;
    }
    Ok(id)
}

/// Locks and loads a job that the actor may change; for everything that belongs to a job.
///
/// # Errors
/// `not_found`, `forbidden`, `stale`.
pub fn manage(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: JobId,
    expected: Option<i64>,
) -> Result<(Permit, Job)> {
    dialect::lock(tx.conn, Root::Job, id.any())?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx.conn, actor, Action::ManageJob, &Scope::on_job(id, id))?;
    if expected.is_some_and(|version| version != row.version) {
        return Err(Error::stale());
    }
    Ok((permit, row))
}

/// What a job names exists and is in use.
fn check_references(
    tx: &mut Tx<'_>,
    department_id: Option<DepartmentId>,
    level_id: Option<LevelId>,
    pay_band_id: Option<PayBandId>,
    approval_chain_id: Option<ApprovalChainId>,
) -> Result<()> {
    let conn = &mut *tx.conn;
    let department = department_id.map(|id| departments::is_usable(conn, id)).transpose()?;
    let level = level_id.map(|id| levels::store::is_usable(conn, id)).transpose()?;
    let pay_band = pay_band_id.map(|id| pay_bands::store::is_usable(conn, id)).transpose()?;
    let chain = approval_chain_id.map(|id| chains::store::find(conn, id)).transpose()?;
    let chain = chain.map(|chain| chain.is_some_and(|chain| chain.archived_at.is_none()));
    let checked = [
        (department, "/department_id"),
        (level, "/level_id"),
        (pay_band, "/pay_band_id"),
        (chain, "/approval_chain_id"),
    ];
    match checked.into_iter().find(|(usable, _)| *usable == Some(false)) {
        Some((_, pointer)) => Err(Error::unknown_reference(pointer)),
        None => Ok(()),
    }
}
