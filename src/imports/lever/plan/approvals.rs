//! Approvals of requisitions.

use crate::imports::lever::wire::jobs::{Approval, ApprovalStep, Approver};
use crate::imports::lever::wire::values::{Instant, LeverId, Text};
use crate::imports::report::Report;
use chrono::{DateTime, Utc};

/// An approval that ought to exist. One that was never started is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalPlan {
    /// Lever's id; absent only if Lever gives none.
    pub id: Option<LeverId>,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// Who asked, a user of the plan.
    pub asked_by: Option<LeverId>,
    /// When it was started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was granted, or when the last vote fell on one that was denied; absent while it is
    /// in progress.
    pub decided_at: Option<DateTime<Utc>>,
    /// The steps, in order.
    pub steps: Vec<StepPlan>,
}

/// Where an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalStatus {
    /// Votes are owed.
    InProgress,
    /// Granted.
    Approved,
    /// Refused.
    Denied,
}

/// A step of an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPlan {
    /// Lever's id; absent if Lever gives none.
    pub id: Option<LeverId>,
    /// Where it stands; absent if its turn has not come.
    pub status: Option<ApprovalStatus>,
    /// How many of the approvers must say yes, at least 1.
    pub approvals_required: u32,
    /// The approvers, in Lever's order.
    pub approvers: Vec<ApproverPlan>,
}

/// Someone who approves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproverPlan {
    /// A user of the plan.
    pub user: LeverId,
    /// Whether a rule (the hiring manager of the requisition) chose the user.
    pub is_by_rule: bool,
    /// The vote; absent while it is owed.
    pub vote: Option<VotePlan>,
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VotePlan {
    /// Yes or no.
    pub is_yes: bool,
    /// When it was given, if Lever says.
    pub at: Option<DateTime<Utc>>,
}

/// Reads an approval; nothing if it was not asked for or never started.
pub(super) fn approval(
    approval: Option<&Approval>,
    requisition: &LeverId,
    report: &mut Report,
) -> Option<ApprovalPlan> {
    let approval = approval?;
    let Some(text) = &approval.status else {
        if !approval.steps.is_empty() {
            report.remark(
                "requisitions.approval has steps but was never started; no approval is made",
                Some(requisition.as_str()),
            );
        }
        return None;
    };
    let Some(status) = status(text) else {
        report.no_home("requisitions.approval.status", Some(requisition.as_str()));
        return None;
    };
    let steps: Vec<StepPlan> = approval.steps.iter().map(step).collect();
    let votes = steps.iter().flat_map(|step| &step.approvers).filter_map(|one| one.vote?.at);
    let decided_at = match status {
        ApprovalStatus::Approved => approval.approved_at.map(Instant::utc).or(votes.max()),
        // Lever keeps no instant of refusal beside the vote that refused.
        ApprovalStatus::Denied => votes.max(),
        ApprovalStatus::InProgress => None,
    };
    Some(ApprovalPlan {
        id: approval.id.clone(),
        status,
        asked_by: approval.created_by.clone(),
        started_at: approval.started_at.map(Instant::utc),
        decided_at,
        steps,
    })
}

fn status(text: &Text) -> Option<ApprovalStatus> {
    match text.as_str() {
        "approved" => Some(ApprovalStatus::Approved),
        "denied" => Some(ApprovalStatus::Denied),
        "inprogress" => Some(ApprovalStatus::InProgress),
        _ => None,
    }
}

fn step(step: &ApprovalStep) -> StepPlan {
    StepPlan {
        id: step.id.clone(),
        status: step.status.as_ref().and_then(status),
        approvals_required: step.approvals_required.unwrap_or(1).max(1),
        approvers: step.approvers.iter().map(approver).collect(),
    }
}

fn approver(approver: &Approver) -> ApproverPlan {
    let vote = approver
        .approved
        .map(|is_yes| VotePlan { is_yes, at: approver.approved_at.map(Instant::utc) });
    ApproverPlan { user: approver.id.clone(), is_by_rule: approver.is_dynamic == Some(true), vote }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> (Option<ApprovalPlan>, Report) {
        let wire: Approval = serde_json::from_str(json).unwrap();
        let mut report = Report::default();
        let plan = approval(Some(&wire), &LeverId::parse("r-1").unwrap(), &mut report);
        (plan, report)
    }

    #[test]
    fn a_denied_approval_is_decided_when_its_last_vote_fell() {
        let (plan, report) = read(
            r#"{"id":"a-1","status":"denied","startedAt":1000,"approvedAt":null,"steps":[
                {"id":"t-1","status":"approved","approvalsRequired":0,
                 "approvers":[{"id":"u-1","isDynamic":true,"approved":true,"approvedAt":2000}]},
                {"id":"t-2","status":"denied","approvalsRequired":2,
                 "approvers":[{"id":"u-2","approved":false,"approvedAt":3000},{"id":"u-3"}]}]}"#,
        );
        let plan = plan.unwrap();
        assert_eq!(plan.status, ApprovalStatus::Denied);
        assert_eq!(plan.decided_at.map(|at| at.timestamp_millis()), Some(3000));
        let votes: Vec<_> = plan
            .steps
            .iter()
            .flat_map(|step| &step.approvers)
            .map(|one| (one.user.as_str(), one.is_by_rule, one.vote.map(|vote| vote.is_yes)))
            .collect();
        assert_eq!(
            votes,
            [("u-1", true, Some(true)), ("u-2", false, Some(false)), ("u-3", false, None)]
        );
        let required: Vec<_> = plan.steps.iter().map(|step| step.approvals_required).collect();
        assert_eq!(required, [1, 2]);
        assert_eq!(report, Report::default());
    }

    #[test]
    fn what_was_never_started_is_no_approval() {
        assert_eq!(read(r#"{"steps":[]}"#), (None, Report::default()));
        let (plan, report) = read(r#"{"id":"a-1","status":null,"steps":[{"approvers":[]}]}"#);
        assert_eq!(plan, None);
        assert_eq!(report.remarks().count(), 1);
        let (plan, report) = read(r#"{"id":"a-1","status":"withdrawn","steps":[]}"#);
        assert_eq!(plan, None);
        assert_eq!(report.fields_without_home().count(), 1);
    }
}
