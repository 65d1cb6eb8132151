//! Keeping approvals that another system told of.

use crate::access::Permit;
use crate::approvals::store::{self, Run, Step, Vote, WholeRun, WholeStep};
use crate::approvals::{RunState, RunSubjectKind, StepMode, StepState, VoteDecision};
use crate::clock::Instant;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::{ApprovalRunId, JobId, UserId};

/// An approval that another system told of, as it stood there.
#[derive(Debug, Clone)]
pub struct PastRun {
    /// The job that was approved.
    pub job_id: JobId,
    /// Where it stood.
    pub state: RunState,
    /// Who asked for it.
    pub started_by: Option<UserId>,
    /// When.
    pub started_at: Instant,
    /// When it ended, if it did.
    pub ended_at: Option<Instant>,
    /// Its steps in order.
    pub steps: Vec<PastStep>,
}

/// A step of an approval that another system told of.
#[derive(Debug, Clone)]
pub struct PastStep {
    /// What it was called.
    pub name: String,
    /// Who of it had to approve.
    pub mode: StepMode,
    /// Where it stood.
    pub state: StepState,
    /// When it was asked, if known.
    pub asked_at: Option<Instant>,
    /// When it ended, if it did and that is known.
    pub ended_at: Option<Instant>,
    /// Who stood on it, each once, with the vote of whoever gave one.
    pub members: Vec<(UserId, Option<PastVote>)>,
}

/// A vote that another system told of.
#[derive(Debug, Clone)]
pub struct PastVote {
    /// Yes or no.
    pub decision: VoteDecision,
    /// Why.
    pub note: Option<String>,
    /// When.
    pub occurred_at: Instant,
}

/// Keeps an approval of a job that another system told of. Nobody is asked anything: it has no
/// hash of terms, so it takes no votes here and stands in nobody's queue.
pub fn insert_past(tx: &mut Tx<'_>, permit: &Permit, past: &PastRun) -> Result<ApprovalRunId> {
    let (id, now) = (tx.id(), tx.now());
    let run = Run {
        id,
        subject_kind: RunSubjectKind::Job,
        subject_id: past.job_id.any(),
        application_id: None,
        job_id: Some(past.job_id),
        terms_hash: None,
        state: past.state,
        settings_version_id: None,
        started_by: past.started_by,
        started_at: past.started_at,
        ended_at: past.ended_at,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let numbered = (0_i32..).zip(&past.steps);
    let steps = numbered.map(|(position, step)| past_step(tx, id, position, step)).collect();
    let permit = permit.extend_to(id);
    store::insert(tx, &permit, &WholeRun { run, offer_id: None, steps })?;
    let imported = Event::new(EventKind::ApprovalRunImported, id.into()).job(past.job_id);
    record(tx, &permit, &imported)?;
    Ok(id)
}

fn past_step(tx: &mut Tx<'_>, run_id: ApprovalRunId, position: i32, past: &PastStep) -> WholeStep {
    let step = Step {
        id: tx.id(),
        approval_run_id: run_id,
        position,
        name: past.name.clone(),
        mode: past.mode,
        state: past.state,
        asked_at: past.asked_at,
        ended_at: past.ended_at,
    };
    let member = |(user_id, vote): &(UserId, Option<PastVote>)| {
        let vote = vote.as_ref().map(|vote| Vote {
            id: tx.id(),
            approval_run_id: run_id,
            approval_step_id: step.id,
            user_id: *user_id,
            cast_by: None,
            decision: vote.decision,
            note: vote.note.clone(),
            terms_hash: None,
            occurred_at: vote.occurred_at,
            recorded_at: tx.now(),
        });
        (*user_id, vote)
    };
    let members = past.members.iter().map(member).collect();
    WholeStep { step, members }
}
