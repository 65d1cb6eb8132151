//! Applying by a job post over the API, and reading what was answered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use super::commands::{self, FormOutcome};
use super::store;
use crate::access::{Action, Actor, holdings};
use crate::applications::commands::scope;
use crate::applications::store as applications;
use crate::attachments::AttachmentKind;
use crate::attachments::api::{FileContent, to_attach};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::fields::{Email, Line, Zone, whole};
use crate::http::{Body, Ctx, Open, PathId, Shown, WithFile};
use crate::ids::{ApplicationId, JobPostId, kinds};
use crate::jobs::posts::model::{PostQuestionKind, QUESTIONS_MAX};

/// Answers by the keys of their questions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers(pub BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answers = BTreeMap::deserialize(deserializer)?;
        if answers.len() > QUESTIONS_MAX {
            return Err(serde::de::Error::custom(format!("at most {QUESTIONS_MAX} answers")));
        }
        Ok(Self(answers))
    }
}

impl PartialSchema for Answers {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(
                "Answers by the keys of the questions of the post: a text, true or false, a number, or one of the \
                 options, as the kind of the question says; absent and `null` are no answer.",
            ))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .max_properties(Some(QUESTIONS_MAX))
            .examples([serde_json::json!({})])
            .into()
    }
}
impl ToSchema for Answers {
    fn name() -> Cow<'static, str> {
        "Answers".into()
    }
}

/// That somebody agrees to the text of the post.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// True; without it nothing is kept.
    pub(crate) given: bool,
    /// Of the text that was shown.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1)]
    pub(crate) text_version: i32,
}

/// What somebody sends who applies by a job post.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyToJobPost {
    /// As the person writes it.
    pub(crate) name: Line<200>,
    pub(crate) email: Email,
    /// 3 to 20 digits.
    pub(crate) phone: Option<Line<60>>,
    /// Of http or https.
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub(crate) links: Vec<Line<500>>,
    /// Where the person lives.
    pub(crate) time_zone: Option<Zone>,
    #[serde(default)]
    pub(crate) answers: Answers,
    #[validate(nested)]
    pub(crate) consent: GiveConsent,
    /// Stays empty: no person sees it on a form, and programs that fill in every field write here. What they send is
    /// answered alike and not kept.
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub(crate) website: Option<String>,
}

impl ApplyToJobPost {
    /// Whether a program filled in what no person sees.
    pub(super) fn is_trapped(&self) -> bool {
        self.website.as_ref().is_some_and(|website| !website.is_empty())
    }
}

/// The same with a résumé.
#[derive(Debug, ToSchema)]
pub struct ApplyToJobPostForm {
    /// What is sent as JSON otherwise.
    pub application: ApplyToJobPost,
    /// The résumé: a PDF, a Word document (.docx), plain text, a PNG or a JPEG of at most 10 MiB, with its name.
    pub file: Option<FileContent>,
}

/// That a form came in. It is the same for everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedApplication {
    job_post_id: JobPostId,
    received_at: Instant,
}

/// Apply to a job post
///
/// Applies to the job of a public post. What is wrong is named; everything else is answered alike: whether or not the
/// address is known here, and also where somebody with the same address applies for the job already, in which case
/// nothing is made. So the same may be sent again when an answer was lost; it takes no `Idempotency-Key`. `consent`
/// names the version of the text that was shown; another one by now is 422 `stale` at `/consent/text_version`.
#[utoipa::path(
    operation_id = "applyToJobPost", tag = "applications", security(()),
    request_body = ApplyToJobPost,
    params(("id" = JobPostId, Path, description = "To which post.")),
    responses((status = 202, description = "It came in.", body = ReceivedApplication)),
)]
#[post("/public/job-posts/{id}/applications")]
pub async fn apply_to_job_post(
    Open(ctx): Open,
    PathId(id): PathId<kinds::JobPost>,
    body: Body<ApplyToJobPost>,
) -> Result<HttpResponse> {
    let input = body.clone();
    take(&ctx, id, move |tx| commands::receive(tx, id, &input, None)).await
}

/// Apply to a job post with a résumé
///
/// The same as a form, with a résumé if there is one. The file is judged by what is in it, as every file is.
#[utoipa::path(
    operation_id = "applyToJobPostByForm", tag = "applications", security(()),
    request_body(content = ApplyToJobPostForm, content_type = "multipart/form-data"),
    params(("id" = JobPostId, Path, description = "To which post.")),
    responses((status = 202, description = "It came in.", body = ReceivedApplication)),
)]
#[post("/public/job-posts/{id}/application-forms")]
pub async fn apply_to_job_post_by_form(
    Open(ctx): Open,
    PathId(id): PathId<kinds::JobPost>,
    sent: WithFile<ApplyToJobPost>,
) -> Result<HttpResponse> {
    let WithFile { body, file } = sent;
    let resume = file.map(|file| to_attach(&file, AttachmentKind::Resume)).transpose()?;
    take(&ctx, id, move |tx| commands::receive(tx, id, &body, resume.as_ref())).await
}

/// Takes a form, and says so whatever became of it.
async fn take<F>(ctx: &Ctx, id: JobPostId, work: F) -> Result<HttpResponse>
where
    F: Fn(&mut Tx<'_>) -> Result<FormOutcome> + Send + 'static,
{
    let unit = ctx.unit();
    let received = ReceivedApplication { job_post_id: id, received_at: unit.now };
    ctx.db().write(unit, work).await?;
    Ok(HttpResponse::Accepted().json(received))
}

/// An answer to a question of a job post.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationAnswer {
    #[schema(example = "notice_period")]
    key: String,
    kind: PostQuestionKind,
    /// The question as it was asked.
    #[schema(example = "How long is your notice period?")]
    question: String,
    /// A text, true or false, or a number, as the kind says; null once it was erased.
    answer: Option<Value>,
}

/// What somebody agreed to when they applied.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationConsent {
    text: String,
    #[schema(minimum = 1)]
    text_version: i32,
    given_at: Instant,
}

/// What somebody sent who applied by a job post.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationAnswers {
    application_id: ApplicationId,
    /// By which post; null for an application that came in otherwise.
    job_post_id: Option<JobPostId>,
    consent: Option<ApplicationConsent>,
    /// In the order of the questions.
    answers: Vec<ApplicationAnswer>,
}

/// Get the answers of an application
///
/// What somebody answered to the questions of the post by which they applied, and what they agreed to; for those who
/// read their résumé. Empty for an application that came in otherwise.
#[utoipa::path(
    operation_id = "getApplicationAnswers", tag = "applications",
    params(("id" = ApplicationId, Path, description = "Of which application.")),
    responses((status = 200, description = "The answers.", body = ApplicationAnswers)),
)]
#[get("/applications/{id}/answers")]
pub async fn get_application_answers(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Result<Shown<ApplicationAnswers>> {
    let row = applications::find(conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = scope(conn, actor, &row)?;
    let holdings = holdings(conn, actor, &scope)?;
    holdings.require(Action::ReadApplication)?;
    holdings.require(Action::ReadResume)?;
    let consent = store::consent_of(conn, id)?;
    let wire = |row: store::Answer| ApplicationAnswer {
        key: row.key,
        kind: row.kind,
        question: row.question,
        answer: row.answer.map(|answer| answer.0),
    };
    let answers = store::answers_of(conn, id)?.into_iter().map(wire).collect();
    let value = ApplicationAnswers {
        application_id: id,
        job_post_id: consent.as_ref().map(|consent| consent.job_post_id),
        consent: consent.map(|consent| ApplicationConsent {
            text: consent.text,
            text_version: consent.text_version,
            given_at: consent.given_at,
        }),
        answers,
    };
    Ok(Shown { version: row.version, value })
}
