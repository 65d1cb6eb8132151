//! One's own calendar, and when somebody is busy, over the API.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get, put};
use chrono::TimeDelta;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::commands::{self, Sealed};
use super::store::{self, BusyCalendar as Row};
use super::{BusyCalendarFailure, BusyCalendarState};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::{Body, Ctx, NoBody, Params, PathId, Shown};
use crate::ids::{BusyCalendarId, UserId, kinds};
use crate::working_time::Span;

/// After how long without an answer what is known is old.
const STALE: TimeDelta = TimeDelta::hours(26);
/// How long a span may be asked for at once.
const SPAN_MAX: TimeDelta = TimeDelta::days(31);

/// The calendar by which others know when one is busy.
#[derive(Debug, Serialize, ToSchema)]
pub struct BusyCalendar {
    id: BusyCalendarId,
    /// Where it lies.
    #[schema(example = "calendar.example.com")]
    host: String,
    /// The last four characters of its address; the rest is never shown.
    #[schema(example = ".ics")]
    ending: String,
    state: BusyCalendarState,
    /// Why it cannot be read, while it fails.
    failure: Option<BusyCalendarFailure>,
    /// When it was last read.
    fetched_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// Where one's calendar lies.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBusyCalendar {
    /// Its secret address, `https` or `webcal`, at most 2000 characters; kept as a secret.
    #[schema(value_type = String, max_length = 2000, example = "https://calendar.example.com/private-0a1b2c/basic.ics")]
    pub(super) address: SecretString,
}

/// When somebody is busy, by a calendar of theirs elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct Busy {
    user_id: UserId,
    /// Null for somebody who named no calendar, of whom nothing is known.
    state: Option<BusyCalendarState>,
    /// Why it cannot be read, while it fails; what was read before stands here.
    failure: Option<BusyCalendarFailure>,
    /// When it was last read.
    fetched_at: Option<Instant>,
    /// In order, those that touch as one. With what, is not known here.
    intervals: Vec<BusyInterval>,
}

/// A time at which somebody is busy, as far as it lies in the span.
#[derive(Debug, Serialize, ToSchema)]
pub struct BusyInterval {
    starts_at: Instant,
    ends_at: Instant,
}

/// Of which span.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BusyFilter {
    /// From this instant.
    from: Instant,
    /// To this one, at most 31 days later.
    to: Instant,
}

/// Get my busy calendar
///
/// The calendar by which others know when the caller is busy, without its address.
#[utoipa::path(
    operation_id = "getMyBusyCalendar", tag = "users",
    responses((status = 200, description = "The calendar.", body = BusyCalendar)),
)]
#[get("/me/busy-calendar")]
pub async fn get_my_busy_calendar(ctx: Ctx) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| show(conn, actor, now)).await
}

/// Set my busy calendar
///
/// Names the secret address of a calendar of the caller's (iCalendar), in place of another one. It is read
/// in the background, every quarter of an hour while somebody plans with it and daily otherwise; only when
/// the caller is busy is kept of it. Refused is what does not lie on the public network.
#[utoipa::path(
    operation_id = "setMyBusyCalendar", tag = "users", request_body = SetBusyCalendar,
    params(("If-Match" = Option<String>, Header)),
    responses((status = 200, description = "The calendar.", body = BusyCalendar)),
)]
#[put("/me/busy-calendar")]
pub async fn set_my_busy_calendar(ctx: Ctx, body: Body<SetBusyCalendar>) -> Result<HttpResponse> {
    let (input, expected, state) = (body.clone(), ctx.if_match()?, Arc::clone(ctx.state()));
    let done = ctx
        .command(&body, move |tx, actor| {
            let sealed = Sealed::of(&input, actor.user_id, state.calendars, &state.derived)?;
            commands::set(tx, actor, expected, &sealed)
        })
        .await?;
    let now = ctx.now();
    ctx.changed(done, move |conn, actor, _| show(conn, actor, now)).await
}

/// Remove my busy calendar
///
/// Forgets the address and all that was known by it.
#[utoipa::path(
    operation_id = "removeMyBusyCalendar", tag = "users",
    params(("If-Match" = Option<String>, Header)),
    responses((status = 204, description = "The calendar is forgotten.")),
)]
#[delete("/me/busy-calendar")]
pub async fn remove_my_busy_calendar(ctx: Ctx, input: NoBody) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done = ctx.command(&input, move |tx, actor| commands::remove(tx, actor, expected)).await?;
    Ok(ctx.removed(done))
}

/// Get when somebody is busy
///
/// When somebody is busy within at most 31 days, by their calendar elsewhere, for themselves and those who
/// schedule. No title, place or person of it is known here. Interviews that stand here are not among them.
#[utoipa::path(
    operation_id = "getBusy", tag = "users",
    params(("id" = UserId, Path, description = "Who."), BusyFilter),
    responses((status = 200, description = "When they are busy.", body = Busy)),
)]
#[get("/users/{id}/busy")]
pub async fn get_busy(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    Params(filter): Params<BusyFilter>,
) -> Result<HttpResponse> {
    let (span, now) = (Span { start: filter.from, end: filter.to }, ctx.now());
    if span.end <= span.start || span.end - span.start > SPAN_MAX {
        let wrong = FieldError::query("to", "range", "It lies at most 31 days after from.");
        return Err(Error::invalid_fields(vec![wrong]));
    }
    let shown = ctx
        .show(move |conn, actor| {
            let (calendar, rows) = commands::read(conn, actor, id, span)?;
            let cut = |(from, to): (Instant, Instant)| BusyInterval {
                starts_at: from.max(span.start),
                ends_at: to.min(span.end),
            };
            let value = Busy {
                user_id: id,
                state: calendar.as_ref().map(|row| state(row, now)),
                failure: calendar.as_ref().and_then(|row| row.failure),
                fetched_at: calendar.as_ref().and_then(|row| row.fetched_at),
                intervals: rows.into_iter().map(cut).collect(),
            };
            Ok(Shown { version: calendar.map_or(0, |row| row.version), value })
        })
        .await?;
    ctx.state().busy_asked.note(id);
    Ok(shown)
}

fn show(conn: &mut Conn, actor: &Actor, now: Instant) -> Result<Shown<BusyCalendar>> {
    let row = store::of_user(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let version = row.version;
    let value = BusyCalendar {
        id: row.id,
        state: state(&row, now),
        host: row.host,
        ending: row.ending,
        failure: row.failure,
        fetched_at: row.fetched_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(Shown { version, value })
}

/// What is to be thought of what is known of a calendar.
fn state(row: &Row, now: Instant) -> BusyCalendarState {
    match (row.failure, row.fetched_at) {
        (Some(_), _) => BusyCalendarState::Failing,
        (None, None) => BusyCalendarState::Waiting,
        (None, Some(at)) if at + STALE < now => BusyCalendarState::Stale,
        (None, Some(_)) => BusyCalendarState::Ok,
    }
}
