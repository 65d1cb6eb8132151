//! One's own calendar link over the API.

use actix_web::{HttpResponse, delete, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::commands;
use crate::access::Actor;
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Ctx, NoBody, Shown};
use crate::ids::CapabilityId;
use crate::sessions::Purpose;

/// The link by which programs follow one's interviews.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarLink {
    id: CapabilityId,
    /// The address, in the answer that made it and never again: whoever has it reads along.
    #[schema(example = "https://hire.example.com/calendar/0a1B2c3D.ics")]
    url: Option<String>,
    /// When it ends.
    expires_at: Instant,
}

/// Get my calendar link
///
/// Whether there is a link to one's interviews, and until when it works; without its address.
#[utoipa::path(
    operation_id = "getCalendarLink", tag = "users",
    responses((status = 200, description = "The link.", body = CalendarLink)),
)]
#[get("/me/calendar-link")]
pub async fn get_calendar_link(ctx: Ctx) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| show(conn, actor, None, now)).await
}

/// Make my calendar link
///
/// Makes an address by which a calendar program follows one's interviews, and ends the one before. It
/// is in this answer and never shown again: a replay by the same idempotency key shows the link
/// without it.
#[utoipa::path(
    operation_id = "makeCalendarLink", tag = "users",
    responses((status = 200, description = "The link with its address.", body = CalendarLink)),
)]
#[post("/me/calendar-link")]
pub async fn make_calendar_link(ctx: Ctx, input: NoBody) -> Result<HttpResponse> {
    let link = NewLink::draw(ctx.db(), &ctx.state().derived);
    let done = ctx.command(&input, move |tx, actor| commands::make(tx, actor, &link)).await?;
    let (now, state) = (ctx.now(), ctx.state());
    let secret = state.derived.secret(Purpose::Capability, done.id);
    let url = format!("{}/calendar/{secret}.ics", state.public_url);
    let url = (!done.replayed).then_some(url);
    ctx.changed(done, move |conn, actor, _| show(conn, actor, url, now)).await
}

/// Remove my calendar link
///
/// Ends the link to one's interviews: programs that follow it read nothing from then on.
#[utoipa::path(
    operation_id = "removeCalendarLink", tag = "users",
    responses((status = 204, description = "The link has ended.")),
)]
#[delete("/me/calendar-link")]
pub async fn remove_calendar_link(ctx: Ctx, input: NoBody) -> Result<HttpResponse> {
    let done = ctx.command(&input, commands::remove).await?;
    Ok(ctx.removed(done))
}

fn show(
    conn: &mut Conn,
    actor: &Actor,
    url: Option<String>,
    now: Instant,
) -> Result<Shown<CalendarLink>> {
    let kind = CapabilityKind::Calendar;
    let found = capabilities::store::find_live_of(conn, kind, actor.user_id, now)?;
    let link = found.ok_or_else(Error::not_found)?;
    let value = CalendarLink { id: link.id, url, expires_at: link.expires_at };
    Ok(Shown { version: 1, value })
}
