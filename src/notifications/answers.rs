//! The mail that a candidate said something about the time of an interview.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::compose::Content;
use super::interviews::local;
use super::leaving::{about, who_run};
use super::recipients::{Owed, all_but_the_actor};
use crate::applications;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::events::{Event, EventKind};
use crate::ids::{AnyId, InterviewId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::store::{self, Interview};
use crate::loops;
use crate::mail::MailKind;
use crate::outbox::Cause;
use crate::users::store::User;

/// The events by which a candidate says something, beside the time that they take.
pub(super) const ANSWERS: [EventKind; 3] = [
    EventKind::InterviewAvailabilityGiven,
    EventKind::InterviewRescheduleAsked,
    EventKind::InterviewGivenUp,
];

/// How long further answers of the same kind make no further mail, in seconds.
const QUIET: i64 = 3600;

/// The mails of what a candidate said: to those who run the hire and whoever looks after the application.
/// Who sits on the panel is told of the time that was taken by the entry for their calendar.
pub(super) fn owed(
    conn: &mut Conn,
    event: &Event,
    actor: Option<AnyId>,
    now: Instant,
) -> Result<Vec<Owed>> {
    let Some(application_id) = event.application_id() else { return Ok(Vec::new()) };
    let id: InterviewId = event.subject().id.typed();
    let mut people = who_run(conn, application_id)?;
    let application = applications::store::find(conn, application_id)?;
    people.extend(application.and_then(|row| row.owner_id));
    if event.kind() == EventKind::InterviewScheduled {
        let seats = store::seats(conn, id)?;
        let seated: HashSet<UserId> = seats.iter().map(|seat| seat.user_id).collect();
        people.retain(|person| !seated.contains(person));
    }
    // Times may be given again and again; the mail leads to the newest ones.
    let dedupe = |person: UserId| {
        let said = event.kind() == EventKind::InterviewAvailabilityGiven;
        let hour = now.timestamp() / QUIET;
        said.then(|| format!("candidate_answered:{id}:{hour}:{person}"))
    };
    let owed = |person: UserId| Owed {
        kind: MailKind::CandidateAnswered,
        recipient: person.into(),
        dedupe_key: dedupe(person),
        run_at: None,
    };
    Ok(all_but_the_actor(people, actor).into_iter().map(owed).collect())
}

/// What the mail `candidate_answered` says; none when the interview went on since.
pub(super) fn answered(conn: &mut Conn, reader: &User, cause: &Cause) -> Result<Option<Content>> {
    let Some(interview) = store::find(conn, cause.subject_id.typed())? else { return Ok(None) };
    let Some(said) = said(cause.kind, &interview) else { return Ok(None) };
    let Some(mut content) = about(conn, reader, interview.application_id)? else {
        return Ok(None);
    };
    let kit = loops::templates::store::find_kit(conn, interview.kit_id)?;
    let starts_at = interview.starts_at.map(|at| local(at, &reader.time_zone));
    let given = cause.payload.0.get("windows").and_then(Value::as_i64).unwrap_or_default();
    for (key, value) in [
        ("kit_name", json!(kit.map(|kit| kit.name).unwrap_or_default())),
        ("said", json!(said)),
        ("starts_at_local", json!(starts_at.unwrap_or_default())),
        ("windows", json!(given > 0)),
    ] {
        content.facts.insert(key.to_owned(), value);
    }
    content.path = format!("/api/v1/interviews/{}", interview.id);
    Ok(Some(content))
}

/// What the candidate said, while it still stands.
fn said(kind: EventKind, interview: &Interview) -> Option<&'static str> {
    let waits = interview.state == InterviewState::AwaitingAvailability;
    if kind == EventKind::InterviewScheduled {
        (interview.state == InterviewState::Confirmed).then_some("slot")
    } else if kind == EventKind::InterviewAvailabilityGiven {
        waits.then_some("availability")
    } else if kind == EventKind::InterviewRescheduleAsked {
        waits.then_some("another_time")
    } else {
        (interview.state == InterviewState::Draft).then_some("cannot_come")
    }
}
