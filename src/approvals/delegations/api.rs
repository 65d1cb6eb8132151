//! Delegations over the API.

use std::collections::HashMap;

use actix_web::{HttpResponse, delete, get, post};
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
use crate::ids::{DelegationId, DepartmentId, LevelId, UserId, kinds};
use crate::organization::money::Money;
use crate::organization::pay_bands::PayPeriod;
use crate::users;

/// A delegation: somebody votes in another's place for a time, within limits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delegation {
    id: DelegationId,
    /// In whose place.
    giver_id: UserId,
    /// Who votes.
    delegate_id: UserId,
    /// From when.
    starts_at: Instant,
    /// Until when.
    ends_at: Instant,
    /// When it was ended before that.
    ended_at: Option<Instant>,
    /// The highest base pay; absent for any.
    max_base: Option<BaseLimit>,
    /// The highest level, on its track; absent for any.
    max_level_id: Option<LevelId>,
    /// The departments, with all below them; absent for any.
    department_ids: Option<Vec<DepartmentId>>,
    created_at: Instant,
    updated_at: Instant,
}

/// The highest base pay that somebody may approve in another's place.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseLimit {
    /// The amount; offers in another currency are outside.
    pub(super) base: Money,
    /// What it is for; offers for another period are outside.
    pub(super) period: PayPeriod,
}

/// A delegation to give.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDelegation {
    /// Who votes in the person's place: an active user who works here, not the person themselves.
    pub(super) delegate_id: UserId,
    /// The first whole day, where the person is in whose place it is.
    pub(super) starts_on: Day,
    /// The last whole day; a delegation lasts 92 days at most.
    pub(super) ends_on: Day,
    /// The highest base pay; absent for any.
    pub(super) max_base: Option<BaseLimit>,
    /// The highest level; offers of another track are outside. Absent for any.
    pub(super) max_level_id: Option<LevelId>,
    /// The departments, with all below them; absent for any.
    #[validate(length(min = 1, max = 50))]
    pub(super) department_ids: Option<Vec<DepartmentId>>,
}

/// Which page of the delegations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DelegationFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(DelegationFilter);

/// Delegate my approvals
///
/// Lets somebody vote in the caller's place for some days, within limits. The delegate sees for that
/// time what the caller sees as an approver. They cannot pass it on, vote on what they wrote or
/// submitted or on an offer to themselves, or decide twice in one run; whichever of the two votes first
/// has voted. Both are told by mail.
#[utoipa::path(
    operation_id = "createMyDelegation", tag = "approvals", request_body = CreateDelegation,
    responses((status = 201, description = "The delegation.", body = Delegation)),
)]
#[post("/me/delegations")]
pub async fn create_delegation(ctx: Ctx, body: Body<CreateDelegation>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::create(tx, actor, actor.user_id, &input))
        .await?;
    ctx.created(done, "delegations", show).await
}

/// Delegate the approvals of a user
///
/// Lets somebody vote in the place of a person who is away, for those who manage users. They cannot
/// name themselves.
#[utoipa::path(
    operation_id = "createDelegation", tag = "approvals", request_body = CreateDelegation,
    params(("id" = UserId, Path, description = "In whose place.")),
    responses((status = 201, description = "The delegation.", body = Delegation)),
)]
#[post("/users/{id}/delegations")]
pub async fn create_delegation_of(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    body: Body<CreateDelegation>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input)).await?;
    ctx.created(done, "delegations", show).await
}

/// List my delegations
///
/// What the caller delegated and was delegated, newest first, over or not.
#[utoipa::path(
    operation_id = "listMyDelegations", tag = "approvals", params(DelegationFilter),
    responses((status = 200, description = "One page of delegations.", body = PageOf<Delegation>)),
)]
#[get("/me/delegations")]
pub async fn list_my_delegations(
    ctx: Ctx,
    Params(filter): Params<DelegationFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, |conn, actor, page| list(conn, actor.user_id, page)).await
}

/// List the delegations of a user
///
/// What somebody delegated and was delegated, newest first, over or not, for those who manage users.
#[utoipa::path(
    operation_id = "listDelegations", tag = "approvals",
    params(("id" = UserId, Path, description = "Which user."), DelegationFilter),
    responses((status = 200, description = "One page of delegations.", body = PageOf<Delegation>)),
)]
#[get("/users/{id}/delegations")]
pub async fn list_delegations(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    Params(filter): Params<DelegationFilter>,
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

/// Get a delegation
///
/// One delegation, for whoever gave it, whoever got it, and those who manage users.
#[utoipa::path(
    operation_id = "getDelegation", tag = "approvals",
    params(("id" = DelegationId, Path, description = "Which delegation.")),
    responses((status = 200, description = "The delegation.", body = Delegation)),
)]
#[get("/delegations/{id}")]
pub async fn get_delegation(
    ctx: Ctx,
    PathId(id): PathId<kinds::Delegation>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// End a delegation
///
/// Ends it before its time, by whoever gave it, whoever got it, or those who manage users. The
/// delegate's next request finds nothing of it.
#[utoipa::path(
    operation_id = "endDelegation", tag = "approvals",
    params(("id" = DelegationId, Path, description = "Which delegation.")),
    responses((status = 204, description = "The delegation has ended.")),
)]
#[delete("/delegations/{id}")]
pub async fn end_delegation(
    ctx: Ctx,
    PathId(id): PathId<kinds::Delegation>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done = ctx.command(&input, move |tx, actor| commands::end(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn list(conn: &mut Conn, user_id: UserId, page: &PageRequest) -> Result<Page<Delegation>> {
    let rows = store::list(conn, user_id, page)?;
    let shown = present(conn, rows)?;
    Ok(Page::new(shown.into_iter().map(|row| (row.id.any(), row)).collect()))
}

fn show(conn: &mut Conn, actor: &Actor, id: DelegationId) -> Result<Shown<Delegation>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    commands::may_see(actor, &row)?;
    let version = row.version;
    let value = present(conn, vec![row])?.pop().ok_or_else(Error::not_found)?;
    Ok(Shown { version, value })
}

/// Delegations with their departments: one statement more where there are any.
fn present(conn: &mut Conn, rows: Vec<store::Delegation>) -> Result<Vec<Delegation>> {
    let narrowed: Vec<DelegationId> =
        rows.iter().filter(|row| !row.all_departments).map(|row| row.id).collect();
    let mut departments =
        if narrowed.is_empty() { HashMap::new() } else { store::departments(conn, &narrowed)? };
    let present = |row: store::Delegation| {
        let max_base = row.max_base()?.map(|(base, period)| BaseLimit { base, period });
        let named = departments.remove(&row.id).unwrap_or_default();
        let store::Delegation { id, giver_id, delegate_id, starts_at, ends_at, ended_at, .. } = row;
        Ok(Delegation {
            id,
            giver_id,
            delegate_id,
            starts_at,
            ends_at,
            ended_at,
            max_base,
            max_level_id: row.max_level_id,
            department_ids: (!row.all_departments).then_some(named),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    };
    rows.into_iter().map(present).collect()
}
