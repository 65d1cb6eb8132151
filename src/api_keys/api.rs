//! API keys over the API.

use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::model::{ApiKeyState, GRACE_HOURS_MAX, Standing};
use super::secret::Secret;
use super::store::Placed;
use super::{commands, store};
use crate::access::{Actor, KeyScope};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::http::fields::{AddressRange, Line, maybe_whole};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{ApiKeyId, JobId, ServiceAccountId, kinds};
use crate::users::UserState;

/// What a program signs in with.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    id: ApiKeyId,
    service_account_id: ServiceAccountId,
    #[schema(example = "Reporting host")]
    name: String,
    /// The secret, in the one answer that made it and never again. Send it as
    /// `Authorization: Bearer …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// How the newest secret begins.
    #[schema(example = "evenbar_4fKz9Q")]
    hint: String,
    state: ApiKeyState,
    /// What it may do, as far as the owner of the account may.
    scopes: Vec<KeyScope>,
    /// The only addresses and ranges that it works from; any, if there are none.
    #[schema(example = json!(["203.0.113.0/24"]))]
    allowed_addresses: Vec<String>,
    /// The only jobs that it reaches, with what belongs to them; `null` for all of the owner's.
    job_ids: Option<Vec<JobId>>,
    /// When it ends.
    expires_at: Instant,
    /// Since when it is revoked.
    revoked_at: Option<Instant>,
    /// When it was last used, up to a minute late.
    last_used_at: Option<Instant>,
    /// Where that came from.
    last_used_address: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

impl ApiKey {
    fn shown(placed: Placed, now: Instant) -> Result<Shown<Self>> {
        let Placed { key, owner_id, account_deactivated_at, owner_state } = placed;
        let standing = Standing {
            revoked: key.revoked_at.is_some(),
            expires_at: key.expires_at,
            account_active: account_deactivated_at.is_none(),
            owner_active: owner_state == UserState::Active,
            issued_by_owner: key.issued_by == owner_id,
        };
        let value = Self {
            id: key.id,
            service_account_id: key.service_account_id,
            name: key.name,
            secret: None,
            hint: key.hint,
            state: ApiKeyState::at(standing, now),
            scopes: key.scopes.read()?,
            allowed_addresses: key.allowed_addresses.read()?,
            job_ids: key.job_ids.map(|ids| ids.read()).transpose()?,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_used_at,
            last_used_address: key.last_used_address,
            created_at: key.created_at,
            updated_at: key.updated_at,
        };
        Ok(Shown { version: key.version, value })
    }
}

/// A key to make.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    pub(super) name: Line<120>,
    /// What it may do, as far as you may. A scope that writes reads as well.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    pub(super) scopes: Vec<KeyScope>,
    /// The only addresses and ranges that it works from; any, if there are none.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub(super) allowed_addresses: Vec<AddressRange>,
    /// The only jobs that it reaches, with what belongs to them; without it all that you reach.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub(super) job_ids: Option<Vec<JobId>>,
    /// When it ends: within a year; without it in 90 days.
    pub(super) expires_at: Option<Instant>,
}

/// How a key gets another secret.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKey {
    /// How long the former secret works on, in hours; without it not at all.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = GRACE_HOURS_MAX))]
    #[schema(minimum = 0, maximum = 168)]
    pub(super) grace_hours: Option<i32>,
    /// When the key ends: within a year; without it in 90 days.
    pub(super) expires_at: Option<Instant>,
}

/// Which keys.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ApiKeyFilter);

/// Create an API key
///
/// Makes a key for a service account of your own. The secret is in this answer and never shown
/// again: a replay by the same idempotency key shows the key without it.
#[utoipa::path(
    operation_id = "createApiKey", tag = "service_accounts", request_body = CreateApiKey,
    params(("id" = ServiceAccountId, Path, description = "For which service account.")),
    responses((status = 201, description = "The key with its secret.", body = ApiKey)),
)]
#[post("/service-accounts/{id}/keys")]
pub async fn create_api_key(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
    body: Body<CreateApiKey>,
) -> Result<HttpResponse> {
    let (input, secret) = (body.clone(), Secret::new()?);
    let made = secret.clone();
    let done =
        ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input, &made)).await?;
    let (now, secret) = (ctx.now(), (!done.replayed).then_some(secret));
    ctx.created(done, "api-keys", move |conn, actor, id| issued(conn, actor, id, now, secret)).await
}

/// List API keys
///
/// The keys of a service account, newest first, revoked and expired ones included.
#[utoipa::path(
    operation_id = "listApiKeys", tag = "service_accounts",
    params(("id" = ServiceAccountId, Path, description = "Of which service account."), ApiKeyFilter),
    responses((status = 200, description = "One page of keys.", body = PageOf<ApiKey>)),
)]
#[get("/service-accounts/{id}/keys")]
pub async fn list_api_keys(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
    Params(filter): Params<ApiKeyFilter>,
) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.list(&filter, move |conn, actor, page| {
        commands::readable_account(conn, actor, id)?;
        let rows = store::list(conn, id, page)?.into_iter().map(|placed| {
            let id = placed.key.id.any();
            ApiKey::shown(placed, now).map(|shown| (id, shown.value))
        });
        Ok(Page::new(rows.collect::<Result<Vec<_>>>()?))
    })
    .await
}

/// Get an API key
///
/// One key, without its secret, which nobody has but whoever kept it.
#[utoipa::path(
    operation_id = "getApiKey", tag = "service_accounts",
    params(("id" = ApiKeyId, Path, description = "Which key.")),
    responses((status = 200, description = "The key.", body = ApiKey)),
)]
#[get("/api-keys/{id}")]
pub async fn get_api_key(ctx: Ctx, PathId(id): PathId<kinds::ApiKey>) -> Result<HttpResponse> {
    let now = ctx.now();
    ctx.show(move |conn, actor| issued(conn, actor, id, now, None)).await
}

/// Revoke an API key
///
/// Ends a key with all its secrets; the next request with one of them is refused.
#[utoipa::path(
    operation_id = "revokeApiKey", tag = "service_accounts",
    params(("id" = ApiKeyId, Path, description = "Which key.")),
    responses((status = 204, description = "The key has ended.")),
)]
#[delete("/api-keys/{id}")]
pub async fn revoke_api_key(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApiKey>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::revoke(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

/// Rotate an API key
///
/// Gives a key another secret and a life as if it were new. The former secret works on for as long
/// as you say, so that a program can change over without a gap. The secret is in this answer and
/// never shown again. Whoever took an account over rotates its keys before they work.
#[utoipa::path(
    operation_id = "rotateApiKey", tag = "service_accounts", request_body = RotateApiKey,
    params(
        ("id" = ApiKeyId, Path, description = "Which key."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 201, description = "The key with its new secret.", body = ApiKey)),
)]
#[post("/api-keys/{id}/rotation")]
pub async fn rotate_api_key(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApiKey>,
    body: Body<RotateApiKey>,
) -> Result<HttpResponse> {
    let (input, expected, secret) = (body.clone(), ctx.if_match()?, Secret::new()?);
    let made = secret.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::rotate(tx, actor, id, expected, &input, &made))
        .await?;
    let (now, secret) = (ctx.now(), (!done.replayed).then_some(secret));
    ctx.created(done, "api-keys", move |conn, actor, id| issued(conn, actor, id, now, secret)).await
}

/// A key, with its secret for whoever made that just now.
fn issued(
    conn: &mut Conn,
    actor: &Actor,
    id: ApiKeyId,
    now: Instant,
    secret: Option<Secret>,
) -> Result<Shown<ApiKey>> {
    let mut shown = ApiKey::shown(commands::find_readable(conn, actor, id)?, now)?;
    shown.value.secret = secret.map(|secret| secret.text().to_owned());
    Ok(shown)
}
