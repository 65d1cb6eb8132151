//! Job posts over the API, for those who hire.

pub mod public;

use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::model::{JobPostWarningCode, PostLocation, PostPay, PostQuestion};
use super::{JobPostCommand, JobPostState, commands, store};
use crate::access::{Action, Actor, Scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Line, Locale, Prose, double_option};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{JobId, JobPostId, kinds};
use crate::jobs;

/// What is worth a look before a post is published.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobPostWarning {
    code: JobPostWarningCode,
    /// The warning as a sentence.
    #[schema(example = "The post does not say what the job pays.")]
    detail: &'static str,
}

/// What people who look for work read of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobPost {
    id: JobPostId,
    job_id: JobId,
    state: JobPostState,
    /// Whether everybody reads it: it is published, and its job is open and not confidential.
    is_public: bool,
    #[schema(example = "Senior backend engineer (remote)")]
    title: String,
    /// Markdown, as it was written.
    text: String,
    /// The language that it is written in (BCP 47).
    #[schema(example = "en-GB")]
    language: String,
    location: PostLocation,
    /// What everybody reads of pay; it need not be the pay band.
    pay_range: Option<PostPay>,
    /// What whoever applies is asked, in order.
    questions: Vec<PostQuestion>,
    /// What whoever applies agrees to.
    consent_text: String,
    /// Rises when that text changes.
    #[schema(minimum = 1)]
    consent_version: i32,
    /// What is worth a look; nothing is refused for it.
    warnings: Vec<JobPostWarning>,
    /// When it was published last.
    published_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl JobPost {
    fn of(row: store::JobPost, is_public: bool) -> Result<Self> {
        let (location, pay_range, questions) = (row.location()?, row.pay()?, row.questions()?);
        let missing = JobPostWarning {
            code: JobPostWarningCode::PayRangeMissing,
            detail: "The post does not say what the job pays.",
        };
        let warnings = Some(missing).filter(|_| pay_range.is_none()).into_iter().collect();
        Ok(Self {
            id: row.id,
            job_id: row.job_id,
            state: row.state,
            is_public,
            title: row.title,
            text: row.text,
            language: row.language,
            location,
            pay_range,
            questions,
            consent_text: row.consent_text,
            consent_version: row.consent_version,
            warnings,
            published_at: row.published_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A post to draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateJobPost {
    pub(crate) title: Line<200>,
    /// Markdown; whoever shows it takes no HTML from it.
    pub(crate) text: Prose<20000>,
    /// The language that it is written in, and in which whoever applies is written to.
    pub(crate) language: Locale,
    #[validate(nested)]
    pub(crate) location: PostLocation,
    /// What everybody reads of pay.
    #[validate(nested)]
    pub(crate) pay_range: Option<PostPay>,
    /// What whoever applies is asked, in order.
    #[serde(default)]
    #[validate(length(max = 30), nested)]
    #[schema(max_items = 30)]
    pub(crate) questions: Vec<PostQuestion>,
    /// What whoever applies agrees to; one sentence about the application when it is absent.
    pub(crate) consent_text: Option<Prose<4000>>,
}

/// What to change; absent fields stay, `null` clears.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateJobPost {
    pub(crate) title: Option<Line<200>>,
    /// Markdown; whoever shows it takes no HTML from it.
    pub(crate) text: Option<Prose<20000>>,
    /// The language that it is written in.
    pub(crate) language: Option<Locale>,
    /// The whole of it, in place of the one before.
    #[validate(nested)]
    pub(crate) location: Option<PostLocation>,
    /// What everybody reads of pay.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<PostPay>)]
    pub(crate) pay_range: Option<Option<PostPay>>,
    /// The whole list, in place of the one before. Answers that came in keep what they answer.
    #[validate(length(max = 30), nested)]
    #[schema(max_items = 30)]
    pub(crate) questions: Option<Vec<PostQuestion>>,
    /// What whoever applies agrees to; `null` for the sentence that stands there by itself.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Prose<4000>>)]
    pub(crate) consent_text: Option<Option<Prose<4000>>>,
}

/// Which posts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobPostFilter {
    /// Only those that stand here.
    state: Option<JobPostState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(JobPostFilter);

/// Create a job post
///
/// Drafts a post of a job that is not closed. A job has 20 at most, such as one in each language.
#[utoipa::path(
    operation_id = "createJobPost", tag = "jobs", request_body = CreateJobPost,
    params(("id" = JobId, Path, description = "Of which job.")),
    responses((status = 201, description = "The post, a draft.", body = JobPost)),
)]
#[post("/jobs/{id}/job-posts")]
pub async fn create_job_post(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    body: Body<CreateJobPost>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input)).await?;
    ctx.created(done, "job-posts", show).await
}

/// List the posts of a job
///
/// Drafts and what was taken back included, newest first.
#[utoipa::path(
    operation_id = "listJobPosts", tag = "jobs",
    params(("id" = JobId, Path, description = "Of which job."), JobPostFilter),
    responses((status = 200, description = "One page of posts.", body = PageOf<JobPost>)),
)]
#[get("/jobs/{id}/job-posts")]
pub async fn list_job_posts(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    Params(filter): Params<JobPostFilter>,
) -> Result<HttpResponse> {
    let state = filter.state;
    ctx.list(&filter, move |conn, actor, page| {
        jobs::store::find(conn, id)?.ok_or_else(Error::not_found)?;
        holdings(conn, actor, &Scope::on_job(id, id))?.require(Action::ReadJob)?;
        let rows = store::list(conn, id, state, page)?.into_iter();
        let shown = rows.map(|(row, is_public)| Ok((row.id.any(), JobPost::of(row, is_public)?)));
        Ok(Page::new(shown.collect::<Result<_>>()?))
    })
    .await
}

/// Get a job post
///
/// One post as those see it who may read its job.
#[utoipa::path(
    operation_id = "getJobPost", tag = "jobs",
    params(("id" = JobPostId, Path, description = "Which post.")),
    responses((status = 200, description = "The post.", body = JobPost)),
)]
#[get("/job-posts/{id}")]
pub async fn get_job_post(ctx: Ctx, PathId(id): PathId<kinds::JobPost>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a job post
///
/// Merge patch: absent fields stay, `null` clears. A post that is published changes for everybody at once.
#[utoipa::path(
    operation_id = "updateJobPost", tag = "jobs", request_body = UpdateJobPost,
    params(("id" = JobPostId, Path, description = "Which post.")),
    responses((status = 200, description = "The post as it is now.", body = JobPost)),
)]
#[patch("/job-posts/{id}")]
pub async fn update_job_post(
    ctx: Ctx,
    PathId(id): PathId<kinds::JobPost>,
    body: Body<UpdateJobPost>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Publish a job post
///
/// Shows a post to everybody for as long as its job is open: at once, or from when it opens on. A post of a
/// confidential job is not published (`not_ready`). Read `warnings` first.
#[utoipa::path(
    operation_id = "publishJobPost", tag = "jobs",
    params(("id" = JobPostId, Path, description = "Which post.")),
    responses((status = 200, description = "The post, published.", body = JobPost)),
)]
#[put("/job-posts/{id}/publication")]
pub async fn publish_job_post(
    ctx: Ctx,
    PathId(id): PathId<kinds::JobPost>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let work = JobPostCommand::Publish;
    let done = ctx
        .command(&input, move |tx, actor| commands::change_state(tx, actor, id, expected, work))
        .await?;
    ctx.changed(done, show).await
}

/// Take a job post back
///
/// Nobody outside reads the post from now on, or applies by it. It can be published again.
#[utoipa::path(
    operation_id = "unpublishJobPost", tag = "jobs",
    params(("id" = JobPostId, Path, description = "Which post.")),
    responses((status = 204, description = "It is not published any more.")),
)]
#[delete("/job-posts/{id}/publication")]
pub async fn unpublish_job_post(
    ctx: Ctx,
    PathId(id): PathId<kinds::JobPost>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let work = JobPostCommand::Unpublish;
    let done = ctx
        .command(&input, move |tx, actor| commands::change_state(tx, actor, id, expected, work))
        .await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, id: JobPostId) -> Result<Shown<JobPost>> {
    let found = store::find_with_reach(conn, id)?;
    let (row, is_public) = found.ok_or_else(Error::not_found)?;
    holdings(conn, actor, &Scope::on_job(id, row.job_id))?.require(Action::ReadJob)?;
    Ok(Shown { version: row.version, value: JobPost::of(row, is_public)? })
}
