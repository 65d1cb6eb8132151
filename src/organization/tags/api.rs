//! Tags over the API.

use actix_web::{HttpResponse, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{TagId, kinds};
use crate::organization::api::ConfigurationFilter;

/// A word that recruiting puts on candidates.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tag {
    id: TagId,
    #[schema(example = "Silver medallist")]
    name: String,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Tag> for Tag {
    fn from(row: store::Tag) -> Self {
        let store::Tag { id, name, archived_at, created_at, updated_at, .. } = row;
        Self { id, name, archived_at, created_at, updated_at }
    }
}

/// A tag to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTag {
    /// No other tag has it, in upper or lower case.
    pub(crate) name: Line<60>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTag {
    pub(crate) name: Option<Line<60>>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// The tag that stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeTag {
    /// Another tag, in use.
    pub(crate) into_id: TagId,
}

/// Create a tag
///
/// Adds a tag to the organization's list.
#[utoipa::path(
    operation_id = "createTag", tag = "organization", request_body = CreateTag,
    responses((status = 201, description = "The tag.", body = Tag)),
)]
#[post("/tags")]
pub async fn create_tag(ctx: Ctx, body: Body<CreateTag>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "tags", show).await
}

/// List tags
///
/// All tags, newest first, archived ones included. They are for those who recruit.
#[utoipa::path(
    operation_id = "listTags", tag = "organization", params(ConfigurationFilter),
    responses((status = 200, description = "One page of tags.", body = PageOf<Tag>)),
)]
#[get("/tags")]
pub async fn list_tags(
    ctx: Ctx,
    Params(filter): Params<ConfigurationFilter>,
) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadTags)?;
        let rows = store::list(conn, archived, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Tag::from(row))).collect()))
    })
    .await
}

/// Get a tag
///
/// One tag.
#[utoipa::path(
    operation_id = "getTag", tag = "organization",
    params(("id" = TagId, Path, description = "Which tag.")),
    responses((status = 200, description = "The tag.", body = Tag)),
)]
#[get("/tags/{id}")]
pub async fn get_tag(ctx: Ctx, PathId(id): PathId<kinds::Tag>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a tag
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updateTag", tag = "organization", request_body = UpdateTag,
    params(("id" = TagId, Path, description = "Which tag.")),
    responses((status = 200, description = "The tag as it is now.", body = Tag)),
)]
#[patch("/tags/{id}")]
pub async fn update_tag(
    ctx: Ctx,
    PathId(id): PathId<kinds::Tag>,
    body: Body<UpdateTag>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Merge a tag
///
/// Gives the candidates of this tag another one instead, and archives this one.
#[utoipa::path(
    operation_id = "mergeTag", tag = "organization", request_body = MergeTag,
    params(("id" = TagId, Path, description = "Which tag goes.")),
    responses((status = 200, description = "The tag that stays.", body = Tag)),
)]
#[put("/tags/{id}/merger")]
pub async fn merge_tag(
    ctx: Ctx,
    PathId(id): PathId<kinds::Tag>,
    body: Body<MergeTag>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::merge(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: TagId) -> Result<Shown<Tag>> {
    require_everywhere(actor, Action::ReadTags)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
