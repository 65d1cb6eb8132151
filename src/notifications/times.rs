//! The mail that asks a candidate when an interview can take place.

use serde_json::{Map, json};

use super::compose::Content;
use super::interviews::local;
use super::recipients::Owed;
use crate::candidates;
use crate::capabilities;
use crate::capabilities::store::Capability;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{CandidateId, CapabilityId, InterviewId};
use crate::interviews::store;
use crate::interviews::times::store as requests;
use crate::jobs;
use crate::loops::Place;
use crate::mail::{Address, MailKind};
use crate::organization::settings;
use crate::outbox::Recipient;

/// Who is owed the link by which a candidate chooses a time: the candidate, if they have an address.
pub(super) fn owed_for_link(conn: &mut Conn, link: &Capability) -> Result<Vec<Owed>> {
    let Some((_, place)) = place_of(conn, link)? else { return Ok(Vec::new()) };
    if candidates::store::addressee(conn, place.candidate_id)?.is_none() {
        return Ok(Vec::new());
    }
    let recipient = Recipient::Candidate(place.candidate_id);
    let (kind, dedupe_key, run_at) = (MailKind::TimeAsked, None, None);
    Ok(vec![Owed { kind, recipient, dedupe_key, run_at }])
}

/// What the mail `time_asked` says, and to whom it goes; none when nothing is asked any more.
pub(super) fn time_asked(
    conn: &mut Conn,
    candidate: CandidateId,
    id: CapabilityId,
    now: Instant,
) -> Result<Option<(Address, Content)>> {
    let Some(link) = capabilities::store::find_live_by_id(conn, id, now)? else { return Ok(None) };
    let Some((interview_id, place)) = place_of(conn, &link)? else { return Ok(None) };
    let request = requests::find_open(conn, interview_id)?;
    let (Some(request), Some(person)) = (
        request.filter(|request| request.expires_at > now),
        candidates::store::addressee(conn, candidate)?,
    ) else {
        return Ok(None);
    };
    if place.candidate_id != candidate {
        return Ok(None);
    }
    let job = jobs::store::find(conn, place.job_id)?;
    let organization = settings::store::organization(conn)?;
    let time_zone = person.time_zone.or_else(|| organization.map(|row| row.time_zone));
    let expires_at = local(request.expires_at, &time_zone.unwrap_or_default());
    let mut facts = Map::new();
    facts.insert("job_title".to_owned(), json!(job.map(|job| job.title).unwrap_or_default()));
    facts.insert("asked".to_owned(), json!(request.kind.as_str()));
    facts.insert("minutes".to_owned(), json!(request.minutes));
    facts.insert("expires_at_local".to_owned(), json!(expires_at));
    let content = Content {
        path: "/l/".to_owned(),
        application_id: None,
        capability: Some(id),
        facts,
        calendar: None,
    };
    Ok(Some((Address { name: person.name, email: person.email }, content)))
}

fn place_of(conn: &mut Conn, link: &Capability) -> Result<Option<(InterviewId, Place)>> {
    let Some(id) = link.subject_id else { return Ok(None) };
    let id: InterviewId = id.typed();
    let Some(application_id) = store::application_of(conn, id)? else { return Ok(None) };
    Ok(Place::of(conn, application_id)?.map(|place| (id, place)))
}
