//! Applications over the API.

pub mod closing;
pub mod moves;
mod view;
pub mod visibility;

pub use view::{
    Application, ApplicationDetail, ApplicationHire, ApplicationRejection, ApplicationWithdrawal,
};

use actix_web::{HttpResponse, get, patch, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::commands;
use crate::error::Result;
use crate::http::fields::double_option;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{ApplicationId, CandidateId, JobId, SourceId, StageId, UserId, kinds};
use crate::organization::field_definitions::Custom;

/// A candidate for an open job.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApplication {
    pub(crate) candidate_id: CandidateId,
    pub(crate) job_id: JobId,
    /// Where it begins: a stage of the job, or its first.
    pub(crate) stage_id: Option<StageId>,
    /// Where the candidate came from.
    pub(crate) source_id: Option<SourceId>,
    /// Who looks after it.
    pub(crate) owner_id: Option<UserId>,
    /// Who works here and named the candidate. They are not to judge them.
    pub(crate) referrer_id: Option<UserId>,
    #[serde(default)]
    pub(crate) custom: Custom,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateApplication {
    /// Where the candidate came from; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<SourceId>)]
    pub(crate) source_id: Option<Option<SourceId>>,
    /// Who looks after it; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UserId>)]
    pub(crate) owner_id: Option<Option<UserId>>,
    /// Who works here and named the candidate; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<UserId>)]
    pub(crate) referrer_id: Option<Option<UserId>>,
    #[serde(default)]
    pub(crate) custom: Custom,
}

/// Create an application
///
/// Adds a candidate to an open job, in the stage that is named or in the first one. While a
/// candidate has an active application for a job, another one is refused with `already_applied`.
#[utoipa::path(
    operation_id = "createApplication", tag = "applications", request_body = CreateApplication,
    responses((status = 201, description = "The application.", body = ApplicationDetail)),
)]
#[post("/applications")]
pub async fn create_application(ctx: Ctx, body: Body<CreateApplication>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "applications", view::show).await
}

/// Get an application
///
/// One application and, if it ended, how. Reasons and notes are there for those who move
/// applications or manage candidates, as long as they owe no evaluation for this one.
#[utoipa::path(
    operation_id = "getApplication", tag = "applications",
    params(("id" = ApplicationId, Path, description = "Which application.")),
    responses((status = 200, description = "The application.", body = ApplicationDetail)),
)]
#[get("/applications/{id}")]
pub async fn get_application(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| view::show(conn, actor, id)).await
}

/// Update an application
///
/// Merge patch of source, owner and custom fields. Stage and status have operations of their own.
#[utoipa::path(
    operation_id = "updateApplication", tag = "applications", request_body = UpdateApplication,
    params(("id" = ApplicationId, Path, description = "Which application.")),
    responses((status = 200, description = "The application as it is now.", body = ApplicationDetail)),
)]
#[patch("/applications/{id}")]
pub async fn update_application(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<UpdateApplication>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, view::show).await
}
