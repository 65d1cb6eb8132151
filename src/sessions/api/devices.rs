//! The devices that are signed in, over the API.

use actix_web::{HttpResponse, delete, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, require_everywhere};
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::http::{Ctx, NoBody, Page, PageOf, Params, PathId};
use crate::ids::{SessionId, UserId, kinds};
use crate::sessions::{SignInMethod, commands, store};
use crate::users;

/// A device that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    id: SessionId,
    user_id: UserId,
    /// How its owner signed in.
    method: SignInMethod,
    /// What the device called itself when it signed in.
    #[schema(
        max_length = 300,
        example = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0"
    )]
    user_agent: Option<String>,
    /// The address from which it signed in.
    #[schema(example = "203.0.113.7")]
    address: Option<String>,
    /// Whether it is the session that asks.
    current: bool,
    /// When it signed in.
    created_at: Instant,
    /// When it was last renewed, which a device in use does every ten minutes.
    last_used_at: Instant,
    /// When it ends for good.
    expires_at: Instant,
}

impl Session {
    fn of(row: store::Session, current: SessionId) -> Self {
        let store::Session { id, user_id, method, user_agent, address, .. } = row;
        let store::Session { created_at, last_used_at, expires_at, .. } = row;
        let current = id == current;
        Self {
            id,
            user_id,
            method,
            user_agent,
            address,
            current,
            created_at,
            last_used_at,
            expires_at,
        }
    }
}

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(SessionFilter);

/// List my sessions
///
/// The devices on which you are signed in, newest first.
#[utoipa::path(
    operation_id = "listMySessions", tag = "sessions", params(SessionFilter),
    responses((status = 200, description = "One page of sessions.", body = PageOf<Session>)),
)]
#[get("/me/sessions")]
pub async fn list_my_sessions(
    ctx: Ctx,
    Params(filter): Params<SessionFilter>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.list(&filter, move |conn, actor, page| {
        Ok(shown(store::live(conn, actor.user_id, now, page)?, actor.session_id))
    })
    .await
}

/// List a user's sessions
///
/// The devices on which somebody is signed in, newest first: for those who manage users.
#[utoipa::path(
    operation_id = "listUserSessions", tag = "sessions",
    params(("id" = UserId, Path, description = "Which user."), SessionFilter),
    responses((status = 200, description = "One page of sessions.", body = PageOf<Session>)),
)]
#[get("/users/{id}/sessions")]
pub async fn list_user_sessions(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    Params(filter): Params<SessionFilter>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ManageUsers)?;
        users::store::find(conn, id)?.ok_or_else(Error::not_found)?;
        Ok(shown(store::live(conn, id, now, page)?, actor.session_id))
    })
    .await
}

/// End a session
///
/// Signs one device out, at once: one of your own, or, for those who manage users, anybody's. Only
/// an owner ends an owner's.
#[utoipa::path(
    operation_id = "revokeSession", tag = "sessions",
    params(("id" = SessionId, Path, description = "Which session.")),
    responses((status = 204, description = "The session has ended.")),
)]
#[delete("/sessions/{id}")]
pub async fn revoke_session(
    ctx: Ctx,
    PathId(id): PathId<kinds::Session>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = ctx.command(&input, move |tx, actor| commands::end_one(tx, actor, id)).await?;
    Ok(ctx.removed(done))
}

/// End my other sessions
///
/// Signs out every device of yours but the one that asks.
#[utoipa::path(
    operation_id = "endOtherSessions", tag = "sessions",
    responses((status = 204, description = "The other sessions have ended.")),
)]
#[delete("/me/sessions")]
pub async fn end_other_sessions(ctx: Ctx, input: NoBody) -> Result<HttpResponse> {
    let done = ctx.command(&input, commands::end_others).await?;
    Ok(ctx.removed(done))
}

/// End a user's sessions
///
/// Signs somebody out on every device: for those who manage users. Only an owner does it to an
/// owner.
#[utoipa::path(
    operation_id = "revokeUserSessions", tag = "sessions",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 204, description = "The sessions have ended.")),
)]
#[delete("/users/{id}/sessions")]
pub async fn revoke_user_sessions(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = ctx.command(&input, move |tx, actor| commands::end_all(tx, actor, id)).await?;
    Ok(ctx.removed(done))
}

fn shown(rows: Vec<store::Session>, current: SessionId) -> Page<Session> {
    let rows = rows.into_iter().map(|row| (row.id.any(), Session::of(row, current)));
    Page::new(rows.collect())
}
