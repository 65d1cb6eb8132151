//! Pools over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, UpTo, double_option, maybe_whole};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{PoolId, kinds};

/// People from whom seats on panels are filled.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pool {
    id: PoolId,
    #[schema(example = "System design")]
    name: String,
    /// How many interviews one shadows before one leads, shadowed by somebody qualified.
    #[schema(minimum = 0, maximum = 20)]
    shadows_needed: i32,
    /// How many interviews one leads so before one is qualified.
    #[schema(minimum = 0, maximum = 20)]
    reverse_shadows_needed: i32,
    /// Whether whoever held as many is promoted without anybody saying so.
    promotes_automatically: bool,
    /// How many interviews a day its members hold at most who said nothing themselves.
    interviews_per_day: Option<i32>,
    /// How many a week.
    interviews_per_week: Option<i32>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Pool> for Pool {
    fn from(row: store::Pool) -> Self {
        Self {
            id: row.id,
            name: row.name,
            shadows_needed: row.shadows_needed,
            reverse_shadows_needed: row.reverse_shadows_needed,
            promotes_automatically: row.promotes_automatically,
            interviews_per_day: row.interviews_per_day,
            interviews_per_week: row.interviews_per_week,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A pool to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePool {
    pub(super) name: Line<120>,
    /// How many interviews one shadows before one leads, shadowed by somebody qualified; two if it
    /// is absent.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = 20))]
    #[schema(minimum = 0, maximum = 20)]
    pub(super) shadows_needed: Option<i32>,
    /// How many interviews one leads so before one is qualified; two if it is absent.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = 20))]
    #[schema(minimum = 0, maximum = 20)]
    pub(super) reverse_shadows_needed: Option<i32>,
    /// Whether whoever held as many is promoted without anybody saying so.
    #[serde(default)]
    pub(super) promotes_automatically: bool,
    /// How many interviews a day its members hold at most who said nothing themselves.
    pub(super) interviews_per_day: Option<UpTo<20>>,
    /// How many a week.
    pub(super) interviews_per_week: Option<UpTo<50>>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePool {
    pub(super) name: Option<Line<120>>,
    /// How many interviews one shadows before one leads, shadowed by somebody qualified.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = 20))]
    #[schema(minimum = 0, maximum = 20)]
    pub(super) shadows_needed: Option<i32>,
    /// How many interviews one leads so before one is qualified.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = 20))]
    #[schema(minimum = 0, maximum = 20)]
    pub(super) reverse_shadows_needed: Option<i32>,
    /// Whether whoever held as many is promoted without anybody saying so.
    pub(super) promotes_automatically: Option<bool>,
    /// How many interviews a day its members hold at most who said nothing themselves; `null` for
    /// as many as there are.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UpTo<20>>)]
    pub(super) interviews_per_day: Option<Option<UpTo<20>>>,
    /// How many a week.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UpTo<50>>)]
    pub(super) interviews_per_week: Option<Option<UpTo<50>>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which pools.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoolFilter {
    /// Only those out of use, or only those in use; all when it is absent.
    archived: Option<bool>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(PoolFilter);

/// Create a pool
///
/// Adds a pool of interviewers without members. Seats of loop templates name it.
#[utoipa::path(
    operation_id = "createPool", tag = "interviews", request_body = CreatePool,
    responses((status = 201, description = "The pool.", body = Pool)),
)]
#[post("/pools")]
pub async fn create_pool(ctx: Ctx, body: Body<CreatePool>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "pools", show).await
}

/// List pools
///
/// All pools of interviewers, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listPools", tag = "interviews", params(PoolFilter),
    responses((status = 200, description = "One page of pools.", body = PageOf<Pool>)),
)]
#[get("/pools")]
pub async fn list_pools(ctx: Ctx, Params(filter): Params<PoolFilter>) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadPools)?;
        let rows = store::list(conn, archived, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Pool::from(row))).collect()))
    })
    .await
}

/// Get a pool
///
/// One pool of interviewers.
#[utoipa::path(
    operation_id = "getPool", tag = "interviews",
    params(("id" = PoolId, Path, description = "Which pool.")),
    responses((status = 200, description = "The pool.", body = Pool)),
)]
#[get("/pools/{id}")]
pub async fn get_pool(ctx: Ctx, PathId(id): PathId<kinds::Pool>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a pool
///
/// Merge patch: absent fields stay, `null` clears. Seats that name an archived pool are for anybody.
/// What its members are stays when the training changes.
#[utoipa::path(
    operation_id = "updatePool", tag = "interviews", request_body = UpdatePool,
    params(("id" = PoolId, Path, description = "Which pool.")),
    responses((status = 200, description = "The pool as it is now.", body = Pool)),
)]
#[patch("/pools/{id}")]
pub async fn update_pool(
    ctx: Ctx,
    PathId(id): PathId<kinds::Pool>,
    body: Body<UpdatePool>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: PoolId) -> Result<Shown<Pool>> {
    require_everywhere(actor, Action::ReadPools)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
