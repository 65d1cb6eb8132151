//! Service accounts over the API.

use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, everywhere, permit};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Prose, double_option};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{ServiceAccountId, UserId, kinds};

/// A program that acts with its owner's reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceAccount {
    id: ServiceAccountId,
    #[schema(example = "Weekly report")]
    name: String,
    /// What it does, for those who find it later.
    description: Option<String>,
    /// With whose reach it acts, as that is at each request.
    owner_id: UserId,
    /// Since when it is shut out.
    deactivated_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::ServiceAccount> for ServiceAccount {
    fn from(row: store::ServiceAccount) -> Self {
        let store::ServiceAccount { id, name, description, owner_id, deactivated_at, .. } = row;
        let (created_at, updated_at) = (row.created_at, row.updated_at);
        Self { id, name, description, owner_id, deactivated_at, created_at, updated_at }
    }
}

/// A service account to make.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceAccount {
    pub(super) name: Line<120>,
    /// What it does, for those who find it later.
    pub(super) description: Option<Prose<2000>>,
    /// With whose reach it acts; without it with yours. Only administrators and owners of the
    /// organization make one for somebody else.
    pub(super) owner_id: Option<UserId>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateServiceAccount {
    pub(super) name: Option<Line<120>>,
    /// What it does; `null` clears.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    pub(super) description: Option<Option<Prose<2000>>>,
}

/// Who owns a service account from now on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountOwner {
    /// An active user.
    owner_id: UserId,
}

/// Which service accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ServiceAccountFilter {
    /// Only those of this person.
    owner_id: Option<UserId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ServiceAccountFilter);

/// Create a service account
///
/// Makes a program that acts with its owner's reach, narrowed by the keys that the owner makes for
/// it. Everybody may make one for themselves. Its owner's demotion or deactivation holds for it from
/// the next request on.
#[utoipa::path(
    operation_id = "createServiceAccount", tag = "service_accounts",
    request_body = CreateServiceAccount,
    responses((status = 201, description = "The service account.", body = ServiceAccount)),
)]
#[post("/service-accounts")]
pub async fn create_service_account(
    ctx: Ctx,
    body: Body<CreateServiceAccount>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "service-accounts", show).await
}

/// List service accounts
///
/// Your own service accounts, or everybody's for administrators and owners, newest first.
#[utoipa::path(
    operation_id = "listServiceAccounts", tag = "service_accounts", params(ServiceAccountFilter),
    responses((
        status = 200, description = "One page of service accounts.", body = PageOf<ServiceAccount>,
    )),
)]
#[get("/service-accounts")]
pub async fn list_service_accounts(
    ctx: Ctx,
    Params(filter): Params<ServiceAccountFilter>,
) -> Result<HttpResponse> {
    let wanted = filter.owner_id;
    ctx.list(&filter, move |conn, actor, page| {
        let own = Some(actor.user_id);
        let all = everywhere(actor, Action::ReadServiceAccount);
        if !all && wanted.is_some() && wanted != own {
            return Ok(Page::new(Vec::new()));
        }
        let rows = store::list(conn, if all { wanted } else { own }, page)?;
        Ok(Page::new(
            rows.into_iter().map(|row| (row.id.any(), ServiceAccount::from(row))).collect(),
        ))
    })
    .await
}

/// Get a service account
///
/// One service account.
#[utoipa::path(
    operation_id = "getServiceAccount", tag = "service_accounts",
    params(("id" = ServiceAccountId, Path, description = "Which service account.")),
    responses((status = 200, description = "The service account.", body = ServiceAccount)),
)]
#[get("/service-accounts/{id}")]
pub async fn get_service_account(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a service account
///
/// Merge patch: absent fields stay, `null` clears.
#[utoipa::path(
    operation_id = "updateServiceAccount", tag = "service_accounts",
    request_body = UpdateServiceAccount,
    params(("id" = ServiceAccountId, Path, description = "Which service account.")),
    responses((status = 200, description = "The service account as it is now.", body = ServiceAccount)),
)]
#[patch("/service-accounts/{id}")]
pub async fn update_service_account(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
    body: Body<UpdateServiceAccount>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Hand a service account over
///
/// Gives a service account to another active user. Its keys are paused until the new owner rotates
/// them: the former one may have their secrets, and would act with a reach that nobody gave them.
#[utoipa::path(
    operation_id = "handOverServiceAccount", tag = "service_accounts",
    request_body = ServiceAccountOwner,
    params(("id" = ServiceAccountId, Path, description = "Which service account.")),
    responses((status = 204, description = "The service account has its new owner.")),
)]
#[put("/service-accounts/{id}/owner")]
pub async fn hand_over_service_account(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
    body: Body<ServiceAccountOwner>,
) -> Result<HttpResponse> {
    let (owner_id, expected) = (body.owner_id, ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::hand_over(tx, actor, id, expected, owner_id))
        .await?;
    Ok(ctx.removed(done))
}

/// Deactivate a service account
///
/// Shuts a service account out, at once and with all its keys.
#[utoipa::path(
    operation_id = "deactivateServiceAccount", tag = "service_accounts",
    params(("id" = ServiceAccountId, Path, description = "Which service account.")),
    responses((status = 200, description = "The service account, deactivated.", body = ServiceAccount)),
)]
#[put("/service-accounts/{id}/deactivation")]
pub async fn deactivate_service_account(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::deactivate(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Reactivate a service account
///
/// Lets a deactivated service account in again, with the keys that were not revoked meanwhile.
#[utoipa::path(
    operation_id = "reactivateServiceAccount", tag = "service_accounts",
    params(("id" = ServiceAccountId, Path, description = "Which service account.")),
    responses((status = 204, description = "The service account is active again.")),
)]
#[delete("/service-accounts/{id}/deactivation")]
pub async fn reactivate_service_account(
    ctx: Ctx,
    PathId(id): PathId<kinds::ServiceAccount>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::reactivate(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, id: ServiceAccountId) -> Result<Shown<ServiceAccount>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    permit(conn, actor, Action::ReadServiceAccount, &commands::scope(actor, &row))?;
    Ok(Shown { version: row.version, value: row.into() })
}
