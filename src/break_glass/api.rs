//! Breaking glass over the API.

use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Prose, maybe_whole};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{BreakGlassId, JobId, UserId, kinds};

/// An administrator's look at a job in which they have no part.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakGlass {
    id: BreakGlassId,
    /// Who looks.
    user_id: UserId,
    /// At which job, with everything that belongs to it.
    job_id: JobId,
    /// Why, in their words.
    #[schema(example = "The only recruiter of this job left; its candidates wait for an answer.")]
    reason: String,
    /// When it runs out.
    expires_at: Instant,
    /// When it was ended early.
    ended_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::BreakGlass> for BreakGlass {
    fn from(row: store::BreakGlass) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            job_id: row.job_id,
            reason: row.reason,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Why somebody must look, and for how long.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBreakGlass {
    pub(super) job_id: JobId,
    /// Why. Whoever drives the job and every other owner reads it.
    pub(super) reason: Prose<2000>,
    /// How long: 5 minutes to 8 hours, an hour when it is absent.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[validate(range(min = 5, max = 480))]
    #[schema(minimum = 5, maximum = 480)]
    pub(super) minutes: Option<i32>,
}

/// Which looks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BreakGlassFilter {
    /// Only those at this job.
    job_id: Option<JobId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(BreakGlassFilter);

/// Break glass
///
/// Opens a job in which you have no part to your eyes, with everything that belongs to it, and its
/// hiring team to your hands, for a reason and for a while. Whoever drives the job and every other
/// owner is told at once. Sealing holds: what is not revealed stays so.
#[utoipa::path(
    operation_id = "breakGlass", tag = "administration", request_body = NewBreakGlass,
    responses((status = 201, description = "The look.", body = BreakGlass)),
)]
#[post("/break-glass")]
pub async fn break_glass(ctx: Ctx, body: Body<NewBreakGlass>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::open(tx, actor, &input)).await?;
    ctx.created(done, "break-glass", show).await
}

/// List broken glass
///
/// Every look, newest first, also those that are over.
#[utoipa::path(
    operation_id = "listBrokenGlass", tag = "administration", params(BreakGlassFilter),
    responses((status = 200, description = "One page of looks.", body = PageOf<BreakGlass>)),
)]
#[get("/break-glass")]
pub async fn list_broken_glass(
    ctx: Ctx,
    Params(filter): Params<BreakGlassFilter>,
) -> Result<HttpResponse> {
    let job_id = filter.job_id;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::BreakGlass)?;
        let rows = store::list(conn, job_id, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), BreakGlass::from(row))).collect()))
    })
    .await
}

/// Get broken glass
///
/// One look.
#[utoipa::path(
    operation_id = "getBrokenGlass", tag = "administration",
    params(("id" = BreakGlassId, Path, description = "Which look.")),
    responses((status = 200, description = "The look.", body = BreakGlass)),
)]
#[get("/break-glass/{id}")]
pub async fn get_broken_glass(
    ctx: Ctx,
    PathId(id): PathId<kinds::BreakGlass>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// End a look
///
/// Ends a look before it runs out, from the next request on.
#[utoipa::path(
    operation_id = "endBrokenGlass", tag = "administration",
    params(("id" = BreakGlassId, Path, description = "Which look.")),
    responses((status = 204, description = "It is over.")),
)]
#[delete("/break-glass/{id}")]
pub async fn end_broken_glass(
    ctx: Ctx,
    PathId(id): PathId<kinds::BreakGlass>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done = ctx.command(&input, move |tx, actor| commands::end(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, id: BreakGlassId) -> Result<Shown<BreakGlass>> {
    require_everywhere(actor, Action::BreakGlass)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
