//! Who visits: a browser with a session, known by its cookie.
//!
//! The cookie names the session and holds a secret derived from its id, so that a new session has a
//! new one and nothing has to be stored. It opens pages alone; the API knows tokens alone. It ends
//! with the session: revoked, signed out, a deactivated person, thirty days; and after
//! [`IDLE`] without a visit.

use actix_web::cookie::time::Duration;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::TimeDelta;

use super::safety::{cookie, equal};
use super::see_other;
use crate::access::{Claims, Permit};
use crate::db::Tx;
use crate::error::Result;
use crate::http::Ctx;
use crate::ids::{SessionId, UserId};
use crate::sessions::{self, Device, Purpose, SignInMethod, new_secret, secret_hash};

/// The cookie of a browser that signed in.
const SESSION_COOKIE: &str = "__Host-evenbar";
/// How long a browser may stay away.
const IDLE: TimeDelta = TimeDelta::days(7);
/// How often a visit is written down.
const NOTED: TimeDelta = TimeDelta::hours(1);

/// Somebody who signed in by page.
pub(super) struct Visitor {
    /// The context of the request, acting as them.
    pub(super) ctx: Ctx,
    /// Who, and through which session.
    pub(super) claims: Claims,
}

impl Visitor {
    /// Whoever the cookie of a request stands for; none without a cookie that holds.
    pub(super) async fn of(ctx: Ctx, req: &HttpRequest) -> Result<std::result::Result<Self, Ctx>> {
        let Some(session_id) = session_of(&ctx, req) else {
            return Ok(Err(ctx));
        };
        let now = ctx.now();
        let find = move |conn: &mut crate::db::Conn| {
            Ok(sessions::store::find_live(conn, session_id, now)?)
        };
        let Some(live) = ctx.db().read(find).await? else {
            return Ok(Err(ctx));
        };
        if live.last_used_at + IDLE <= now {
            return Ok(Err(ctx));
        }
        let claims = Claims { user_id: live.user_id, session_id };
        if live.last_used_at + NOTED <= now {
            note(&ctx, claims).await?;
        }
        Ok(Ok(Self { ctx: ctx.acting_as(claims), claims }))
    }
}

/// The session that a cookie names, if its secret is the one of that session.
fn session_of(ctx: &Ctx, req: &HttpRequest) -> Option<SessionId> {
    let cookie = req.cookie(SESSION_COOKIE)?;
    let (id, secret) = cookie.value().split_once('.')?;
    let id: SessionId = id.parse().ok()?;
    equal(secret, &ctx.state().derived.secret(Purpose::Page, id)).then_some(id)
}

async fn note(ctx: &Ctx, claims: Claims) -> Result<()> {
    let touch = move |tx: &mut Tx<'_>| {
        let permit = Permit::for_own_session(claims.session_id, claims.user_id.any());
        sessions::store::touch(tx, &permit)
    };
    ctx.db().write(ctx.unit(), touch).await
}

/// Starts a session for a browser, within the change that lets it in.
pub(super) fn begin(tx: &mut Tx<'_>, user_id: UserId, entry: &Entry) -> Result<SessionId> {
    sessions::commands::start(tx, user_id, &entry.refresh_hash, &entry.device)
}

/// What a browser comes in with.
pub(super) struct Entry {
    device: Device,
    /// Of a refresh token that nobody gets: a browser stays by its cookie.
    refresh_hash: Vec<u8>,
}

impl Entry {
    /// By the request.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub(super) fn of(ctx: &Ctx, method: SignInMethod) -> Result<Self> {
        let refresh_hash = secret_hash(&new_secret()?);
        Ok(Self { device: ctx.device(method), refresh_hash })
    }
}

/// Sends a browser on with the cookie of its new session.
pub(super) fn enter(ctx: &Ctx, session_id: SessionId, path: &str) -> HttpResponse {
    let secret = ctx.state().derived.secret(Purpose::Page, session_id);
    let mut held = cookie(SESSION_COOKIE, format!("{session_id}.{secret}"));
    held.set_max_age(Duration::seconds(sessions::SESSION_LIFETIME.num_seconds()));
    see_other(path).cookie(held).finish()
}

/// Takes the cookie away.
pub(super) fn leave(response: &mut HttpResponseBuilder) {
    let mut gone = cookie(SESSION_COOKIE, String::new());
    gone.make_removal();
    response.cookie(gone);
}

/// The language that a browser asks for first, as a first guess at its person's.
pub(super) fn language(req: &HttpRequest) -> Option<String> {
    let wanted = req.headers().get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let first = wanted.split([',', ';']).next()?.trim();
    first.parse::<crate::http::fields::Locale>().ok().map(|locale| locale.to_text())
}
