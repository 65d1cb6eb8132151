//! Jobs: requisitions, postings, and the places for applications that name neither.
//!
//! Which postings and requisitions are one job is settled in `links`.

use super::approvals::ApprovalPlan;
use super::job_facts::{advertise, bare, posting_job, requisition_job};
use super::links::Links;
use super::money::BandPlan;
use super::pursuits::{PursuitPlan, Standing};
use crate::imports::lever::wire::jobs::{Posting, Requisition, RequisitionField};
use crate::imports::lever::wire::values::{Headcount, LeverId, Text};
use crate::imports::report::Report;
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Title of the job for applications without a posting.
const NO_POSTING_TITLE: &str = "Imported from Lever (no posting)";

/// Title of the job for confidential applications without a posting.
const NO_POSTING_CONFIDENTIAL_TITLE: &str = "Imported from Lever (no posting, confidential)";

/// Which record of Lever's a job stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobKey {
    /// A requisition.
    Requisition(LeverId),
    /// A posting that is no requisition's advertisement.
    Posting(LeverId),
    /// None: the place for applications without a posting. Confidential ones stand apart, because
    /// a job is what confidentiality hangs on.
    NoPosting {
        /// Whether it is the place for confidential applications.
        is_confidential: bool,
    },
}

/// A job that ought to exist.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPlan {
    /// What it stands for.
    pub key: JobKey,
    /// Postings that mean this job, beside the key: the advertisement, and ids of postings that
    /// only this requisition names and the account does not list.
    pub postings: Vec<LeverId>,
    /// The title.
    pub title: Text,
    /// The account's own code for the requisition.
    pub code: Option<Text>,
    /// Where the job stands.
    pub state: JobState,
    /// Whether only the job's team may know of it.
    pub is_confidential: bool,
    /// The department.
    pub department: Option<Text>,
    /// The team within the department.
    pub team: Option<Text>,
    /// The level.
    pub level: Option<Text>,
    /// Places, the main one first, each once.
    pub locations: Vec<Text>,
    /// `Full-time`, `Contract` and the like.
    pub employment: Option<Text>,
    /// What candidates read, as plain text.
    pub description: Option<Text>,
    /// What colleagues read.
    pub internal_notes: Option<Text>,
    /// A user of the plan.
    pub hiring_manager: Option<LeverId>,
    /// A user of the plan.
    pub owner: Option<LeverId>,
    /// A user of the plan.
    pub creator: Option<LeverId>,
    /// Approved heads; absent where no requisition says.
    pub headcount: Option<Headcount>,
    /// How many of the heads were hired.
    pub hired_count: u32,
    /// Approved pay.
    pub band: Option<BandPlan>,
    /// Pay shown to candidates.
    pub pay_range: Option<BandPlan>,
    /// The approval of the requisition, if it was started.
    pub approval: Option<ApprovalPlan>,
    /// When it was made, if Lever says.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was closed, if it is and Lever says.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Not yet approved, refused, or not yet shown.
    Draft,
    /// Hiring.
    Open,
    /// Hiring rests.
    Paused,
    /// Hiring is over.
    Closed,
}

/// A field that the account added to requisitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPlan {
    /// Lever's key, a word.
    pub id: LeverId,
    /// The name.
    pub name: Option<Text>,
    /// `date`, `number`, `text`, `dropdown` or `object`.
    pub kind: Option<Text>,
    /// Whether it must be filled in.
    pub is_required: bool,
}

/// Jobs, and which posting means which.
pub(super) struct Jobs {
    list: Vec<JobPlan>,
    links: Links,
    confidential: HashSet<JobKey>,
}

impl Jobs {
    /// The job for an application to `posting`.
    pub(super) fn key(&self, posting: Option<&LeverId>, is_confidential: bool) -> JobKey {
        posting
            .and_then(|posting| self.links.job_of(posting).cloned())
            .unwrap_or(JobKey::NoPosting { is_confidential })
    }

    /// Whether `key` is a job that only its team may know of.
    pub(super) fn is_confidential(&self, key: &JobKey) -> bool {
        *key == JobKey::NoPosting { is_confidential: true } || self.confidential.contains(key)
    }

    /// The list, with a job for applications without a posting if there are any.
    pub(super) fn with_placeholders(self, pursuits: &[PursuitPlan]) -> Vec<JobPlan> {
        let placeholders: BTreeSet<bool> = pursuits
            .iter()
            .filter_map(|pursuit| match &pursuit.standing {
                Standing::Application { job: JobKey::NoPosting { is_confidential }, .. } => {
                    Some(*is_confidential)
                }
                Standing::Application { .. } | Standing::Prospect => None,
            })
            .collect();
        let mut list = self.list;
        list.extend(placeholders.into_iter().map(|is_confidential| {
            let title =
                if is_confidential { NO_POSTING_CONFIDENTIAL_TITLE } else { NO_POSTING_TITLE };
            let key = JobKey::NoPosting { is_confidential };
            JobPlan { is_confidential, ..bare(key, Some(&Text::new(title)), JobState::Open) }
        }));
        list
    }
}

/// Requisitions in their file's order, then the postings that stay jobs, in theirs.
pub(super) fn plan(
    requisitions: &[Requisition],
    postings: &[Posting],
    report: &mut Report,
) -> Jobs {
    let links = Links::new(requisitions, postings);
    let by_id: HashMap<&LeverId, &Posting> =
        postings.iter().map(|posting| (&posting.id, posting)).collect();
    let mut list: Vec<JobPlan> = Vec::new();
    for requisition in requisitions {
        let key = JobKey::Requisition(requisition.id.clone());
        for posting in &requisition.postings {
            if links.job_of(posting) != Some(&key) {
                report.no_home("requisitions.postings[] (shared)", Some(requisition.id.as_str()));
            }
        }
        let job = JobPlan {
            postings: links.postings_of(&requisition.id),
            ..requisition_job(requisition, key, report)
        };
        let posting = links.advertisement_of(&requisition.id).and_then(|id| by_id.get(id));
        list.push(match posting {
            Some(posting) => advertise(job, posting_job(posting, report)),
            None => job,
        });
    }
    let own = postings.iter().filter(|posting| links.is_own_job(&posting.id));
    list.extend(own.map(|posting| posting_job(posting, report)));
    let confidential =
        list.iter().filter(|job| job.is_confidential).map(|job| job.key.clone()).collect();
    Jobs { list, links, confidential }
}

/// The fields that the account added to requisitions.
pub(super) fn fields(fields: Vec<RequisitionField>) -> Vec<FieldPlan> {
    fields
        .into_iter()
        .map(|field| FieldPlan {
            name: field.text.as_ref().and_then(Text::trimmed),
            kind: field.kind,
            is_required: field.is_required == Some(true),
            id: field.id,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    #[test]
    fn a_requisition_becomes_a_job() {
        let (plan, report) = samples::plan_of(&[(
            "requisitions",
            r#"[{"id":"r-1","name":" Cook ","status":"onHold","headcountTotal":"unlimited",
                 "requisitionCode":"7","internalNotes":"","headcountHired":2,"createdAt":1000,
                 "compensationBand":{"min":1,"max":2,"currency":"USD","interval":"per-year-salary"}},
                {"id":"r-2","status":"merged","headcountTotal":3,"confidentiality":"confidential",
                 "compensationBand":{"min":1,"max":2,"currency":"USD","interval":"per-week-salary"}},
                {"id":"r-3","status":"pending","headcountInfinite":true,"headcountTotal":0}]"#,
        )]);
        let [cook, second, third] = plan.jobs.as_slice() else { panic!("three jobs") };
        assert_eq!(cook.title, "Cook");
        assert_eq!((cook.state, cook.hired_count), (JobState::Paused, 2));
        assert_eq!(cook.headcount, Some(Headcount::Unlimited));
        assert_eq!(cook.internal_notes, None);
        assert_eq!(cook.band.map(|band| band.max_minor), Some(200));
        assert_eq!((second.title.as_str(), second.state), ("Untitled", JobState::Draft));
        assert!(second.is_confidential && second.band.is_none());
        assert_eq!((third.state, third.headcount), (JobState::Draft, Some(Headcount::Unlimited)));
        let homeless: Vec<_> = report.fields_without_home().map(|(field, _)| field).collect();
        assert_eq!(homeless, ["requisitions.compensationBand.interval"]);
    }

    #[test]
    fn an_advertisement_completes_its_requisition() {
        let (plan, _) = samples::plan_of(&[
            (
                "requisitions",
                r#"[{"id":"r-1","name":"Cook","status":"open","location":"Oslo","owner":"u-1",
                     "postings":["p-1"]}]"#,
            ),
            (
                "postings",
                r#"[{"id":"p-1","text":"Chef wanted","state":"closed","owner":"u-2","user":"u-3",
                     "categories":{"location":"Rome","allLocations":["Rome","Oslo"],"level":"L2"},
                     "content":{"description":"Cook.\n","descriptionHtml":"<p>Cook.</p>"}},
                    {"id":"p-2","text":"Waiter","state":"published"}]"#,
            ),
        ]);
        let [cook, waiter] = plan.jobs.as_slice() else { panic!("two jobs") };
        assert_eq!((cook.title.as_str(), cook.state), ("Cook", JobState::Open));
        assert_eq!(cook.postings, [LeverId::parse("p-1").unwrap()]);
        assert_eq!(cook.locations, ["Oslo", "Rome"]);
        assert_eq!(cook.description, Some(Text::new("Cook.")));
        assert_eq!(cook.owner, LeverId::parse("u-1"));
        assert_eq!(cook.creator, LeverId::parse("u-3"));
        assert_eq!(waiter.key, JobKey::Posting(LeverId::parse("p-2").unwrap()));
        assert_eq!(waiter.state, JobState::Open);
    }
}
