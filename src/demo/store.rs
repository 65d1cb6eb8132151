//! What the demo's page shows, read past the policy: whoever sees the page may be anybody anyway.
//! Only names and states, no card and no pay.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::OrgRole;
use crate::db::Conn;
use crate::db::schema::{
    applications, approval_runs, approval_step_members, approval_steps, candidates, debriefs,
    events, interviews, jobs, offers, organization, panelists, stages, users, votes,
};
use crate::ids::{ApplicationId, JobId, UserId};

/// Rows of each kind that the page shows at most.
const LIMIT: i64 = 200;

/// Where the first event about the organization came from; `None` without an organization.
pub(super) fn founding_origin(conn: &mut Conn) -> QueryResult<Option<String>> {
    events::table
        .inner_join(organization::table.on(organization::id.eq(events::subject_id)))
        .order(events::id)
        .select(events::origin)
        .first(conn)
        .optional()
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// People who can sign in.
    pub people: i64,
    /// Jobs.
    pub jobs: i64,
    /// Candidates.
    pub candidates: i64,
    /// Events in the chain.
    pub events: i64,
}

/// Counts what was made.
pub(super) fn made(conn: &mut Conn) -> QueryResult<Made> {
    Ok(Made {
        people: users::table.count().get_result(conn)?,
        jobs: jobs::table.count().get_result(conn)?,
        candidates: candidates::table.count().get_result(conn)?,
        events: events::table.count().get_result(conn)?,
    })
}

/// Somebody to sign in as.
#[derive(Debug, Queryable)]
pub(super) struct PersonRow {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: OrgRole,
    pub(super) time_zone: String,
}

/// Everybody who can sign in, the founder first.
pub(super) fn people(conn: &mut Conn) -> QueryResult<Vec<PersonRow>> {
    users::table
        .filter(users::state.eq("active"))
        .order(users::id)
        .select((users::id, users::name, users::email, users::role, users::time_zone))
        .limit(LIMIT)
        .load(conn)
}

/// Somebody who can sign in.
pub(super) fn person(conn: &mut Conn, id: UserId) -> QueryResult<Option<PersonRow>> {
    users::table
        .find(id)
        .filter(users::state.eq("active"))
        .select((users::id, users::name, users::email, users::role, users::time_zone))
        .first(conn)
        .optional()
}

/// Who owes what, in words, by person.
pub(super) fn duties(conn: &mut Conn) -> QueryResult<HashMap<UserId, Vec<String>>> {
    let mut duties: HashMap<UserId, Vec<String>> = HashMap::new();
    for (who, candidate) in owed_cards(conn)? {
        duties.entry(who).or_default().push(format!("a scorecard about {candidate}"));
    }
    for (who, candidate) in awaited_decisions(conn)? {
        duties.entry(who).or_default().push(format!("the decision about {candidate}"));
    }
    for (who, candidate) in awaited_votes(conn)? {
        duties.entry(who).or_default().push(format!("a vote on the offer to {candidate}"));
    }
    Ok(duties)
}

fn owed_cards(conn: &mut Conn) -> QueryResult<Vec<(UserId, String)>> {
    panelists::table
        .inner_join(interviews::table.on(interviews::id.eq(panelists::interview_id)))
        .inner_join(applications::table.on(applications::id.eq(panelists::application_id)))
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .filter(panelists::slot.eq_any(["lead", "second", "bar_raiser"]))
        .filter(panelists::submitted_at.is_null())
        .filter(panelists::waived_at.is_null())
        .filter(panelists::removed_at.is_null())
        .filter(interviews::state.ne_all(["cancelled", "no_show"]))
        .filter(applications::status.eq("active"))
        .order(panelists::id)
        .select((panelists::user_id, candidates::name))
        .limit(LIMIT)
        .load(conn)
}

fn awaited_decisions(conn: &mut Conn) -> QueryResult<Vec<(UserId, String)>> {
    debriefs::table
        .inner_join(applications::table.on(applications::id.eq(debriefs::application_id)))
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .filter(debriefs::state.eq("deciding"))
        .filter(applications::status.eq("active"))
        .order(debriefs::id)
        .select((debriefs::decider_id, candidates::name))
        .limit(LIMIT)
        .load(conn)
}

fn awaited_votes(conn: &mut Conn) -> QueryResult<Vec<(UserId, String)>> {
    let voted = votes::table
        .filter(votes::approval_step_id.eq(approval_steps::id))
        .filter(votes::user_id.eq(approval_step_members::user_id))
        .select(votes::id);
    approval_steps::table
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .inner_join(approval_runs::table.on(approval_runs::id.eq(approval_steps::approval_run_id)))
        .inner_join(
            applications::table.on(approval_runs::application_id.eq(applications::id.nullable())),
        )
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .filter(approval_steps::state.eq("pending"))
        .filter(approval_runs::state.eq("pending"))
        .filter(diesel::dsl::not(diesel::dsl::exists(voted)))
        .order(approval_steps::id)
        .select((approval_step_members::user_id, candidates::name))
        .limit(LIMIT)
        .load(conn)
}

/// A job.
#[derive(Debug, Queryable)]
pub(super) struct JobRow {
    pub(super) id: JobId,
    pub(super) title: String,
    pub(super) state: String,
    pub(super) location: Option<String>,
}

/// The jobs.
pub(super) fn jobs(conn: &mut Conn) -> QueryResult<Vec<JobRow>> {
    jobs::table
        .order(jobs::id)
        .select((jobs::id, jobs::title, jobs::state, jobs::location))
        .limit(LIMIT)
        .load(conn)
}

/// An application.
#[derive(Debug, Queryable)]
pub(super) struct ApplicationRow {
    pub(super) id: ApplicationId,
    pub(super) job_id: JobId,
    pub(super) candidate: String,
    pub(super) stage: String,
    pub(super) status: String,
}

/// The applications, the ones furthest on first.
pub(super) fn applications(conn: &mut Conn) -> QueryResult<Vec<ApplicationRow>> {
    applications::table
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(stages::table.on(stages::id.eq(applications::stage_id)))
        .order((stages::position.desc(), applications::id))
        .select((
            applications::id,
            applications::job_id,
            candidates::name,
            stages::name,
            applications::status,
        ))
        .limit(LIMIT)
        .load(conn)
}

/// How far each application is beyond its stage: the newest offer's state, else the debrief's.
pub(super) fn progress(conn: &mut Conn) -> QueryResult<HashMap<ApplicationId, String>> {
    let mut progress: HashMap<ApplicationId, String> = HashMap::new();
    let debriefs: Vec<(ApplicationId, String)> = debriefs::table
        .order(debriefs::id)
        .select((debriefs::application_id, debriefs::state))
        .limit(LIMIT)
        .load(conn)?;
    progress.extend(debriefs.into_iter().map(|(id, state)| (id, format!("debrief {state}"))));
    let offers: Vec<(ApplicationId, String)> = offers::table
        .order(offers::id)
        .select((offers::application_id, offers::state))
        .limit(LIMIT)
        .load(conn)?;
    progress.extend(offers.into_iter().map(|(id, state)| (id, format!("offer {state}"))));
    for (id, submitted, owed) in cards(conn)? {
        if let Some(text) = progress.get_mut(&id).filter(|text| *text == "debrief gathering") {
            *text = format!("debrief gathering, {submitted} of {owed} cards in");
        }
    }
    Ok(progress)
}

/// How many cards are in and how many count, by application.
fn cards(conn: &mut Conn) -> QueryResult<Vec<(ApplicationId, i64, i64)>> {
    use diesel::dsl::count;
    panelists::table
        .filter(panelists::slot.eq_any(["lead", "second", "bar_raiser"]))
        .filter(panelists::waived_at.is_null())
        .filter(panelists::removed_at.is_null())
        .group_by(panelists::application_id)
        .select((panelists::application_id, count(panelists::submitted_at), count(panelists::id)))
        .load(conn)
}
