//! Pay bands over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{PayPeriod, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Day, Line, double_option};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{LevelId, PayBandId, kinds};
use crate::organization::money::{Currency, Money};

/// What a level pays in a place, from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayBand {
    id: PayBandId,
    #[schema(example = "Senior engineer, Germany")]
    name: String,
    /// The level that it pays.
    level_id: Option<LevelId>,
    /// The place that it pays in.
    #[schema(example = "Germany")]
    location: Option<String>,
    /// The currency of all three amounts.
    currency: Currency,
    /// What the amounts are for.
    period: PayPeriod,
    minimum: Money,
    /// What compa-ratios are measured by.
    midpoint: Money,
    maximum: Money,
    /// From when on.
    effective_on: Day,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl PayBand {
    /// The view of a row.
    ///
    /// # Errors
    /// `internal` when the row is no band.
    pub(crate) fn of(row: store::PayBand) -> Result<Self> {
        let band = row.band()?;
        Ok(Self {
            id: row.id,
            name: row.name,
            level_id: row.level_id,
            location: row.location,
            currency: band.currency(),
            period: band.period(),
            minimum: band.minimum(),
            midpoint: band.midpoint(),
            maximum: band.maximum(),
            effective_on: row.effective_on.into(),
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A pay band to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePayBand {
    pub(crate) name: Line<120>,
    /// The level that it pays.
    pub(crate) level_id: Option<LevelId>,
    /// The place that it pays in.
    pub(crate) location: Option<Line<120>>,
    /// What the amounts are for.
    pub(crate) period: PayPeriod,
    pub(crate) minimum: Money,
    /// Between minimum and maximum; without it the exact middle, a tie rounded to the even minor
    /// unit.
    pub(crate) midpoint: Option<Money>,
    /// Not below the minimum, in the same currency.
    pub(crate) maximum: Money,
    /// From when on.
    pub(crate) effective_on: Day,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePayBand {
    pub(crate) name: Option<Line<120>>,
    /// The level that it pays; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<LevelId>)]
    pub(crate) level_id: Option<Option<LevelId>>,
    /// The place that it pays in; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Line<120>>)]
    pub(crate) location: Option<Option<Line<120>>>,
    /// What the amounts are for.
    pub(crate) period: Option<PayPeriod>,
    pub(crate) minimum: Option<Money>,
    /// Between minimum and maximum; `null` takes the exact middle of them.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Money>)]
    pub(crate) midpoint: Option<Option<Money>>,
    pub(crate) maximum: Option<Money>,
    /// From when on.
    pub(crate) effective_on: Option<Day>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Which pay bands.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PayBandFilter {
    /// Only those of this level.
    level_id: Option<LevelId>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(PayBandFilter);

/// Create a pay band
///
/// Adds a pay band. Its three amounts ascend and share one currency.
#[utoipa::path(
    operation_id = "createPayBand", tag = "organization", request_body = CreatePayBand,
    responses((status = 201, description = "The pay band.", body = PayBand)),
)]
#[post("/pay-bands")]
pub async fn create_pay_band(ctx: Ctx, body: Body<CreatePayBand>) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "pay-bands", show).await
}

/// List pay bands
///
/// All pay bands, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listPayBands", tag = "organization", params(PayBandFilter),
    responses((status = 200, description = "One page of pay bands.", body = PageOf<PayBand>)),
)]
#[get("/pay-bands")]
pub async fn list_pay_bands(
    ctx: Ctx,
    Params(filter): Params<PayBandFilter>,
) -> Result<HttpResponse> {
    let level = filter.level_id;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadPayBands)?;
        let rows = store::list(conn, level, page)?.into_iter();
        let shown = rows.map(|row| Ok((row.id.any(), PayBand::of(row)?)));
        Ok(Page::new(shown.collect::<Result<_>>()?))
    })
    .await
}

/// Get a pay band
///
/// One pay band.
#[utoipa::path(
    operation_id = "getPayBand", tag = "organization",
    params(("id" = PayBandId, Path, description = "Which pay band.")),
    responses((status = 200, description = "The pay band.", body = PayBand)),
)]
#[get("/pay-bands/{id}")]
pub async fn get_pay_band(ctx: Ctx, PathId(id): PathId<kinds::PayBand>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a pay band
///
/// Merge patch: absent fields stay, `null` clears. Offers keep the band as it stood when their
/// terms were written.
#[utoipa::path(
    operation_id = "updatePayBand", tag = "organization", request_body = UpdatePayBand,
    params(("id" = PayBandId, Path, description = "Which pay band.")),
    responses((status = 200, description = "The pay band as it is now.", body = PayBand)),
)]
#[patch("/pay-bands/{id}")]
pub async fn update_pay_band(
    ctx: Ctx,
    PathId(id): PathId<kinds::PayBand>,
    body: Body<UpdatePayBand>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: PayBandId) -> Result<Shown<PayBand>> {
    require_everywhere(actor, Action::ReadPayBands)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: PayBand::of(row)? })
}
