//! Questions over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::store::{self, Exposure, QuestionVersion};
use super::{Difficulty, QuestionKind, commands};
use crate::access::{Action, Actor, Reach, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Key, Line, Prose};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{QuestionId, QuestionVersionId, kinds};

/// A question or theme in its current wording.
#[derive(Debug, Serialize, ToSchema)]
pub struct Question {
    id: QuestionId,
    /// What names it in every installation; it never changes.
    #[schema(example = "tell_me_about_a_bug")]
    key: String,
    /// Whose work it is, and under which licence, if it is not the organization's own.
    attribution: Option<String>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    current: QuestionWording,
    exposure: QuestionExposure,
    created_at: Instant,
    updated_at: Instant,
}

/// One wording of a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionWording {
    id: QuestionVersionId,
    /// Counts from 1.
    #[schema(minimum = 1, maximum = 100)]
    number: i32,
    kind: QuestionKind,
    #[schema(example = "Tell me about a bug that took you days.")]
    text: String,
    /// What to ask then.
    #[schema(max_items = 20)]
    follow_ups: Vec<String>,
    difficulty: Option<Difficulty>,
    /// The key of the attribute that it finds out about.
    #[schema(example = "debugging")]
    attribute_key: Option<String>,
    created_at: Instant,
}

/// How often a question was asked, in whatever wording: in completed interviews in which you have a
/// part, whose kit names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionExposure {
    /// How many candidates were asked.
    #[schema(minimum = 0)]
    candidates: i64,
    /// When the last of those interviews was completed.
    last_asked_at: Option<Instant>,
}

/// All wordings of a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionHistory {
    /// The newest first.
    #[schema(max_items = 100)]
    versions: Vec<QuestionWording>,
}

impl QuestionWording {
    pub(super) fn of(row: QuestionVersion) -> Result<Self> {
        Ok(Self {
            id: row.id,
            number: row.number,
            kind: row.kind,
            text: row.text,
            follow_ups: row.follow_ups.read()?,
            difficulty: row.difficulty,
            attribute_key: row.attribute_key,
            created_at: row.created_at,
        })
    }
}

/// A question to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateQuestion {
    /// What names it in every installation; made of the text if it is absent.
    pub(super) key: Option<Key>,
    /// Whose work it is, and under which licence, if it is not the organization's own.
    pub(super) attribution: Option<Line<300>>,
    pub(super) kind: QuestionKind,
    pub(super) text: Prose<1000>,
    /// What to ask then.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub(super) follow_ups: Vec<Prose<500>>,
    pub(super) difficulty: Option<Difficulty>,
    /// The key of the attribute that it finds out about.
    pub(super) attribute_key: Option<Key>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateQuestion {
    pub(super) kind: Option<QuestionKind>,
    pub(super) text: Option<Prose<1000>>,
    /// What to ask then.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub(super) follow_ups: Option<Vec<Prose<500>>>,
    /// Null clears it.
    #[serde(default, with = "crate::http::fields::double_option")]
    pub(super) difficulty: Option<Option<Difficulty>>,
    /// Null clears it.
    #[serde(default, with = "crate::http::fields::double_option")]
    pub(super) attribute_key: Option<Option<Key>>,
    /// Null clears it.
    #[serde(default, with = "crate::http::fields::double_option")]
    pub(super) attribution: Option<Option<Line<300>>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which questions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuestionFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Questions, or themes.
    kind: Option<QuestionKind>,
    /// This hard.
    difficulty: Option<Difficulty>,
    /// About the attribute with this key.
    attribute_key: Option<Key>,
    /// Only those out of use, or only those in use.
    archived: Option<bool>,
    /// With this in text or follow-ups, whatever the case.
    q: Option<Line<100>>,
}

crate::paged!(QuestionFilter);

/// Create a question
///
/// Adds a question, or a theme to be talked about in whatever words. A key that another question has
/// answers 409 `already_exists`.
#[utoipa::path(
    operation_id = "createQuestion", tag = "rubrics", request_body = CreateQuestion,
    responses((status = 201, description = "The question.", body = Question)),
)]
#[post("/questions")]
pub async fn create_question(ctx: Ctx, body: Body<CreateQuestion>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "questions", show).await
}

/// List questions
///
/// All questions in their current wording, newest first, archived ones included unless `archived`
/// says otherwise. `q` looks for a piece of text.
#[utoipa::path(
    operation_id = "listQuestions", tag = "rubrics", params(QuestionFilter),
    responses((status = 200, description = "One page of questions.", body = PageOf<Question>)),
)]
#[get("/questions")]
pub async fn list_questions(
    ctx: Ctx,
    Params(filter): Params<QuestionFilter>,
) -> Result<HttpResponse> {
    let which = store::Filter {
        kind: filter.kind,
        difficulty: filter.difficulty,
        attribute_key: filter.attribute_key.as_ref().map(Key::to_text),
        archived: filter.archived,
        holding: filter.q.as_ref().map(|text| text.to_lowercase()),
    };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadRubrics)?;
        let rows = store::list(conn, page, &which)?;
        let shown = shown(conn, actor, rows)?.into_iter();
        Ok(Page::new(shown.map(|question| (question.id.any(), question)).collect()))
    })
    .await
}

/// Get a question
///
/// One question in its current wording.
#[utoipa::path(
    operation_id = "getQuestion", tag = "rubrics",
    params(("id" = QuestionId, Path, description = "Which question.")),
    responses((status = 200, description = "The question.", body = Question)),
)]
#[get("/questions/{id}")]
pub async fn get_question(ctx: Ctx, PathId(id): PathId<kinds::Question>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a question
///
/// Merge patch: absent fields stay, `null` clears. Another wording is another version: kits that name
/// the question keep the one that they were written with. A question has at most 100 versions.
#[utoipa::path(
    operation_id = "updateQuestion", tag = "rubrics", request_body = UpdateQuestion,
    params(("id" = QuestionId, Path, description = "Which question.")),
    responses((status = 200, description = "The question as it is now.", body = Question)),
)]
#[patch("/questions/{id}")]
pub async fn update_question(
    ctx: Ctx,
    PathId(id): PathId<kinds::Question>,
    body: Body<UpdateQuestion>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Get all wordings of a question
///
/// How the question was worded, the newest first.
#[utoipa::path(
    operation_id = "listQuestionVersions", tag = "rubrics",
    params(("id" = QuestionId, Path, description = "Which question.")),
    responses((status = 200, description = "The wordings.", body = QuestionHistory)),
)]
#[get("/questions/{id}/versions")]
pub async fn list_question_versions(
    ctx: Ctx,
    PathId(id): PathId<kinds::Question>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| {
        require_everywhere(actor, Action::ReadRubrics)?;
        let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
        let versions = store::versions_of(conn, id)?.into_iter().map(QuestionWording::of);
        let value = QuestionHistory { versions: versions.collect::<Result<_>>()? };
        Ok(Shown { version: row.version, value })
    })
    .await
}

fn show(conn: &mut Conn, actor: &Actor, id: QuestionId) -> Result<Shown<Question>> {
    require_everywhere(actor, Action::ReadRubrics)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let version = row.version;
    let wording = store::current(conn, &[id])?.pop().ok_or_else(Error::not_found)?;
    let value = shown(conn, actor, vec![(row, wording)])?.pop().ok_or_else(Error::not_found)?;
    Ok(Shown { version, value })
}

fn shown(
    conn: &mut Conn,
    actor: &Actor,
    rows: Vec<(store::Question, QuestionVersion)>,
) -> Result<Vec<Question>> {
    let ids: Vec<QuestionId> = rows.iter().map(|(row, _)| row.id).collect();
    let exposures = store::exposures(conn, Reach::of(actor, Action::ReadInterview), &ids)?;
    let exposure = |id: QuestionId| {
        let found = exposures.iter().find(|one| one.0 == id);
        let never = Exposure { candidates: 0, last_asked_at: None };
        let Exposure { candidates, last_asked_at } = found.map_or(never, |one| one.1);
        QuestionExposure { candidates, last_asked_at }
    };
    let shown = rows.into_iter().map(|(row, wording)| {
        Ok(Question {
            id: row.id,
            key: row.key,
            attribution: row.attribution,
            archived_at: row.archived_at,
            current: QuestionWording::of(wording)?,
            exposure: exposure(row.id),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    });
    shown.collect()
}
