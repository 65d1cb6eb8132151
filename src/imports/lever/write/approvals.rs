//! Approvals of requisitions, as they stood.

use chrono::{DateTime, Utc};

use super::jobs;
use super::people::user;
use super::unit::{Made, Source, Writer};
use crate::approvals::commands::{PastRun, PastStep, PastVote, insert_past};
use crate::approvals::{RunState, StepMode, StepState, VoteDecision};
use crate::clock::Instant;
use crate::error::Result;
use crate::ids::{JobId, UserId};
use crate::imports::kind::Kind;
use crate::imports::lever::plan::approvals::{ApprovalPlan, ApprovalStatus, StepPlan};
use crate::imports::lever::plan::jobs::JobPlan;

/// Writes the approvals of a plan's jobs.
pub(super) fn write(writer: &mut Writer<'_>, jobs: &[JobPlan]) -> Result<()> {
    for job in jobs {
        let Some(approval) = &job.approval else { continue };
        let (_, key) = jobs::reference(&job.key);
        let source = Source {
            counted: Kind::Approvals,
            file: Kind::Requisitions,
            kind: "approval",
            id: approval.id.as_ref().map_or(key.as_str(), |id| id.as_str()).to_owned(),
            at: approval.decided_at.or(approval.started_at),
        };
        let Some(job_id) = jobs::job(writer, &job.key) else {
            writer.skip(&source, "its requisition was not taken");
            continue;
        };
        let past = past(writer, job_id, job, approval);
        writer.keep(source, move |tx, permit, _| Ok(Made::New(insert_past(tx, permit, &past)?)))?;
    }
    Ok(())
}

fn past(writer: &mut Writer<'_>, job_id: JobId, job: &JobPlan, plan: &ApprovalPlan) -> PastRun {
    let known = plan.started_at.or(job.created_at).or(plan.decided_at);
    let started_at = known.unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    if known.is_none() {
        writer.report.remark(
            "requisitions.approval has no instant",
            Some(jobs::reference(&job.key).1.as_str()),
        );
    }
    let fallback = plan.decided_at.unwrap_or(started_at);
    let numbered = (1_u32..).zip(&plan.steps);
    PastRun {
        job_id,
        state: match plan.status {
            ApprovalStatus::InProgress => RunState::Pending,
            ApprovalStatus::Approved => RunState::Approved,
            ApprovalStatus::Denied => RunState::Rejected,
        },
        started_by: user(writer, plan.asked_by.as_ref()),
        started_at: Instant::from_utc(started_at),
        ended_at: plan.decided_at.map(Instant::from_utc),
        steps: numbered.map(|(number, step)| past_step(writer, number, step, fallback)).collect(),
    }
}

fn past_step(
    writer: &mut Writer<'_>,
    number: u32,
    plan: &StepPlan,
    fallback: DateTime<Utc>,
) -> PastStep {
    let mut members: Vec<(UserId, Option<PastVote>)> = Vec::new();
    for approver in &plan.approvers {
        let Some(id) = user(writer, Some(&approver.user)) else { continue };
        if members.iter().any(|(member, _)| *member == id) {
            writer.report.remark("requisitions.approval names an approver twice in a step", None);
            continue;
        }
        let vote = approver.vote.map(|vote| PastVote {
            decision: if vote.is_yes { VoteDecision::Approve } else { VoteDecision::Reject },
            note: None,
            occurred_at: Instant::from_utc(vote.at.unwrap_or(fallback)),
        });
        members.push((id, vote));
    }
    let required = usize::try_from(plan.approvals_required).unwrap_or(usize::MAX);
    if required > 1 && required < members.len() {
        writer.report.no_home(
            "requisitions.approval.steps[].approvalsRequired",
            plan.id.as_ref().map(super::super::wire::values::LeverId::as_str),
        );
    }
    let last = plan.approvers.iter().filter_map(|approver| approver.vote?.at).max();
    let is_over = matches!(plan.status, Some(ApprovalStatus::Approved | ApprovalStatus::Denied));
    PastStep {
        name: format!("Step {number}"),
        mode: if required < members.len() { StepMode::Any } else { StepMode::All },
        state: match plan.status {
            Some(ApprovalStatus::InProgress) => StepState::Pending,
            Some(ApprovalStatus::Approved) => StepState::Approved,
            Some(ApprovalStatus::Denied) => StepState::Rejected,
            None => StepState::Waiting,
        },
        asked_at: None,
        ended_at: last.filter(|_| is_over).map(Instant::from_utc),
        members,
    }
}
