//! Which postings and requisitions are one job.
//!
//! In Lever the two are linked many to many, from either side: a requisition lists postings, a
//! posting lists codes of requisitions. A posting that exactly one requisition is linked with is
//! that requisition's advertisement, and both are one job; if a requisition has several of its
//! own, the first in the file is, and the others stay jobs. A posting that several requisitions
//! share stays a job, since nothing says which of them an application to it is meant for.

use super::jobs::JobKey;
use crate::imports::lever::wire::jobs::{Posting, Requisition};
use crate::imports::lever::wire::values::{LeverId, Text};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The settled links.
pub(super) struct Links {
    /// Every posting whose job is certain, listed by the account or not.
    jobs: BTreeMap<LeverId, JobKey>,
    /// By requisition, its advertisement.
    advertisements: HashMap<LeverId, LeverId>,
}

impl Links {
    pub(super) fn new(requisitions: &[Requisition], postings: &[Posting]) -> Self {
        let linked = linked(requisitions, postings);
        let mut jobs = BTreeMap::new();
        let mut advertisements = HashMap::new();
        for posting in postings {
            let key = match linked.get(&posting.id).and_then(sole) {
                Some(requisition) if !advertisements.contains_key(requisition) => {
                    advertisements.insert(requisition.clone(), posting.id.clone());
                    JobKey::Requisition(requisition.clone())
                }
                Some(_) | None => JobKey::Posting(posting.id.clone()),
            };
            jobs.insert(posting.id.clone(), key);
        }
        for (posting, requisitions) in &linked {
            if let Some(requisition) = sole(requisitions) {
                jobs.entry((*posting).clone())
                    .or_insert_with(|| JobKey::Requisition(requisition.clone()));
            }
        }
        Self { jobs, advertisements }
    }

    /// The job that a posting means, if that is certain.
    pub(super) fn job_of(&self, posting: &LeverId) -> Option<&JobKey> {
        self.jobs.get(posting)
    }

    /// Whether the posting is a job by itself.
    pub(super) fn is_own_job(&self, posting: &LeverId) -> bool {
        matches!(self.job_of(posting), Some(JobKey::Posting(_)))
    }

    /// The posting that advertises a requisition.
    pub(super) fn advertisement_of(&self, requisition: &LeverId) -> Option<&LeverId> {
        self.advertisements.get(requisition)
    }

    /// The postings that mean a requisition's job, by id.
    pub(super) fn postings_of(&self, requisition: &LeverId) -> Vec<LeverId> {
        let is_its = |key: &JobKey| matches!(key, JobKey::Requisition(id) if id == requisition);
        self.jobs
            .iter()
            .filter(|(_, key)| is_its(key))
            .map(|(posting, _)| posting.clone())
            .collect()
    }
}

/// By posting, the requisitions that it is linked with from either side.
fn linked<'a>(
    requisitions: &'a [Requisition],
    postings: &'a [Posting],
) -> BTreeMap<&'a LeverId, BTreeSet<&'a LeverId>> {
    let mut linked: BTreeMap<&LeverId, BTreeSet<&LeverId>> = BTreeMap::new();
    let mut by_code: HashMap<&str, &LeverId> = HashMap::new();
    for requisition in requisitions {
        for posting in &requisition.postings {
            linked.entry(posting).or_default().insert(&requisition.id);
        }
        if let Some(code) = &requisition.requisition_code {
            by_code.insert(code.as_str(), &requisition.id);
        }
    }
    for posting in postings {
        let codes = posting.requisition_codes.iter().map(Text::as_str);
        let named = codes.filter_map(|code| by_code.get(code).copied());
        linked.entry(&posting.id).or_default().extend(named);
    }
    linked
}

fn sole<'a>(requisitions: &BTreeSet<&'a LeverId>) -> Option<&'a LeverId> {
    let mut each = requisitions.iter();
    match (each.next(), each.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    #[test]
    fn only_certain_links_join() {
        let (plan, report) = samples::plan_of(&[
            (
                "requisitions",
                r#"[{"id":"r-1","requisitionCode":"1","postings":["p-1","p-9","p-8"]},
                    {"id":"r-2","requisitionCode":"2","postings":["p-2","p-8"]},
                    {"id":"r-3","requisitionCode":"3","postings":["p-2"]}]"#,
            ),
            (
                "postings",
                r#"[{"id":"p-4","requisitionCodes":["1"]},{"id":"p-1"},
                    {"id":"p-2"},{"id":"p-3","requisitionCodes":["3","unknown"]}]"#,
            ),
            (
                "opportunities",
                r#"[{"id":"o-1","createdAt":1,"applications":[{"id":"a-1","posting":"p-9"}]},
                    {"id":"o-2","createdAt":1,"applications":[{"id":"a-2","posting":"p-8"}]},
                    {"id":"o-3","createdAt":1,"applications":[{"id":"a-3","posting":"p-1"}]}]"#,
            ),
        ]);
        let name = |key: &JobKey| match key {
            JobKey::Requisition(id) | JobKey::Posting(id) => id.to_string(),
            JobKey::NoPosting { .. } => "none".to_owned(),
        };
        let jobs: Vec<_> = plan
            .jobs
            .iter()
            .map(|job| {
                let postings: Vec<_> = job.postings.iter().map(LeverId::as_str).collect();
                format!("{}: {}", name(&job.key), postings.join(" "))
            })
            .collect();
        // The first posting of r-1 in the file is its advertisement; p-9 is not listed but only
        // r-1 names it; p-2 and p-8 are shared.
        assert_eq!(jobs, ["r-1: p-4 p-9", "r-2: ", "r-3: p-3", "p-1: ", "p-2: ", "none: "]);
        let standings: Vec<_> =
            plan.pursuits.iter().map(|pursuit| name(pursuit.job().unwrap())).collect();
        assert_eq!(standings, ["r-1", "none", "p-1"]);
        let lost = report.fields_without_home().next().unwrap();
        assert_eq!((lost.0, lost.1.count), ("requisitions.postings[] (shared)", 5));
    }
}
