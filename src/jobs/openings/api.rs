//! Openings over the API.

use actix_web::{HttpResponse, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{OpeningState, commands, store};
use crate::access::{Actor, visible_jobs};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Day, double_option, whole};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{ApplicationId, JobId, OpeningId, kinds};
use crate::jobs;
use crate::organization::field_definitions::values::Fields;
use crate::organization::field_definitions::{Custom, FieldNoun, FieldReach};

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
    custom: Custom,
    created_at: Instant,
    updated_at: Instant,
}

impl Opening {
    fn of(row: store::Opening, reader: Reader, fields: &Fields) -> Self {
        let custom = fields.shown(&row.custom, reader.reach);
        Self {
            id: row.id,
            job_id: row.job_id,
            number: row.number,
            state: row.state,
            target_start_on: row.target_start_on.map(Day::from),
            application_id: row.application_id.filter(|_| reader.offers),
            filled_at: row.filled_at,
            closed_at: row.closed_at,
            custom,
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
    /// The same for each of them.
    #[serde(default)]
    pub(crate) custom: Custom,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOpening {
    /// From when on somebody ought to work; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Day>)]
    pub(crate) target_start_on: Option<Option<Day>>,
    #[serde(default)]
    pub(crate) custom: Custom,
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
        let reader = reader(conn, actor, id)?;
        let rows = store::list(conn, id, state, page)?;
        let fields = Fields::of(conn, FieldNoun::Opening, rows.iter().map(|row| &row.custom))?;
        let shown = rows.into_iter().map(|row| (row.id.any(), Opening::of(row, reader, &fields)));
        Ok(Page::new(shown.collect()))
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

/// Update an opening
///
/// Merge patch: absent fields stay, `null` clears.
#[utoipa::path(
    operation_id = "updateOpening", tag = "jobs", request_body = UpdateOpening,
    params(("id" = OpeningId, Path, description = "Which opening.")),
    responses((status = 200, description = "The opening as it is now.", body = Opening)),
)]
#[patch("/openings/{id}")]
pub async fn update_opening(
    ctx: Ctx,
    PathId(id): PathId<kinds::Opening>,
    body: Body<UpdateOpening>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
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

/// What of the openings of a job somebody sees.
#[derive(Clone, Copy)]
struct Reader {
    /// For whom they are reserved.
    offers: bool,
    /// Which custom fields.
    reach: FieldReach,
}

/// What the actor sees of the openings of a job; 404 when they do not see the job.
fn reader(conn: &mut Conn, actor: &Actor, job_id: JobId) -> Result<Reader> {
    let job = jobs::store::find_seen(conn, job_id, visible_jobs(actor), jobs::api::parts(actor))?;
    let (_, seen) = job.ok_or_else(Error::not_found)?;
    Ok(Reader { offers: seen.offers, reach: seen.into() })
}

fn show(conn: &mut Conn, actor: &Actor, id: OpeningId) -> Result<Shown<Opening>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let reader = reader(conn, actor, row.job_id)?;
    let fields = Fields::of(conn, FieldNoun::Opening, [&row.custom])?;
    Ok(Shown { version: row.version, value: Opening::of(row, reader, &fields) })
}

fn show_added(
    conn: &mut Conn,
    actor: &Actor,
    first: OpeningId,
    count: i32,
) -> Result<Shown<AddedOpenings>> {
    let first = store::find(conn, first)?.ok_or_else(Error::not_found)?;
    let reader = reader(conn, actor, first.job_id)?;
    let rows = store::numbered_from(conn, first.job_id, first.number, count)?;
    let fields = Fields::of(conn, FieldNoun::Opening, rows.iter().map(|row| &row.custom))?;
    let data = rows.into_iter().map(|row| Opening::of(row, reader, &fields)).collect();
    Ok(Shown { version: first.version, value: AddedOpenings { data } })
}
