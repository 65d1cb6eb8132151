//! Offices over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Country, Line, Zone, double_option};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{OfficeId, PayZoneId, kinds};
use crate::organization::api::ConfigurationFilter;
use crate::organization::money::Currency;

/// A place where people work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Office {
    id: OfficeId,
    #[schema(example = "Berlin")]
    name: String,
    /// Its IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Its country: two letters of ISO 3166-1.
    #[schema(example = "DE")]
    country: String,
    /// What pay there is usually in.
    currency: Currency,
    /// Where pay is the same.
    pay_zone_id: Option<PayZoneId>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl Office {
    /// The view of a row.
    ///
    /// # Errors
    /// `internal` when the stored currency is none.
    fn of(row: store::Office) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            time_zone: row.time_zone,
            country: row.country,
            currency: Currency::parse(&row.currency).map_err(Error::internal)?,
            pay_zone_id: row.pay_zone_id,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A office to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOffice {
    /// No other office has it, in upper or lower case.
    pub(crate) name: Line<120>,
    pub(crate) time_zone: Zone,
    pub(crate) country: Country,
    /// What pay there is usually in.
    pub(crate) currency: Currency,
    /// Where pay is the same.
    pub(crate) pay_zone_id: Option<PayZoneId>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOffice {
    pub(crate) name: Option<Line<120>>,
    pub(crate) time_zone: Option<Zone>,
    pub(crate) country: Option<Country>,
    /// What pay there is usually in.
    pub(crate) currency: Option<Currency>,
    /// Where pay is the same; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<PayZoneId>)]
    pub(crate) pay_zone_id: Option<Option<PayZoneId>>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Create an office
///
/// Adds an office.
#[utoipa::path(
    operation_id = "createOffice", tag = "organization", request_body = CreateOffice,
    responses((status = 201, description = "The office.", body = Office)),
)]
#[post("/offices")]
pub async fn create_office(ctx: Ctx, body: Body<CreateOffice>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "offices", show).await
}

/// List offices
///
/// All offices, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listOffices", tag = "organization", params(ConfigurationFilter),
    responses((status = 200, description = "One page of offices.", body = PageOf<Office>)),
)]
#[get("/offices")]
pub async fn list_offices(
    ctx: Ctx,
    Params(filter): Params<ConfigurationFilter>,
) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, archived, page)?;
        let shown = rows.into_iter().map(|row| Ok((row.id.any(), Office::of(row)?)));
        Ok(Page::new(shown.collect::<Result<_>>()?))
    })
    .await
}

/// Get an office
///
/// One office.
#[utoipa::path(
    operation_id = "getOffice", tag = "organization",
    params(("id" = OfficeId, Path, description = "Which office.")),
    responses((status = 200, description = "The office.", body = Office)),
)]
#[get("/offices/{id}")]
pub async fn get_office(ctx: Ctx, PathId(id): PathId<kinds::Office>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update an office
///
/// Merge patch: absent fields stay, `null` clears.
#[utoipa::path(
    operation_id = "updateOffice", tag = "organization", request_body = UpdateOffice,
    params(("id" = OfficeId, Path, description = "Which office.")),
    responses((status = 200, description = "The office as it is now.", body = Office)),
)]
#[patch("/offices/{id}")]
pub async fn update_office(
    ctx: Ctx,
    PathId(id): PathId<kinds::Office>,
    body: Body<UpdateOffice>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: OfficeId) -> Result<Shown<Office>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: Office::of(row)? })
}
