//! Levels over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, maybe_whole, whole};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{LevelId, kinds};

/// A rung of a track.
#[derive(Debug, Serialize, ToSchema)]
pub struct Level {
    id: LevelId,
    #[schema(example = "Senior engineer")]
    name: String,
    /// The ladder that it is a rung of.
    #[schema(example = "Engineering")]
    track: String,
    /// Its place on the track; higher is more senior.
    #[schema(minimum = 0, maximum = 1000, example = 4)]
    rank: i32,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Level> for Level {
    fn from(row: store::Level) -> Self {
        let store::Level { id, name, track, rank, archived_at, created_at, updated_at, .. } = row;
        Self { id, name, track, rank, archived_at, created_at, updated_at }
    }
}

/// A level to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLevel {
    pub(crate) name: Line<120>,
    /// The ladder that it is a rung of.
    pub(crate) track: Line<60>,
    /// Its place on the track; higher is more senior.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 0, max = 1000))]
    #[schema(minimum = 0, maximum = 1000)]
    pub(crate) rank: i32,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLevel {
    pub(crate) name: Option<Line<120>>,
    /// The ladder that it is a rung of.
    pub(crate) track: Option<Line<60>>,
    /// Its place on the track; higher is more senior.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 0, max = 1000))]
    #[schema(minimum = 0, maximum = 1000)]
    pub(crate) rank: Option<i32>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Which levels.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LevelFilter {
    /// Only those of this track.
    #[param(value_type = Option<String>, max_length = 60)]
    track: Option<Line<60>>,
    /// Only those out of use, or only those in use; all when it is absent.
    archived: Option<bool>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(LevelFilter);

/// Create a level
///
/// Adds a level. A track has one level in use per rank.
#[utoipa::path(
    operation_id = "createLevel", tag = "organization", request_body = CreateLevel,
    responses((status = 201, description = "The level.", body = Level)),
)]
#[post("/levels")]
pub async fn create_level(ctx: Ctx, body: Body<CreateLevel>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "levels", show).await
}

/// List levels
///
/// All levels, archived ones included: track after track, each from the lowest rank to the highest.
#[utoipa::path(
    operation_id = "listLevels", tag = "organization", params(LevelFilter),
    responses((status = 200, description = "One page of levels.", body = PageOf<Level>)),
)]
#[get("/levels")]
pub async fn list_levels(ctx: Ctx, Params(filter): Params<LevelFilter>) -> Result<HttpResponse> {
    let track = filter.track.as_ref().map(Line::to_text);
    let wanted = store::Wanted { track, archived: filter.archived };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, wanted, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Level::from(row))).collect()))
    })
    .await
}

/// Get a level
///
/// One level.
#[utoipa::path(
    operation_id = "getLevel", tag = "organization",
    params(("id" = LevelId, Path, description = "Which level.")),
    responses((status = 200, description = "The level.", body = Level)),
)]
#[get("/levels/{id}")]
pub async fn get_level(ctx: Ctx, PathId(id): PathId<kinds::Level>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a level
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updateLevel", tag = "organization", request_body = UpdateLevel,
    params(("id" = LevelId, Path, description = "Which level.")),
    responses((status = 200, description = "The level as it is now.", body = Level)),
)]
#[patch("/levels/{id}")]
pub async fn update_level(
    ctx: Ctx,
    PathId(id): PathId<kinds::Level>,
    body: Body<UpdateLevel>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: LevelId) -> Result<Shown<Level>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
