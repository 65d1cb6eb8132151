//! Versions of loop templates over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Key, Line, whole};
use crate::http::{Body, Ctx, NoBody, PathId, Shown};
use crate::ids::{
    AttributeId, KitId, LoopTemplateId, LoopTemplateVersionId, PoolId, QuestionId,
    QuestionVersionId, RubricVersionId, UserId, kinds,
};
use crate::loops::templates::commands::versions as commands;
use crate::loops::templates::commands::versions::NewDraft;
use crate::loops::templates::{
    Content, KitContent, KitKind, KitQuestion, Priority, Slot, SlotContent, Wanted, store,
};
use crate::rubrics::VersionState;

/// One version of a loop template with its kits.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateVersion {
    id: LoopTemplateVersionId,
    loop_template_id: LoopTemplateId,
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 100)]
    number: i32,
    state: VersionState,
    /// When it was published; from then on it never changes.
    published_at: Option<Instant>,
    /// The keys of attributes that some kit must rate.
    #[schema(max_items = 40)]
    must_cover: Vec<Key>,
    /// The interviews, in order.
    #[schema(max_items = 20)]
    kits: Vec<LoopTemplateKit>,
    created_at: Instant,
    updated_at: Instant,
}

/// One interview of a loop: what is judged, by which rubric version, in how many minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateKit {
    id: KitId,
    #[schema(example = "System design")]
    name: String,
    kind: KitKind,
    #[schema(minimum = 5, maximum = 480, example = 60)]
    minutes: i32,
    /// The rubric version that it judges by; none yet, in a draft.
    rubric_version_id: Option<RubricVersionId>,
    /// The attributes that it rates, in order.
    #[schema(max_items = 20)]
    attributes: Vec<LoopTemplateKitAttribute>,
    /// The seats on its panel, in order.
    #[schema(max_items = 10)]
    slots: Vec<LoopTemplateSlot>,
    /// What it asks, in order.
    #[schema(max_items = 30)]
    questions: Vec<LoopTemplateQuestion>,
    /// What it names that is not here, if it came in a file.
    wanted: Option<Wanted>,
}

/// A question that a kit asks, in the wording that it had when the kit was written down.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopTemplateQuestion {
    question_id: QuestionId,
    question_version_id: Option<QuestionVersionId>,
}

/// The content of a version.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopTemplateContent {
    /// The keys of attributes that some kit must rate, whatever the rubric.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 40))]
    #[schema(max_items = 40)]
    must_cover: Vec<Key>,
    /// The interviews, in order; a draft may have none yet.
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    kits: Vec<LoopTemplateKitInput>,
}

/// A version to draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLoopTemplateVersion {
    /// The interviews, in order. Without them the draft is a copy of the newest version.
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    kits: Option<Vec<LoopTemplateKitInput>>,
    /// The keys of attributes that some kit must rate; if it is absent, as the newest version says, or
    /// none with kits.
    #[validate(length(max = 40))]
    #[schema(max_items = 40)]
    must_cover: Option<Vec<Key>>,
}

/// An interview of a loop.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopTemplateKitInput {
    name: Line<120>,
    kind: KitKind,
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 5, max = 480))]
    #[schema(minimum = 5, maximum = 480, example = 60)]
    minutes: i32,
    /// The rubric version that it judges by: a published one; a draft may have none yet.
    rubric_version_id: Option<RubricVersionId>,
    /// The attributes of that version that it rates, in order, each once.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    attributes: Vec<LoopTemplateKitAttribute>,
    /// The seats on its panel, in order.
    #[validate(nested, length(max = 10))]
    #[schema(max_items = 10)]
    slots: Vec<LoopTemplateSlot>,
    /// What it asks, in order; each in its current wording, which stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    question_ids: Vec<QuestionId>,
}

/// An attribute that a kit rates.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopTemplateKitAttribute {
    attribute_id: AttributeId,
    priority: Priority,
}

/// A seat on a panel: from a pool, of people who are named, or of anybody.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopTemplateSlot {
    slot: Slot,
    /// The pool from which somebody is taken, one in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pool_id: Option<PoolId>,
    /// Who may sit there: active people, each once; none beside a pool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    user_ids: Vec<UserId>,
}

impl LoopTemplateSlot {
    fn to_model(&self) -> SlotContent {
        let Self { slot, pool_id, ref user_ids } = *self;
        SlotContent { slot, pool_id, user_ids: user_ids.clone() }
    }
}

impl From<SlotContent> for LoopTemplateSlot {
    fn from(content: SlotContent) -> Self {
        let SlotContent { slot, pool_id, user_ids } = content;
        Self { slot, pool_id, user_ids }
    }
}

impl LoopTemplateContent {
    pub(super) fn to_model(&self) -> Content {
        Content { must_cover: self.must_cover.clone(), kits: kits(&self.kits) }
    }
}

fn kits(kits: &[LoopTemplateKitInput]) -> Vec<KitContent> {
    let kit = |input: &LoopTemplateKitInput| KitContent {
        name: input.name.to_text(),
        kind: input.kind,
        minutes: input.minutes,
        rubric_version_id: input.rubric_version_id,
        attributes: input.attributes.iter().map(|one| (one.attribute_id, one.priority)).collect(),
        slots: input.slots.iter().map(LoopTemplateSlot::to_model).collect(),
        questions: input
            .question_ids
            .iter()
            .map(|id| KitQuestion { question_id: *id, version_id: None })
            .collect(),
        wanted: Wanted::default(),
    };
    kits.iter().map(kit).collect()
}

/// Draft a loop template version
///
/// Adds the next version of a loop template as a draft: with the given kits, or as a copy of the
/// newest version when they are absent. A loop template has at most 100 versions.
#[utoipa::path(
    operation_id = "createLoopTemplateVersion", tag = "loops",
    request_body = CreateLoopTemplateVersion,
    params(("id" = LoopTemplateId, Path, description = "Which loop template.")),
    responses((status = 201, description = "The draft.", body = LoopTemplateVersion)),
)]
#[post("/loop-templates/{id}/versions")]
pub async fn create_loop_template_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplate>,
    body: Body<CreateLoopTemplateVersion>,
) -> Result<HttpResponse> {
    let new =
        NewDraft { kits: body.kits.as_deref().map(kits), must_cover: body.must_cover.clone() };
    let done = ctx.command(&body, move |tx, actor| commands::draft(tx, actor, id, &new)).await?;
    ctx.created(done, "loop-template-versions", show).await
}

/// Get a loop template version
///
/// One version with its kits: what each rates, and who sits on its panel.
#[utoipa::path(
    operation_id = "getLoopTemplateVersion", tag = "loops",
    params(("id" = LoopTemplateVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The version.", body = LoopTemplateVersion)),
)]
#[get("/loop-template-versions/{id}")]
pub async fn get_loop_template_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplateVersion>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Replace the kits of a draft
///
/// Gives a draft another content as a whole. A kit that keeps its name keeps its id. A published
/// version answers 409 `published`.
#[utoipa::path(
    operation_id = "replaceLoopTemplateVersion", tag = "loops", request_body = LoopTemplateContent,
    params(("id" = LoopTemplateVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The draft as it is now.", body = LoopTemplateVersion)),
)]
#[put("/loop-template-versions/{id}")]
pub async fn replace_loop_template_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplateVersion>,
    body: Body<LoopTemplateContent>,
) -> Result<HttpResponse> {
    let (content, expected) = (body.to_model(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace(tx, actor, id, expected, &content))
        .await?;
    ctx.changed(done, show).await
}

/// Publish a loop template version
///
/// Publishes a draft, for good; from then on loops can be started with it. Errors of the lint are
/// answered with 409 `not_ready`, which names them with pointers into the version: a version
/// without kits or without one that rates what it must cover, a kit without rubric or attributes, a
/// kit whose panel has no lead, second or bar raiser, a question that is not in the bank. A version
/// that is published already answers 409 `published`.
#[utoipa::path(
    operation_id = "publishLoopTemplateVersion", tag = "loops",
    params(("id" = LoopTemplateVersionId, Path, description = "Which version.")),
    responses((status = 200, description = "The published version.", body = LoopTemplateVersion)),
)]
#[put("/loop-template-versions/{id}/publication")]
pub async fn publish_loop_template_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopTemplateVersion>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::publish(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

fn show(
    conn: &mut Conn,
    actor: &Actor,
    id: LoopTemplateVersionId,
) -> Result<Shown<LoopTemplateVersion>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find_version(conn, id)?.ok_or_else(Error::not_found)?;
    let (ids, content) = store::content_of(conn, &row)?;
    let value = LoopTemplateVersion {
        id,
        loop_template_id: row.loop_template_id,
        number: row.number,
        state: row.state,
        published_at: row.published_at,
        must_cover: content.must_cover,
        kits: ids.into_iter().zip(content.kits).map(|(id, kit)| show_kit(id, kit)).collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(Shown { version: row.version, value })
}

fn show_kit(id: KitId, kit: KitContent) -> LoopTemplateKit {
    let KitContent { name, kind, minutes, rubric_version_id, attributes, slots, questions, wanted } =
        kit;
    let attributes = attributes
        .into_iter()
        .map(|(attribute_id, priority)| LoopTemplateKitAttribute { attribute_id, priority });
    LoopTemplateKit {
        id,
        name,
        kind,
        minutes,
        rubric_version_id,
        attributes: attributes.collect(),
        slots: slots.into_iter().map(LoopTemplateSlot::from).collect(),
        questions: questions
            .into_iter()
            .map(|one| LoopTemplateQuestion {
                question_id: one.question_id,
                question_version_id: one.version_id,
            })
            .collect(),
        wanted: (!wanted.is_empty()).then_some(wanted),
    }
}
