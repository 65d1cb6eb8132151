//! Agencies over the API.

pub mod jobs;

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{AgencyId, kinds};

/// A firm whose recruiters bring candidates in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agency {
    id: AgencyId,
    #[schema(example = "Search & Sons")]
    name: String,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Agency> for Agency {
    fn from(row: store::Agency) -> Self {
        let store::Agency { id, name, archived_at, created_at, updated_at, .. } = row;
        Self { id, name, archived_at, created_at, updated_at }
    }
}

/// An agency to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAgency {
    pub(crate) name: Line<120>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAgency {
    pub(crate) name: Option<Line<120>>,
    /// Whether it is out of use: its people see nothing then.
    pub(crate) archived: Option<bool>,
}

/// Which agencies.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgencyFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(AgencyFilter);

/// Create an agency
///
/// Adds an agency. Its people are users with the role `external`.
#[utoipa::path(
    operation_id = "createAgency", tag = "agencies", request_body = CreateAgency,
    responses((status = 201, description = "The agency.", body = Agency)),
)]
#[post("/agencies")]
pub async fn create_agency(ctx: Ctx, body: Body<CreateAgency>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "agencies", show).await
}

/// List agencies
///
/// All agencies, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listAgencies", tag = "agencies", params(AgencyFilter),
    responses((status = 200, description = "One page of agencies.", body = PageOf<Agency>)),
)]
#[get("/agencies")]
pub async fn list_agencies(ctx: Ctx, Params(filter): Params<AgencyFilter>) -> Result<HttpResponse> {
    ctx.list(&filter, |conn, actor, page| {
        require_everywhere(actor, Action::ReadAgencies)?;
        let rows = store::list(conn, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Agency::from(row))).collect()))
    })
    .await
}

/// Get an agency
///
/// One agency.
#[utoipa::path(
    operation_id = "getAgency", tag = "agencies",
    params(("id" = AgencyId, Path, description = "Which agency.")),
    responses((status = 200, description = "The agency.", body = Agency)),
)]
#[get("/agencies/{id}")]
pub async fn get_agency(ctx: Ctx, PathId(id): PathId<kinds::Agency>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update an agency
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updateAgency", tag = "agencies", request_body = UpdateAgency,
    params(("id" = AgencyId, Path, description = "Which agency.")),
    responses((status = 200, description = "The agency as it is now.", body = Agency)),
)]
#[patch("/agencies/{id}")]
pub async fn update_agency(
    ctx: Ctx,
    PathId(id): PathId<kinds::Agency>,
    body: Body<UpdateAgency>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: AgencyId) -> Result<Shown<Agency>> {
    require_everywhere(actor, Action::ReadAgencies)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
