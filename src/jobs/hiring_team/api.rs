//! Hiring teams over the API.

use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, Scope, TeamRole, on_job, permit, visible_jobs};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{HiringTeamMemberId, JobId, UserId, kinds};
use crate::jobs;

/// A person's role on a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct HiringTeamMember {
    id: HiringTeamMemberId,
    job_id: JobId,
    user_id: UserId,
    #[schema(example = "Ada Lovelace")]
    user_name: String,
    /// The role on the job.
    role: TeamRole,
    created_at: Instant,
}

impl From<(store::HiringTeamMember, String)> for HiringTeamMember {
    fn from((row, user_name): (store::HiringTeamMember, String)) -> Self {
        let store::HiringTeamMember { id, job_id, user_id, role, created_at } = row;
        Self { id, job_id, user_id, user_name, role, created_at }
    }
}

/// A role on a job to give.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddHiringTeamMember {
    /// An active user.
    pub(crate) user_id: UserId,
    /// The role on the job.
    pub(crate) role: TeamRole,
}

/// Which page of the team.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HiringTeamFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(HiringTeamFilter);

/// Add a hiring team member
///
/// Gives an active user a role on a job, and with it access to the job. A person may hold several
/// roles.
#[utoipa::path(
    operation_id = "addHiringTeamMember", tag = "jobs", request_body = AddHiringTeamMember,
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 201, description = "The member.", body = HiringTeamMember)),
)]
#[post("/jobs/{id}/hiring-team")]
pub async fn add_hiring_team_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    body: Body<AddHiringTeamMember>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::add(tx, actor, id, &input)).await?;
    ctx.created(done, "hiring-team-members", show).await
}

/// List a hiring team
///
/// Who has which role on a job, newest first.
#[utoipa::path(
    operation_id = "listHiringTeam", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job."), HiringTeamFilter),
    responses((status = 200, description = "One page of members.", body = PageOf<HiringTeamMember>)),
)]
#[get("/jobs/{id}/hiring-team")]
pub async fn list_hiring_team(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    Params(filter): Params<HiringTeamFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let any = on_job(actor, Action::ReadJob);
        jobs::store::find_visible(conn, id, visible_jobs(actor), any)?
            .ok_or_else(Error::not_found)?;
        let rows = store::list(conn, id, page)?.into_iter().map(HiringTeamMember::from);
        Ok(Page::new(rows.map(|member| (member.id.any(), member)).collect()))
    })
    .await
}

/// Get a hiring team member
///
/// One person's role on a job.
#[utoipa::path(
    operation_id = "getHiringTeamMember", tag = "jobs",
    params(("id" = HiringTeamMemberId, Path, description = "Which member.")),
    responses((status = 200, description = "The member.", body = HiringTeamMember)),
)]
#[get("/hiring-team-members/{id}")]
pub async fn get_hiring_team_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::HiringTeamMember>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Remove a hiring team member
///
/// Takes a role on a job from a person. What they could reach through it is out of reach at once.
#[utoipa::path(
    operation_id = "removeHiringTeamMember", tag = "jobs",
    params(("id" = HiringTeamMemberId, Path, description = "Which member.")),
    responses((status = 204, description = "The person no longer has the role.")),
)]
#[delete("/hiring-team-members/{id}")]
pub async fn remove_hiring_team_member(
    ctx: Ctx,
    PathId(id): PathId<kinds::HiringTeamMember>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let remove = move |tx: &mut Tx<'_>, actor: &Actor| commands::remove(tx, actor, id, expected);
    let done = ctx.command(&input, remove).await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, id: HiringTeamMemberId) -> Result<Shown<HiringTeamMember>> {
    let (row, name) = store::find_named(conn, id)?.ok_or_else(Error::not_found)?;
    permit(conn, actor, Action::ReadJob, &Scope::on_job(id, row.job_id))?;
    Ok(Shown { version: commands::VERSION, value: (row, name).into() })
}
