//! Pay bands over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{BandPlacement, Incomparable, PayPeriod, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::http::fields::{Day, Line, double_option};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{LevelId, PayBandId, PayZoneId, kinds};
use crate::organization::money::{Currency, Money};

/// What a level pays in a zone, from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayBand {
    id: PayBandId,
    #[schema(example = "Senior engineer, Germany")]
    name: String,
    /// The level that it pays.
    level_id: Option<LevelId>,
    /// Where it holds.
    pay_zone_id: Option<PayZoneId>,
    /// The place that it pays in, in words.
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
    /// Until when, that day included; null for a band without an end.
    ends_on: Option<Day>,
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
            pay_zone_id: row.pay_zone_id,
            location: row.location,
            currency: band.currency(),
            period: band.period(),
            minimum: band.minimum(),
            midpoint: band.midpoint(),
            maximum: band.maximum(),
            effective_on: row.effective_on.into(),
            ends_on: row.ends_on.map(Day::from),
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
    /// Where it holds. Bands of one level and zone, in one currency and for one period, never share a
    /// day.
    pub(crate) pay_zone_id: Option<PayZoneId>,
    /// The place that it pays in, in words.
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
    /// Until when, that day included; without an end when it is absent.
    pub(crate) ends_on: Option<Day>,
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
    /// Where it holds; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<PayZoneId>)]
    pub(crate) pay_zone_id: Option<Option<PayZoneId>>,
    /// The place that it pays in, in words; `null` clears it.
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
    /// Until when, that day included; `null` for no end.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Day>)]
    pub(crate) ends_on: Option<Option<Day>>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// The band that follows, for the same level and zone, in the same currency and for the same period.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SucceedPayBand {
    /// The name of the band before it when it is absent.
    pub(crate) name: Option<Line<120>>,
    pub(crate) minimum: Money,
    /// Between minimum and maximum; without it the exact middle, a tie rounded to the even minor
    /// unit.
    pub(crate) midpoint: Option<Money>,
    /// Not below the minimum.
    pub(crate) maximum: Money,
    /// From when on; the band before it ends on the day before.
    pub(crate) effective_on: Day,
}

/// The place of an amount in a pay band.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayBandPlacement {
    pay_band_id: PayBandId,
    amount: Money,
    /// What the amount is for.
    period: PayPeriod,
    /// Its place; null when it cannot be compared. Nothing is converted: currencies would need a dated
    /// rate, periods would need hours.
    placement: Option<BandPlacement>,
    /// Why it cannot be compared.
    incomparable: Option<Incomparable>,
}

/// Which amount.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlacementQuery {
    /// An amount of the currency, with exactly its decimals.
    #[param(value_type = String, max_length = 20, example = "87650.00")]
    amount: Line<20>,
    currency: Currency,
    period: PayPeriod,
}

/// Which pay bands.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PayBandFilter {
    /// Only those of this level.
    level_id: Option<LevelId>,
    /// Only those of this zone.
    pay_zone_id: Option<PayZoneId>,
    /// Only those in this currency.
    currency: Option<Currency>,
    /// Only those in use and in force on this day.
    on: Option<Day>,
    /// Only those out of use, or only those in use; all when it is absent.
    archived: Option<bool>,
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
/// Adds a pay band. Its three amounts ascend and share one currency. While another band of the same
/// level, zone, currency and period is in force on one of its days, it is refused with
/// `already_exists`: pay is raised by a successor.
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
/// All pay bands, newest first, archived ones included. A level, a zone, a currency and a day find the
/// one in force.
#[utoipa::path(
    operation_id = "listPayBands", tag = "organization", params(PayBandFilter),
    responses((status = 200, description = "One page of pay bands.", body = PageOf<PayBand>)),
)]
#[get("/pay-bands")]
pub async fn list_pay_bands(
    ctx: Ctx,
    Params(filter): Params<PayBandFilter>,
) -> Result<HttpResponse> {
    let wanted = store::Wanted {
        level_id: filter.level_id,
        pay_zone_id: filter.pay_zone_id,
        currency: filter.currency.map(Currency::code),
        on: filter.on.map(Day::date),
        archived: filter.archived,
    };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadPayBands)?;
        let rows = store::list(conn, &wanted, page)?.into_iter();
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

/// Succeed a pay band
///
/// Raises or lowers pay from a day on: adds the band that follows, and ends this one on the day before.
/// Jobs keep naming this one; offers are measured by the one in force when their terms are written.
#[utoipa::path(
    operation_id = "succeedPayBand", tag = "organization", request_body = SucceedPayBand,
    params(("id" = PayBandId, Path, description = "Which pay band.")),
    responses((status = 201, description = "The band that follows.", body = PayBand)),
)]
#[post("/pay-bands/{id}/successors")]
pub async fn succeed_pay_band(
    ctx: Ctx,
    PathId(id): PathId<kinds::PayBand>,
    body: Body<SucceedPayBand>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::succeed(tx, actor, id, expected, &input))
        .await?;
    ctx.created(done, "pay-bands", show).await
}

/// Place an amount in a pay band
///
/// The compa-ratio (amount by midpoint) and the range penetration (from minimum to maximum) of an
/// amount, exact and as decimals. In another currency or for another period it has no place.
#[utoipa::path(
    operation_id = "placeInPayBand", tag = "organization",
    params(("id" = PayBandId, Path, description = "Which pay band."), PlacementQuery),
    responses((status = 200, description = "The place of the amount.", body = PayBandPlacement)),
)]
#[get("/pay-bands/{id}/placement")]
pub async fn place_in_pay_band(
    ctx: Ctx,
    PathId(id): PathId<kinds::PayBand>,
    Params(query): Params<PlacementQuery>,
) -> Result<HttpResponse> {
    let amount = Money::parse(&query.amount, query.currency).map_err(|detail| {
        Error::invalid_fields(vec![FieldError::query("amount", "invalid_value", detail)])
    })?;
    ctx.show(move |conn, actor| show_placement(conn, actor, id, amount, query.period)).await
}

fn show_placement(
    conn: &mut Conn,
    actor: &Actor,
    id: PayBandId,
    amount: Money,
    period: PayPeriod,
) -> Result<Shown<PayBandPlacement>> {
    require_everywhere(actor, Action::ReadPayBands)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let placed = row.band()?.place(amount, period);
    let (placement, incomparable) = match placed {
        Ok(placement) => (Some(placement), None),
        Err(incomparable) => (None, Some(incomparable)),
    };
    let value = PayBandPlacement { pay_band_id: id, amount, period, placement, incomparable };
    Ok(Shown { version: row.version, value })
}

fn show(conn: &mut Conn, actor: &Actor, id: PayBandId) -> Result<Shown<PayBand>> {
    require_everywhere(actor, Action::ReadPayBands)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: PayBand::of(row)? })
}
