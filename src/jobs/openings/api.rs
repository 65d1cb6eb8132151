//! Openings over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{OpeningState, commands, store};
use crate::access::{Action, Actor, on_job, visible_jobs};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Day, whole};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{ApplicationId, JobId, OpeningId, kinds};
use crate::jobs;

/// One approved head of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opening {
    id: OpeningId,
    job_id: JobId,
    /// Its number within the job.
    #[schema(minimum = 1, example = 1)]
    number: i32,
    state: OpeningState,
    /// From when on somebody ought to work.
    target_start_on: Option<Day>,
    /// For whom it is reserved, or who fills it; also null for those who may not read offers.
    application_id: Option<ApplicationId>,
    /// When it was filled.
    filled_at: Option<Instant>,
    /// When it was closed without a hire.
    closed_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl Opening {
    fn of(row: store::Opening, reads_offers: bool) -> Self {
        Self {
            id: row.id,
            job_id: row.job_id,
            number: row.number,
            state: row.state,
            target_start_on: row.target_start_on.map(Day::from),
            application_id: row.application_id.filter(|_| reads_offers),
            filled_at: row.filled_at,
            closed_at: row.closed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Openings to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOpenings {
    /// How many.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub(crate) count: i32,
    /// From when on somebody ought to work.
    pub(crate) target_start_on: Option<Day>,
}

/// The openings that were added, lowest number first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedOpenings {
    data: Vec<Opening>,
}

/// Which openings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpeningFilter {
    /// Only those that stand here.
    state: Option<OpeningState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(OpeningFilter);

/// Add openings
///
/// Adds approved heads to a job that is not closed. `Location` names the first of them.
#[utoipa::path(
    operation_id = "addOpenings", tag = "jobs", request_body = AddOpenings,
    params(("id" = JobId, Path, description = "Which job.")),
    responses((status = 201, description = "The openings that were added.", body = AddedOpenings)),
)]
#[post("/jobs/{id}/openings")]
pub async fn add_openings(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    body: Body<AddOpenings>,
) -> Result<HttpResponse> {
    let (input, count) = (body.clone(), body.count);
    let done = ctx.command(&body, move |tx, actor| commands::add(tx, actor, id, &input)).await?;
    ctx.created(done, "openings", move |conn, actor, first| show_added(conn, actor, first, count))
        .await
}

/// List openings
///
/// The openings of a job, newest first.
#[utoipa::path(
    operation_id = "listOpenings", tag = "jobs",
    params(("id" = JobId, Path, description = "Which job."), OpeningFilter),
    responses((status = 200, description = "One page of openings.", body = PageOf<Opening>)),
)]
#[get("/jobs/{id}/openings")]
pub async fn list_openings(
    ctx: Ctx,
    PathId(id): PathId<kinds::Job>,
    Params(filter): Params<OpeningFilter>,
) -> Result<HttpResponse> {
    let state = filter.state;
    ctx.list(&filter, move |conn, actor, page| {
        let reads_offers = reads_offers(conn, actor, id)?;
        let rows = store::list(conn, id, state, page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.id.any(), Opening::of(row, reads_offers))).collect()))
    })
    .await
}

/// Get an opening
///
/// One approved head of a job.
#[utoipa::path(
    operation_id = "getOpening", tag = "jobs",
    params(("id" = OpeningId, Path, description = "Which opening.")),
    responses((status = 200, description = "The opening.", body = Opening)),
)]
#[get("/openings/{id}")]
pub async fn get_opening(ctx: Ctx, PathId(id): PathId<kinds::Opening>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Close an opening
///
/// Gives an open opening up without a hire. A reserved one is released by its offer first.
#[utoipa::path(
    operation_id = "closeOpening", tag = "jobs",
    params(("id" = OpeningId, Path, description = "Which opening.")),
    responses((status = 200, description = "The opening, closed.", body = Opening)),
)]
#[put("/openings/{id}/closure")]
pub async fn close_opening(
    ctx: Ctx,
    PathId(id): PathId<kinds::Opening>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::close(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Whether the actor reads the offers of a job; 404 when they do not see the job.
fn reads_offers(conn: &mut Conn, actor: &Actor, job_id: JobId) -> Result<bool> {
    let part = on_job(actor, Action::ReadOffer);
    let job = jobs::store::find_visible(conn, job_id, visible_jobs(actor), part)?;
    job.map(|(_, reads)| reads).ok_or_else(Error::not_found)
}

fn show(conn: &mut Conn, actor: &Actor, id: OpeningId) -> Result<Shown<Opening>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let reads_offers = reads_offers(conn, actor, row.job_id)?;
    Ok(Shown { version: row.version, value: Opening::of(row, reads_offers) })
}

fn show_added(
    conn: &mut Conn,
    actor: &Actor,
    first: OpeningId,
    count: i32,
) -> Result<Shown<AddedOpenings>> {
    let first = store::find(conn, first)?.ok_or_else(Error::not_found)?;
    let reads_offers = reads_offers(conn, actor, first.job_id)?;
    let rows = store::numbered_from(conn, first.job_id, first.number, count)?.into_iter();
    let data = rows.map(|row| Opening::of(row, reads_offers)).collect();
    Ok(Shown { version: first.version, value: AddedOpenings { data } })
}
