//! Rubrics over the API.

pub mod review;
pub mod versions;

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use self::versions::RubricContent;
use super::commands::NewRubric;
use super::{VersionState, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Key, Line};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{RubricId, RubricVersionId, kinds};

/// A rubric with its versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rubric {
    id: RubricId,
    /// What names it in every installation; it never changes.
    #[schema(example = "backend_engineer_onsite")]
    key: String,
    #[schema(example = "Backend engineer, onsite")]
    name: String,
    /// Whose work it is, and under which licence, if it is not the organization's own.
    attribution: Option<String>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    /// Its versions, newest first.
    #[schema(max_items = 100)]
    versions: Vec<RubricVersionSummary>,
    created_at: Instant,
    updated_at: Instant,
}

/// That a rubric has a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricVersionSummary {
    id: RubricVersionId,
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 100)]
    number: i32,
    state: VersionState,
    /// When it was published.
    published_at: Option<Instant>,
}

impl Rubric {
    fn of(row: store::Rubric, versions: &[store::RubricVersion]) -> Self {
        let store::Rubric {
            id, key, name, attribution, archived_at, created_at, updated_at, ..
        } = row;
        let versions = versions.iter().filter(|version| version.rubric_id == id);
        let versions = versions.map(|version| RubricVersionSummary {
            id: version.id,
            number: version.number,
            state: version.state,
            published_at: version.published_at,
        });
        let versions = versions.collect();
        Self { id, key, name, attribution, archived_at, versions, created_at, updated_at }
    }
}

/// A rubric to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRubric {
    /// What names it in every installation; made of the name if it is absent.
    key: Option<Key>,
    name: Line<120>,
    /// Whose work it is, and under which licence, if it is not the organization's own.
    attribution: Option<Line<300>>,
    /// The content of version 1, a draft.
    #[validate(nested)]
    version: RubricContent,
}

impl CreateRubric {
    fn to_new(&self) -> NewRubric {
        NewRubric {
            key: self.key.as_ref().map(Key::to_text),
            name: self.name.to_text(),
            attribution: self.attribution.as_ref().map(Line::to_text),
            content: self.version.to_model(),
        }
    }
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRubric {
    pub(super) name: Option<Line<120>>,
    /// Whose work it is; null clears it.
    #[serde(default, with = "crate::http::fields::double_option")]
    pub(super) attribution: Option<Option<Line<300>>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which rubrics.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RubricFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those out of use, or only those in use.
    archived: Option<bool>,
}

crate::paged!(RubricFilter);

/// Create a rubric
///
/// Adds a rubric with version 1 as a draft. A draft may be unfinished: levels without anchors, or
/// no attributes at all. A key that another rubric has answers 409 `already_exists`.
#[utoipa::path(
    operation_id = "createRubric", tag = "rubrics", request_body = CreateRubric,
    responses((status = 201, description = "The rubric.", body = Rubric)),
)]
#[post("/rubrics")]
pub async fn create_rubric(ctx: Ctx, body: Body<CreateRubric>) -> Result<HttpResponse> {
    let new = body.to_new();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &new)).await?;
    ctx.created(done, "rubrics", show).await
}

/// List rubrics
///
/// All rubrics with their versions, newest first, archived ones included unless `archived` says
/// otherwise.
#[utoipa::path(
    operation_id = "listRubrics", tag = "rubrics", params(RubricFilter),
    responses((status = 200, description = "One page of rubrics.", body = PageOf<Rubric>)),
)]
#[get("/rubrics")]
pub async fn list_rubrics(ctx: Ctx, Params(filter): Params<RubricFilter>) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadRubrics)?;
        let rows = store::list(conn, page, archived)?;
        let ids: Vec<RubricId> = rows.iter().map(|row| row.id).collect();
        let versions = store::versions_of(conn, &ids)?;
        let shown = rows.into_iter().map(|row| (row.id.any(), Rubric::of(row, &versions)));
        Ok(Page::new(shown.collect()))
    })
    .await
}

/// Get a rubric
///
/// One rubric with its versions; the content stands in each version.
#[utoipa::path(
    operation_id = "getRubric", tag = "rubrics",
    params(("id" = RubricId, Path, description = "Which rubric.")),
    responses((status = 200, description = "The rubric.", body = Rubric)),
)]
#[get("/rubrics/{id}")]
pub async fn get_rubric(ctx: Ctx, PathId(id): PathId<kinds::Rubric>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a rubric
///
/// Merge patch: absent fields stay. Archiving takes the rubric out of use; loops that run with one
/// of its versions go on.
#[utoipa::path(
    operation_id = "updateRubric", tag = "rubrics", request_body = UpdateRubric,
    params(("id" = RubricId, Path, description = "Which rubric.")),
    responses((status = 200, description = "The rubric as it is now.", body = Rubric)),
)]
#[patch("/rubrics/{id}")]
pub async fn update_rubric(
    ctx: Ctx,
    PathId(id): PathId<kinds::Rubric>,
    body: Body<UpdateRubric>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: RubricId) -> Result<Shown<Rubric>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let versions = store::versions_of(conn, &[id])?;
    Ok(Shown { version: row.version, value: Rubric::of(row, &versions) })
}
