//! Mails about somebody who left: to whoever took over, and to those who run a hire in which nobody
//! did.

use serde_json::{Map, Value};

use super::compose::Content;
use super::offers;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::{self, Action, Scope, TeamRole};
use crate::applications;
use crate::approvals::store as approvals;
use crate::candidates;
use crate::db::Conn;
use crate::db::types::Document;
use crate::debriefs;
use crate::error::Result;
use crate::events::{Event, EventKind};
use crate::ids::{AnyId, ApplicationId, UserId};
use crate::jobs;
use crate::jobs::hiring_team::store as team;
use crate::mail::MailKind;
use crate::outbox::Cause;
use crate::users;
use crate::users::store::User;

/// The events that say that nobody takes the place of somebody who left.
pub(super) const LEFT_BEHIND: [EventKind; 3] = [
    EventKind::ApplicationLeftBehind,
    EventKind::DebriefLeftBehind,
    EventKind::ApprovalStepLeftBehind,
];

/// The mails of [`LEFT_BEHIND`]: to whoever drives the debriefs of the application, and recruits or
/// coordinates for its job; about an approval, to whoever submitted the offer as well.
pub(super) fn owed(conn: &mut Conn, event: &Event, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let Some(id) = event.application_id() else { return Ok(Vec::new()) };
    let mut people = who_run(conn, id)?;
    if event.kind() == EventKind::ApprovalStepLeftBehind {
        let run = approvals::whole_of_step(conn, event.subject().id.typed())?;
        people.extend(run.and_then(|run| run.run.started_by));
    }
    Ok(at_once(MailKind::LeftBehind, all_but_the_actor(people, actor)))
}

/// Who drives the debriefs of an application, and recruits or coordinates for its job.
pub(super) fn who_run(conn: &mut Conn, id: ApplicationId) -> Result<Vec<UserId>> {
    let Some(application) = applications::store::find(conn, id)? else { return Ok(Vec::new()) };
    let mut people = debriefs::store::drivers_of(conn, id)?;
    for role in [TeamRole::Recruiter, TeamRole::Coordinator] {
        people.extend(team::people_with(conn, application.job_id, role)?);
    }
    Ok(people)
}

/// What the mail `handed_over` says.
pub(super) fn handed_over(
    conn: &mut Conn,
    reader: &User,
    cause: &Cause,
) -> Result<Option<Content>> {
    let mut facts = Map::new();
    facts.insert("leaver_name".to_owned(), Value::String(name(conn, &cause.payload, "from_id")?));
    facts.insert("count".to_owned(), Value::from(number(&cause.payload, "count")));
    let path = format!("/api/v1/users/{}/obligations", reader.id);
    Ok(Some(Content { path, application_id: None, capability: None, facts, calendar: None }))
}

/// What the mail `left_behind` says; none to somebody who may not read the application, or the offer
/// where it is about its approval.
pub(super) fn left_behind(
    conn: &mut Conn,
    reader: &User,
    cause: &Cause,
) -> Result<Option<Content>> {
    if cause.kind == EventKind::ApprovalStepLeftBehind {
        let found = offers::left_behind(conn, reader, cause.subject_id.typed())?;
        let what = "A vote on the offer is awaited from them, and nobody else can give it.";
        return finish(conn, found, cause, "from_id", what.to_owned());
    }
    let Some(id) = cause.application_id else { return Ok(None) };
    let found = about(conn, reader, id)?;
    let what = if cause.kind == EventKind::DebriefLeftBehind {
        "They decide or drive its debrief, and nobody was named to succeed them.".to_owned()
    } else {
        released(&cause.payload)
    };
    finish(conn, found, cause, "user_id", what)
}

fn finish(
    conn: &mut Conn,
    found: Option<Content>,
    cause: &Cause,
    leaver: &str,
    what: String,
) -> Result<Option<Content>> {
    let Some(mut content) = found else { return Ok(None) };
    let leaver_name = name(conn, &cause.payload, leaver)?;
    content.facts.insert("leaver_name".to_owned(), Value::String(leaver_name));
    content.facts.insert("what".to_owned(), Value::String(what));
    Ok(Some(content))
}

fn released(payload: &Document) -> String {
    let (seats, cards) = (number(payload, "seats"), number(payload, "cards"));
    let of_seats = format!("Their seats on panels to come are free: {seats}.");
    let of_cards = format!("The scorecards that they owed were waived: {cards}.");
    match (seats, cards) {
        (0, _) => of_cards,
        (_, 0) => of_seats,
        _ => format!("{of_seats} {of_cards}"),
    }
}

/// Whom an application is of, and for which job; none to somebody who may not read it.
pub(super) fn about(conn: &mut Conn, reader: &User, id: ApplicationId) -> Result<Option<Content>> {
    let Some(application) = applications::store::find(conn, id)? else { return Ok(None) };
    let actor = reader.in_absence();
    let standing = access::standing(conn, &actor, id)?;
    let scope = Scope::on_job(id, application.job_id).standing(standing);
    if !access::may(conn, &actor, Action::ReadApplication, &scope)? {
        return Ok(None);
    }
    let candidate = candidates::store::find(conn, application.candidate_id)?;
    let job = jobs::store::find(conn, application.job_id)?;
    let mut facts = Map::new();
    let texts = [
        ("candidate_name", candidate.map(|candidate| candidate.name)),
        ("job_title", job.map(|job| job.title)),
    ];
    for (key, text) in texts {
        facts.insert(key.to_owned(), Value::String(text.unwrap_or_default()));
    }
    let path = format!("/api/v1/applications/{id}");
    Ok(Some(Content { path, application_id: Some(id), capability: None, facts, calendar: None }))
}

/// The name of a person in a payload.
fn name(conn: &mut Conn, payload: &Document, key: &str) -> Result<String> {
    let id = payload.0.get(key).and_then(Value::as_str).and_then(|id| id.parse::<UserId>().ok());
    let Some(id) = id else { return Ok(String::new()) };
    Ok(users::store::find(conn, id)?.map(|user| user.name).unwrap_or_default())
}

fn number(payload: &Document, key: &str) -> i64 {
    payload.0.get(key).and_then(Value::as_i64).unwrap_or_default()
}
