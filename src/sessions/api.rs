//! Sign-in over the API.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, delete, get, post};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::commands::{self, Renewed, SESSION_LIFETIME};
use super::{SignInMethod, new_secret, secret_hash, store};
use crate::access::{Claims, KeyGrant, KeyScope, OrgRole};
use crate::api_keys;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::fields::Email;
use crate::http::{Body, Ctx, NoBody, Open, Shown};
use crate::ids::{ApiKeyId, JobId, ServiceAccountId, SessionId, UserId};
use crate::text_enum;

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
    /// The newest refresh token of the session; it works once.
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
    /// Takes a new pair of tokens, once.
    refresh_token: String,
    /// When the session ends for good.
    expires_at: Instant,
}

text_enum! {
    /// What kind of caller it is.
    pub enum CallerKind {
        /// A person, in a session.
        User => "user",
        /// A program, with an API key.
        ServiceAccount => "service_account",
    }
}

/// Who asks: the person, or the one with whose reach a service account acts.
#[derive(Serialize, ToSchema)]
pub struct Me {
    kind: CallerKind,
    /// The service account and its key, if one asks.
    via: Option<Via>,
    /// The user.
    id: UserId,
    /// Their name.
    name: String,
    /// Their address.
    email: String,
    /// Their role in the organization.
    role: OrgRole,
    /// Their IANA time zone.
    time_zone: String,
    /// Their language.
    locale: String,
}

/// The service account that asks, and the key that it does it with.
#[derive(Serialize, ToSchema)]
pub struct Via {
    service_account_id: ServiceAccountId,
    #[schema(example = "Weekly report")]
    service_account_name: String,
    api_key_id: ApiKeyId,
    #[schema(example = "Reporting host")]
    api_key_name: String,
    /// What the key may do, as far as the person may.
    scopes: Vec<KeyScope>,
    /// The only jobs that it reaches; `null` for all of the person's.
    job_ids: Option<Vec<JobId>>,
    /// When the key ends.
    expires_at: Instant,
}

impl Via {
    fn load(conn: &mut Conn, grant: &KeyGrant) -> Result<Self> {
        let named = api_keys::named(conn, grant.key_id)?;
        Ok(Self {
            service_account_id: grant.service_account_id,
            service_account_name: named.account_name,
            api_key_id: grant.key_id,
            api_key_name: named.key_name,
            scopes: grant.scopes.clone(),
            job_ids: grant.job_ids.clone(),
            expires_at: named.expires_at,
        })
    }
}

/// Sign in
///
/// Checks the password of a local account and starts a session. The answer, and the time that it
/// takes, are the same for an unknown address and a wrong password.
#[utoipa::path(
    operation_id = "createSession", tag = "sessions", request_body = CreateSession, security(()),
    responses((status = 201, description = "The session with its tokens.", body = SessionTokens)),
)]
#[post("/sessions")]
pub async fn create_session(Open(ctx): Open, input: Body<CreateSession>) -> Result<HttpResponse> {
    let folded = input.email.folded();
    let account = ctx.db().read(move |conn| Ok(store::find_account(conn, &folded)?)).await?;
    let (user_id, stored) = account.map_or((None, None), |a| (Some(a.user_id), a.password_hash));
    let fits = ctx.state().passwords.matches(input.password.clone(), stored).await?;
    let user_id = user_id.filter(|_| fits).ok_or_else(wrong_credentials)?;
    let refresh_token = new_secret()?;
    let hash = secret_hash(&refresh_token);
    let device = ctx.device(SignInMethod::Password);
    let start = move |tx: &mut Tx<'_>| commands::start(tx, user_id, &hash, &device);
    let id = ctx.db().write(ctx.unit(), start).await?;
    tokens(&ctx, Claims { user_id, session_id: id }, refresh_token)
}

/// Renew a session
///
/// Takes the newest refresh token of a session for a new pair of tokens. A token that comes a
/// second time ends the session.
#[utoipa::path(
    operation_id = "renewSession", tag = "sessions", request_body = RenewSession, security(()),
    responses((status = 201, description = "The session with new tokens.", body = SessionTokens)),
)]
#[post("/sessions/renewals")]
pub async fn renew_session(Open(ctx): Open, input: Body<RenewSession>) -> Result<HttpResponse> {
    use secrecy::ExposeSecret;
    let refresh_token = new_secret()?;
    let (old, new) =
        (secret_hash(input.refresh_token.expose_secret()), secret_hash(&refresh_token));
    match ctx.db().write(ctx.unit(), move |tx| commands::renew(tx, &old, &new)).await? {
        Renewed::Session(session_id, user_id) => {
            tokens(&ctx, Claims { user_id, session_id }, refresh_token)
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

/// Who am I
///
/// The person whose access token this is, with the role as it is now. With an API key it is the
/// person with whose reach the service account acts, and what the key allows of it.
#[utoipa::path(
    operation_id = "getMe", tag = "sessions",
    responses((status = 200, description = "The person who signed in.", body = Me)),
)]
#[get("/me")]
pub async fn get_me(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(|conn, actor| {
        let me = store::find_me(conn, actor.user_id.any())?.ok_or_else(Error::not_found)?;
        let store::Me { id, name, email, role, time_zone, locale, version } = me;
        let via = actor.via.as_ref().map(|grant| Via::load(conn, grant)).transpose()?;
        let kind = if via.is_some() { CallerKind::ServiceAccount } else { CallerKind::User };
        Ok(Shown { version, value: Me { kind, via, id, name, email, role, time_zone, locale } })
    })
    .await
}

fn wrong_credentials() -> Error {
    Error { detail: "The address or the password is wrong.".into(), ..Error::unauthenticated() }
}

fn tokens(ctx: &Ctx, claims: Claims, refresh_token: String) -> Result<HttpResponse> {
    let (access_token, access_expires_at) = ctx.state().tokens.issue(claims, ctx.now())?;
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(SessionTokens {
        id: claims.session_id,
        user_id: claims.user_id,
        token_type: "Bearer",
        access_token,
        access_expires_at,
        refresh_token,
        expires_at: ctx.now() + SESSION_LIFETIME,
    }))
}
