//! Makes the sample company: its people, its bars and jobs, then its candidates' stories.
//!
//! The stories run in rounds, so that each happens over days and all reach today together. Every
//! round but the last is sample data; the last is live, so that mails are owed for it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};

use super::candidates::{APPLICANTS, ROUNDS, SOURCES};
use super::jobs::{BARS, Bar, JOBS, Job, LABELS, OFFICES, PASS_LEVEL, STAGES};
use super::people::{COLLEAGUES, OWNER, Persona};
use super::story::Story;
use super::teller::{Refusal, Teller, text};
use crate::access::{OrgRole, Permit};
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, Origin, Tx};
use crate::http::fields::Email;
use crate::http::{Mode, Parts, Quotas, State};
use crate::identities::SignIn;
use crate::ids::{OrganizationId, UserId};
use crate::organization::settings::commands::{NewOrganization, found};
use crate::sessions::{DerivedSecrets, Passwords, Tokens};
use crate::users::UserState;
use crate::users::commands::{NewUser, place};

/// What the sample company is called.
const NAME: &str = "Tidewater Instruments";
/// How long before today the company began to hire.
const BEGINNING: TimeDelta = TimeDelta::days(24);
/// From one step of a story to its next.
const ROUND: TimeDelta = TimeDelta::hours(36);
/// From one story's step to the next one's.
const BREATH: TimeDelta = TimeDelta::minutes(9);

/// What the stories need to know of a job.
pub(super) struct OpenJob {
    pub(super) id: String,
    pub(super) level_id: String,
    /// Ids of the stages, in order.
    pub(super) stages: Vec<String>,
    pub(super) template_version_id: String,
    /// Lead, second, and lead of the other interview.
    pub(super) panel: [&'static str; 3],
    pub(super) decider: &'static str,
    pub(super) facts: &'static Job,
}

/// Fills an empty database; `clock` is its clock and stands at the present.
pub(super) async fn make(db: &Db, clock: &Clock, settings: &Settings) -> Result<(), Refusal> {
    let today = clock.now();
    clock.advance(-BEGINNING);
    // Nobody signs in with a password here; the one hash that this makes is enough for both.
    let passwords = Passwords::new()?;
    let state = || -> Result<State, Refusal> {
        Ok(State::new(Parts {
            tokens: Tokens::load(db)?,
            derived: DerivedSecrets::load(db)?,
            passwords: passwords.clone(),
            sign_in: SignIn::local(),
            mailer: settings.mailer()?,
            public_url: settings.public_url(),
            proxies: settings.proxies(),
            quotas: Quotas::OFF,
            mode: Mode::Demo,
            calendars: settings.calendars(),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            db: db.clone(),
        }))
    };
    let owner = found_company(db)?;
    let mut seeding = Teller::new(state()?.seeding(), BTreeMap::new()).await;
    seeding.sign_in(OWNER.key, owner)?;
    people(&mut seeding).await?;
    let jobs = jobs(&seeding).await?;
    let mut stories = stories(&seeding, &jobs).await?;
    let live = Teller::new(state()?, seeding.sessions()).await;
    let rounds = i32::try_from(ROUNDS)?;
    clock.advance(today - clock.now() - ROUND * (rounds - 1));
    for round in 1..=ROUNDS {
        let last = round == ROUNDS;
        let began = clock.now();
        for story in &mut stories {
            let teller = if last { &live } else { &seeding };
            story.go_on(teller, round, clock.now()).await?;
            if !last {
                clock.advance(BREATH);
            }
        }
        clock.advance(began + ROUND - clock.now());
    }
    Ok(())
}

/// The organization and its founder, which must be there before anybody can sign in.
fn found_company(db: &Db) -> Result<UserId, Refusal> {
    let email: Email = OWNER.email.parse()?;
    let mut unit = db.unit();
    unit.origin = Origin::Seed;
    let make = move |tx: &mut Tx<'_>| {
        let id: OrganizationId = tx.id();
        let zone = OWNER.time_zone.to_owned();
        let new = NewOrganization {
            name: NAME.to_owned(),
            locale: "en".to_owned(),
            time_zone: zone.clone(),
        };
        found(tx, &Permit::for_system(id), id, new)?;
        let user_id: UserId = tx.id();
        let founder = NewUser {
            agency_id: None,
            name: OWNER.name.to_owned(),
            email: Some(email.clone()),
            role: OrgRole::Owner,
            state: UserState::Active,
            time_zone: zone,
            locale: "en".to_owned(),
            password_hash: None,
        };
        Ok(place(tx, &Permit::for_system(user_id), user_id, founder)?.id)
    };
    Ok(db.write_here(&unit, make)?)
}

async fn people(teller: &mut Teller) -> Result<(), Refusal> {
    for persona in COLLEAGUES {
        let Persona { name, email, role, time_zone, .. } = persona;
        let body = json!({ "name": name, "email": email, "role": role, "time_zone": time_zone, "locale": "en" });
        let user = teller.post(OWNER.key, "/users", body).await?;
        teller.sign_in(persona.key, user.id().parse()?)?;
    }
    Ok(())
}

async fn jobs(teller: &Teller) -> Result<Vec<OpenJob>, Refusal> {
    let steps = json!([
        { "name": "Finance", "mode": "all", "member_ids": [teller.user("graca")?] },
        { "name": "Founder", "mode": "all", "member_ids": [teller.user("ines")?] },
    ]);
    let chain = json!({ "name": "Every offer", "steps": steps });
    let chain = teller.post(OWNER.key, "/approval-chains", chain).await?.id();
    for (name, kind) in
        [("Another candidate fits better", "ours"), ("Expectations too far apart", "theirs")]
    {
        teller.post(OWNER.key, "/rejection-reasons", json!({ "name": name, "kind": kind })).await?;
    }
    let mut templates = Vec::new();
    for bar in BARS {
        templates.push(template(teller, bar).await?);
    }
    let everything = json!({ "name": "Tides and harbours", "head_id": teller.user("ines")? });
    let root = teller.post(OWNER.key, "/departments", everything).await?.id();
    let offices = offices(teller).await?;
    let mut departments = BTreeMap::new();
    let mut jobs = Vec::new();
    for facts in JOBS {
        if !departments.contains_key(facts.department) {
            let below = json!({ "name": facts.department, "parent_id": root });
            let made = teller.post(OWNER.key, "/departments", below).await?;
            departments.insert(facts.department, made.id());
        }
        let department = departments.get(facts.department).cloned().unwrap_or_default();
        let template_version_id = templates.get(facts.bar).cloned().unwrap_or_default();
        let place =
            Place { department, office: facts.office.and_then(|n| offices.get(n)).cloned() };
        jobs.push(job(teller, facts, place, &chain, template_version_id).await?);
    }
    Ok(jobs)
}

/// The department of a job, and its office with the zone by which it pays.
struct Place {
    department: String,
    office: Option<(String, String)>,
}

/// The offices, each with the zone of pay that it lies in.
async fn offices(teller: &Teller) -> Result<Vec<(String, String)>, Refusal> {
    let mut offices = Vec::new();
    for (name, time_zone, country, currency, zone) in OFFICES {
        let zone = teller.post(OWNER.key, "/pay-zones", json!({ "name": zone })).await?.id();
        let office = json!({
            "name": name, "time_zone": time_zone, "country": country, "currency": currency,
            "pay_zone_id": zone,
        });
        offices.push((teller.post(OWNER.key, "/offices", office).await?.id(), zone));
    }
    Ok(offices)
}

/// A published rubric, and a published loop template that finds out about it.
async fn template(teller: &Teller, bar: &Bar) -> Result<String, Refusal> {
    let attributes: Vec<Value> = bar
        .attributes
        .iter()
        .map(|attribute| {
            let levels: Vec<Value> = LABELS
                .iter()
                .zip(attribute.anchors)
                .map(|(label, anchor)| json!({ "label": label, "anchor": anchor }))
                .collect();
            let (name, description) = (attribute.name, attribute.description);
            json!({ "name": name, "description": description, "pass_level": PASS_LEVEL, "levels": levels })
        })
        .collect();
    let content = json!({ "name": bar.name, "version": { "attributes": attributes } });
    let rubric = teller.post("tomasz", "/rubrics", content).await?;
    let version = text(&rubric.json, "/versions/0/id");
    let published = teller
        .put("tomasz", &format!("/rubric-versions/{version}/publication"), Value::Null)
        .await?;
    let rated = |priorities: [&str; 3]| -> Vec<Value> {
        let rated = priorities.iter().enumerate().filter(|(_, priority)| !priority.is_empty());
        rated
            .map(|(index, priority)| {
                let id = text(&published.json, &format!("/attributes/{index}/id"));
                json!({ "attribute_id": id, "priority": priority })
            })
            .collect()
    };
    let [(first, minutes), (second, more)] = bar.kits;
    let kit = |name: &str, minutes: i32, attributes: Vec<Value>, slots: Value| {
        json!({
            "name": name, "kind": "live", "minutes": minutes, "rubric_version_id": version,
            "attributes": attributes, "slots": slots,
        })
    };
    let pair = json!([{ "slot": "lead" }, { "slot": "second" }]);
    let kits = json!([
        kit(first, minutes, rated(["must", "must", ""]), pair),
        kit(second, more, rated(["must", "must", "nice"]), json!([{ "slot": "lead" }])),
    ]);
    let template = json!({ "name": bar.name, "version": { "kits": kits } });
    let template = teller.post("tomasz", "/loop-templates", template).await?;
    let version = text(&template.json, "/versions/0/id");
    teller
        .put("tomasz", &format!("/loop-template-versions/{version}/publication"), Value::Null)
        .await?;
    Ok(version)
}

async fn job(
    teller: &Teller,
    facts: &'static Job,
    place: Place,
    chain: &str,
    template_version_id: String,
) -> Result<OpenJob, Refusal> {
    let (level, track, rank) = facts.level;
    let level = json!({ "name": level, "track": track, "rank": rank });
    let level_id = teller.post(OWNER.key, "/levels", level).await?.id();
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let band = json!({
        "name": facts.title, "level_id": level_id, "location": facts.location, "period": "year",
        "pay_zone_id": place.office.as_ref().map(|(_, zone)| zone),
        "minimum": euros(facts.band.0), "maximum": euros(facts.band.1), "effective_on": "2026-01-01",
    });
    let band = teller.post(OWNER.key, "/pay-bands", band).await?.id();
    let stages: Vec<Value> = STAGES
        .iter()
        .map(|(name, kind, decision)| json!({ "name": name, "kind": kind, "decision": decision }))
        .collect();
    let body = json!({
        "title": facts.title, "department_id": place.department, "level_id": level_id, "pay_band_id": band,
        "approval_chain_id": chain, "location": facts.location, "description": facts.description,
        "office_ids": place.office.iter().map(|(office, _)| office).collect::<Vec<_>>(),
        "requisition_code": facts.code, "openings": facts.openings, "stages": stages,
    });
    let id = teller.post("tomasz", "/jobs", body).await?.id();
    let (decider, panel) = match facts.bar {
        0 => ("hanna", ["priya", "arjun", "luis"]),
        _ => ("luis", ["hanna", "priya", "arjun"]),
    };
    let team = [(decider, "hiring_manager"), ("tomasz", "recruiter"), ("amara", "coordinator")];
    for (who, role) in team.into_iter().chain(panel.map(|who| (who, "interviewer"))) {
        let member = json!({ "user_id": teller.user(who)?, "role": role });
        teller.post("tomasz", &format!("/jobs/{id}/hiring-team"), member).await?;
    }
    teller.put("tomasz", &format!("/jobs/{id}/publication"), Value::Null).await?;
    let pipeline = teller.get("tomasz", &format!("/jobs/{id}/pipeline")).await?;
    let stages =
        (0..STAGES.len()).map(|n| text(&pipeline.json, &format!("/stages/{n}/id"))).collect();
    Ok(OpenJob { id, level_id, stages, template_version_id, panel, decider, facts })
}

async fn stories<'j>(teller: &Teller, jobs: &'j [OpenJob]) -> Result<Vec<Story<'j>>, Refusal> {
    let field = json!({
        "noun": "candidate", "key": "notice_period", "name": "Notice period", "type": "single_select",
        "options": ["None", "One month", "Three months"], "audience": "recruiting",
    });
    teller.post(OWNER.key, "/field-definitions", field).await?;
    let mut tags = Vec::new();
    for name in [None, Some("Knows somebody here"), Some("Met at a harbour")] {
        tags.push(match name {
            Some(name) => Some(teller.post("tomasz", "/tags", json!({ "name": name })).await?.id()),
            None => None,
        });
    }
    let mut sources = Vec::new();
    for (name, kind) in SOURCES {
        let source = json!({ "name": name, "kind": kind });
        sources.push(teller.post(OWNER.key, "/sources", source).await?.id());
    }
    let reasons = teller.get("tomasz", "/rejection-reasons").await?;
    let reason = text(&reasons.json, "/data/0/id");
    let mut stories = Vec::new();
    for applicant in APPLICANTS {
        let job = jobs.get(applicant.job).ok_or("an applicant without a job")?;
        let source = sources.get(applicant.source).cloned().unwrap_or_default();
        let tag = tags.get(applicant.source).cloned().flatten();
        stories.push(Story::new(applicant, job, source, reason.clone(), tag));
    }
    Ok(stories)
}
