//! Pipelines over the API.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{StageDecision, StageKind, commands, store};
use crate::access::{Action, Actor, on_job, visible_jobs};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{JobId, StageId, kinds};
use crate::jobs;

/// The ordered stages of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pipeline {
    job_id: JobId,
    /// In order, 1 to 20.
    stages: Vec<Stage>,
}

/// A stage of a job's pipeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stage {
    id: StageId,
    /// From 1 on.
    #[schema(minimum = 1, maximum = 20)]
    position: i32,
    #[schema(example = "Onsite")]
    name: String,
    kind: StageKind,
    decision: StageDecision,
}

impl From<store::Stage> for Stage {
    fn from(row: store::Stage) -> Self {
        let store::Stage { id, position, name, kind, decision, .. } = row;
        Self { id, position, name, kind, decision }
    }
}

/// A stage to add; its place in the list is its position.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    pub(crate) name: Line<80>,
    pub(crate) kind: StageKind,
    pub(crate) decision: StageDecision,
}

/// The stages that a job gets.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacePipeline {
    /// In order.
    #[validate(length(min = 1, max = 20), nested)]
    #[schema(min_items = 1, max_items = 20)]
    pub(crate) stages: Vec<NewStage>,
}

/// Get a pipeline
///
/// The stages of a job in order.
#[utoipa::path(
    operation_id = "getPipeline", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The pipeline.", body = Pipeline)),
)]
#[get("/jobs/{id}/pipeline")]
pub async fn get_pipeline(ctx: Ctx, PathId(id): PathId<kinds::Job>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Replace a pipeline
///
/// Gives a job other stages. It works while no application stands on the job; the stages that an
/// application passed stay what they were.
#[utoipa::path(
    operation_id = "replacePipeline", tag = "jobs", request_body = ReplacePipeline,
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The pipeline as it is now.", body = Pipeline)),
)]
#[put("/jobs/{id}/pipeline")]
pub async fn replace_pipeline(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    body: Body<ReplacePipeline>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: JobId) -> Result<Shown<Pipeline>> {
    let any = on_job(actor, Action::ReadJob);
    let job = jobs::store::find_visible(conn, id, visible_jobs(actor), any)?;
    let (job, _) = job.ok_or_else(Error::not_found)?;
    let stages = store::stages_of(conn, id)?.into_iter().map(Stage::from).collect();
    Ok(Shown { version: job.version, value: Pipeline { job_id: id, stages } })
}
