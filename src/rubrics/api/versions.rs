//! Versions of rubrics over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Prose, whole};
use crate::http::{Body, Ctx, NoBody, PathId, Shown};
use crate::ids::{AttributeId, RubricId, RubricVersionId, kinds};
use crate::rubrics::commands::versions as commands;
use crate::rubrics::{AttributeContent, Content, LevelContent, VersionState, store};

/// One version of a rubric with its content.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricVersion {
    id: RubricVersionId,
    rubric_id: RubricId,
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 100)]
    number: i32,
    state: VersionState,
    /// When it was published; from then on it never changes.
    published_at: Option<Instant>,
    /// What is judged, from top to bottom.
    #[schema(max_items = 20)]
    attributes: Vec<RubricAttribute>,
    created_at: Instant,
    updated_at: Instant,
}

/// A thing judged, on a scale of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricAttribute {
    id: AttributeId,
    #[schema(example = "Debugging")]
    name: String,
    /// What it means.
    description: Option<String>,
    /// The lowest level that meets the bar.
    #[schema(minimum = 1, maximum = 10)]
    pass_level: i32,
    /// The scale, lowest level first.
    #[schema(max_items = 10)]
    levels: Vec<RubricLevel>,
}

/// A level of a scale.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricLevel {
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 10)]
    level: i32,
    #[schema(example = "Meets the bar")]
    label: String,
    /// The behaviour that earns the level.
    #[schema(example = "Forms a hypothesis, tests it, and says what the result rules out.")]
    anchor: Option<String>,
}

/// The content of a version.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricContent {
    /// What is judged, from top to bottom; a draft may have none yet.
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    attributes: Vec<RubricAttributeInput>,
}

/// A version to draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRubricVersion {
    /// What is judged, from top to bottom. Without it the draft is a copy of the newest version.
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    attributes: Option<Vec<RubricAttributeInput>>,
}

/// A thing to judge.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricAttributeInput {
    name: Line<120>,
    /// What it means.
    description: Option<Prose<1000>>,
    /// The lowest level that meets the bar; levels count from 1.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 1, max = 10))]
    #[schema(minimum = 1, maximum = 10)]
    pass_level: i32,
    /// The scale, lowest level first.
    #[validate(nested, length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    levels: Vec<RubricLevelInput>,
}

/// A level of a scale.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricLevelInput {
    label: Line<120>,
    /// The behaviour that earns the level.
    anchor: Option<Prose<1000>>,
}

impl RubricContent {
    pub(super) fn to_model(&self) -> Content {
        content(&self.attributes)
    }
}

fn content(attributes: &[RubricAttributeInput]) -> Content {
    let level = |input: &RubricLevelInput| LevelContent {
        label: input.label.to_text(),
        anchor: input.anchor.as_ref().map(Prose::to_text),
    };
    let attribute = |input: &RubricAttributeInput| AttributeContent {
        name: input.name.to_text(),
        description: input.description.as_ref().map(Prose::to_text),
        pass_level: input.pass_level,
        levels: input.levels.iter().map(level).collect(),
    };
    Content { attributes: attributes.iter().map(attribute).collect() }
}

/// Draft a rubric version
///
/// Adds the next version of a rubric as a draft: with the given content, or as a copy of the
/// newest version when the content is absent. A rubric has at most 100 versions.
#[utoipa::path(
    operation_id = "createRubricVersion", tag = "rubrics", request_body = CreateRubricVersion,
    params(("id" = RubricId, Path, description = "Which rubric.")),
    responses((status = 201, description = "The draft.", body = RubricVersion)),
)]
#[post("/rubrics/{id}/versions")]
pub async fn create_rubric_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::Rubric>,
    body: Body<CreateRubricVersion>,
) -> Result<HttpResponse> {
    let content = body.attributes.as_deref().map(content);
    let done = ctx
        .command(&body, move |tx, actor| commands::draft(tx, actor, id, content.as_ref()))
        .await?;
    ctx.created(done, "rubric-versions", show).await
}

/// Get a rubric version
///
/// One version with its attributes, levels and anchors.
#[utoipa::path(
    operation_id = "getRubricVersion", tag = "rubrics",
    params(("id" = RubricVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The version.", body = RubricVersion)),
)]
#[get("/rubric-versions/{id}")]
pub async fn get_rubric_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::RubricVersion>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Replace the content of a draft
///
/// Gives a draft another content as a whole. An attribute that keeps its name keeps its id. A
/// published version answers 409 `published`.
#[utoipa::path(
    operation_id = "replaceRubricVersion", tag = "rubrics", request_body = RubricContent,
    params(("id" = RubricVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The draft as it is now.", body = RubricVersion)),
)]
#[put("/rubric-versions/{id}")]
pub async fn replace_rubric_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::RubricVersion>,
    body: Body<RubricContent>,
) -> Result<HttpResponse> {
    let (content, expected) = (body.to_model(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace(tx, actor, id, expected, &content))
        .await?;
    ctx.changed(done, show).await
}

/// Publish a rubric version
///
/// Publishes a draft, for good. It needs at least one attribute, no two of the same name; each with
/// 2 to 7 levels, a `pass_level` among them, and an anchor for the lowest, the middle (of an even
/// scale one of the two in the middle) and the highest level. What is missing is answered with 422
/// `invalid`, whose pointers lead into the version as `getRubricVersion` shows it. A version that
/// is published already answers 409 `published`.
#[utoipa::path(
    operation_id = "publishRubricVersion", tag = "rubrics",
    params(("id" = RubricVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The published version.", body = RubricVersion)),
)]
#[put("/rubric-versions/{id}/publication")]
pub async fn publish_rubric_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::RubricVersion>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::publish(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: RubricVersionId) -> Result<Shown<RubricVersion>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let (ids, content) = store::content_of(conn, id)?;
    let attributes = ids.into_iter().zip(content.attributes).map(|(id, one)| RubricAttribute {
        id,
        name: one.name,
        description: one.description,
        pass_level: one.pass_level,
        levels: levels(one.levels),
    });
    let value = RubricVersion {
        id,
        rubric_id: row.rubric_id,
        number: row.number,
        state: row.state,
        published_at: row.published_at,
        attributes: attributes.collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(Shown { version: row.version, value })
}

fn levels(levels: Vec<LevelContent>) -> Vec<RubricLevel> {
    let numbered = levels.into_iter().zip(1..);
    numbered
        .map(|(LevelContent { label, anchor }, level)| RubricLevel { level, label, anchor })
        .collect()
}
