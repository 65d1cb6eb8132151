//! Jobs with their pipelines, openings, teams and pay bands.

use std::collections::HashSet;

use super::people::user;
use super::unit::{Kept, Made, Source, Writer, line, optional_line, prose, refer};
use crate::access::{Permit, TeamRole};
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::types::Document;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{DepartmentId, Id, JobId, PayBandId, StageId, UserId, kinds};
use crate::imports::kind::Kind;
use crate::imports::lever::plan::Plan;
use crate::imports::lever::plan::jobs::{JobKey, JobPlan, JobState as Stand};
use crate::imports::lever::plan::money::{BandPlan, PayPeriod as Period};
use crate::imports::lever::plan::settings::{StagePlan, StageType};
use crate::imports::lever::wire::values::{Headcount as Heads, LeverId, Text};
use crate::jobs::commands::{self as jobs, NewJob};
use crate::jobs::hiring_team::commands as team;
use crate::jobs::openings::OpeningState;
use crate::jobs::openings::commands::{self as openings, NewOpening};
use crate::jobs::{Headcount, JobState};
use crate::organization::departments::commands as departments;
use crate::organization::money::Money;
use crate::organization::pay_bands::commands::{self as bands, NewPayBand};
use crate::organization::pay_bands::{Band, PayPeriod};
use crate::pipelines::commands::StageFacts;
use crate::pipelines::store::{self as stages, Stage};
use crate::pipelines::{StageDecision, StageKind};

/// What stages are called in external references, after the job that they belong to.
const STAGE: &str = "stage";

/// Writes the jobs of a plan.
pub(super) fn write(writer: &mut Writer<'_>, plan: &Plan) -> Result<()> {
    let mut new_stages: HashSet<&LeverId> = HashSet::new();
    for job in &plan.jobs {
        let department_id = department(writer, job.department.as_ref())?;
        let pay_band_id = pay_band(writer, job)?;
        note(writer, job);
        if let Some(id) = keep(writer, job, department_id, pay_band_id)? {
            new_stages.extend(pipeline(writer, job, id, &plan.stages)?);
        }
        writer.step();
    }
    for stage in &plan.stages {
        let counted = if stage.is_placeholder { Kind::PlaceholderSettings } else { Kind::Stages };
        if new_stages.contains(&stage.id) {
            writer.report.created(counted);
        } else {
            writer.report.unchanged(counted);
        }
    }
    Ok(())
}

/// What a job is called in external references: the kind and the id.
pub(super) fn reference(key: &JobKey) -> (&'static str, String) {
    match key {
        JobKey::Requisition(id) => ("requisition", id.as_str().to_owned()),
        JobKey::Posting(id) => ("posting", id.as_str().to_owned()),
        JobKey::NoPosting { is_confidential: false } => ("no_posting", "public".to_owned()),
        JobKey::NoPosting { is_confidential: true } => ("no_posting", "confidential".to_owned()),
    }
}

/// The job that stands for a key.
pub(super) fn job(writer: &Writer<'_>, key: &JobKey) -> Option<JobId> {
    let (kind, id) = reference(key);
    writer.find(kind, &id)
}

/// The stage of a job that stands for one of Lever's.
pub(super) fn stage(writer: &Writer<'_>, key: &JobKey, id: &LeverId) -> Option<StageId> {
    writer.find(STAGE, &stage_reference(key, id))
}

/// The stage of a job that stands for the first of the account.
pub(super) fn first_stage(writer: &Writer<'_>, key: &JobKey, plan: &Plan) -> Option<StageId> {
    stage(writer, key, &plan.stages.first()?.id)
}

/// What a stage is called.
pub(super) fn stage_name(plan: &Plan, id: &LeverId) -> String {
    let stage = plan.stages.iter().find(|stage| stage.id == *id);
    let name = stage.and_then(|stage| stage.name.as_ref());
    name.map_or_else(|| "Unknown stage (Lever)".to_owned(), |name| line(name, 80))
}

fn stage_reference(key: &JobKey, id: &LeverId) -> String {
    format!("{}/{id}", reference(key).1)
}

fn source(job: &JobPlan, counted: Kind, (kind, id): (&'static str, String)) -> Source {
    let file = match job.key {
        JobKey::Requisition(_) => Kind::Requisitions,
        JobKey::Posting(_) => Kind::Postings,
        JobKey::NoPosting { .. } => Kind::Opportunities,
    };
    Source { counted, file, kind, id, at: job.created_at }
}

fn department(writer: &mut Writer<'_>, name: Option<&Text>) -> Result<Option<DepartmentId>> {
    let Some(name) = optional_line(name, 120) else { return Ok(None) };
    let source = Source {
        counted: Kind::Departments,
        file: Kind::Requisitions,
        kind: "department",
        id: name.clone(),
        at: None,
    };
    if let Some(id) = writer.find(source.kind, &source.id) {
        return Ok(Some(id));
    }
    let kept: Kept<kinds::Department> = writer.keep(source, move |tx, permit, id| {
        departments::add(tx, permit, id, name.clone())?;
        Ok(Made::New(id))
    })?;
    Ok(kept.id())
}

/// The approved pay of a requisition is a band of its own, since Lever knows no levels of pay.
fn pay_band(writer: &mut Writer<'_>, job: &JobPlan) -> Result<Option<PayBandId>> {
    let Some(plan) = job.band else { return Ok(None) };
    let (_, id) = reference(&job.key);
    let source = source(job, Kind::PayBands, ("requisition_band", id));
    let name = job.code.as_ref().map_or_else(|| line(&job.title, 120), |code| line(code, 120));
    let location = job.locations.first().map(|place| line(place, 120));
    let kept: Kept<kinds::PayBand> = writer.keep(source, move |tx, permit, id| {
        let new = NewPayBand {
            name: name.clone(),
            level_id: None,
            pay_zone_id: None,
            location: location.clone(),
            band: band(plan)?,
            effective_on: tx.occurred_at().date_naive(),
            ends_on: None,
        };
        bands::add(tx, permit, id, new)?;
        Ok(Made::New(id))
    })?;
    Ok(kept.id())
}

fn band(plan: BandPlan) -> Result<Band> {
    let money = |minor| Money::of(minor, plan.currency.code()).map_err(Error::internal);
    let period = match plan.period {
        Period::Year => PayPeriod::Year,
        Period::Month => PayPeriod::Month,
        Period::Day => PayPeriod::Day,
        Period::Hour => PayPeriod::Hour,
    };
    Band::new(money(plan.min_minor)?, None, money(plan.max_minor)?, period)
        .map_err(|fault| Error::internal(format!("{fault:?}")))
}

/// What a job says for which there is no place yet.
fn note(writer: &mut Writer<'_>, job: &JobPlan) {
    let (kind, id) = reference(&job.key);
    let absent = [
        (job.is_confidential, "confidentiality"),
        (job.team.is_some(), "team"),
        (job.level.is_some(), "level"),
        (job.locations.len() > 1, "locations (beyond the first)"),
        (job.employment.is_some(), "commitment"),
        (job.internal_notes.is_some(), "internalNotes"),
        (job.pay_range.is_some(), "salaryRange"),
        (job.creator.is_some(), "creator"),
    ];
    for (_, field) in absent.into_iter().filter(|(is_there, _)| *is_there) {
        writer.report.no_home(&format!("{kind}s.{field}"), Some(&id));
    }
}

/// A job with its openings, its team, and what its advertisements are called.
fn keep(
    writer: &mut Writer<'_>,
    plan: &JobPlan,
    department_id: Option<DepartmentId>,
    pay_band_id: Option<PayBandId>,
) -> Result<Option<JobId>> {
    let state = state(plan.state);
    let opened_at = if state == JobState::Draft { None } else { plan.created_at };
    let new = NewJob {
        title: line(&plan.title, 200),
        state,
        department_id,
        level_id: None,
        pay_band_id,
        approval_chain_id: None,
        location: plan.locations.first().map(|place| line(place, 200)),
        description: prose(plan.description.as_ref(), 20_000),
        requisition_code: optional_line(plan.code.as_ref(), 60),
        headcount: match plan.headcount {
            Some(Heads::Unlimited) => Headcount::Unlimited,
            Some(Heads::Limited(_)) | None => Headcount::Limited,
        },
        confidential: plan.is_confidential,
        opened_at: opened_at.map(Instant::from_utc),
        closed_at: plan.closed_at.map(Instant::from_utc),
        custom: Document::empty(),
    };
    let heads = heads(plan);
    let team = team_of(writer, plan);
    let postings: Vec<String> = plan.postings.iter().map(|id| id.as_str().to_owned()).collect();
    let source = source(plan, Kind::Jobs, reference(&plan.key));
    let kept: Kept<kinds::Job> = writer.keep(source, move |tx, permit, id| {
        jobs::place(tx, permit, id, new.clone())?;
        openings::place(tx, permit, id, &heads)?;
        for (user_id, role) in team.iter().copied() {
            let member = tx.id();
            team::place(tx, &permit.extend_to(member), member, id, user_id, role)?;
        }
        for posting in &postings {
            refer(tx, permit, ("posting", posting), id)?;
        }
        Ok(Made::New(id))
    })?;
    Ok(kept.id())
}

const fn state(stand: Stand) -> JobState {
    match stand {
        Stand::Draft => JobState::Draft,
        Stand::Open => JobState::Open,
        Stand::Paused => JobState::Paused,
        Stand::Closed => JobState::Closed,
    }
}

/// Approved heads: the hired ones are filled, the others as open as the job.
fn heads(plan: &JobPlan) -> Vec<NewOpening> {
    let approved = match plan.headcount {
        Some(Heads::Limited(count)) => count,
        Some(Heads::Unlimited) | None => 0,
    };
    let hired = i32::try_from(plan.hired_count).unwrap_or(i32::MAX);
    let count = i32::try_from(approved.max(plan.hired_count)).unwrap_or(i32::MAX);
    let (is_closed, closed_at) =
        (plan.state == Stand::Closed, plan.closed_at.map(Instant::from_utc));
    (1..=count)
        .map(|number| match (number <= hired, is_closed) {
            (true, _) => NewOpening { state: OpeningState::Filled, ..NewOpening::open(number) },
            (false, true) => {
                NewOpening { state: OpeningState::Closed, closed_at, ..NewOpening::open(number) }
            }
            (false, false) => NewOpening::open(number),
        })
        .collect()
}

fn team_of(writer: &Writer<'_>, plan: &JobPlan) -> Vec<(UserId, TeamRole)> {
    let manager =
        user(writer, plan.hiring_manager.as_ref()).map(|id| (id, TeamRole::HiringManager));
    let owner = user(writer, plan.owner.as_ref()).map(|id| (id, TeamRole::Recruiter));
    manager.into_iter().chain(owner).collect()
}

/// Gives a job the stages that it lacks, behind those that it has. Returns which they were.
fn pipeline<'p>(
    writer: &mut Writer<'_>,
    job: &JobPlan,
    job_id: JobId,
    all: &'p [StagePlan],
) -> Result<Vec<&'p LeverId>> {
    let missing: Vec<&StagePlan> =
        all.iter().filter(|one| stage(writer, &job.key, &one.id).is_none()).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let kinds = kinds_of(all);
    let kind_of = |id: &LeverId| {
        let at = all.iter().position(|one| one.id == *id);
        at.and_then(|at| kinds.get(at).copied()).unwrap_or(StageKind::Review)
    };
    let new: Vec<(String, StageFacts)> = missing
        .iter()
        .map(|one| {
            let name = one
                .name
                .as_ref()
                .map_or_else(|| "Unknown stage (Lever)".to_owned(), |name| line(name, 80));
            let facts = StageFacts { name, kind: kind_of(&one.id), decision: StageDecision::None };
            (stage_reference(&job.key, &one.id), facts)
        })
        .collect();
    let names: Vec<String> = new.iter().map(|(name, _)| name.clone()).collect();
    let made = writer.amend(move |tx| append(tx, job_id, &new))?;
    // A dry run has no stages, but what follows must find some.
    let made = made
        .unwrap_or_else(|| names.iter().map(|_| StageId::from_uuid(uuid::Uuid::nil())).collect());
    for (name, id) in names.iter().zip(made) {
        writer.remember(STAGE, name, id.any());
    }
    Ok(missing.into_iter().map(|one| &one.id).collect())
}

fn append(tx: &mut Tx<'_>, job_id: JobId, new: &[(String, StageFacts)]) -> Result<Vec<StageId>> {
    let permit = Permit::for_import(job_id);
    let there = stages::stages_of(tx.conn, job_id)?;
    let last = there.last().map_or(0, |stage| stage.position);
    let mut rows = Vec::with_capacity(new.len());
    for (position, (_, facts)) in (last + 1..).zip(new) {
        let StageFacts { name, kind, decision } = facts.clone();
        rows.push(Stage { id: tx.id(), job_id, position, name, kind, decision });
    }
    stages::insert(tx, &permit, &rows)?;
    for (row, (reference, _)) in rows.iter().zip(new) {
        refer(tx, &permit.extend_to(row.id), (STAGE, reference), row.id)?;
    }
    let count = i64::try_from(there.len() + rows.len()).unwrap_or(i64::MAX);
    let event = Event::new(EventKind::PipelineReplaced, job_id.into()).job(job_id);
    record(tx, &permit, &event.number("stages", count))?;
    Ok(rows.iter().map(|row: &Stage| Id::from_uuid(row.id.uuid())).collect())
}

/// The kinds of stages: as typed in Lever; one without a type is like the stage before it.
fn kinds_of(all: &[StagePlan]) -> Vec<StageKind> {
    let mut before = StageKind::Review;
    let kind = |stage: &StagePlan| {
        before = match stage.stage_type {
            Some(StageType::Review) => StageKind::Review,
            Some(StageType::Screen) => StageKind::Screen,
            Some(StageType::Onsite) => StageKind::Onsite,
            Some(StageType::Offer) => StageKind::Offer,
            None => before,
        };
        before
    };
    all.iter().map(kind).collect()
}
