//! The figures by which an import can be checked against its source.

use super::Plan;
use super::approvals::ApprovalStatus;
use super::jobs::JobKey;
use super::pursuits::{Outcome, Standing};
use crate::imports::lever::wire::values::{Headcount, LeverId};
use serde::Serialize;
use std::collections::HashSet;

/// How much of what a plan holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Users that the account lists.
    pub users: usize,
    /// Users that the account only names.
    pub placeholder_users: usize,
    /// People, each once.
    pub candidates: usize,
    /// Opportunities with an application.
    pub applications: usize,
    /// Applications on the jobs for those without a posting.
    pub applications_without_posting: usize,
    /// Opportunities without an application.
    pub prospects: usize,
    /// Moves of applications and prospects.
    pub stage_changes: usize,
    /// Moves of prospects among them.
    pub stage_changes_of_prospects: usize,
    /// Moves by nobody that Lever names.
    pub stage_changes_without_actor: usize,
    /// Moves by a user that the account only names.
    pub stage_changes_by_placeholder: usize,
    /// Closed applications and prospects.
    pub archived: usize,
    /// Those closed with a reason of being hired.
    pub hired: usize,
    /// Closed prospects.
    pub archived_prospects: usize,
    /// Jobs of all three origins.
    pub jobs: usize,
    /// Jobs that stand for a requisition.
    pub requisitions: usize,
    /// Pay bands of requisitions.
    pub bands: usize,
    /// Requisitions with unlimited headcount.
    pub unlimited: usize,
    /// Approvals that were granted.
    pub approvals_approved: usize,
    /// Approvals that were denied.
    pub approvals_denied: usize,
    /// Approvals in which votes are owed.
    pub approvals_in_progress: usize,
    /// Draft rubrics.
    pub rubrics: usize,
    /// Attributes of all rubrics.
    pub attributes: usize,
}

impl Figures {
    pub(super) fn of(plan: &Plan) -> Self {
        let placeholders: HashSet<&LeverId> =
            plan.users.iter().filter(|user| user.profile.is_none()).map(|user| &user.id).collect();
        let mut figures = Self {
            users: plan.users.len().saturating_sub(placeholders.len()),
            placeholder_users: placeholders.len(),
            candidates: plan.candidates.len(),
            jobs: plan.jobs.len(),
            rubrics: plan.rubrics.len(),
            attributes: plan.rubrics.iter().map(|rubric| rubric.attributes.len()).sum(),
            ..Self::default()
        };
        figures.count_jobs(plan);
        figures.count_pursuits(plan, &placeholders);
        figures
    }

    fn count_jobs(&mut self, plan: &Plan) {
        for job in &plan.jobs {
            self.requisitions += usize::from(matches!(job.key, JobKey::Requisition(_)));
            self.bands += usize::from(job.band.is_some());
            self.unlimited += usize::from(job.headcount == Some(Headcount::Unlimited));
            match job.approval.as_ref().map(|approval| approval.status) {
                Some(ApprovalStatus::Approved) => self.approvals_approved += 1,
                Some(ApprovalStatus::Denied) => self.approvals_denied += 1,
                Some(ApprovalStatus::InProgress) => self.approvals_in_progress += 1,
                None => {}
            }
        }
    }

    fn count_pursuits(&mut self, plan: &Plan, placeholders: &HashSet<&LeverId>) {
        for pursuit in &plan.pursuits {
            let is_closed = pursuit.closing.is_some();
            self.archived += usize::from(is_closed);
            let outcome = pursuit.closing.as_ref().map(|closing| closing.outcome);
            self.hired += usize::from(outcome == Some(Outcome::Hired));
            self.stage_changes += pursuit.changes.len();
            match &pursuit.standing {
                Standing::Application { job, .. } => {
                    self.applications += 1;
                    self.applications_without_posting +=
                        usize::from(matches!(job, JobKey::NoPosting { .. }));
                }
                Standing::Prospect => {
                    self.prospects += 1;
                    self.archived_prospects += usize::from(is_closed);
                    self.stage_changes_of_prospects += pursuit.changes.len();
                }
            }
            for change in &pursuit.changes {
                match &change.actor {
                    Some(actor) => {
                        self.stage_changes_by_placeholder +=
                            usize::from(placeholders.contains(actor));
                    }
                    None => self.stage_changes_without_actor += 1,
                }
            }
        }
    }
}
