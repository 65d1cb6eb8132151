//! Entries for calendars: what stands in them, and who gets one.
//!
//! Everybody on the panel gets an entry, whoever chose the time as well; so does the candidate of an
//! interview that they take part in. When a mail is sent it is asked again whether its reader still
//! sits there and the time still holds; and nothing is called off that was never announced.

use serde_json::{Map, Value, json};

use super::compose::Content;
use super::interviews::{about, content, interview_of, local};
use super::recipients::Owed;
use crate::applications::ApplicationStatus;
use crate::calendars::entry::{self, ForCandidate, ForPanel};
use crate::calendars::{Entry, Invitation, Method};
use crate::candidates;
use crate::candidates::store::Addressee;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::events::EventKind;
use crate::ids::{InterviewId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::store::{self, Interview, Panelist};
use crate::jobs;
use crate::loops::templates::KitKind;
use crate::loops::{self, Place};
use crate::mail::MailKind;
use crate::organization::settings::{self, CandidateSeesPanel, Policy};
use crate::outbox::{self, Cause, Delivery, Recipient};
use crate::users;
use crate::users::store::User;

/// How many earlier announcements of an interview are looked for.
const ANNOUNCED_MAX: i32 = 100;
/// How many names of a panel a candidate reads.
const NAMES_MAX: usize = 20;

/// Who is owed an entry when an interview got a time or another place: its panel and its candidate.
pub(super) fn owed_for_time(conn: &mut Conn, id: InterviewId, now: Instant) -> Result<Vec<Owed>> {
    let Some(interview) = store::find(conn, id)? else {
        return Ok(Vec::new());
    };
    let seats = store::seats(conn, id)?;
    let entries = seats.iter().filter_map(|seat| owed_to_seat(&interview, seat, now));
    let mut owed: Vec<Owed> = entries.collect();
    if stands(&interview, now)
        && let Some(candidate) = candidate_of(conn, &interview)?
    {
        owed.push(Owed {
            kind: MailKind::CandidateInterviewScheduled,
            recipient: Recipient::Candidate(candidate.id),
            dedupe_key: Some(key(interview.id, interview.schedule_sequence)),
            run_at: None,
        });
    }
    Ok(owed)
}

/// The entry of a seat on an interview that is to come.
pub(super) fn owed_to_seat(interview: &Interview, seat: &Panelist, now: Instant) -> Option<Owed> {
    stands(interview, now).then(|| Owed {
        kind: MailKind::InterviewScheduled,
        recipient: seat.user_id.into(),
        dedupe_key: Some(key(seat.id, interview.schedule_sequence)),
        run_at: None,
    })
}

/// Who is owed a word when an interview is off: whoever was to be there.
pub(super) fn owed_for_end(conn: &mut Conn, id: InterviewId) -> Result<Vec<Owed>> {
    let Some(interview) = store::find(conn, id)?.filter(|row| row.starts_at.is_some()) else {
        return Ok(Vec::new());
    };
    owed_to_everybody(conn, &interview)
}

fn owed_to_everybody(conn: &mut Conn, interview: &Interview) -> Result<Vec<Owed>> {
    let seats = store::seats(conn, interview.id)?.into_iter();
    let mut owed: Vec<Owed> =
        seats.map(|seat| off(MailKind::InterviewCalledOff, seat.user_id)).collect();
    if let Some(candidate) = candidate_of(conn, interview)? {
        owed.push(off(MailKind::CandidateInterviewCalledOff, candidate.id));
    }
    Ok(owed)
}

/// Who is owed a word when the time of an interview was given up: whoever may have it in their calendar.
pub(super) fn owed_for_release(conn: &mut Conn, id: InterviewId) -> Result<Vec<Owed>> {
    let Some(interview) = store::find(conn, id)? else {
        return Ok(Vec::new());
    };
    owed_to_everybody(conn, &interview)
}

/// Whoever was taken off a panel is told, so that their calendar forgets it.
pub(super) fn owed_for_removal(user: Option<UserId>) -> Vec<Owed> {
    user.map(|user| off(MailKind::InterviewCalledOff, user)).into_iter().collect()
}

fn off(kind: MailKind, recipient: impl Into<Recipient>) -> Owed {
    Owed { kind, recipient: recipient.into(), dedupe_key: None, run_at: None }
}

/// What announces a time, by whom it is announced to. Another time makes another key.
fn key(to: impl std::fmt::Display, sequence: i32) -> String {
    format!("interview_entry:{to}:{sequence}")
}

/// Whether an interview was announced at any of its times.
fn announced(
    conn: &mut Conn,
    to: impl std::fmt::Display + Copy,
    interview: &Interview,
) -> Result<bool> {
    let last = interview.schedule_sequence;
    let first = last.saturating_sub(ANNOUNCED_MAX).max(0);
    let keys: Vec<String> = (first..=last).map(|sequence| key(to, sequence)).collect();
    Ok(outbox::may_have_arrived(conn, &keys)?)
}

/// Whether it has a time that is to come.
fn stands(interview: &Interview, now: Instant) -> bool {
    interview.state == InterviewState::Confirmed
        && interview.ends_at.is_some_and(|ends_at| ends_at > now)
}

/// The candidate, if they take part in an interview and can be written to.
fn candidate_of(conn: &mut Conn, interview: &Interview) -> Result<Option<Addressee>> {
    let kit = loops::templates::store::find_kit(conn, interview.kit_id)?;
    if kit.is_none_or(|kit| kit.kind != KitKind::Live) {
        return Ok(None);
    }
    let Some(place) = Place::of(conn, interview.application_id)? else {
        return Ok(None);
    };
    Ok(candidates::store::addressee(conn, place.candidate_id)?)
}

/// The entry for somebody on the panel, from the facts of a mail to them. It leads to their card by
/// way of the sign-in: calendars are shown to others, and a link that acts is for one person.
pub(super) fn invitation(
    interview: &Interview,
    facts: &Map<String, Value>,
    public_url: &str,
    now: Instant,
) -> Option<Invitation> {
    let entry = panel_entry(interview, facts, public_url, now)?;
    stands(interview, now).then_some(Invitation { method: Method::Request, entry })
}

fn panel_entry(
    interview: &Interview,
    facts: &Map<String, Value>,
    public_url: &str,
    now: Instant,
) -> Option<Entry> {
    let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
    let link = format!("{public_url}{}", crate::pages::scorecard_path(interview.id));
    let says = ForPanel {
        candidate_name: fact("candidate_name"),
        job_title: fact("job_title"),
        kit_name: fact("kit_name"),
        link: &link,
    };
    entry::for_panel(interview, says, now)
}

/// What the mail with a panelist's entry says; none when they do not sit there any more, the
/// interview is off, or has yet another time.
pub(super) fn scheduled(
    conn: &mut Conn,
    reader: &User,
    (delivery, cause): (&Delivery, &Cause),
    public_url: &str,
    now: Instant,
) -> Result<Option<Content>> {
    let Some(interview) = interview_of(conn, cause)? else {
        return Ok(None);
    };
    let Some(seat) = store::seat_of(conn, interview.id, reader.id)? else {
        return Ok(None);
    };
    let owed = owed_to_seat(&interview, &seat, now).and_then(|owed| owed.dedupe_key);
    if owed.as_ref() != Some(&delivery.dedupe_key) {
        return Ok(None);
    }
    let Some((place, mut facts)) = about(conn, &interview)? else {
        return Ok(None);
    };
    if place.status != ApplicationStatus::Active {
        return Ok(None);
    }
    let calendar = invitation(&interview, &facts, public_url, now);
    facts.extend(time_and_place(&interview, &reader.time_zone));
    let meeting_url = interview.meeting_url.clone().unwrap_or_default();
    facts.insert("meeting_url".to_owned(), json!(meeting_url));
    Ok(Some(Content { calendar, ..content(conn, reader, &interview, facts, now)? }))
}

/// Why an entry is taken out of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The interview does not take place.
    Off,
    /// Its time was given up, and another one is looked for.
    Released,
    /// Its time was given up because the candidate cannot come.
    GivenUp,
    /// It goes on without whoever reads it.
    Removed,
}

impl Why {
    fn of(cause: &Cause) -> Self {
        let because = cause.payload.0.get("cause").and_then(Value::as_str);
        if cause.kind == EventKind::PanelistRemoved {
            Self::Removed
        } else if cause.kind == EventKind::InterviewReleased {
            if because == Some("candidate_cannot_come") { Self::GivenUp } else { Self::Released }
        } else {
            Self::Off
        }
    }

    /// Whether it is still so. What has a time again, or was called off altogether, is said by the
    /// mails about that; but a time that was given up is given up, whatever became of the rest.
    fn holds(self, interview: &Interview, now: Instant) -> bool {
        match self {
            Self::Off => interview.state.is_off(),
            Self::Released | Self::GivenUp => !stands(interview, now),
            Self::Removed => interview.starts_at.is_some(),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Released => "released",
            Self::GivenUp => "given_up",
            Self::Removed => "removed",
        }
    }
}

/// The interview with the time that its entry stands at: what was given up, the event knows.
fn at_its_time(interview: Interview, cause: &Cause) -> Interview {
    if !matches!(Why::of(cause), Why::Released | Why::GivenUp) {
        return interview;
    }
    let instant = |key: &str| {
        let seconds = cause.payload.0.get(key).and_then(Value::as_i64)?;
        Some(Instant::from_micros(seconds.saturating_mul(1_000_000)))
    };
    let (starts_at, ends_at) = (instant("starts_at"), instant("ends_at"));
    Interview { starts_at, ends_at, ..interview }
}

/// What the mail says that takes an entry out of a panelist's calendar: that the interview is off, that
/// another time is looked for, or that it goes on without them, who may not know any more whom it is
/// about.
pub(super) fn called_off(
    conn: &mut Conn,
    reader: &User,
    cause: &Cause,
    public_url: &str,
    now: Instant,
) -> Result<Option<Content>> {
    let why = Why::of(cause);
    let seat = match why {
        Why::Removed => store::find_any_seat(conn, cause.subject_id.typed())?,
        Why::Released | Why::GivenUp => {
            store::last_seat_of(conn, cause.subject_id.typed(), reader.id)?
        }
        Why::Off => store::seat_of(conn, cause.subject_id.typed(), reader.id)?,
    };
    let Some(seat) = seat else { return Ok(None) };
    let Some(interview) = store::find(conn, seat.interview_id)? else {
        return Ok(None);
    };
    let back = why == Why::Removed && store::seat_of(conn, interview.id, reader.id)?.is_some();
    if back || !why.holds(&interview, now) || !announced(conn, seat.id, &interview)? {
        return Ok(None);
    }
    let interview = at_its_time(interview, cause);
    let Some((_, mut facts)) = about(conn, &interview)? else {
        return Ok(None);
    };
    facts.insert("candidate_name".to_owned(), json!("called off"));
    let calendar = panel_entry(&interview, &facts, public_url, now).map(entry::called_off);
    facts.remove("candidate_name");
    facts.insert("why".to_owned(), json!(why.as_str()));
    facts.extend(starts(&interview, &reader.time_zone));
    let path = "/account".to_owned();
    let application_id = Some(interview.application_id);
    Ok(Some(Content { path, capability: None, application_id, facts, calendar }))
}

/// What the mail with a candidate's entry says; none when the interview is off or has yet another
/// time, or the application ended.
pub(super) fn scheduled_for_candidate(
    conn: &mut Conn,
    reader: &Addressee,
    (delivery, cause): (&Delivery, &Cause),
    now: Instant,
) -> Result<Option<Content>> {
    let Some(interview) = store::find(conn, cause.subject_id.typed())? else {
        return Ok(None);
    };
    let current = key(interview.id, interview.schedule_sequence) == delivery.dedupe_key;
    if !current || !stands(&interview, now) {
        return Ok(None);
    }
    let Some((place, mut facts)) = told(conn, reader, &interview)? else {
        return Ok(None);
    };
    if place.status != ApplicationStatus::Active {
        return Ok(None);
    }
    let panel = panel_names(conn, interview.id)?;
    let calendar = candidate_entry(conn, &interview, &facts, &panel, now)?
        .map(|entry| Invitation { method: Method::Request, entry });
    facts.extend(time_and_place(&interview, zone_of(reader, &interview)));
    facts.insert("panel".to_owned(), json!(panel.join(", ")));
    let path = interview.meeting_url.unwrap_or_default();
    let application_id = Some(interview.application_id);
    Ok(Some(Content { path, capability: None, application_id, facts, calendar }))
}

/// What the mail says that takes an entry out of a candidate's calendar.
pub(super) fn called_off_for_candidate(
    conn: &mut Conn,
    reader: &Addressee,
    cause: &Cause,
    now: Instant,
) -> Result<Option<Content>> {
    let Some(interview) = store::find(conn, cause.subject_id.typed())? else {
        return Ok(None);
    };
    let why = Why::of(cause);
    if !why.holds(&interview, now) || !announced(conn, interview.id, &interview)? {
        return Ok(None);
    }
    let interview = at_its_time(interview, cause);
    let Some((_, mut facts)) = told(conn, reader, &interview)? else {
        return Ok(None);
    };
    let calendar = candidate_entry(conn, &interview, &facts, &[], now)?.map(entry::called_off);
    facts.insert("why".to_owned(), json!(why.as_str()));
    facts.extend(starts(&interview, zone_of(reader, &interview)));
    let application_id = Some(interview.application_id);
    Ok(Some(Content { path: String::new(), capability: None, application_id, facts, calendar }))
}

/// What a candidate is told of an interview, beside time and place: for which job. Nothing to
/// somebody whose application it is not.
fn told(
    conn: &mut Conn,
    reader: &Addressee,
    interview: &Interview,
) -> Result<Option<(Place, Map<String, Value>)>> {
    let place = Place::of(conn, interview.application_id)?;
    let Some(place) = place.filter(|place| place.candidate_id == reader.id) else {
        return Ok(None);
    };
    let title = jobs::store::find(conn, place.job_id)?.map(|job| job.title).unwrap_or_default();
    let mut facts = Map::new();
    facts.insert("job_title".to_owned(), Value::String(title));
    Ok(Some((place, facts)))
}

fn candidate_entry(
    conn: &mut Conn,
    interview: &Interview,
    facts: &Map<String, Value>,
    panel: &[String],
    now: Instant,
) -> Result<Option<Entry>> {
    let organization = settings::store::organization(conn)?.map(|row| row.name);
    let organization_name = organization.unwrap_or_default();
    let job_title = facts.get("job_title").and_then(Value::as_str).unwrap_or_default();
    let says = ForCandidate { job_title, organization_name: &organization_name, panel };
    Ok(entry::for_candidate(interview, says, now))
}

/// Whom a candidate meets, as far as the policy lets them know.
fn panel_names(conn: &mut Conn, id: InterviewId) -> Result<Vec<String>> {
    let Some(newest) = settings::store::newest(conn)? else {
        return Ok(Vec::new());
    };
    match newest.settings.read::<Policy>()?.candidate_sees_panel {
        CandidateSeesPanel::None => Ok(Vec::new()),
        CandidateSeesPanel::Names => {
            let seats = store::seats(conn, id)?;
            let people: Vec<UserId> = seats.iter().map(|seat| seat.user_id).collect();
            let names = users::store::names(conn, &people)?;
            let known = people.iter().filter_map(|id| names.get(id).cloned());
            Ok(known.take(NAMES_MAX).collect())
        }
    }
}

/// The zone that a candidate lives in, or the one that the time was chosen in.
fn zone_of<'a>(reader: &'a Addressee, interview: &'a Interview) -> &'a str {
    reader.time_zone.as_deref().or(interview.time_zone.as_deref()).unwrap_or("UTC")
}

/// When an interview starts, by its reader's clock.
fn starts(interview: &Interview, time_zone: &str) -> Map<String, Value> {
    let starts_at = interview.starts_at.map(|at| local(at, time_zone)).unwrap_or_default();
    Map::from_iter([("starts_at_local".to_owned(), json!(starts_at))])
}

/// When and where an interview takes place.
fn time_and_place(interview: &Interview, time_zone: &str) -> Map<String, Value> {
    let span = interview.starts_at.zip(interview.ends_at);
    let minutes = span.map_or(0, |(start, end)| (end - start).num_minutes());
    let mut facts = starts(interview, time_zone);
    facts.insert("minutes".to_owned(), json!(minutes));
    facts.insert("changed".to_owned(), json!(interview.schedule_sequence > 1));
    let text = |value: &Option<String>| json!(value.clone().unwrap_or_default());
    facts.insert("location".to_owned(), text(&interview.location));
    facts.insert("dial_in".to_owned(), text(&interview.dial_in));
    facts
}
