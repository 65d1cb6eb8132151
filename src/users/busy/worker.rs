//! Reading calendars: claims what is due, asks the server, keeps the intervals. Nothing of an address or a
//! calendar is ever logged.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::TimeDelta;
use ureq::http::header::{
    CONTENT_ENCODING, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use url::Url;

use super::BusyCalendarFailure as Failure;
use super::ics;
use super::store::{self, BusyCalendar};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::dialect;
use crate::error::Result;
use crate::http::State;
use crate::ids::BusyCalendarId;
use crate::outbound;
use crate::sessions::SealedFor;
use crate::users;
use crate::working_time::Span;

/// How many calendars one turn asks: few, so that a process that is to stop does soon.
const BATCH: i32 = 2;
/// How long a claim holds.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a calendar is asked while somebody plans with it.
const SOON: TimeDelta = TimeDelta::minutes(15);
/// How often otherwise, and how long one that fails waits at most.
const DAILY: TimeDelta = TimeDelta::days(1);
/// For how long it counts that somebody asked.
const RECENT: TimeDelta = TimeDelta::days(1);
/// The longest calendar.
const BODY_MAX: u64 = 1024 * 1024;
/// The longest tag that is kept.
const TAG_MAX: usize = 200;

/// What a server said.
enum Answer {
    /// It is as it was.
    Unchanged,
    /// The times of the calendar, and by what it is asked whether it changed.
    Times { spans: Vec<Span>, etag: Option<String>, last_modified: Option<String> },
}

/// Reads what is due, one claim's worth. Returns how many calendars there were.
///
/// # Errors
/// When the database is away; the claim then runs out.
pub fn run_due(state: &State) -> Result<usize> {
    note_asked(state)?;
    let claimed = state.db.write_here(&state.db.unit(), |tx| {
        let now = tx.now();
        dialect::claim_busy_calendars(tx.conn, now, now + LEASE, BATCH)
    })?;
    for id in &claimed {
        read(state, id.typed())?;
    }
    Ok(claimed.len())
}

/// Writes down whose times were asked for.
fn note_asked(state: &State) -> Result<()> {
    let asked = state.busy_asked.take();
    if asked.is_empty() {
        return Ok(());
    }
    state.db.write_here(&state.db.unit(), move |tx| {
        let soon = tx.now() + SOON;
        asked.iter().try_for_each(|user| store::note(tx, &Permit::for_system(*user), *user, soon))
    })
}

fn read(state: &State, id: BusyCalendarId) -> Result<()> {
    let now = state.db.clock().now();
    let found = state.db.read_here(move |conn| {
        let Some(row) = store::find(conn, id)? else { return Ok(None) };
        let Some(user) = users::store::find_active(conn, row.user_id)? else { return Ok(None) };
        let plans = row.asked_at.is_some_and(|at| at + RECENT > now)
            || store::sits_somewhere(conn, row.user_id)?;
        Ok(Some((row, user.zone(), plans)))
    })?;
    let Some((row, home, plans)) = found else { return Ok(()) };
    // Asking and reading happen outside every transaction.
    let answer = ask(state, &row, now).and_then(|answer| match answer {
        None => Ok(Answer::Unchanged),
        Some((text, etag, last_modified)) => {
            // What reads calendars was written by others, and calendars by anybody.
            let spans = catch_unwind(AssertUnwindSafe(|| ics::busy(&text, home, now)));
            let spans = spans.unwrap_or(Err(Failure::NotACalendar))?;
            Ok(Answer::Times { spans, etag, last_modified })
        }
    });
    if let Err(failure) = &answer {
        tracing::info!(busy_calendar.id = %id, failure = failure.as_str(), "A calendar cannot be read.");
    }
    settle(state, &row, answer, now, plans)
}

type Read = Option<(String, Option<String>, Option<String>)>;

/// Asks the server of a calendar; nothing when it has not changed.
fn ask(state: &State, row: &BusyCalendar, now: Instant) -> std::result::Result<Read, Failure> {
    let address =
        state.derived.open(SealedFor::BusyCalendar, &row.user_id.to_string(), &row.address);
    let address = address.ok_or(Failure::RefusedAddress)?;
    let url = Url::parse(&address).map_err(|_| Failure::RefusedAddress)?;
    state.calendars.check(&url).map_err(|_| Failure::RefusedAddress)?;
    let mut request = outbound::guarded(state.calendars).get(url.as_str());
    request = request.header("Accept", "text/calendar");
    // The whole is read once a day all the same: what recurs goes on beyond what was kept.
    if row.read_at.is_some_and(|at| at + DAILY > now) {
        if let Some(etag) = &row.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(at) = &row.last_modified {
            request = request.header(IF_MODIFIED_SINCE, at);
        }
    }
    let mut response = request.call().map_err(|error| failure_of(&error))?;
    match response.status().as_u16() {
        200 => {}
        304 => return Ok(None),
        300..400 => return Err(Failure::Redirected),
        400..500 => return Err(Failure::NotFound),
        _ => return Err(Failure::ServerError),
    }
    if response.headers().contains_key(CONTENT_ENCODING) {
        return Err(Failure::NotACalendar);
    }
    let header = |name: HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        (value.len() <= TAG_MAX).then(|| value.to_owned())
    };
    let (etag, last_modified) = (header(ETAG), header(LAST_MODIFIED));
    let body = response.body_mut().with_config().limit(BODY_MAX).read_to_vec();
    let body = body.map_err(|error| failure_of(&error))?;
    let text = String::from_utf8(body).map_err(|_| Failure::NotACalendar)?;
    Ok(Some((text, etag, last_modified)))
}

fn failure_of(error: &ureq::Error) -> Failure {
    if outbound::was_refused(error) {
        return Failure::RefusedAddress;
    }
    if let ureq::Error::TooManyRedirects = error {
        Failure::Redirected
    } else if let ureq::Error::BodyExceedsLimit(_) = error {
        Failure::TooLarge
    } else {
        Failure::Unreachable
    }
}

fn settle(
    state: &State,
    row: &BusyCalendar,
    answer: std::result::Result<Answer, Failure>,
    now: Instant,
    plans: bool,
) -> Result<()> {
    let mut row = row.clone();
    let mut times = None;
    match answer {
        Ok(answer) => {
            (row.failure, row.failures) = (None, 0);
            row.fetched_at = Some(now);
            row.run_at = now + if plans { SOON } else { DAILY };
            if let Answer::Times { spans, etag, last_modified } = answer {
                row.read_at = Some(now);
                (row.etag, row.last_modified) = (etag, last_modified);
                times = Some(spans);
            }
        }
        Err(failure) => {
            row.failure = Some(failure);
            row.failures = row.failures.saturating_add(1);
            let doublings = u32::try_from(row.failures.clamp(1, 8) - 1).unwrap_or(0);
            row.run_at = now + (SOON * (1_i32 << doublings)).min(DAILY);
        }
    }
    state.db.write_here(&state.db.unit(), move |tx| {
        let permit = Permit::for_system(row.id);
        let saved = store::settle(tx, &permit, &row)?;
        match times.as_ref().filter(|_| saved) {
            Some(spans) => store::replace_intervals(tx, &permit, row.user_id, spans),
            None => Ok(()),
        }
    })
}
