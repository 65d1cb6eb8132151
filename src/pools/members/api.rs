//! Members of pools over the API.

use std::collections::HashMap;

use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::{self, PoolMember as Row, Wanted};
use super::{Qualification, commands};
use crate::access::{Action, Actor, everywhere, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Day, double_option};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, PageRequest, Params, PathId, Shown};
use crate::ids::{PoolId, PoolMemberId, UserId, kinds};
use crate::pools::store::{self as pools, Pool};

/// Somebody in a pool.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoolMember {
    id: PoolMemberId,
    pool_id: PoolId,
    user_id: UserId,
    qualification: Qualification,
    /// Since when they are that.
    qualification_since: Instant,
    /// The last day on which they take no seat, where they are.
    paused_until_on: Option<Day>,
    /// How far they are on the way to the next step; for themselves and for those who look after
    /// pools, while practice leads there.
    practice: Option<Practice>,
    created_at: Instant,
    updated_at: Instant,
}

/// Interviews that lead to the next step of the training.
#[derive(Debug, Serialize, ToSchema)]
pub struct Practice {
    /// How many took place since the last step.
    #[schema(minimum = 0, example = 1)]
    held: i32,
    /// How many it takes.
    #[schema(minimum = 0, maximum = 20, example = 2)]
    needed: i32,
}

/// Somebody to put into a pool.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPoolMember {
    /// Who; an active person.
    pub(super) user_id: UserId,
    /// What they are from the start; invited if it is absent.
    pub(super) qualification: Option<Qualification>,
}

/// What to change; absent fields stay, `null` clears.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePoolMember {
    /// What they are; practice counts anew from then on. For those who look after pools.
    pub(super) qualification: Option<Qualification>,
    /// The last day on which they take no seat, at most 366 days from now; `null` ends the pause.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Day>)]
    pub(super) paused_until_on: Option<Option<Day>>,
}

/// Which members.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoolMemberFilter {
    /// Only those who are this.
    qualification: Option<Qualification>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(PoolMemberFilter);

/// Add a pool member
///
/// Puts somebody into a pool: invited, so that they join by themselves, or as what they are already.
#[utoipa::path(
    operation_id = "addPoolMember", tag = "interviews", request_body = AddPoolMember,
    params(("id" = PoolId, Path, description = "Which pool.")),
    responses((status = 201, description = "The member.", body = PoolMember)),
)]
#[post("/pools/{id}/members")]
pub async fn add_pool_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::Pool>,
    body: Body<AddPoolMember>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::add(tx, actor, id, &input)).await?;
    ctx.created(done, "pool-members", show).await
}

/// List pool members
///
/// Who is in a pool and what they are there, newest first, for those who schedule and those who look
/// after pools; everybody else finds themselves alone.
#[utoipa::path(
    operation_id = "listPoolMembers", tag = "interviews",
    params(("id" = PoolId, Path, description = "Which pool."), PoolMemberFilter),
    responses((status = 200, description = "One page of members.", body = PageOf<PoolMember>)),
)]
#[get("/pools/{id}/members")]
pub async fn list_pool_members(
    ctx: Ctx,
    PathId(id): PathId<kinds::Pool>,
    Params(filter): Params<PoolMemberFilter>,
) -> Result<HttpResponse> {
    let qualification = filter.qualification;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadPools)?;
        pools::find(conn, id)?.ok_or_else(Error::not_found)?;
        let all = commands::sees_all(conn, actor)?;
        let wanted = if all { Wanted::All(id) } else { Wanted::One(id, actor.user_id) };
        list(conn, actor, wanted, qualification, page)
    })
    .await
}

/// List my pools
///
/// In which pools the caller is, and what they are there, newest first.
#[utoipa::path(
    operation_id = "listMyPoolMemberships", tag = "interviews", params(PoolMemberFilter),
    responses((status = 200, description = "One page of members.", body = PageOf<PoolMember>)),
)]
#[get("/me/pool-memberships")]
pub async fn list_my_pool_memberships(
    ctx: Ctx,
    Params(filter): Params<PoolMemberFilter>,
) -> Result<HttpResponse> {
    let qualification = filter.qualification;
    ctx.list(&filter, move |conn, actor, page| {
        list(conn, actor, Wanted::Of(actor.user_id), qualification, page)
    })
    .await
}

/// Get a pool member
///
/// Somebody in a pool, for themselves, those who schedule and those who look after pools.
#[utoipa::path(
    operation_id = "getPoolMember", tag = "interviews",
    params(("id" = PoolMemberId, Path, description = "Which member.")),
    responses((status = 200, description = "The member.", body = PoolMember)),
)]
#[get("/pool-members/{id}")]
pub async fn get_pool_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::PoolMember>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a pool member
///
/// Merge patch: absent fields stay, `null` clears. Those who look after pools say what somebody is;
/// everybody pauses by themselves, and stays what they are.
#[utoipa::path(
    operation_id = "updatePoolMember", tag = "interviews", request_body = UpdatePoolMember,
    params(("id" = PoolMemberId, Path, description = "Which member.")),
    responses((status = 200, description = "The member as they are now.", body = PoolMember)),
)]
#[patch("/pool-members/{id}")]
pub async fn update_pool_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::PoolMember>,
    body: Body<UpdatePoolMember>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Join a pool
///
/// Joins a pool to which the caller is invited. The training begins with its first step that takes
/// practice; without any they are qualified.
#[utoipa::path(
    operation_id = "joinPool", tag = "interviews",
    params(("id" = PoolMemberId, Path, description = "Which member.")),
    responses((status = 200, description = "The member as they are now.", body = PoolMember)),
)]
#[put("/pool-members/{id}/acceptance")]
pub async fn join_pool(
    ctx: Ctx,
    PathId(id): PathId<kinds::PoolMember>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::join(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Remove a pool member
///
/// Takes somebody out of a pool. Everybody leaves by themselves. Nothing is kept of what they were.
#[utoipa::path(
    operation_id = "removePoolMember", tag = "interviews",
    params(("id" = PoolMemberId, Path, description = "Which member.")),
    responses((status = 204, description = "The member is gone.")),
)]
#[delete("/pool-members/{id}")]
pub async fn remove_pool_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::PoolMember>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::remove(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn list(
    conn: &mut Conn,
    actor: &Actor,
    wanted: Wanted,
    qualification: Option<Qualification>,
    page: &PageRequest,
) -> Result<Page<PoolMember>> {
    let rows = store::list(conn, wanted, qualification, page)?;
    let members: Vec<Row> = rows.iter().map(|(row, _)| row.clone()).collect();
    let held = practising(conn, actor, &members)?;
    let shown = rows.into_iter().map(|(row, pool)| (row.id.any(), member(row, &pool, &held)));
    Ok(Page::new(shown.collect()))
}

/// How far those of the members are whom the actor may see learn.
fn practising(
    conn: &mut Conn,
    actor: &Actor,
    members: &[Row],
) -> Result<HashMap<PoolMemberId, i32>> {
    let all = everywhere(actor, Action::ManagePools);
    let seen = members.iter().filter(|member| all || member.user_id == actor.user_id);
    let learning = seen.filter(|member| {
        matches!(member.qualification, Qualification::Shadowing | Qualification::ReverseShadowing)
    });
    commands::held(conn, &learning.cloned().collect::<Vec<_>>())
}

fn member(row: Row, pool: &Pool, held: &HashMap<PoolMemberId, i32>) -> PoolMember {
    let practice = held.get(&row.id).zip(row.qualification.needed(pool.needs()));
    PoolMember {
        id: row.id,
        pool_id: row.pool_id,
        user_id: row.user_id,
        qualification: row.qualification,
        qualification_since: row.qualification_since,
        paused_until_on: row.paused_until_on.map(Day::from),
        practice: practice.map(|(held, needed)| Practice { held: *held, needed }),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn show(conn: &mut Conn, actor: &Actor, id: PoolMemberId) -> Result<Shown<PoolMember>> {
    let (row, pool) = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    if row.user_id != actor.user_id && !commands::sees_all(conn, actor)? {
        return Err(Error::not_found());
    }
    let held = practising(conn, actor, std::slice::from_ref(&row))?;
    Ok(Shown { version: row.version, value: member(row, &pool, &held) })
}
