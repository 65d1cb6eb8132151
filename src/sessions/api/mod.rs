//! Sign-in over the API.

pub mod devices;
pub mod password;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, delete, post};
use chrono::TimeDelta;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::commands::{self, Checked, Renewed};
use super::{Purpose, SESSION_LIFETIME, SignInMethod, network_of, new_secret, secret_hash, store};
use crate::access::{Claims, OrgRole};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::fields::Email;
use crate::http::{Body, Ctx, NoBody, Open};
use crate::ids::{SessionId, UserId};

/// How long a network counts as one that somebody signs in from.
const KNOWN_FOR: TimeDelta = TimeDelta::days(90);

/// Credentials of a local account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// The address of the account.
    email: Email,
    /// Its password.
    #[schema(value_type = String, format = Password, max_length = 1024)]
    password: SecretString,
}

/// A refresh token to renew a session with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewSession {
    /// The newest refresh token of the session.
    #[schema(value_type = String, max_length = 128)]
    refresh_token: SecretString,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct SessionTokens {
    /// The session.
    id: SessionId,
    /// Who signed in.
    user_id: UserId,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// When the access token ends.
    access_expires_at: Instant,
    /// Takes a new pair of tokens.
    refresh_token: String,
    /// When the session ends for good.
    expires_at: Instant,
}

/// Sign in
///
/// Checks the password of a local account and starts a session. The answer, and the time that it
/// takes, are the same for an unknown address and a wrong password. Whoever is wrong several times
/// has to wait, longer each time, up to a minute: 429 with `Retry-After`.
#[utoipa::path(
    operation_id = "createSession", tag = "sessions", request_body = CreateSession, security(()),
    responses((status = 201, description = "The session with its tokens.", body = SessionTokens)),
)]
#[post("/sessions")]
pub async fn create_session(Open(ctx): Open, input: Body<CreateSession>) -> Result<HttpResponse> {
    let checked = check_credentials(&ctx, &input.email, input.password.clone()).await?;
    let user_id = checked.user_id;
    let refresh_token = new_secret()?;
    let hash = secret_hash(&refresh_token);
    let device = ctx.device(SignInMethod::Password);
    let start = move |tx: &mut Tx<'_>| {
        commands::note_glass(tx, checked)?;
        commands::start(tx, user_id, &hash, &device)
    };
    let id = ctx.db().write(ctx.unit(), start).await?;
    tokens(&ctx, Claims { user_id, session_id: id }, refresh_token, ctx.now() + SESSION_LIFETIME)
}

/// Renew a session
///
/// Takes the newest refresh token of a session for a new pair of tokens. The same token gives the
/// same successor for thirty seconds more, unless that one was used by then, so that a renewal whose
/// answer was lost can be repeated. A used token that comes later ends the session, and its owner is
/// told by mail.
#[utoipa::path(
    operation_id = "renewSession", tag = "sessions", request_body = RenewSession, security(()),
    responses((status = 201, description = "The session with new tokens.", body = SessionTokens)),
)]
#[post("/sessions/renewals")]
pub async fn renew_session(Open(ctx): Open, input: Body<RenewSession>) -> Result<HttpResponse> {
    use secrecy::ExposeSecret;
    let token = secret_hash(input.refresh_token.expose_secret());
    let hash = token.clone();
    let found = ctx.read_open(move |conn| Ok(store::find_renewal(conn, &hash)?)).await?;
    let found = found.ok_or_else(Error::unauthenticated)?;
    let refresh_token = ctx.state().derived.secret(Purpose::Refresh, found.id);
    let successor = secret_hash(&refresh_token);
    let renew = move |tx: &mut Tx<'_>| commands::renew(tx, found.session_id, &token, &successor);
    match ctx.db().write(ctx.unit(), renew).await? {
        Renewed::Session { id: session_id, user_id, expires_at } => {
            tokens(&ctx, Claims { user_id, session_id }, refresh_token, expires_at)
        }
        Renewed::Revoked => Err(Error::unauthenticated()),
    }
}

/// Sign out
///
/// Ends the session of the access token. Its tokens stop working at once.
#[utoipa::path(
    operation_id = "endSession", tag = "sessions",
    responses((status = 204, description = "The session has ended.")),
)]
#[delete("/sessions/current")]
pub async fn end_session(ctx: Ctx, input: NoBody) -> Result<HttpResponse> {
    let done = ctx.command(&input, commands::end).await?;
    Ok(ctx.removed(done))
}

/// The active account with this address and password, for the API and for the page. Where passwords
/// are switched off, only the break-glass owner's works, and only while they are an owner.
///
/// # Errors
/// `unauthenticated`, the same and after the same time for an unknown address, a wrong password and
/// one that is switched off; `too_many_requests` for whoever guesses, and when too many sign in at once.
pub(crate) async fn check_credentials(
    ctx: &Ctx,
    email: &Email,
    password: SecretString,
) -> Result<Checked> {
    let rules = &ctx.state().sign_in.rules;
    let (folded, address) = (email.folded(), ctx.client_address());
    let guesser = ctx.state().passwords.throttle().guesser(&folded, address);
    ctx.state().passwords.throttle().check(guesser, ctx.now())?;
    let (works, breaks_glass) = (rules.password_works(&folded), rules.breaks_glass(&folded));
    let (network, since) = (network_of(address), ctx.now() + -KNOWN_FOR);
    let read = move |conn: &mut Conn| {
        let known = store::signed_in_from(conn, &folded, &network, since)?;
        Ok((store::find_account(conn, &folded)?, known))
    };
    let (account, known) = ctx.read_open(read).await?;
    let account = account.filter(|a| works && (!breaks_glass || a.role == OrgRole::Owner));
    let (user_id, stored) = account.map_or((None, None), |a| (Some(a.user_id), a.password_hash));
    let compared =
        password::guess(ctx, guesser, known, (user_id, stored.clone()), password).await?;
    let user_id = user_id.filter(|_| compared.fits);
    let user_id = user_id.ok_or_else(|| wrong_credentials(rules.local_passwords))?;
    if let (Some(weak), Some(renewed)) = (stored, compared.renewed) {
        let replace = move |tx: &mut Tx<'_>| commands::replace_hash(tx, user_id, &weak, &renewed);
        ctx.db().write(ctx.unit(), replace).await?;
    }
    Ok(Checked { user_id, breaks_glass })
}

fn wrong_credentials(local_passwords: bool) -> Error {
    let detail = if local_passwords {
        "The address or the password is wrong."
    } else {
        "The address or the password is wrong, or passwords are switched off here: sign in at the \
         identity provider, by the page /sign-in."
    };
    Error { detail: detail.into(), ..Error::unauthenticated() }
}

fn tokens(
    ctx: &Ctx,
    claims: Claims,
    refresh_token: String,
    expires_at: Instant,
) -> Result<HttpResponse> {
    let (access_token, access_expires_at) = ctx.state().tokens.issue(claims, ctx.now())?;
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(SessionTokens {
        id: claims.session_id,
        user_id: claims.user_id,
        token_type: "Bearer",
        access_token,
        access_expires_at,
        refresh_token,
        expires_at,
    }))
}
