//! Submitting a version to its approvers.

use super::{Belongings, ask};
use crate::access::Permit;
use crate::approvals::model::{Obstacle, Passage, PassageStep, PlannedStep};
use crate::approvals::store::{self, Run, Step, WholeRun, WholeStep};
use crate::approvals::{RunSubjectKind, StepState};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApprovalRunId, OfferVersionId, UserId};
use crate::organization::settings;
use crate::users;

/// A version on its way to its approvers.
#[derive(Debug)]
pub struct Submission<'a> {
    /// The version.
    pub version_id: OfferVersionId,
    /// What it belongs to.
    pub of: Belongings,
    /// The steps that it has to pass.
    pub plan: &'a [PlannedStep],
    /// How the passage of those steps begins.
    pub passage: &'a Passage,
    /// Who submits it.
    pub submitter: UserId,
}

/// Starts the run of a submitted version and asks its first step.
///
/// # Errors
/// `not_ready` when somebody on a step can no longer sign in.
pub fn start(
    tx: &mut Tx<'_>,
    permit: &Permit,
    submission: &Submission<'_>,
) -> Result<ApprovalRunId> {
    let Submission { version_id, of, plan, passage, submitter } = *submission;
    refuse_inactive(tx, plan)?;
    let (id, now) = (tx.id(), tx.now());
    let run = Run {
        id,
        subject_kind: RunSubjectKind::OfferVersion,
        subject_id: version_id.any(),
        application_id: Some(of.application_id),
        job_id: Some(of.job_id),
        terms_hash: passage.terms_hash,
        state: passage.state,
        settings_version_id: settings::store::newest(tx.conn)?.map(|row| row.id),
        started_by: Some(submitter),
        started_at: tx.occurred_at(),
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let steps = planned_steps(tx, id, plan, passage);
    let whole = WholeRun { run, offer_id: None, steps };
    let permit = permit.extend_to(id);
    store::insert(tx, &permit, &whole)?;
    let started = of.event(EventKind::ApprovalRunStarted, &permit);
    record(tx, &permit, &started.id("offer_version_id", version_id))?;
    if let Some(first) = whole.steps.first() {
        ask(tx, &permit, of, &first.step)?;
    }
    Ok(id)
}

fn planned_steps(
    tx: &mut Tx<'_>,
    run_id: ApprovalRunId,
    plan: &[PlannedStep],
    passage: &Passage,
) -> Vec<WholeStep> {
    let asked_at = tx.occurred_at();
    let numbered = (0_i32..).zip(plan).zip(&passage.steps);
    let step = |((position, planned), step): ((i32, &PlannedStep), &PassageStep)| WholeStep {
        step: Step {
            id: tx.id(),
            approval_run_id: run_id,
            position,
            name: planned.name.clone(),
            mode: planned.mode,
            state: step.state,
            asked_at: (step.state == StepState::Pending).then_some(asked_at),
            ended_at: None,
        },
        members: planned.members.iter().map(|user_id| (*user_id, None)).collect(),
    };
    numbered.map(step).collect()
}

/// What the submitter is told of an obstacle.
pub fn obstructed(obstacle: Obstacle, plan: &[PlannedStep]) -> Error {
    let name = |position: usize| plan.get(position).map_or("", |step| step.name.as_str());
    match obstacle {
        Obstacle::NoSteps => Error::new(Code::NotReady, "The approval chain has no steps."),
        Obstacle::NobodyOn(position) => {
            let detail = format!("Nobody stands on the approval step “{}”.", name(position));
            Error::new(Code::NotReady, detail)
        }
        Obstacle::SubmitterOn(position) => {
            let detail = format!(
                "You stand on the approval step “{}”; somebody else has to submit this offer.",
                name(position),
            );
            Error::invalid("", "separation_of_duties", detail)
        }
    }
}

/// A step that waits for somebody who cannot sign in would wait for ever.
fn refuse_inactive(tx: &mut Tx<'_>, plan: &[PlannedStep]) -> Result<()> {
    let everybody: Vec<UserId> = plan.iter().flat_map(|step| step.members.clone()).collect();
    let active = users::store::hold_responsible(tx.conn, &everybody)?;
    let stuck = plan.iter().find(|step| step.members.iter().any(|id| !active.contains(id)));
    stuck.map_or(Ok(()), |step| {
        let detail = format!("Somebody on the approval step “{}” is deactivated.", step.name);
        Err(Error::new(Code::NotReady, detail))
    })
}
