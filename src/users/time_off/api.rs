//! Time off over the API.

use actix_web::{HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Day;
use crate::http::{Body, Ctx, NoBody, Page, PageOf, PageRequest, Params, PathId, Shown};
use crate::ids::{TimeOffId, UserId, kinds};
use crate::users;

/// When somebody is away: whole days, or from an instant to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeOff {
    id: TimeOffId,
    /// Who is away.
    user_id: UserId,
    /// The first whole day, where the person is.
    starts_on: Option<Day>,
    /// The last whole day.
    ends_on: Option<Day>,
    /// The first instant.
    starts_at: Option<Instant>,
    /// The instant after the last one.
    ends_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::TimeOff> for TimeOff {
    fn from(row: store::TimeOff) -> Self {
        let store::TimeOff { id, user_id, starts_at, ends_at, created_at, updated_at, .. } = row;
        let (starts_on, ends_on) = (row.starts_on.map(Day::from), row.ends_on.map(Day::from));
        Self { id, user_id, starts_on, ends_on, starts_at, ends_at, created_at, updated_at }
    }
}

/// When somebody is away: two days, or two instants. Why is not asked.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOffSpan {
    /// The first whole day, where the person is.
    pub(super) starts_on: Option<Day>,
    /// The last whole day; at most 366 days after the first.
    pub(super) ends_on: Option<Day>,
    /// The first instant, for a part of a day.
    pub(super) starts_at: Option<Instant>,
    /// The instant after the last one.
    pub(super) ends_at: Option<Instant>,
}

/// Which page of somebody's time off.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimeOffFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(TimeOffFilter);

/// List my time off
///
/// When the caller is away, newest entry first, past ones included.
#[utoipa::path(
    operation_id = "listMyTimeOff", tag = "users", params(TimeOffFilter),
    responses((status = 200, description = "One page of time off.", body = PageOf<TimeOff>)),
)]
#[get("/me/time-off")]
pub async fn list_my_time_off(
    ctx: Ctx,
    Params(filter): Params<TimeOffFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, |conn, actor, page| list(conn, actor.user_id, page)).await
}

/// Add my time off
///
/// Says when the caller is away. Whoever schedules sees that they are, and nobody why. What overlaps
/// with an entry that stands is a 409.
#[utoipa::path(
    operation_id = "addMyTimeOff", tag = "users", request_body = TimeOffSpan,
    responses((status = 201, description = "The time off.", body = TimeOff)),
)]
#[post("/me/time-off")]
pub async fn add_my_time_off(ctx: Ctx, body: Body<TimeOffSpan>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::add(tx, actor, actor.user_id, &input))
        .await?;
    ctx.created(done, "time-off", show).await
}

/// List the time off of a user
///
/// When somebody is away, for those who manage users.
#[utoipa::path(
    operation_id = "listTimeOff", tag = "users",
    params(("id" = UserId, Path, description = "Which user."), TimeOffFilter),
    responses((status = 200, description = "One page of time off.", body = PageOf<TimeOff>)),
)]
#[get("/users/{id}/time-off")]
pub async fn list_time_off(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    Params(filter): Params<TimeOffFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        if id != actor.user_id {
            require_everywhere(actor, Action::ManageUsers)?;
            users::store::find(conn, id)?.ok_or_else(Error::not_found)?;
        }
        list(conn, id, page)
    })
    .await
}

/// Add time off of a user
///
/// Says when somebody is away, for those who manage users.
#[utoipa::path(
    operation_id = "addTimeOff", tag = "users", request_body = TimeOffSpan,
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 201, description = "The time off.", body = TimeOff)),
)]
#[post("/users/{id}/time-off")]
pub async fn add_time_off(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    body: Body<TimeOffSpan>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::add(tx, actor, id, &input)).await?;
    ctx.created(done, "time-off", show).await
}

/// Get time off
///
/// One entry, for the person and for those who manage users.
#[utoipa::path(
    operation_id = "getTimeOff", tag = "users",
    params(("id" = TimeOffId, Path, description = "Which time off.")),
    responses((status = 200, description = "The time off.", body = TimeOff)),
)]
#[get("/time-off/{id}")]
pub async fn get_time_off(ctx: Ctx, PathId(id): PathId<kinds::TimeOff>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update time off
///
/// Merge patch: absent fields stay. Two instants take the place of two days, and the other way.
#[utoipa::path(
    operation_id = "updateTimeOff", tag = "users", request_body = TimeOffSpan,
    params(("id" = TimeOffId, Path, description = "Which time off.")),
    responses((status = 200, description = "The time off as it is now.", body = TimeOff)),
)]
#[patch("/time-off/{id}")]
pub async fn update_time_off(
    ctx: Ctx,
    PathId(id): PathId<kinds::TimeOff>,
    body: Body<TimeOffSpan>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Remove time off
///
/// Says that somebody is not away after all. Nothing is kept of it but that it was removed.
#[utoipa::path(
    operation_id = "removeTimeOff", tag = "users",
    params(("id" = TimeOffId, Path, description = "Which time off.")),
    responses((status = 204, description = "The time off is gone.")),
)]
#[delete("/time-off/{id}")]
pub async fn remove_time_off(
    ctx: Ctx,
    PathId(id): PathId<kinds::TimeOff>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::remove(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn list(conn: &mut Conn, user_id: UserId, page: &PageRequest) -> Result<Page<TimeOff>> {
    let rows = store::list(conn, user_id, page)?;
    Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), TimeOff::from(row))).collect()))
}

fn show(conn: &mut Conn, actor: &Actor, id: TimeOffId) -> Result<Shown<TimeOff>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    commands::may_see(actor, row.user_id)?;
    Ok(Shown { version: row.version, value: row.into() })
}
