//! Sources over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{SourceKind, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{SourceId, kinds};
use crate::organization::api::ConfigurationFilter;

/// Where applications come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    id: SourceId,
    #[schema(example = "Referral")]
    name: String,
    /// How candidates come by it.
    kind: SourceKind,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Source> for Source {
    fn from(row: store::Source) -> Self {
        let store::Source { id, name, kind, archived_at, created_at, updated_at, .. } = row;
        Self { id, name, kind, archived_at, created_at, updated_at }
    }
}

/// A source to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSource {
    pub(crate) name: Line<120>,
    /// How candidates come by it; `other` when it is absent.
    pub(crate) kind: Option<SourceKind>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSource {
    pub(crate) name: Option<Line<120>>,
    /// How candidates come by it.
    pub(crate) kind: Option<SourceKind>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Create a source
///
/// Adds a source.
#[utoipa::path(
    operation_id = "createSource", tag = "organization", request_body = CreateSource,
    responses((status = 201, description = "The source.", body = Source)),
)]
#[post("/sources")]
pub async fn create_source(ctx: Ctx, body: Body<CreateSource>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "sources", show).await
}

/// List sources
///
/// All sources, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listSources", tag = "organization", params(ConfigurationFilter),
    responses((status = 200, description = "One page of sources.", body = PageOf<Source>)),
)]
#[get("/sources")]
pub async fn list_sources(
    ctx: Ctx,
    Params(filter): Params<ConfigurationFilter>,
) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, archived, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Source::from(row))).collect()))
    })
    .await
}

/// Get a source
///
/// One source.
#[utoipa::path(
    operation_id = "getSource", tag = "organization",
    params(("id" = SourceId, Path, description = "Which source.")),
    responses((status = 200, description = "The source.", body = Source)),
)]
#[get("/sources/{id}")]
pub async fn get_source(ctx: Ctx, PathId(id): PathId<kinds::Source>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a source
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updateSource", tag = "organization", request_body = UpdateSource,
    params(("id" = SourceId, Path, description = "Which source.")),
    responses((status = 200, description = "The source as it is now.", body = Source)),
)]
#[patch("/sources/{id}")]
pub async fn update_source(
    ctx: Ctx,
    PathId(id): PathId<kinds::Source>,
    body: Body<UpdateSource>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: SourceId) -> Result<Shown<Source>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
