//! Asking a candidate when an interview takes place, and what they say.

use super::api::{AskForAvailability, OfferSlots};
use super::model::{self, Window, end_of, troubles};
use super::store::{self, TimeRequest};
use super::{CandidateAskKind, TimeRequestKind, asks, slots};
use crate::access::{self, Action, Actor, Permit};
use crate::candidates;
use crate::capabilities::commands::{dead_link, issue, require};
use crate::capabilities::store::Capability;
use crate::capabilities::{CapabilityKind, NewLink};
use crate::clock::Instant;
use crate::db::types::Document;
use crate::db::{Conn, Tx, dialect};
use crate::error::{Beside, Code, Error, FieldError, Result};
use crate::events::{Event, EventKind, record};
use crate::http::Done;
use crate::ids::{InterviewId, kinds};
use crate::interviews::InterviewState;
use crate::interviews::commands::booking::{Time, confirm, release};
use crate::interviews::commands::{expect_version, lock};
use crate::interviews::model::InterviewCommand;
use crate::interviews::store::{self as interviews, Interview};
use crate::jobs;
use crate::loops::{self, Place};
use crate::organization::settings;

/// What a candidate is about to be asked.
struct Asked {
    kind: TimeRequestKind,
    /// As they were sent.
    starts: Vec<Instant>,
    expires_at: Instant,
    /// Why some are offered although something speaks against them.
    overriding: Option<String>,
}

/// Offers the candidate of an interview starts to choose from, by a link; offers that stand are
/// replaced, and a time that was given is given up.
///
/// # Errors
/// `invalid`, `illegal_transition`, `stale`.
pub(super) fn offer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    input: &OfferSlots,
    link: &NewLink,
) -> Result<InterviewId> {
    let wrong = troubles(&input.starts, input.expires_at, tx.now());
    let asked = Asked {
        kind: TimeRequestKind::Slots,
        starts: input.starts.clone(),
        expires_at: input.expires_at,
        overriding: input.overriding.as_ref().map(|given| given.reason.to_text()),
    };
    ask(tx, actor, (id, expected), asked, wrong, link)
}

/// Asks the candidate of an interview when they could come, by a link.
///
/// # Errors
/// `invalid`, `illegal_transition`, `stale`.
pub(super) fn ask_availability(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    input: &AskForAvailability,
    link: &NewLink,
) -> Result<InterviewId> {
    let wrong = troubles(&[], input.expires_at, tx.now());
    let kind = TimeRequestKind::Availability;
    let (starts, expires_at) = (Vec::new(), input.expires_at);
    let asked = Asked { kind, starts, expires_at, overriding: None };
    ask(tx, actor, (id, expected), asked, wrong, link)
}

fn ask(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, expected): (InterviewId, Option<i64>),
    asked: Asked,
    wrong: Vec<FieldError>,
    link: &NewLink,
) -> Result<InterviewId> {
    let (place, mut interview) = lock(tx, id)?;
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, interview.version)?;
    place.require_active()?;
    let (command, kind) = match asked.kind {
        TimeRequestKind::Slots => (InterviewCommand::Propose, EventKind::InterviewProposed),
        TimeRequestKind::Availability => {
            (InterviewCommand::AskAvailability, EventKind::InterviewAvailabilityAsked)
        }
    };
    interview.state.apply(command)?;
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let kit = loops::templates::store::find_kit(tx.conn, interview.kit_id)?;
    let minutes = kit.ok_or_else(Error::not_found)?.minutes;
    let bent = slots::check(tx, &interview, &asked.starts, minutes, asked.overriding.is_some())?;
    release(tx, &permit, &place, &mut interview, command)?;
    let mut starts = asked.starts;
    starts.sort_unstable();
    let now = tx.now();
    let request = TimeRequest {
        id: tx.id(),
        interview_id: id,
        kind: asked.kind,
        minutes,
        override_reason: asked.overriding.filter(|_| !bent.is_empty()),
        bent: Document::of(&bent)?,
        starts: Document::of(&starts)?,
        windows: None,
        time_zone: None,
        expires_at: asked.expires_at,
        answered_at: None,
        closed_at: None,
        created_at: now,
        updated_at: now,
    };
    store::close(tx, &permit)?;
    store::insert(tx, &permit, &request)?;
    issue(tx, &permit, link, CapabilityKind::Scheduling, (Some(id.into()), None))?;
    let offered = i64::try_from(starts.len()).unwrap_or(i64::MAX);
    let event = place
        .event(kind, id)
        .id("loop_id", interview.loop_id)
        .number("offered", offered)
        .number("schedule_sequence", i64::from(interview.schedule_sequence));
    record(tx, &permit, &event)?;
    Ok(id)
}

/// What the candidate of an interview was asked last, for those who schedule, with the starts that are
/// free now.
///
/// # Errors
/// `not_found`, `forbidden`.
pub(super) fn read(
    conn: &mut Conn,
    actor: &Actor,
    id: InterviewId,
    now: Instant,
) -> Result<(Interview, TimeRequest, Vec<Instant>)> {
    let interview = interviews::find(conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::of(conn, interview.application_id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = place.scope(conn, actor, id)?;
    access::permit(conn, actor, Action::ManageInterview, &scope)?;
    let request = store::newest(conn, id)?.ok_or_else(Error::not_found)?;
    let starts = slots::free_now(conn, &place, &interview, &request, now)?;
    Ok((interview, request, starts))
}

/// What the page behind a link shows.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Where the interview stands.
    pub(crate) interview: Interview,
    /// For which job.
    pub(crate) job_title: String,
    /// Who asks.
    pub(crate) organization_name: String,
    /// The zone that is shown if nobody chooses one.
    pub(crate) time_zone: String,
    /// What is asked, while it can be answered.
    pub(crate) request: Option<TimeRequest>,
    /// The starts that are free.
    pub(crate) starts: Vec<Instant>,
    /// What the candidate may ask; nothing when they asked often enough.
    pub(crate) may_ask: Vec<CandidateAskKind>,
    /// Whom they write to, once they asked often enough.
    pub(crate) contact: Option<(String, String)>,
    /// Whether they said that they cannot come, and nothing came of it yet.
    pub(crate) given_up: bool,
}

/// What the page behind a link shows; opening it changes nothing.
///
/// # Errors
/// Like every dead link when the interview or the application is over.
pub(crate) fn look(conn: &mut Conn, token_hash: &[u8], now: Instant) -> Result<Seen> {
    let link = require(conn, token_hash, CapabilityKind::Scheduling, now)?;
    let interview =
        interviews::find(conn, interview_of(&link)?)?.filter(|row| row.state.is_to_come());
    let interview = interview.ok_or_else(dead_link)?;
    let place = Place::of(conn, interview.application_id)?.ok_or_else(dead_link)?;
    place.require_active().map_err(|_| dead_link())?;
    let request = store::find_open(conn, interview.id)?;
    let request = request.filter(|request| request.expires_at > now);
    let starts = match &request {
        Some(request) => slots::free_now(conn, &place, &interview, request, now)?,
        None => Vec::new(),
    };
    let job = jobs::store::find(conn, place.job_id)?.ok_or_else(dead_link)?;
    let candidate = candidates::store::find(conn, place.candidate_id)?.ok_or_else(dead_link)?;
    let organization = settings::store::organization(conn)?.ok_or_else(dead_link)?;
    let answered = request.as_ref().and_then(|request| request.time_zone.clone());
    let time_zone = answered
        .or_else(|| interview.time_zone.clone())
        .or(candidate.time_zone)
        .unwrap_or(organization.time_zone);
    let asked = store::asks(conn, interview.id)?;
    let open = asked.len() < asks::ASKS_MAX;
    let may = |kind: &CandidateAskKind| open && asks::can_be_asked(&interview, *kind, now);
    let may_ask = CandidateAskKind::ALL.iter().copied().filter(may).collect();
    let contact = if open { None } else { asks::contact(conn, &place)? };
    let last = asked.last().map(|ask| ask.kind);
    Ok(Seen {
        given_up: interview.state == InterviewState::Draft
            && last == Some(CandidateAskKind::CannotCome),
        interview,
        job_title: job.title,
        organization_name: organization.name,
        time_zone,
        request,
        starts,
        may_ask,
        contact,
    })
}

fn interview_of(link: &Capability) -> Result<InterviewId> {
    Ok(link.subject_id.ok_or_else(dead_link)?.typed())
}

/// An interview by its link, under the lock of its application, with what is asked.
pub(super) fn lock_by_link(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
) -> Result<(Capability, Place, Interview, Option<TimeRequest>)> {
    let now = tx.now();
    let link = require(tx.conn, token_hash, CapabilityKind::Scheduling, now)?;
    let (place, interview) = lock(tx, interview_of(&link)?)?;
    // Whoever changed the interview a moment before may have taken the link back.
    let link = require(tx.conn, token_hash, CapabilityKind::Scheduling, now)?;
    place.require_active().map_err(|_| dead_link())?;
    let request = store::find_open(tx.conn, interview.id)?;
    let request = request.filter(|request| request.expires_at > now);
    Ok((link, place, interview, request))
}

/// Takes one of the starts that are offered. Once more the same one is done already.
///
/// # Errors
/// `slot_taken` with the starts that are still free; `not_ready` when nothing is offered; `invalid` for
/// a start that is not among them.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    start: Instant,
    time_zone: &str,
) -> Result<Done<kinds::Interview>> {
    let (link, place, mut interview, request) = lock_by_link(tx, token_hash)?;
    let id = interview.id;
    if interview.state == InterviewState::Confirmed && interview.starts_at == Some(start) {
        return Ok(Done { id, replayed: true });
    }
    let request = request
        .filter(|request| request.kind == TimeRequestKind::Slots)
        .ok_or_else(|| Error::new(Code::NotReady, "No times are offered at the moment."))?;
    if !request.starts()?.contains(&start) {
        let detail = "It is not among the times that are offered.";
        return Err(Error::invalid("/starts_at", "unknown_reference", detail));
    }
    let seats = interviews::seats(tx.conn, id)?;
    let mut locked: Vec<_> = seats.iter().map(|seat| seat.user_id.any()).collect();
    locked.push(place.candidate_id.any());
    dialect::lock_times(tx.conn, &locked)?;
    let now = tx.now();
    let starts = slots::free_now(tx.conn, &place, &interview, &request, now)?;
    if !starts.contains(&start) {
        let beside = Some(Box::new(Beside::FreeSlots(starts)));
        let detail = "This time is not free any more; choose another one.";
        return Err(Error { beside, ..Error::new(Code::SlotTaken, detail) });
    }
    let permit = Permit::for_candidate(id, place.candidate_id);
    let answered = TimeRequest { time_zone: Some(time_zone.to_owned()), ..request };
    store::answer(tx, &permit, &answered)?;
    let time = Time {
        span: (start, end_of(start, answered.minutes)),
        time_zone: time_zone.to_owned(),
        reason: None,
        // What spoke against it when it was offered was bent with this reason, and nothing else does now.
        overriding: answered.override_reason,
    };
    confirm(tx, &permit, &place, &mut interview, (InterviewCommand::Take, time))?;
    used(tx, &permit, &link)?;
    Ok(Done { id, replayed: false })
}

/// Says when the candidate could come, in place of what they said before.
///
/// # Errors
/// `not_ready` when it is not asked; `invalid`.
pub(crate) fn give(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    windows: &[Window],
    time_zone: &str,
) -> Result<InterviewId> {
    let (link, place, interview, request) = lock_by_link(tx, token_hash)?;
    let request = request
        .filter(|request| request.kind == TimeRequestKind::Availability)
        .ok_or_else(|| Error::new(Code::NotReady, "Nobody asks for this at the moment."))?;
    if windows.is_empty() || windows.len() > model::WINDOWS_MAX {
        return Err(Error::invalid("/windows", "range", "Give 1 to 20 windows."));
    }
    let permit = Permit::for_candidate(interview.id, place.candidate_id);
    let (windows_given, time_zone) = (Document::of(&windows)?, time_zone.to_owned());
    let answered =
        TimeRequest { windows: Some(windows_given), time_zone: Some(time_zone), ..request };
    store::answer(tx, &permit, &answered)?;
    interviews::save(tx, &permit, &interview)?;
    let given = i64::try_from(windows.len()).unwrap_or(i64::MAX);
    let event = place.event(EventKind::InterviewAvailabilityGiven, interview.id);
    let event = event.id("loop_id", interview.loop_id).number("windows", given);
    record(tx, &permit, &event)?;
    used(tx, &permit, &link)?;
    Ok(interview.id)
}

pub(super) fn used(tx: &mut Tx<'_>, permit: &Permit, link: &Capability) -> Result<()> {
    let event = Event::new(EventKind::CapabilityUsed, link.id.into());
    let event = event.code("kind", link.kind.as_str());
    record(tx, &permit.extend_to(link.id), &event)?;
    Ok(())
}
