//! Pay zones over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{PayZoneId, kinds};
use crate::organization::api::ConfigurationFilter;

/// Where pay is the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayZone {
    id: PayZoneId,
    #[schema(example = "Germany")]
    name: String,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::PayZone> for PayZone {
    fn from(row: store::PayZone) -> Self {
        let store::PayZone { id, name, archived_at, created_at, updated_at, .. } = row;
        Self { id, name, archived_at, created_at, updated_at }
    }
}

/// A pay zone to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePayZone {
    /// No other zone has it, in upper or lower case.
    pub(crate) name: Line<120>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePayZone {
    pub(crate) name: Option<Line<120>>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Create a pay zone
///
/// Adds a pay zone, for offices to lie in and pay bands to hold in.
#[utoipa::path(
    operation_id = "createPayZone", tag = "organization", request_body = CreatePayZone,
    responses((status = 201, description = "The pay zone.", body = PayZone)),
)]
#[post("/pay-zones")]
pub async fn create_pay_zone(ctx: Ctx, body: Body<CreatePayZone>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "pay-zones", show).await
}

/// List pay zones
///
/// All pay zones, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listPayZones", tag = "organization", params(ConfigurationFilter),
    responses((status = 200, description = "One page of pay zones.", body = PageOf<PayZone>)),
)]
#[get("/pay-zones")]
pub async fn list_pay_zones(
    ctx: Ctx,
    Params(filter): Params<ConfigurationFilter>,
) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, archived, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), PayZone::from(row))).collect()))
    })
    .await
}

/// Get a pay zone
///
/// One pay zone.
#[utoipa::path(
    operation_id = "getPayZone", tag = "organization",
    params(("id" = PayZoneId, Path, description = "Which pay zone.")),
    responses((status = 200, description = "The pay zone.", body = PayZone)),
)]
#[get("/pay-zones/{id}")]
pub async fn get_pay_zone(ctx: Ctx, PathId(id): PathId<kinds::PayZone>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a pay zone
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updatePayZone", tag = "organization", request_body = UpdatePayZone,
    params(("id" = PayZoneId, Path, description = "Which pay zone.")),
    responses((status = 200, description = "The pay zone as it is now.", body = PayZone)),
)]
#[patch("/pay-zones/{id}")]
pub async fn update_pay_zone(
    ctx: Ctx,
    PathId(id): PathId<kinds::PayZone>,
    body: Body<UpdatePayZone>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: PayZoneId) -> Result<Shown<PayZone>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
