//! Turns an account into typed intentions, with no database in sight.
//!
//! A [`Plan`] says what ought to exist afterwards; whether it exists already is the writer's
//! question. Every id in it is Lever's. Every user, stage and reason that anything in a plan names
//! is in the plan: ids that the account's lists do not hold get placeholders. All lists have a
//! fixed order, so two runs over the same files give equal plans.
//!
//! A plan never guesses: a tag that looks like a job's title names no job, an application without
//! a posting stands on the job for such applications, and a move without a user has no actor.

use super::account::Account;
use super::wire::values::{LeverId, Text};
use crate::imports::kind::Kind;
use crate::imports::report::Report;
use candidates::CandidatePlan;
use figures::Figures;
use jobs::{FieldPlan, JobPlan};
use pursuits::PursuitPlan;
use rubrics::RubricPlan;
use settings::{ReasonPlan, StagePlan};
use std::collections::{BTreeSet, HashSet};
use users::UserPlan;

pub mod approvals;
pub mod candidates;
pub mod figures;
mod job_facts;
pub mod jobs;
mod links;
pub mod money;
pub mod pursuits;
pub mod rubrics;
pub mod settings;
pub mod users;

#[cfg(test)]
mod samples;

/// What ought to exist after an import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Users in the file's order, then placeholders by id.
    pub users: Vec<UserPlan>,
    /// The one pipeline's stages in order, then placeholders by id.
    pub stages: Vec<StagePlan>,
    /// Closing reasons in the file's order, then placeholders by id.
    pub reasons: Vec<ReasonPlan>,
    /// Sources, each once: listed ones in the file's order, then others as met.
    pub sources: Vec<Text>,
    /// Tags, each spelling once: listed ones in the file's order, then others as met. Spellings
    /// that differ only in case are kept apart, as in the source.
    pub tags: Vec<Text>,
    /// Fields that the account added to requisitions.
    pub fields: Vec<FieldPlan>,
    /// Jobs: requisitions, then postings, then those for applications without a posting.
    pub jobs: Vec<JobPlan>,
    /// Draft rubrics in the file's order.
    pub rubrics: Vec<RubricPlan>,
    /// People in the order of their first opportunity in the file.
    pub candidates: Vec<CandidatePlan>,
    /// Applications and prospects in the file's order.
    pub pursuits: Vec<PursuitPlan>,
}

impl Plan {
    /// The figures by which an import can be checked.
    pub fn figures(&self) -> Figures {
        Figures::of(self)
    }
}

/// Plans the import of an account. What has no home, and what needed an assumption, goes into
/// `report`.
pub fn plan(account: Account, report: &mut Report) -> Plan {
    let jobs = jobs::plan(&account.requisitions, &account.postings, report);
    let pursuits = pursuits::plan(&account.opportunities, &jobs, report);
    let sources = labels(
        account.sources.iter().map(|label| &label.text),
        account.opportunities.iter().flat_map(|opportunity| &opportunity.sources),
    );
    let tags = labels(
        account.tags.iter().map(|label| &label.text),
        account.opportunities.iter().flat_map(|opportunity| &opportunity.tags),
    );
    for panel in &account.panels {
        report.no_home(Kind::Panels.name(), Some(panel.id.as_str()));
        for interview in &panel.interviews {
            report.no_home("panels.interviews[]", Some(interview.id.as_str()));
        }
    }
    let mut plan = Plan {
        users: users::known(account.users, report),
        stages: settings::stages(&account.stages, &account.disposition_stages, report),
        reasons: settings::reasons(account.archive_reasons, account.disposition_stages, report),
        sources,
        tags,
        fields: jobs::fields(account.requisition_fields),
        jobs: jobs.with_placeholders(&pursuits),
        rubrics: rubrics::plan(account.feedback_templates, report),
        candidates: candidates::plan(&account.opportunities, report),
        pursuits,
    };
    users::add_placeholders(&mut plan);
    settings::add_placeholders(&mut plan);
    pursuits::settle_outcomes(&mut plan, report);
    plan
}

/// The texts without white space around them, each once, the first spelling's place kept.
fn labels<'a>(
    listed: impl Iterator<Item = &'a Text>,
    met: impl Iterator<Item = &'a Text>,
) -> Vec<Text> {
    let mut seen = HashSet::new();
    listed.chain(met).filter_map(Text::trimmed).filter(|text| seen.insert(text.clone())).collect()
}

/// Every id of `named` that is not in `known`, each once, in the order of the ids.
fn missing<'a>(
    known: impl Iterator<Item = &'a LeverId>,
    named: impl Iterator<Item = &'a LeverId>,
) -> Vec<LeverId> {
    let known: HashSet<&LeverId> = known.collect();
    let missing: BTreeSet<&LeverId> = named.filter(|id| !known.contains(id)).collect();
    missing.into_iter().cloned().collect()
}
