//! Drafting, changing, opening, pausing and closing jobs.

use std::collections::HashSet;

use super::api::{CreateJob, UpdateJob};
use super::openings::commands::{self as openings, NewOpening};
use super::store::{self, Job};
use super::{Headcount, JobCommand, JobState, hiring_team};
use crate::access::{Action, Actor, Permit, Scope, TeamRole, holdings, permit, permit_known};
use crate::approvals::chains;
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::db::types::Document;
use crate::error::{Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::{Line, Prose};
use crate::ids::{ApprovalChainId, DepartmentId, JobId, LevelId, OfficeId, PayBandId};
use crate::organization::field_definitions::{FieldNoun, FieldReach, values};
use crate::organization::{departments, levels, offices, pay_bands};
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
    /// Values of the organization's own fields, an object.
    pub custom: Document,
}

/// Drafts a job with its pipeline and openings as an actor asks.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, input: &CreateJob) -> Result<JobId> {
    let id: JobId = tx.id();
    let permit = permit_known(actor, Action::CreateJob, id)?;
    departments::commands::hold(tx, input.department_id)?;
    check_offices(tx, &input.office_ids)?;
    check_references(tx, input.level_id, input.pay_band_id, input.approval_chain_id)?;
    let reach = reach(tx, actor, id)?;
    let custom = values::merge(tx.conn, FieldNoun::Job, &Document::empty(), &input.custom, reach)?;
    let new = NewJob {
        title: input.title.to_text(),
        state: JobState::Draft,
        department_id: input.department_id,
        level_id: input.level_id,
        pay_band_id: input.pay_band_id,
        approval_chain_id: input.approval_chain_id,
        location: input.location.as_ref().map(Line::to_text),
        description: input.description.as_ref().map(Prose::to_text),
        requisition_code: input.requisition_code.as_ref().map(Line::to_text),
        headcount: input.headcount.unwrap_or(Headcount::Limited),
        confidential: input.confidential.unwrap_or(false),
        opened_at: None,
        closed_at: None,
        custom,
    };
    place(tx, &permit, id, new)?;
    store::replace_offices(tx, &permit, id, &input.office_ids)?;
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
        custom: new.custom,
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
    departments::commands::hold(tx, input.department_id.flatten())?;
    let (permit, mut row) = manage(tx, actor, id, expected)?;
    check_references(
        tx,
        input.level_id.flatten(),
        input.pay_band_id.flatten(),
        input.approval_chain_id.flatten(),
    )?;
    let mut changes = Changes::default();
    apply(&mut row, &mut changes, input);
    let reach = reach(tx, actor, id)?;
    let custom = values::merge(tx.conn, FieldNoun::Job, &row.custom, &input.custom, reach)?;
    if custom != row.custom {
        row.custom = custom;
        changes.note("custom");
    }
    if input.confidential == Some(true) {
        join(tx, &permit, actor, id)?;
    }
    store::save(tx, &permit, &row)?;
    if let Some(office_ids) = &input.office_ids {
        check_offices(tx, office_ids)?;
        store::replace_offices(tx, &permit, id, office_ids)?;
        changes.note("office_ids");
    }
    let event = Event::new(EventKind::JobUpdated, id.into()).job(id);
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Takes over the fields that are present.
fn apply(row: &mut Job, changes: &mut Changes, input: &UpdateJob) {
    let line = |text: &Option<Line<200>>| text.as_ref().map(Line::to_text);
    changes.set("title", &mut row.title, input.title.as_ref().map(Line::to_text));
    changes.set("department_id", &mut row.department_id, input.department_id);
    changes.set("level_id", &mut row.level_id, input.level_id);
    changes.set("pay_band_id", &mut row.pay_band_id, input.pay_band_id);
    changes.set("approval_chain_id", &mut row.approval_chain_id, input.approval_chain_id);
    changes.set("location", &mut row.location, input.location.as_ref().map(line));
    let description = input.description.as_ref().map(|text| text.as_ref().map(Prose::to_text));
    changes.set("description", &mut row.description, description);
    let code = input.requisition_code.as_ref().map(|code| code.as_ref().map(Line::to_text));
    changes.set("requisition_code", &mut row.requisition_code, code);
    changes.set("headcount", &mut row.headcount, input.headcount);
    changes.set("confidential", &mut row.confidential, input.confidential);
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
    check_version(expected, row.version)?;
    Ok((permit, row))
}

/// What a job names exists and is in use.
fn check_references(
    tx: &mut Tx<'_>,
    level_id: Option<LevelId>,
    pay_band_id: Option<PayBandId>,
    approval_chain_id: Option<ApprovalChainId>,
) -> Result<()> {
    let conn = &mut *tx.conn;
    let level = level_id.map(|id| levels::store::is_usable(conn, id)).transpose()?;
    let pay_band = pay_band_id.map(|id| pay_bands::store::is_usable(conn, id)).transpose()?;
    let chain = approval_chain_id.map(|id| chains::store::find(conn, id)).transpose()?;
    let chain = chain.map(|chain| chain.is_some_and(|chain| chain.archived_at.is_none()));
    let checked = [(level, "/level_id"), (pay_band, "/pay_band_id"), (chain, "/approval_chain_id")];
    match checked.into_iter().find(|(usable, _)| *usable == Some(false)) {
        Some((_, pointer)) => Err(Error::unknown_reference(pointer)),
        None => Ok(()),
    }
}

/// Which custom fields of a job and its openings somebody sees and sets: recruiting ones also by whoever
/// manages the job.
pub(super) fn reach(tx: &mut Tx<'_>, actor: &Actor, id: JobId) -> Result<FieldReach> {
    let holdings = holdings(tx.conn, actor, &Scope::on_job(id, id))?;
    let recruiting = [Action::ManageJob, Action::ReadContactPoints];
    Ok(FieldReach {
        recruiting: recruiting.into_iter().any(|action| holdings.allow(action)),
        compensation: holdings.allow(Action::ReadPayBands),
    })
}

/// The offices are in use, and none is named twice.
fn check_offices(tx: &mut Tx<'_>, ids: &[OfficeId]) -> Result<()> {
    let once: HashSet<OfficeId> = ids.iter().copied().collect();
    if once.len() != ids.len() {
        return Err(Error::invalid("/office_ids", "duplicate", "Name each office once."));
    }
    if offices::store::usable_among(tx.conn, ids)?.len() != ids.len() {
        return Err(Error::unknown_reference("/office_ids"));
    }
    Ok(())
}
