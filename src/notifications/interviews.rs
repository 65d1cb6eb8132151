//! Mails about interviews: somebody was put on a panel, and somebody's scorecard is due.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::calendars;
use super::compose::Content;
use super::recipients::{Owed, all_but_the_actor};
use crate::applications::ApplicationStatus;
use crate::candidates;
use crate::capabilities::{self, CapabilityKind};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, InterviewId, PanelistId};
use crate::interviews::model::SeatState;
use crate::interviews::store::{self, Interview, Panelist};
use crate::jobs;
use crate::loops::{self, Place};
use crate::mail::MailKind;
use crate::outbox::{Cause, Delivery};
use crate::users::store::User;

/// What filling in a scorecard takes.
const MINUTES: i64 = 3;

/// Who is owed a mail when somebody was put on a panel: they themselves at once, and when the
/// interview has a time, the reminder at its end. Whoever seated themselves gets the entry for their
/// calendar alone.
pub(super) fn owed_for_seat(
    conn: &mut Conn,
    id: PanelistId,
    actor: Option<AnyId>,
    now: Instant,
) -> Result<Vec<Owed>> {
    let Some(seat) = store::find_seat(conn, id)? else {
        return Ok(Vec::new());
    };
    let Some(interview) = store::find(conn, seat.interview_id)? else {
        return Ok(Vec::new());
    };
    let entry = calendars::owed_to_seat(&interview, &seat, now);
    let told = all_but_the_actor([seat.user_id], actor).into_iter().map(|person| Owed {
        kind: MailKind::InterviewAssigned,
        recipient: person.into(),
        dedupe_key: entry.as_ref().and_then(|entry| entry.dedupe_key.clone()),
        run_at: None,
    });
    let mut owed: Vec<Owed> = told.collect();
    if owed.is_empty() {
        owed.extend(entry);
    }
    owed.extend(reminder(&interview, &seat));
    Ok(owed)
}

/// Who is owed a mail when an interview got a time: whoever owes a card for it, at its end. The
/// reminders of an earlier time are dropped when theirs comes.
pub(super) fn owed_for_time(conn: &mut Conn, id: InterviewId) -> Result<Vec<Owed>> {
    let Some(interview) = store::find(conn, id)? else {
        return Ok(Vec::new());
    };
    let seats = store::seats(conn, id)?;
    Ok(seats.iter().filter_map(|seat| reminder(&interview, seat)).collect())
}

/// The reminder of a card that is owed. It goes to whoever chose the time as well: it tells them of
/// no act, it is what keeps their own card from being forgotten.
fn reminder(interview: &Interview, seat: &Panelist) -> Option<Owed> {
    if seat.state() != SeatState::Owing || interview.state.is_off() {
        return None;
    }
    Some(Owed {
        kind: MailKind::ScorecardDue,
        recipient: seat.user_id.into(),
        dedupe_key: Some(reminder_key(interview, seat)),
        run_at: Some(interview.ends_at?),
    })
}

/// Another time makes another key, so that a reminder can tell that it is of an earlier one.
fn reminder_key(interview: &Interview, seat: &Panelist) -> String {
    format!("scorecard_due:{}:{}", seat.id, interview.schedule_sequence)
}

/// What the mail to a new panelist says; none when they were removed or the interview called off.
pub(super) fn assigned(
    conn: &mut Conn,
    reader: &User,
    id: PanelistId,
    public_url: &str,
    now: Instant,
) -> Result<Option<Content>> {
    let Some(seat) = store::find_seat(conn, id)? else {
        return Ok(None);
    };
    let Some(interview) = store::find(conn, seat.interview_id)? else {
        return Ok(None);
    };
    if seat.user_id != reader.id || interview.state.is_off() {
        return Ok(None);
    }
    let Some((_, mut facts)) = about(conn, &interview)? else {
        return Ok(None);
    };
    let starts_at = interview.starts_at.map_or_else(
        || "not scheduled yet".to_owned(),
        |starts_at| local(starts_at, &reader.time_zone),
    );
    facts.insert("starts_at_local".to_owned(), json!(starts_at));
    facts.insert("slot".to_owned(), json!(seat.slot.as_str()));
    let calendar = calendars::invitation(&interview, &facts, public_url, now);
    Ok(Some(Content { calendar, ..content(conn, reader, &interview, facts, now)? }))
}

/// What the reminder of a card says; none when it is not owed any more, or the interview has another
/// time by now.
pub(super) fn due(
    conn: &mut Conn,
    reader: &User,
    delivery: &Delivery,
    cause: &Cause,
    now: Instant,
) -> Result<Option<Content>> {
    let Some(interview) = interview_of(conn, cause)? else {
        return Ok(None);
    };
    let Some(seat) = store::seat_of(conn, interview.id, reader.id)? else {
        return Ok(None);
    };
    if reminder(&interview, &seat).and_then(|owed| owed.dedupe_key).as_ref()
        != Some(&delivery.dedupe_key)
    {
        return Ok(None);
    }
    let (Some(due_at), Some((place, mut facts))) = (seat.due_at, about(conn, &interview)?) else {
        return Ok(None);
    };
    if place.status != ApplicationStatus::Active {
        return Ok(None);
    }
    facts.insert("due_at_local".to_owned(), json!(local(due_at, &reader.time_zone)));
    facts.insert("minutes".to_owned(), json!(MINUTES));
    Ok(Some(content(conn, reader, &interview, facts, now)?))
}

/// Reminders and entries come of a new time, or of a seat on an interview that had one.
pub(super) fn interview_of(conn: &mut Conn, cause: &Cause) -> Result<Option<Interview>> {
    use crate::events::EventKind;
    if cause.kind != EventKind::PanelistAssigned {
        return Ok(store::find(conn, cause.subject_id.typed())?);
    }
    match store::find_seat(conn, cause.subject_id.typed())? {
        Some(seat) => Ok(store::find(conn, seat.interview_id)?),
        None => Ok(None),
    }
}

/// Whom an interview is about, for which job, and what it is called.
pub(super) fn about(
    conn: &mut Conn,
    interview: &Interview,
) -> Result<Option<(Place, Map<String, Value>)>> {
    let Some((place, mut facts)) = pursuit(conn, interview.application_id)? else {
        return Ok(None);
    };
    let kit = loops::templates::store::find_kit(conn, interview.kit_id)?;
    facts.insert("kit_name".to_owned(), json!(kit.map(|kit| kit.name).unwrap_or_default()));
    Ok(Some((place, facts)))
}

/// Whom an application is of, and for which job.
pub(super) fn pursuit(
    conn: &mut Conn,
    id: crate::ids::ApplicationId,
) -> Result<Option<(Place, Map<String, Value>)>> {
    let Some(place) = Place::of(conn, id)? else {
        return Ok(None);
    };
    let candidate = candidates::store::find(conn, place.candidate_id)?;
    let job = jobs::store::find(conn, place.job_id)?;
    let name = candidate.map(|candidate| candidate.name).unwrap_or_default();
    let title = job.map(|job| job.title).unwrap_or_default();
    let mut facts = Map::new();
    facts.insert("candidate_name".to_owned(), Value::String(name));
    facts.insert("job_title".to_owned(), Value::String(title));
    Ok(Some((place, facts)))
}

/// Leads to the reader's card: by their link while it works, else by way of the sign-in.
pub(super) fn content(
    conn: &mut Conn,
    reader: &User,
    interview: &Interview,
    facts: Map<String, Value>,
    now: Instant,
) -> Result<Content> {
    let to = (CapabilityKind::Scorecard, interview.id.any());
    let capability = capabilities::store::find_live_to(conn, to, reader.id, now)?;
    let path = match capability {
        Some(_) => "/l/".to_owned(),
        None => crate::pages::scorecard_path(interview.id),
    };
    Ok(Content {
        path,
        capability,
        application_id: Some(interview.application_id),
        facts,
        calendar: None,
    })
}

/// An instant as its reader's clock shows it, with the name of the zone.
pub(crate) fn local(instant: Instant, time_zone: &str) -> String {
    let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
    let there = instant.utc().with_timezone(&zone);
    format!("{} ({})", there.format("%a %-d %b %Y, %H:%M"), zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_by_the_readers_clock() {
        // 2026-11-24T16:00:00Z
        let instant = Instant::from_micros(1_795_536_000_000_000);
        assert_eq!(local(instant, "Europe/Berlin"), "Tue 24 Nov 2026, 17:00 (Europe/Berlin)");
        assert_eq!(local(instant, "Asia/Kolkata"), "Tue 24 Nov 2026, 21:30 (Asia/Kolkata)");
        assert_eq!(local(instant, "Nowhere"), "Tue 24 Nov 2026, 16:00 (UTC)");
    }
}
