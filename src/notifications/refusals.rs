//! The mail that a candidate can no longer be written to.

use serde_json::{Map, Value};

use super::compose::Content;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::{self, Action, TeamRole, candidate_scope};
use crate::applications;
use crate::candidates;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{CandidateId, JobId};
use crate::jobs::hiring_team::store as team;
use crate::mail::MailKind;
use crate::users::store::User;

/// As many applications of a candidate are looked at.
const APPLICATIONS: i64 = 100;

/// The mails of `candidate.address_refused`: to those who recruit or coordinate for a job that the candidate
/// is applying for, and whoever looks after the application.
pub(super) fn owed(conn: &mut Conn, id: CandidateId) -> Result<Vec<Owed>> {
    let running = applications::store::running(conn, id, APPLICATIONS)?;
    let jobs: Vec<JobId> = running.iter().map(|(job, _)| *job).collect();
    let mut people = team::people_on(conn, &jobs, &[TeamRole::Recruiter, TeamRole::Coordinator])?;
    people.extend(running.into_iter().filter_map(|(_, owner)| owner));
    Ok(at_once(MailKind::AddressRefused, all_but_the_actor(people, None)))
}

/// What the mail `address_refused` says; none to somebody who may not read how the candidate is reached, or
/// when another address stands there by now.
pub(super) fn address_refused(
    conn: &mut Conn,
    reader: &User,
    id: CandidateId,
) -> Result<Option<Content>> {
    let Some(person) = candidates::store::addressee(conn, id)? else { return Ok(None) };
    let actor = reader.in_absence();
    let scope = candidate_scope(conn, &actor, id)?;
    if person.refused.is_none() || !access::may(conn, &actor, Action::ReadContactPoints, &scope)? {
        return Ok(None);
    }
    let mut facts = Map::new();
    facts.insert("candidate_name".to_owned(), Value::String(person.name));
    let path = format!("/api/v1/candidates/{id}");
    Ok(Some(Content { path, application_id: None, capability: None, facts, calendar: None }))
}
