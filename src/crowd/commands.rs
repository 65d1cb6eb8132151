//! Making a crowd.

use super::model::{APPLICATIONS_MAX, Member, STAGES, recruiter_email};
use crate::access::{OrgRole, Permit, TeamRole};
use crate::applications::commands::crowd::{self as applications, Crowded};
use crate::candidates::crowd as candidates;
use crate::clock::Instant;
use crate::db::types::Document;
use crate::db::{Db, Origin, Tx, Unit};
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{JobId, OrganizationId, RejectionReasonId, SourceId, StageId, UserId};
use crate::jobs::commands::{self as jobs, NewJob};
use crate::jobs::hiring_team::commands as team;
use crate::jobs::openings::commands::{self as openings, NewOpening};
use crate::jobs::{Headcount, JobState};
use crate::organization::rejection_reasons::ReasonKind;
use crate::organization::rejection_reasons::commands::{self as reasons, NewRejectionReason};
use crate::organization::settings::commands::{NewOrganization, found};
use crate::organization::setup::is_used;
use crate::organization::sources::SourceKind;
use crate::organization::sources::commands::{self as sources, NewSource};
use crate::pipelines::commands::{self as pipelines, StageFacts};
use crate::pipelines::{StageDecision, StageKind};
use crate::users::UserState;
use crate::users::commands::{NewUser, place};

/// Applications written at a time.
const BATCH: u32 = 1_000;
/// Heads of each job.
const OPENINGS: i32 = 3;
/// The zone of the organization and its people.
const ZONE: &str = "Europe/Berlin";

/// The stages of every job. None needs a decision in writing, so that anything can be moved anywhere.
const PIPELINE: [(&str, StageKind); STAGES] = [
    ("Review", StageKind::Review),
    ("Screen", StageKind::Screen),
    ("Work sample", StageKind::Assessment),
    ("Interviews", StageKind::Onsite),
    ("Team conversation", StageKind::Onsite),
    ("Offer", StageKind::Offer),
];

/// What a crowd became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Jobs, each with a recruiter of its own.
    pub jobs: u32,
    /// Applications, and as many candidates.
    pub applications: u32,
    /// Moves between stages, the entries included.
    pub moves: u64,
}

/// What every application of the crowd may name.
#[derive(Debug, Clone)]
struct House {
    organization: OrganizationId,
    sources: Vec<SourceId>,
    reason: RejectionReasonId,
}

/// A job to apply for.
#[derive(Debug, Clone)]
struct Place {
    job: JobId,
    stages: Vec<StageId>,
    recruiter: UserId,
}

/// Makes so many applications in an empty database. `progress` hears how many of them are there.
///
/// # Errors
/// `validation_failed` for counts out of range, `not_ready` when the database holds anything. When the database
/// fails halfway, what was written before stays, and a crowd is made anew in another one.
pub fn make(db: &Db, count: u32, per_job: u32, progress: &dyn Fn(u32)) -> Result<Made> {
    if count == 0 || count > APPLICATIONS_MAX || per_job == 0 {
        let detail =
            format!("A crowd has 1 to {APPLICATIONS_MAX} applications, and a job at least one.");
        return Err(Error::invalid("/applications", "out_of_range", &detail));
    }
    let now = db.clock().now();
    let house = db.write_here(&unit(db), found_house)?;
    let mut done = 0;
    let mut jobs = 0;
    while done < count {
        jobs += 1;
        let number = jobs;
        let place = db.write_here(&unit(db), move |tx| open_job(tx, number))?;
        let full = count.min(done.saturating_add(per_job));
        while done < full {
            let next = full.min(done + BATCH);
            let (house, place) = (house.clone(), place.clone());
            db.write_here(&unit(db), move |tx| fill(tx, &house, &place, now, done..next))?;
            done = next;
            progress(done);
        }
    }
    let made = Made { jobs, applications: count, moves: moves_of(count) };
    let id = house.organization;
    db.write_here(&unit(db), move |tx| {
        let event = Event::new(EventKind::OrganizationPopulated, id.into());
        let event = event.number("jobs", jobs.into()).number("applications", count.into());
        record(tx, &Permit::for_import(id), &event).map(drop)
    })?;
    Ok(made)
}

fn moves_of(count: u32) -> u64 {
    u64::from(count) * u64::try_from(super::MOVES).unwrap_or_default()
}

/// A crowd comes in as an import does, so that nobody gets mail and `serve` takes it for no demo.
fn unit(db: &Db) -> Unit {
    let mut unit = db.unit();
    unit.origin = Origin::Import;
    unit
}

fn found_house(tx: &mut Tx<'_>) -> Result<House> {
    if is_used(tx.conn)? {
        let detail = "A crowd is made in an empty database; this one holds something.";
        return Err(Error::new(Code::NotReady, detail));
    }
    let organization: OrganizationId = tx.id();
    let new = NewOrganization {
        name: "Crowd".to_owned(),
        locale: "en".to_owned(),
        time_zone: ZONE.to_owned(),
    };
    found(tx, &Permit::for_import(organization), organization, new)?;
    person(tx, "owner@crowd.invalid", "Olga Owner", OrgRole::Owner)?;
    let mut sources = Vec::new();
    for (name, kind) in [
        ("Careers page", SourceKind::Applied),
        ("Found by us", SourceKind::Sourced),
        ("Referral", SourceKind::Referred),
        ("Agency", SourceKind::Agency),
    ] {
        let id = tx.id();
        sources::add(tx, &Permit::for_import(id), id, NewSource { name: name.to_owned(), kind })?;
        sources.push(id);
    }
    let reason = tx.id();
    let new = NewRejectionReason { name: "Not this time".to_owned(), kind: ReasonKind::Ours };
    reasons::add(tx, &Permit::for_import(reason), reason, new)?;
    Ok(House { organization, sources, reason })
}

fn person(tx: &mut Tx<'_>, email: &str, name: &str, role: OrgRole) -> Result<UserId> {
    let id: UserId = tx.id();
    let new = NewUser {
        name: name.to_owned(),
        email: Some(email.parse().map_err(Error::internal)?),
        role,
        state: UserState::Active,
        time_zone: ZONE.to_owned(),
        locale: "en".to_owned(),
        agency_id: None,
        password_hash: None,
    };
    place(tx, &Permit::for_import(id), id, new)?;
    Ok(id)
}

/// A job with its stages, openings and recruiter.
fn open_job(tx: &mut Tx<'_>, number: u32) -> Result<Place> {
    let id: JobId = tx.id();
    let permit = Permit::for_import(id);
    let new = NewJob {
        title: format!("Engineer {number}"),
        state: JobState::Open,
        department_id: None,
        level_id: None,
        pay_band_id: None,
        approval_chain_id: None,
        location: None,
        description: None,
        requisition_code: Some(format!("CROWD-{number}")),
        headcount: Headcount::Limited,
        confidential: false,
        opened_at: Some(tx.now()),
        closed_at: None,
        custom: Document::empty(),
    };
    jobs::place(tx, &permit, id, new)?;
    let facts = PIPELINE.map(|(name, kind)| StageFacts {
        name: name.to_owned(),
        kind,
        decision: StageDecision::None,
    });
    let stages = pipelines::place(tx, &permit, id, &facts)?;
    let heads: Vec<_> = (1..=OPENINGS).map(NewOpening::open).collect();
    openings::place(tx, &permit, id, &heads)?;
    let name = format!("Recruiter {number}");
    let recruiter = person(tx, &recruiter_email(number), &name, OrgRole::Recruiter)?;
    let member = tx.id();
    let role = TeamRole::Recruiter;
    team::place(tx, &permit.extend_to(member), member, id, recruiter, role)?;
    Ok(Place { job: id, stages, recruiter })
}

/// Adds those of the crowd, each with an application to the place.
fn fill(
    tx: &mut Tx<'_>,
    house: &House,
    place: &Place,
    now: Instant,
    members: std::ops::Range<u32>,
) -> Result<()> {
    let permit = Permit::for_import(house.organization);
    let people: Vec<candidates::Person> = members
        .clone()
        .map(Member)
        .map(|member| candidates::Person {
            name: member.name(),
            email: member.email(),
            time_zone: member.time_zone(),
        })
        .collect();
    let ids = candidates::insert(tx, &permit, people)?;
    let applications: Vec<Crowded> = members
        .map(Member)
        .zip(ids)
        .map(|(member, candidate_id)| {
            let stages = member.way().map(|place_of| place.stages.get(place_of).copied());
            Crowded {
                candidate_id,
                job_id: place.job,
                status: member.status(),
                owner_id: place.recruiter,
                source_id: house.sources.get(member.source(house.sources.len())).copied(),
                reason_id: house.reason,
                entered: stages.into_iter().flatten().zip(member.times(now)).collect(),
            }
        })
        .collect();
    applications::insert(tx, &permit, &applications)
}
