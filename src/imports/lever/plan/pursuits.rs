//! Applications and prospects with their history.

use super::Plan;
use super::job_facts::is_confidential;
use super::jobs::{JobKey, Jobs};
use crate::imports::lever::wire::opportunities::{Application, Archived, Opportunity};
use crate::imports::lever::wire::values::{LeverId, Text};
use crate::imports::report::Report;
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// An opportunity: an application or a prospect that ought to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PursuitPlan {
    /// Lever's id of the opportunity.
    pub id: LeverId,
    /// Who: a candidate of the plan.
    pub contact: LeverId,
    /// Whether it is an application, and to what.
    pub standing: Standing,
    /// The stage it stands in, or stood in when it was closed; a stage of the plan.
    pub stage: Option<LeverId>,
    /// Moves, oldest first, the entry included. Every move is kept, also one after the closing.
    pub changes: Vec<StageChangePlan>,
    /// The closing; absent while it is active.
    pub closing: Option<ClosingPlan>,
    /// Where it came from: a source of the plan.
    pub source: Option<Text>,
    /// How it came: `sourced`, `referred`, `applied`, `university`, `agency`, `internal`.
    pub origin: Option<Text>,
    /// Who brought it: a user of the plan.
    pub sourced_by: Option<LeverId>,
    /// Who looks after it: a user of the plan.
    pub owner: Option<LeverId>,
    /// Whether Lever keeps it from most colleagues.
    pub is_confidential: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl PursuitPlan {
    /// The job of an application; nothing for a prospect.
    pub const fn job(&self) -> Option<&JobKey> {
        match &self.standing {
            Standing::Application { job, .. } => Some(job),
            Standing::Prospect => None,
        }
    }
}

/// Whether a pursuit is an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// An application.
    Application {
        /// Lever's id of the application.
        id: LeverId,
        /// To what: a job of the plan.
        job: JobKey,
    },
    /// No application yet.
    Prospect,
}

/// A move from stage to stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageChangePlan {
    /// The stage left: that of the move before; absent for the entry.
    pub from: Option<LeverId>,
    /// The stage entered: a stage of the plan.
    pub to: LeverId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: a user of the plan; absent where Lever does not say.
    pub actor: Option<LeverId>,
}

/// The closing of a pursuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingPlan {
    /// How it ended.
    pub outcome: Outcome,
    /// Why: a reason of the plan; absent where Lever does not say.
    pub reason: Option<LeverId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a pursuit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The reason is one of being hired.
    Hired,
    /// Any other reason. Lever does not tell who turned whom down.
    Rejected,
}

/// The person of an opportunity; where it names none, the opportunity stands for one by itself.
pub(super) const fn contact_of(opportunity: &Opportunity) -> &LeverId {
    match &opportunity.contact {
        Some(contact) => contact,
        None => &opportunity.id,
    }
}

/// Plans every opportunity. Outcomes are open until [`settle_outcomes`].
pub(super) fn plan(
    opportunities: &[Opportunity],
    jobs: &Jobs,
    report: &mut Report,
) -> Vec<PursuitPlan> {
    opportunities.iter().map(|opportunity| pursuit(opportunity, jobs, report)).collect()
}

/// Says how each closed pursuit ended, once all reasons are known.
pub(super) fn settle_outcomes(plan: &mut Plan, report: &mut Report) {
    let reasons = plan.reasons.iter();
    let hired: HashSet<&LeverId> =
        reasons.clone().filter(|reason| reason.is_hired).map(|reason| &reason.id).collect();
    let unknown: HashSet<&LeverId> =
        reasons.filter(|reason| reason.is_placeholder).map(|reason| &reason.id).collect();
    for pursuit in &mut plan.pursuits {
        let Some(closing) = &mut pursuit.closing else {
            continue;
        };
        if closing.reason.as_ref().is_none_or(|reason| unknown.contains(reason)) {
            report.remark(
                "opportunities.archived.reason is not known; taken as not hired",
                Some(pursuit.id.as_str()),
            );
        }
        if closing.reason.as_ref().is_some_and(|reason| hired.contains(reason)) {
            closing.outcome = Outcome::Hired;
        }
    }
}

fn pursuit(opportunity: &Opportunity, jobs: &Jobs, report: &mut Report) -> PursuitPlan {
    let id = opportunity.id.as_str();
    if opportunity.contact.is_none() {
        report.remark("opportunities.contact is empty; the opportunity stands alone", Some(id));
    }
    let is_confidential = is_confidential(opportunity.confidentiality.as_ref());
    let standing = standing(&opportunity.applications, is_confidential, jobs, id, report);
    if is_confidential && !is_kept_apart(&standing, jobs) {
        report.no_home("opportunities.confidentiality", Some(id));
    }
    let mut sources = opportunity.sources.iter().filter_map(Text::trimmed);
    let source = sources.next();
    for _further in sources {
        report.no_home("opportunities.sources[] (beyond the first)", Some(id));
    }
    let changes = changes(opportunity);
    let last = changes.last().map(|change| &change.to);
    if opportunity.stage.is_some() && last.is_some() && opportunity.stage.as_ref() != last {
        report.remark("opportunities.stage is not where the last move led", Some(id));
    }
    let stage = opportunity.stage.clone().or_else(|| last.cloned());
    let moved_at = changes.last().map(|change| change.at);
    let closing = opportunity.archived.as_ref().map(closing);
    if closing.as_ref().is_some_and(|closing| moved_at.is_some_and(|at| closing.at < at)) {
        report.remark("opportunities.stageChanges go on after the archiving", Some(id));
    }
    PursuitPlan {
        id: opportunity.id.clone(),
        contact: contact_of(opportunity).clone(),
        standing,
        stage,
        changes,
        closing,
        source,
        origin: opportunity.origin.as_ref().and_then(Text::trimmed),
        sourced_by: opportunity.sourced_by.clone(),
        owner: opportunity.owner.clone(),
        is_confidential,
        created_at: opportunity.created_at.utc(),
    }
}

/// Lever allows several applications in one opportunity and makes one; the history is the
/// opportunity's, so the first stands for it.
fn standing(
    applications: &[Application],
    is_confidential: bool,
    jobs: &Jobs,
    opportunity: &str,
    report: &mut Report,
) -> Standing {
    let Some((first, further)) = applications.split_first() else {
        return Standing::Prospect;
    };
    for _application in further {
        report.no_home("opportunities.applications[] (beyond the first)", Some(opportunity));
    }
    let job = jobs.key(first.posting.as_ref(), is_confidential);
    if first.posting.is_some() && matches!(job, JobKey::NoPosting { .. }) {
        report.remark(
            "opportunities.applications[].posting is not a posting of the account",
            Some(opportunity),
        );
    }
    Standing::Application { id: first.id.clone(), job }
}

fn is_kept_apart(standing: &Standing, jobs: &Jobs) -> bool {
    match standing {
        Standing::Application { job, .. } => jobs.is_confidential(job),
        Standing::Prospect => false,
    }
}

/// The moves by instant; those of one instant stay in Lever's order.
fn changes(opportunity: &Opportunity) -> Vec<StageChangePlan> {
    let mut sorted: Vec<_> = opportunity.stage_changes.iter().collect();
    sorted.sort_by_key(|change| change.updated_at);
    let mut from = None;
    sorted
        .into_iter()
        .map(|change| StageChangePlan {
            from: from.replace(change.to_stage_id.clone()),
            to: change.to_stage_id.clone(),
            at: change.updated_at.utc(),
            actor: change.user_id.clone(),
        })
        .collect()
}

fn closing(archived: &Archived) -> ClosingPlan {
    ClosingPlan {
        outcome: Outcome::Rejected,
        reason: archived.reason.clone(),
        at: archived.archived_at.utc(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::lever::plan::samples;

    fn id(text: &str) -> LeverId {
        LeverId::parse(text).unwrap()
    }

    #[test]
    fn an_opportunity_with_an_application_is_one_and_without_is_a_prospect() {
        let (plan, report) = samples::plan_of(&[(
            "opportunities",
            r#"[{"id":"o-1","createdAt":1,"contact":"c-1","applications":["a-1","a-2"],
                 "tags":["Cook"],"sources":[" ","LinkedIn","Xing"]},
                {"id":"o-2","createdAt":1,"contact":"c-1"},
                {"id":"o-3","createdAt":1,"contact":"c-2","applications":["a-3"],
                 "confidentiality":"confidential"}]"#,
        )]);
        let standings: Vec<_> = plan.pursuits.iter().map(|pursuit| &pursuit.standing).collect();
        let on = |application, is_confidential| Standing::Application {
            id: id(application),
            job: JobKey::NoPosting { is_confidential },
        };
        assert_eq!(standings, [&on("a-1", false), &Standing::Prospect, &on("a-3", true)]);
        assert_eq!(plan.pursuits[0].source, Some(Text::new("LinkedIn")));
        let titles: Vec<_> =
            plan.jobs.iter().map(|job| (job.title.as_str(), job.is_confidential)).collect();
        assert_eq!(
            titles,
            [
                ("Imported from Lever (no posting)", false),
                ("Imported from Lever (no posting, confidential)", true),
            ]
        );
        let homeless: Vec<_> = report.fields_without_home().map(|(field, _)| field).collect();
        assert_eq!(
            homeless,
            [
                "opportunities.applications[] (beyond the first)",
                "opportunities.sources[] (beyond the first)",
            ]
        );
    }

    #[test]
    fn moves_are_put_in_order_and_know_where_they_came_from() {
        let (plan, report) = samples::plan_of(&[(
            "opportunities",
            r#"[{"id":"o-1","createdAt":1000,"stage":"s-1","stageChanges":[
                 {"toStageId":"s-3","updatedAt":3000,"userId":"u-1"},
                 {"toStageId":"s-1","updatedAt":1000},
                 {"toStageId":"s-2","updatedAt":3000,"userId":null}],
                 "archived":{"reason":null,"archivedAt":2000}}]"#,
        )]);
        let pursuit = &plan.pursuits[0];
        let changes: Vec<_> = pursuit
            .changes
            .iter()
            .map(|change| {
                let from = change.from.as_ref().map(LeverId::as_str);
                (from, change.to.as_str(), change.actor.as_ref().map(LeverId::as_str))
            })
            .collect();
        assert_eq!(
            changes,
            [(None, "s-1", None), (Some("s-1"), "s-3", Some("u-1")), (Some("s-3"), "s-2", None),]
        );
        assert_eq!(pursuit.stage, Some(id("s-1")));
        assert_eq!(pursuit.closing.as_ref().unwrap().outcome, Outcome::Rejected);
        let about_moves = |text: &&str| {
            text.contains("move") || text.contains("archive") || text.contains("archiving")
        };
        let remarks: Vec<_> = report.remarks().map(|(text, _)| text).filter(about_moves).collect();
        assert_eq!(
            remarks,
            [
                "archive_reasons.json is missing; read without it",
                "opportunities.archived.reason is not known; taken as not hired",
                "opportunities.stage is not where the last move led",
                "opportunities.stageChanges go on after the archiving",
            ]
        );
    }

    #[test]
    fn a_reason_of_being_hired_makes_a_hire() {
        let (plan, _) = samples::plan_of(&[
            ("archive_reasons", r#"[{"id":"r-1","type":"hired"},{"id":"r-2","type":"non-hired"}]"#),
            (
                "opportunities",
                r#"[{"id":"o-1","createdAt":1,"archived":{"reason":"r-1","archivedAt":2}},
                    {"id":"o-2","createdAt":1,"archived":{"reason":"r-2","archivedAt":2}},
                    {"id":"o-3","createdAt":1,"archived":null}]"#,
            ),
        ]);
        let outcomes: Vec<_> = plan
            .pursuits
            .iter()
            .map(|pursuit| pursuit.closing.as_ref().map(|closing| closing.outcome))
            .collect();
        assert_eq!(outcomes, [Some(Outcome::Hired), Some(Outcome::Rejected), None]);
    }
}
