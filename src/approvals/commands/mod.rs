//! Submitting to approval, voting, and keeping what another system told of.

mod leave;
mod past;
mod start;
mod vote;

pub use leave::leave;
pub use past::{PastRun, PastStep, PastVote, insert_past};
pub use start::{Submission, obstructed, start};
pub(in crate::approvals) use vote::vote;

use super::store::{self, Run, Step, WholeRun};
use crate::access::{Actor, Permit, Relation, Scope, standing};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::{ApplicationId, ApprovalRunId, CandidateId, JobId, OfferVersionId};

/// What a version belongs to, for the events about its approval.
#[derive(Debug, Clone, Copy)]
pub struct Belongings {
    /// The application that the offer is for.
    pub application_id: ApplicationId,
    /// The candidate of the application.
    pub candidate_id: CandidateId,
    /// The job of the application.
    pub job_id: JobId,
}

impl Belongings {
    fn event(&self, kind: EventKind, permit: &Permit) -> Event {
        Event::new(kind, permit.subject())
            .job(self.job_id)
            .candidate(self.candidate_id)
            .application(self.application_id)
    }
}

fn ask(tx: &mut Tx<'_>, permit: &Permit, of: Belongings, step: &Step) -> Result<()> {
    let permit = permit.extend_to(step.id);
    let asked = of.event(EventKind::ApprovalStepAsked, &permit);
    record(tx, &permit, &asked.id("approval_run_id", step.approval_run_id))?;
    Ok(())
}

/// Takes the run of a version out of force because a newer version takes its place. Gives the run
/// if there was one to supersede; the event of the newer version names it.
pub fn supersede(
    tx: &mut Tx<'_>,
    permit: &Permit,
    version_id: OfferVersionId,
) -> Result<Option<ApprovalRunId>> {
    let Some(whole) = store::whole_of_version(tx.conn, version_id)? else { return Ok(None) };
    let state = whole.passage().supersede().state;
    if state == whole.run.state {
        return Ok(None);
    }
    let ended_at = whole.run.ended_at.or(Some(tx.occurred_at()));
    let run = Run { state, ended_at, ..whole.run };
    store::save(tx, &permit.extend_to(run.id), &run)?;
    Ok(Some(run.id))
}

/// What an actor is to a run: through the application of the offer, or by standing on a step of
/// what another system told of.
pub(in crate::approvals) fn scope(
    conn: &mut Conn,
    actor: &Actor,
    whole: &WholeRun,
) -> Result<Scope> {
    let scope = match whole.run.job_id {
        Some(job_id) => Scope::on_job(whole.run.id, job_id),
        // A key that is narrowed to jobs has no part in what belongs to none.
        None if actor.narrowed_to.is_some() => Scope::of(whole.run.id).for_nobody(),
        None => Scope::of(whole.run.id),
    };
    Ok(match whole.run.application_id {
        Some(application_id) => scope.standing(standing(conn, actor, application_id)?),
        None if whole.has_member(actor.user_id) => scope.related([Relation::Approver]),
        None => scope,
    })
}
