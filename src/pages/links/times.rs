//! The link of a candidate: takes one of the times that are offered, says when they could come, asks for
//! another time, or says that they cannot come. All
//! times are shown by the clock of a zone that the candidate chooses, by a form of its own that changes
//! nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::Link;
use crate::clock::Instant;
use crate::db::Tx;
use crate::error::{Code, Result};
use crate::http::fields::{Prose, Zone};
use crate::interviews::InterviewState;
use crate::interviews::times::asks::{self, Ask};
use crate::interviews::times::commands::{Seen, give, look, take};
use crate::interviews::times::model::{WINDOWS_MAX, Window, end_of, instant_of};
use crate::interviews::times::{CandidateAskKind, TimeRequestKind};
use crate::notifications::local;
use crate::pages::form::{FieldList, Form};
use crate::pages::see_other;

/// How many empty windows stand below those that are filled in.
const EMPTY_WINDOWS: usize = 3;

/// What the page says beside the form.
#[derive(Serialize)]
struct Beside {
    organization_name: String,
    job_title: String,
    minutes: i32,
    /// By the clock of the zone.
    expires_at: String,
    zone: &'static str,
    /// `slots`, `availability` or nothing.
    asked: &'static str,
    /// The values and names of the times that are free.
    slots: Vec<(String, String)>,
    /// The numbers of the windows that the form shows.
    windows: Vec<usize>,
    /// When the candidate said when they could come.
    answered_at: Option<String>,
    /// The time that the interview has.
    confirmed: Option<String>,
    /// Whether the candidate may ask for another time, and say that they cannot come.
    may_ask: bool,
    may_give_up: bool,
    /// Whom they write to, once they asked often enough.
    contact: Option<(String, String)>,
    /// Whether they said that they cannot come.
    given_up: bool,
}

/// What is asked, by the clock that is asked for.
pub(super) async fn show(link: &Link, req: &HttpRequest) -> Result<HttpResponse> {
    let seen = load(link).await?;
    let query = url::form_urlencoded::parse(req.query_string().as_bytes());
    let chosen = query.filter(|(key, _)| key == "zone").find_map(|(_, value)| value.parse().ok());
    let zone: Tz = chosen.unwrap_or_else(|| seen.time_zone.parse().unwrap_or(Tz::UTC));
    let mut form = Form::empty(fields()).with("zone", zone.name());
    let windows = match &seen.request {
        Some(request) => request.windows()?,
        None => Vec::new(),
    };
    for (number, window) in (1..).zip(windows) {
        let (from, to) = (there(window.starts_at, zone), there(window.ends_at, zone));
        form.set(&format!("day-{number}"), from.format("%Y-%m-%d").to_string());
        form.set(&format!("from-{number}"), from.format("%H:%M").to_string());
        form.set(&format!("to-{number}"), to.format("%H:%M").to_string());
    }
    page(link, &mut form, StatusCode::OK, &seen, zone)
}

/// Takes a time, or keeps the windows.
pub(super) async fn submit(
    link: &Link,
    req: &HttpRequest,
    body: &[u8],
    secret: &str,
) -> Result<HttpResponse> {
    let mut form = Form::read(fields(), req, body)?;
    link.guest.check(req, &form)?;
    let seen = load(link).await?;
    let chosen: Option<Zone> = form.field("zone");
    let zone: Tz = chosen.as_deref().unwrap_or(&seen.time_zone).parse().unwrap_or(Tz::UTC);
    let kind = seen.request.as_ref().map(|request| request.kind);
    let act: Option<CandidateAskKind> = form.text("act").parse().ok();
    let done = match (act, kind) {
        (Some(act), _) => put(link, &mut form, zone, act).await?,
        (None, Some(TimeRequestKind::Slots)) => choose(link, &mut form, zone).await?,
        (None, Some(TimeRequestKind::Availability)) => tell(link, &mut form, zone).await?,
        (None, None) => Some(StatusCode::CONFLICT),
    };
    match done {
        None => Ok(see_other(&format!("/l/{secret}")).finish()),
        Some(status) => page(link, &mut form, status, &load(link).await?, zone),
    }
}

/// Takes the time that is chosen; else says with which status the form is shown again.
async fn choose(link: &Link, form: &mut Form, zone: Tz) -> Result<Option<StatusCode>> {
    let start = DateTime::parse_from_rfc3339(form.text("slot")).ok();
    let Some(start) = start.map(|start| Instant::from_utc(start.with_timezone(&Utc))) else {
        form.refuse("slot", "Choose one of the times.");
        return Ok(Some(StatusCode::UNPROCESSABLE_ENTITY));
    };
    if form.is_refused() {
        return Ok(Some(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = link.hash.clone();
    let work = move |tx: &mut Tx<'_>| take(tx, &hash, start, zone.name());
    let taken = link.ctx.db().write(link.ctx.unit(), work).await;
    refused(form, "slot", taken.map(drop), "Somebody else took this time. Choose another one.")
}

/// Keeps the windows that are filled in; else says with which status the form is shown again.
async fn tell(link: &Link, form: &mut Form, zone: Tz) -> Result<Option<StatusCode>> {
    let now = link.ctx.now();
    let windows: Vec<Window> =
        (1..=WINDOWS_MAX).filter_map(|number| window(form, number, zone, now)).collect();
    if windows.is_empty() && !form.is_refused() {
        form.refuse("day-1", "Give at least one day and time.");
    }
    if form.is_refused() {
        return Ok(Some(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = link.hash.clone();
    let work = move |tx: &mut Tx<'_>| give(tx, &hash, &windows, zone.name());
    let given = link.ctx.db().write(link.ctx.unit(), work).await;
    refused(form, "day-1", given.map(drop), "This is not asked any more.")
}

/// Asks for another time, or says that the candidate cannot come; else says with which status the form is
/// shown again.
async fn put(
    link: &Link,
    form: &mut Form,
    zone: Tz,
    kind: CandidateAskKind,
) -> Result<Option<StatusCode>> {
    let now = link.ctx.now();
    let reason: Option<Option<Prose<500>>> = form.optional("why");
    let windows: Vec<Window> = match kind {
        CandidateAskKind::AnotherTime => {
            (1..=WINDOWS_MAX).filter_map(|number| window(form, number, zone, now)).collect()
        }
        CandidateAskKind::CannotCome => Vec::new(),
    };
    let reason = reason.flatten().map(|reason| reason.to_text());
    if form.is_refused() {
        return Ok(Some(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = link.hash.clone();
    let ask = move |tx: &mut Tx<'_>| {
        let (reason, windows) = (reason.clone(), windows.clone());
        let time_zone = zone.name().to_owned();
        asks::ask(tx, &hash, Ask { kind, reason, windows, time_zone })
    };
    let asked = link.ctx.db().write(link.ctx.unit(), ask).await;
    refused(form, "why", asked.map(drop), "This cannot be asked any more.")
}

/// What a refusal of the command makes of the form.
fn refused(
    form: &mut Form,
    field: &str,
    outcome: Result<()>,
    why: &str,
) -> Result<Option<StatusCode>> {
    match outcome {
        Ok(()) => Ok(None),
        Err(error) if matches!(error.code, Code::SlotTaken | Code::Invalid | Code::NotReady) => {
            form.refuse(field, why);
            form.set("slot", "");
            Ok(Some(StatusCode::CONFLICT))
        }
        Err(error) => Err(error),
    }
}

/// One window of the form; none when it is empty, or does not fit, which is then marked.
fn window(form: &mut Form, number: usize, zone: Tz, now: Instant) -> Option<Window> {
    let [day_id, from_id, to_id] = ["day", "from", "to"].map(|part| format!("{part}-{number}"));
    let [day, from, to] = [&day_id, &from_id, &to_id].map(|id| form.text(id).trim().to_owned());
    if day.is_empty() && from.is_empty() && to.is_empty() {
        return None;
    }
    let date = NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok();
    let times = [from, to].map(|time| NaiveTime::parse_from_str(&time, "%H:%M").ok());
    if date.is_none() {
        form.refuse(&day_id, "Fill in a day such as 2027-03-25.");
    }
    for (id, time) in [&from_id, &to_id].into_iter().zip(times) {
        if time.is_none() {
            form.refuse(id, "Fill in a time such as 14:30.");
        }
    }
    let (date, [Some(from), Some(to)]) = (date?, times) else { return None };
    let starts_at = instant_of(date.and_time(from), zone, false);
    let ends_at = instant_of(date.and_time(to), zone, true);
    let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at) else {
        let id = if starts_at.is_none() { &from_id } else { &to_id };
        form.refuse(id, "The clock skips this time on that day.");
        return None;
    };
    let window = Window { starts_at, ends_at };
    if let Some(why) = window.trouble(now) {
        form.refuse(&to_id, why);
        return None;
    }
    Some(window)
}

async fn load(link: &Link) -> Result<Seen> {
    let (hash, now) = (link.hash.clone(), link.ctx.now());
    link.ctx.db().read(move |conn| look(conn, &hash, now)).await
}

/// The fields of both forms.
fn fields() -> FieldList {
    let whole =
        [("zone", "Your time zone"), ("slot", "Time"), ("why", "Why, if you like"), ("act", "")];
    let whole = whole.map(|(id, label)| (id.to_owned(), label.to_owned()));
    let windows = (1..=WINDOWS_MAX).flat_map(|number| {
        [("day", "Day"), ("from", "From"), ("to", "Until")]
            .map(|(id, label)| (format!("{id}-{number}"), format!("{label} ({number})")))
    });
    FieldList::of(whole.into_iter().chain(windows))
}

fn there(instant: Instant, zone: Tz) -> DateTime<Tz> {
    instant.utc().with_timezone(&zone)
}

/// A span as its reader's clock shows it.
fn span(starts_at: Instant, ends_at: Instant, zone: Tz) -> String {
    let (from, to) = (there(starts_at, zone), there(ends_at, zone));
    format!("{}–{}", from.format("%a %-d %b %Y, %H:%M"), to.format("%H:%M %Z"))
}

fn page(
    link: &Link,
    form: &mut Form,
    status: StatusCode,
    seen: &Seen,
    zone: Tz,
) -> Result<HttpResponse> {
    let request = seen.request.as_ref();
    let minutes = request.map_or(0, |request| request.minutes);
    let slot = |start: &Instant| (start.to_string(), span(*start, end_of(*start, minutes), zone));
    let filled = (1..=WINDOWS_MAX)
        .rev()
        .find(|number| {
            ["day", "from", "to"]
                .iter()
                .any(|part| !form.text(&format!("{part}-{number}")).is_empty())
        })
        .unwrap_or(0);
    let shown = (filled + EMPTY_WINDOWS).min(WINDOWS_MAX);
    let held = seen.interview.starts_at.zip(seen.interview.ends_at);
    let confirmed = held
        .filter(|_| seen.interview.state == InterviewState::Confirmed)
        .map(|(from, to)| span(from, to, zone));
    let answered_at = request.and_then(|request| request.answered_at);
    let beside = Beside {
        organization_name: seen.organization_name.clone(),
        job_title: seen.job_title.clone(),
        minutes,
        expires_at: request
            .map(|request| local(request.expires_at, zone.name()))
            .unwrap_or_default(),
        zone: zone.name(),
        asked: request.map_or("", |request| request.kind.as_str()),
        slots: seen.starts.iter().map(slot).collect(),
        windows: (1..=shown).collect(),
        answered_at: answered_at.map(|at| local(at, zone.name())),
        confirmed,
        may_ask: seen.may_ask.contains(&CandidateAskKind::AnotherTime),
        may_give_up: seen.may_ask.contains(&CandidateAskKind::CannotCome),
        contact: seen.contact.clone(),
        given_up: seen.given_up,
    };
    let mut page = form.render(status, "times.html", &link.guest.proof(), &beside)?;
    link.guest.keep(&mut page);
    Ok(page.finish())
}
