//! Which agencies a job is open to.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::access::{Action, Actor, Scope, permit};
use crate::agencies::{commands, store};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{AgencyId, JobId, kinds};
use crate::jobs;

/// The agencies that a job is open to.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobAgencies {
    job_id: JobId,
    /// Each once, oldest first.
    agency_ids: Vec<AgencyId>,
}

/// The agencies that a job is to be open to.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceJobAgencies {
    /// All of them, each once; none to close it to agencies. What an agency brought in stays within
    /// its sight.
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    agency_ids: Vec<AgencyId>,
}

/// Open a job to agencies
///
/// The job is open to these agencies and to no others: their people see it and bring candidates in.
#[utoipa::path(
    operation_id = "replaceJobAgencies", tag = "agencies", request_body = ReplaceJobAgencies,
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The agencies of the job.", body = JobAgencies)),
)]
#[put("/jobs/{id}/agencies")]
pub async fn replace_job_agencies(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    body: Body<ReplaceJobAgencies>,
) -> Result<HttpResponse> {
    let (mut agencies, expected) = (body.agency_ids.clone(), ctx.if_match()?);
    agencies.sort_unstable();
    agencies.dedup();
    let done = ctx
        .command(&body, move |tx, actor| commands::open_job(tx, actor, id, expected, &agencies))
        .await?;
    ctx.changed(done, show).await
}

/// Get the agencies of a job
///
/// Which agencies the job is open to; for those who may change the job.
#[utoipa::path(
    operation_id = "getJobAgencies", tag = "agencies",
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 200, description = "The agencies of the job.", body = JobAgencies)),
)]
#[get("/jobs/{id}/agencies")]
pub async fn get_job_agencies(ctx: Ctx, PathId(id): PathId<kinds::Job>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: JobId) -> Result<Shown<JobAgencies>> {
    permit(conn, actor, Action::ManageJob, &Scope::on_job(id, id))?;
    let job = jobs::store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let agency_ids = store::of_job(conn, id)?;
    Ok(Shown { version: job.version, value: JobAgencies { job_id: id, agency_ids } })
}
