//! Versions of rubrics over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Key, Line, Prose, maybe_whole, whole};
use crate::http::{Body, Ctx, NoBody, PathId, Shown};
use crate::ids::{AttributeId, RubricId, RubricVersionId, kinds};
use crate::rubrics::commands::versions as commands;
use crate::rubrics::{
    AttributeContent, Content, LevelContent, Proposal, ScaleDirection, VersionState, store,
};

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
    /// What stays the same in every version, whatever it is called.
    #[schema(example = "debugging")]
    key: String,
    #[schema(example = "Debugging")]
    name: String,
    /// What it means.
    description: Option<String>,
    direction: ScaleDirection,
    /// The lowest level that meets the bar.
    #[schema(minimum = 1, maximum = 10)]
    pass_level: i32,
    /// The scale, worst level first.
    #[schema(max_items = 10)]
    levels: Vec<RubricLevel>,
}

/// A level of a scale.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricLevel {
    /// Counts from 1, the worst.
    #[schema(minimum = 1, maximum = 10)]
    level: i32,
    /// The number by which people know it.
    #[schema(minimum = -1000, maximum = 1000, example = 3)]
    value: i32,
    #[schema(example = "Meets the bar")]
    label: String,
    /// What it says of somebody, whatever is judged.
    #[schema(example = "I would hire them for this alone.")]
    meaning: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricAttributeInput {
    /// What stays the same in every version. Without it, that of the attribute of this name in the
    /// version before, else one made of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Key>,
    name: Line<120>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Prose<2000>>,
    /// Which end of the values is the better one; `ascending` if nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<ScaleDirection>,
    /// The lowest level that meets the bar; levels count from 1.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 1, max = 10))]
    #[schema(minimum = 1, maximum = 10)]
    pass_level: i32,
    /// The scale, worst level first.
    #[validate(nested, length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    levels: Vec<RubricLevelInput>,
}

/// A level of a scale.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RubricLevelInput {
    /// The number by which people know it; its place in the direction of the scale, counted from 1,
    /// if it is absent.
    #[serde(default, deserialize_with = "maybe_whole", skip_serializing_if = "Option::is_none")]
    #[validate(range(min = -1000, max = 1000))]
    #[schema(minimum = -1000, maximum = 1000)]
    value: Option<i32>,
    label: Line<120>,
    /// What it says of somebody, whatever is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<Prose<500>>,
    /// The behaviour that earns the level.
    #[serde(skip_serializing_if = "Option::is_none")]
    anchor: Option<Prose<2000>>,
}

impl RubricContent {
    pub(super) fn to_model(&self) -> Proposal {
        content(&self.attributes)
    }
}

/// What the inputs propose.
pub(in crate::rubrics) fn content(attributes: &[RubricAttributeInput]) -> Proposal {
    Content { attributes: attributes.iter().map(RubricAttributeInput::to_model).collect() }
}

impl RubricAttributeInput {
    fn to_model(&self) -> AttributeContent<Option<String>> {
        let direction = self.direction.unwrap_or(ScaleDirection::Ascending);
        let count = self.levels.len();
        let level = |(index, input): (usize, &RubricLevelInput)| LevelContent {
            value: input.value.unwrap_or_else(|| direction.value_at(index, count)),
            label: input.label.to_text(),
            meaning: input.meaning.as_ref().map(Prose::to_text),
            anchor: input.anchor.as_ref().map(Prose::to_text),
        };
        AttributeContent {
            key: self.key.as_ref().map(Key::to_text),
            name: self.name.to_text(),
            description: self.description.as_ref().map(Prose::to_text),
            direction,
            pass_level: self.pass_level,
            levels: self.levels.iter().enumerate().map(level).collect(),
        }
    }

    /// The input that makes this attribute, with nothing left to be made up.
    ///
    /// # Errors
    /// A sentence about a text that no input may have.
    pub(in crate::rubrics) fn of(attribute: AttributeContent) -> std::result::Result<Self, String> {
        let prose = |text: Option<String>| text.map(|text| text.parse()).transpose();
        let level = |level: LevelContent| {
            Ok(RubricLevelInput {
                value: Some(level.value),
                label: level.label.parse()?,
                meaning: level.meaning.map(|text| text.parse()).transpose()?,
                anchor: prose(level.anchor)?,
            })
        };
        Ok(Self {
            key: Some(attribute.key.parse()?),
            name: attribute.name.parse()?,
            description: prose(attribute.description)?,
            direction: Some(attribute.direction),
            pass_level: attribute.pass_level,
            levels: attribute
                .levels
                .into_iter()
                .map(level)
                .collect::<std::result::Result<_, String>>()?,
        })
    }
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
/// Gives a draft another content as a whole. An attribute that keeps its key keeps its id; without a
/// key it takes that of its name. A published version answers 409 `published`.
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
/// 2 to 7 levels whose values go one way, a `pass_level` among them, and an anchor for the worst, the
/// middle (of an even scale one of the two in the middle) and the best level. The errors of the lint
/// are answered with 422 `invalid`: `code` is that of the finding, and pointers lead into the version
/// as `getRubricVersion` shows it. A version that is published already answers 409 `published`.
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
        key: one.key,
        name: one.name,
        description: one.description,
        direction: one.direction,
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
    let shown = numbered.map(|(LevelContent { value, label, meaning, anchor }, level)| {
        RubricLevel { level, value, label, meaning, anchor }
    });
    shown.collect()
}
