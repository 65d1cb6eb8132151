//! The life of a job over the API.

use actix_web::{HttpResponse, delete, put};

use super::{Job, show};
use crate::error::Result;
use crate::http::{Ctx, Done, NoBody, PathId};
use crate::ids::{JobId, kinds};
use crate::jobs::{JobCommand, commands};

/// Publish a job
///
/// Opens a draft: from now on candidates apply.
#[utoipa::path(
    operation_id = "publishJob", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The job, open.", body = Job)),
)]
#[put("/jobs/{id}/publication")]
pub async fn publish_job(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = change(&ctx, id, input, JobCommand::Publish).await?;
    ctx.changed(done, show).await
}

/// Pause a job
///
/// Lets hiring rest. Applications that run go on.
#[utoipa::path(
    operation_id = "pauseJob", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The job, paused.", body = Job)),
)]
#[put("/jobs/{id}/pause")]
pub async fn pause_job(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = change(&ctx, id, input, JobCommand::Pause).await?;
    ctx.changed(done, show).await
}

/// Resume a job
///
/// Takes hiring up again after a pause.
#[utoipa::path(
    operation_id = "resumeJob", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 204, description = "The job is open again.")),
)]
#[delete("/jobs/{id}/pause")]
pub async fn resume_job(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = change(&ctx, id, input, JobCommand::Resume).await?;
    Ok(ctx.removed(done))
}

/// Close a job
///
/// Ends hiring for good and closes the openings that are still open. Openings that are reserved
/// for an offer stay with it.
#[utoipa::path(
    operation_id = "closeJob", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The job, closed.", body = Job)),
)]
#[put("/jobs/{id}/closure")]
pub async fn close_job(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = change(&ctx, id, input, JobCommand::Close).await?;
    ctx.changed(done, show).await
}

async fn change(
    ctx: &Ctx,
    id: JobId,
    input: NoBody,
    command: JobCommand,
) -> Result<Done<kinds::Job>> {
    let expected = ctx.if_match()?;
    ctx.command(&input, move |tx, actor| commands::change_state(tx, actor, id, expected, command))
        .await
}
