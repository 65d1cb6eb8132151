//! `/sign-in/oidc`: to the identity provider, and back.
//!
//! What goes wrong is told in a page that says what to do; the log gets the reason in fixed words.

use std::sync::Arc;

use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Serialize;

use super::form::{FieldList, Form};
use super::safety::{self, cookie, equal};
use super::sign_in::{landing, to_sign_in};
use super::visitor::{Entry, Visitor, begin, enter};
use super::{answer, render, see_other};
use crate::access::{Actor, Claims};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result};
use crate::http::{Ctx, Open, PathId};
use crate::identities;
use crate::identities::Refusal;
use crate::identities::commands::{self, claim};
use crate::ids::{IdentityId, SessionId, kinds};
use crate::oidc::{Answer, Asserted, Fault, LIFETIME, Pending, Provider};
use crate::sessions::{Purpose, SignInMethod};
use crate::users::store::User;

/// The page that leads to the provider.
const PATH: &str = "/sign-in/oidc";
/// What the browser keeps meanwhile.
const COOKIE: &str = "__Host-evenbar-sign-in";
/// The longest answer of a provider that is looked at.
const PARAMETER_MAX: usize = 4096;

/// Registers the pages.
pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(depart).service(arrive).service(disconnect);
}

/// What the button says and where it leads, if there is a provider.
pub(super) fn way_in(ctx: &Ctx, next: &str) -> Option<(String, String)> {
    let provider = ctx.state().sign_in.provider.as_ref()?;
    Some((format!("Sign in with {}", provider.name()), format!("{PATH}?next={next}")))
}

/// What the page of an account says of identities.
#[derive(Serialize)]
pub(super) struct Identities {
    title: String,
    connected: Vec<Connected>,
    may_disconnect: bool,
    /// Where it is connected; only the page itself knows the address, so that nobody makes a browser
    /// connect its person's account with an identity of their own.
    connect: Option<String>,
}

#[derive(Serialize)]
struct Connected {
    id: String,
    issuer: String,
    since: String,
}

/// Loads what the page of an account says of identities; none where there is nothing to say.
pub(super) fn shown(
    ctx: &Ctx,
    session_id: SessionId,
) -> impl FnOnce(&mut Conn, &User) -> Result<Option<Identities>> + Send + 'static + use<> {
    let state = Arc::clone(ctx.state());
    move |conn, user| {
        let connected = identities::store::of_user(conn, user.id)?;
        let provider = state.sign_in.provider.as_ref();
        if connected.is_empty() && provider.is_none() {
            return Ok(None);
        }
        let proof = state.derived.secret(Purpose::Connection, session_id);
        let connect = provider.filter(|_| connected.is_empty());
        let rows = connected.into_iter().map(|row| Connected {
            id: row.id.to_string(),
            issuer: row.issuer,
            since: row.created_at.date_naive().to_string(),
        });
        Ok(Some(Identities {
            title: provider.map_or("Single sign-on", |provider| provider.name()).to_owned(),
            connected: rows.collect(),
            may_disconnect: commands::has_password(user, &state.sign_in.rules),
            connect: connect.map(|_| format!("{PATH}?proof={proof}&next=/account")),
        }))
    }
}

/// Parts the account from an identity.
#[post("/account/identities/{id}/disconnection")]
async fn disconnect(
    Open(ctx): Open,
    PathId(id): PathId<kinds::Identity>,
    req: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse> {
    answer(part(ctx, id, &req, &body).await)
}

async fn part(ctx: Ctx, id: IdentityId, req: &HttpRequest, body: &[u8]) -> Result<HttpResponse> {
    let Ok(visitor) = Visitor::of(ctx, req).await? else {
        return Ok(to_sign_in("/account"));
    };
    let form = Form::read(FieldList::of([]), req, body)?;
    safety::check(&visitor.ctx, req, &form, visitor.claims.session_id)?;
    let state = Arc::clone(visitor.ctx.state());
    let work = move |tx: &mut Tx<'_>, actor: &Actor| {
        commands::disconnect(tx, actor, &state.sign_in.rules, id)
    };
    visitor.ctx.act(work).await?;
    Ok(see_other("/account").finish())
}

/// Why somebody does not come in.
enum Stop {
    Refused(Refusal),
    Fault(Fault),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A parameter of the query, if it is there and not too long.
fn parameter(req: &HttpRequest, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(req.query_string().as_bytes());
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    (value.len() <= PARAMETER_MAX).then(|| value.into_owned())
}

/// Sends the browser to the provider.
#[get("/sign-in/oidc")]
async fn depart(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    let state = Arc::clone(ctx.state());
    let Some(provider) = &state.sign_in.provider else {
        return answer(Err(Error::not_found()));
    };
    match leave(ctx, &req, provider).await {
        Ok(response) => Ok(response),
        Err(stop) => refuse(provider, stop),
    }
}

async fn leave(
    ctx: Ctx,
    req: &HttpRequest,
    provider: &Provider,
) -> std::result::Result<HttpResponse, Stop> {
    let state = Arc::clone(ctx.state());
    let now = ctx.now();
    let next = parameter(req, "next").unwrap_or_default();
    let next = landing(&next);
    let connects = match parameter(req, "proof") {
        None => None,
        Some(proof) => {
            let Ok(visitor) = Visitor::of(ctx, req).await? else {
                return Err(Refusal::SignedOut.into());
            };
            let session_id = visitor.claims.session_id;
            if !equal(&proof, &state.derived.secret(Purpose::Connection, session_id)) {
                return Err(Error::new(Code::Forbidden, "The link is not of this session.").into());
            }
            Some(session_id)
        }
    };
    let id = state.db.unit().ids.next_id();
    let pending = Pending::new(id, now, next, connects);
    let address = provider.address(&pending, &state.derived, now).await?;
    let mut held = cookie(COOKIE, pending.seal(&state.derived));
    held.set_max_age(Duration::seconds(LIFETIME.num_seconds()));
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, address.as_str())).cookie(held);
    Ok(response.finish())
}

/// Takes whoever comes back from the provider. Whatever comes of it, the sign-in is over.
#[get("/sign-in/oidc/callback")]
async fn arrive(Open(ctx): Open, req: HttpRequest) -> Result<HttpResponse> {
    let state = Arc::clone(ctx.state());
    let Some(provider) = &state.sign_in.provider else {
        return answer(Err(Error::not_found()));
    };
    let outcome = finish(ctx, &req, provider).await;
    let mut response = outcome.or_else(|stop| refuse(provider, stop))?;
    let mut gone = cookie(COOKIE, String::new());
    gone.make_removal();
    response.add_cookie(&gone).map_err(|error| Error::internal(error.to_string()))?;
    Ok(response)
}

async fn finish(
    ctx: Ctx,
    req: &HttpRequest,
    provider: &Provider,
) -> std::result::Result<HttpResponse, Stop> {
    let state = Arc::clone(ctx.state());
    let now = ctx.now();
    let kept = req.cookie(COOKIE).ok_or(Refusal::Stale)?;
    let pending = Pending::open(kept.value(), &state.derived, now).ok_or(Refusal::Stale)?;
    let given = parameter(req, "state").unwrap_or_default();
    if !pending.is_state(&state.derived, &given) {
        return Err(Refusal::Stale.into());
    }
    let (id, expires_at) = (pending.id, pending.expires_at);
    if !state.db.write(ctx.unit(), move |tx| claim(tx, id, expires_at)).await? {
        return Err(Refusal::Stale.into());
    }
    let Some(code) = parameter(req, "code").filter(|_| parameter(req, "error").is_none()) else {
        return Err(Refusal::NotSignedIn.into());
    };
    let answer = Answer { code, issuer: parameter(req, "iss") };
    let asserted = provider.redeem(answer, &pending, &state.derived, now).await?;
    match pending.connects {
        None => come_in(&ctx, &pending, asserted).await,
        Some(session_id) => connect(ctx, req, &pending, session_id, asserted).await,
    }
}

/// Starts a session for whoever it is.
async fn come_in(
    ctx: &Ctx,
    pending: &Pending,
    asserted: Asserted,
) -> std::result::Result<HttpResponse, Stop> {
    let state = Arc::clone(ctx.state());
    let entry = Entry::of(ctx, SignInMethod::Oidc)?;
    let work =
        move |tx: &mut Tx<'_>| match commands::enter(tx, &asserted, &state.sign_in.rules, None)? {
            Ok(user_id) => begin(tx, user_id, &entry).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        };
    let session_id = ctx.db().write(ctx.unit(), work).await??;
    Ok(enter(ctx, session_id, landing(&pending.next)))
}

/// Connects the account of the session that began it, if the browser still has that session.
async fn connect(
    ctx: Ctx,
    req: &HttpRequest,
    pending: &Pending,
    session_id: SessionId,
    asserted: Asserted,
) -> std::result::Result<HttpResponse, Stop> {
    let state = Arc::clone(ctx.state());
    let visitor = Visitor::of(ctx, req).await?.map_err(|_| Refusal::SignedOut)?;
    let claims: Claims = visitor.claims;
    if claims.session_id != session_id {
        return Err(Refusal::SignedOut.into());
    }
    let work =
        move |tx: &mut Tx<'_>| commands::enter(tx, &asserted, &state.sign_in.rules, Some(claims));
    visitor.ctx.db().write(visitor.ctx.unit(), work).await??;
    Ok(see_other(landing(&pending.next)).finish())
}

#[derive(Serialize)]
struct Trouble {
    title: String,
    advice: String,
}

/// A page in place of a sign-in that does not happen.
fn refuse(provider: &Provider, stop: Stop) -> Result<HttpResponse> {
    let name = provider.name();
    let (status, title, advice) = match stop {
        Stop::Failed(error) => return answer(Err(error)),
        Stop::Fault(fault) => {
            tracing::warn!(reason = %fault, "A sign-in at the identity provider failed.");
            match fault {
                Fault::Away(_) => away(name),
                Fault::Wrong(_) => told(Refusal::Unproven, name),
            }
        }
        Stop::Refused(refusal) => {
            tracing::info!(
                reason = refusal.as_str(),
                "A sign-in at the identity provider was refused."
            );
            told(refusal, name)
        }
    };
    let mut page = render(status, "trouble.html", &Trouble { title, advice })?;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        page.0.insert_header((RETRY_AFTER, "60"));
    }
    Ok(page.finish())
}

fn away(name: &str) -> (StatusCode, String, String) {
    let advice = format!(
        "Nothing was changed. Try again in a minute. If it goes on, tell whoever \
        looks after {name} where you work."
    );
    (StatusCode::SERVICE_UNAVAILABLE, format!("{name} does not answer"), advice)
}

/// What a person is told, and can do.
#[expect(clippy::too_many_lines, reason = "one table, read from top to bottom")]
fn told(refusal: Refusal, name: &str) -> (StatusCode, String, String) {
    let (status, title, advice) = match refusal {
        Refusal::Stale => (
            StatusCode::BAD_REQUEST,
            "This sign-in is over",
            "It took longer than ten minutes, was finished before, or began in another browser. \
             Begin again.",
        ),
        Refusal::NotSignedIn => (
            StatusCode::FORBIDDEN,
            "You were not signed in",
            "{name} sent you back without signing you in. Try again, or ask whoever looks after \
             {name} whether you may use Evenbar.",
        ),
        Refusal::Unproven => (
            StatusCode::BAD_GATEWAY,
            "This sign-in could not be checked",
            "What {name} answered does not hold, so nothing was changed. Try again. If it happens \
             again, tell whoever looks after Evenbar: its log says why.",
        ),
        Refusal::NotSetUp => (
            StatusCode::CONFLICT,
            "Evenbar is not set up yet",
            "Open the link that Evenbar printed when it started. Then people can sign in.",
        ),
        Refusal::EmailUnverified => (
            StatusCode::FORBIDDEN,
            "Your address is not verified",
            "{name} does not say that it has verified your e-mail address. Verify it there, or ask \
             whoever looks after {name}. Then sign in again.",
        ),
        Refusal::DomainNotAllowed => (
            StatusCode::FORBIDDEN,
            "Your address is not one of this organization",
            "People come in with addresses of its own domains. Sign in with such an address, or ask \
             whoever looks after Evenbar.",
        ),
        Refusal::Deactivated => (
            StatusCode::FORBIDDEN,
            "Your account is closed",
            "Ask an administrator of Evenbar to open it again.",
        ),
        Refusal::PasswordFirst => (
            StatusCode::CONFLICT,
            "You have a password here",
            "There is an account with your address and a password. Sign in with that, and connect \
             {name} on the page of your account; from then on you can come in this way.",
        ),
        Refusal::OtherIdentity => (
            StatusCode::CONFLICT,
            "This account is connected with another identity",
            "The account is already somebody's at an identity provider, and stays theirs. If that \
             was you, ask an administrator of Evenbar to disconnect it; then sign in again.",
        ),
        Refusal::SignedOut => (
            StatusCode::FORBIDDEN,
            "You are signed out",
            "Only somebody who is signed in can connect {name}. Sign in, and try again.",
        ),
        Refusal::OtherAccount => (
            StatusCode::CONFLICT,
            "This identity has another account",
            "Whoever you are at {name} is connected with another account here. Sign out, and sign \
             in with {name} to use that one.",
        ),
    };
    (status, title.to_owned(), advice.replace("{name}", name))
}
