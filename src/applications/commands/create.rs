//! Applying.

use super::{already_applied, check_people, check_referrer, event};
use crate::access::{Action, Actor, Permit, Scope, holdings, permit, visible_candidate};
use crate::applications::ApplicationStatus;
use crate::applications::api::CreateApplication;
use crate::applications::store::{self, Application, Move};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::db::types::Document;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{AnyId, ApplicationId, JobId, StageId};
use crate::jobs::{self, JobState};
use crate::organization::field_definitions::{FieldNoun, FieldReach, values};
use crate::pipelines;

/// Adds an application to an open job.
///
/// # Errors
/// `already_applied` while the candidate has an active one for the job; `illegal_transition` when
/// the job is not open; `not_ready` when it has no stages.
pub(in crate::applications) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateApplication,
) -> Result<ApplicationId> {
    let id: ApplicationId = tx.id();
    lock(tx.conn, Root::Job, input.job_id.any())?;
    let permit =
        permit(tx.conn, actor, Action::CreateApplication, &Scope::on_job(id, input.job_id))
            .map_err(|error| hidden_is_unknown(error, "/job_id"))?;
    let job = jobs::store::find(tx.conn, input.job_id)?;
    let job = job.ok_or_else(|| Error::unknown_reference("/job_id"))?;
    if !visible_candidate(tx.conn, actor, input.candidate_id)? {
        return Err(Error::unknown_reference("/candidate_id"));
    }
    if job.state != JobState::Open {
        return Err(Error::new(Code::IllegalTransition, "Only an open job takes applications."));
    }
    let stage_id = first_stage(tx, input.job_id, input.stage_id)?;
    check_people(tx, input.source_id, input.owner_id)?;
    check_referrer(tx, input.referrer_id)?;
    if store::has_active(tx.conn, input.candidate_id, input.job_id)? {
        return Err(already_applied());
    }
    let holdings = holdings(tx.conn, actor, &Scope::on_job(id, input.job_id))?;
    let (none, reach) = (Document::empty(), FieldReach::of(actor, &holdings));
    let custom = values::merge(tx.conn, FieldNoun::Application, &none, &input.custom, reach)?;
    let (now, applied_at) = (tx.now(), tx.occurred_at());
    let row = Application {
        id,
        candidate_id: input.candidate_id,
        job_id: input.job_id,
        stage_id,
        status: ApplicationStatus::Active,
        source_id: input.source_id,
        owner_id: input.owner_id,
        referrer_id: input.referrer_id,
        agency_id: actor.agency_id,
        applied_at,
        stage_entered_at: applied_at,
        custom,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    place(tx, &permit, &row, permit.person())?;
    Ok(id)
}

/// Adds the permit's application with its entry into its stage, made by a person if it was one who works here.
pub(in crate::applications) fn place(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Application,
    person: Option<AnyId>,
) -> Result<()> {
    store::insert(tx, permit, row)?;
    let entry = Move {
        id: tx.id(),
        application_id: row.id,
        from_stage_id: None,
        to_stage_id: row.stage_id,
        actor_id: person,
        occurred_at: row.applied_at,
        recorded_at: row.created_at,
    };
    store::insert_moves(tx, permit, &[entry])?;
    let event = event(EventKind::ApplicationCreated, row).id("stage_id", row.stage_id);
    record(tx, permit, &event)?;
    Ok(())
}

/// The stage that was asked for, which is one of the job, or the job's first.
fn first_stage(tx: &mut Tx<'_>, job_id: JobId, asked: Option<StageId>) -> Result<StageId> {
    if let Some(id) = asked {
        let stage = pipelines::store::find(tx.conn, id)?.filter(|stage| stage.job_id == job_id);
        stage.map(|stage| stage.id).ok_or_else(|| Error::unknown_reference("/stage_id"))
    } else {
        let first = pipelines::store::first(tx.conn, job_id)?;
        let no_stages = || Error::new(Code::NotReady, "The job has no stages yet.");
        first.map(|stage| stage.id).ok_or_else(no_stages)
    }
}

/// A hidden subject that a field of the body names is a wrong field.
fn hidden_is_unknown(error: Error, pointer: &'static str) -> Error {
    if error.code == Code::NotFound { Error::unknown_reference(pointer) } else { error }
}
