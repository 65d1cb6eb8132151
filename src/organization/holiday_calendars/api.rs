//! Calendars of public holidays over the API.

use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{HolidaySource, Region, built_in, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Day, Line};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{HolidayCalendarId, kinds};

/// A calendar of public holidays.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolidayCalendar {
    id: HolidayCalendarId,
    #[schema(example = "Berlin")]
    name: String,
    /// The country or part of a country.
    #[schema(example = "DE-BE")]
    region: String,
    /// Where its days come from.
    source: HolidaySource,
    /// Since when nobody else takes it.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::HolidayCalendar> for HolidayCalendar {
    fn from(row: store::HolidayCalendar) -> Self {
        let store::HolidayCalendar { id, name, region, source, archived_at, .. } = row;
        let (created_at, updated_at) = (row.created_at, row.updated_at);
        Self { id, name, region, source, archived_at, created_at, updated_at }
    }
}

/// A public holiday.
#[derive(Debug, Serialize, ToSchema)]
pub struct Holiday {
    /// The day.
    holiday_on: Day,
    #[schema(example = "Women's Day")]
    name: String,
}

/// A region whose holidays the service knows by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolidayRegion {
    /// The country or part of a country.
    #[schema(example = "DE-BE")]
    region: &'static str,
}

/// The regions whose holidays the service knows by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolidayRegions {
    /// The regions by code.
    data: Vec<HolidayRegion>,
    /// The first year that is known.
    first_year: i32,
    /// The last year that is known.
    last_year: i32,
}

/// A calendar of holidays to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHolidayCalendar {
    pub(super) name: Line<120>,
    /// The country or part of a country.
    pub(super) region: Region,
    /// An iCalendar file (RFC 5545) of events of whole days, at most 512 KiB. Without one the days
    /// that the service knows of the region are taken.
    #[validate(length(max = 524_288))]
    ics: Option<String>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateHolidayCalendar {
    pub(super) name: Option<Line<120>>,
    /// The country or part of a country; the days stay as they are.
    pub(super) region: Option<Region>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// The days to put in the place of those that a calendar has.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceHolidays {
    /// An iCalendar file (RFC 5545) of events of whole days, at most 512 KiB. Without one the days
    /// that the service knows of the region are taken, those of new years included.
    #[validate(length(max = 524_288))]
    ics: Option<String>,
}

/// Which page of the calendars.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HolidayCalendarFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(HolidayCalendarFilter);

/// Which holidays.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HolidayFilter {
    /// Only those of this year.
    #[param(minimum = 1900, maximum = 2999)]
    year: Option<i32>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(HolidayFilter);

/// List regions
///
/// The countries and parts of countries whose public holidays the service knows by itself, and for
/// which years.
#[utoipa::path(
    operation_id = "listHolidayRegions", tag = "organization",
    responses((status = 200, description = "The regions.", body = HolidayRegions)),
)]
#[get("/holiday-regions")]
pub async fn list_holiday_regions(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(|_, actor| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let (first_year, last_year) = built_in::years();
        let data = built_in::regions().map(|region| HolidayRegion { region }).collect();
        Ok(Shown { version: 1, value: HolidayRegions { data, first_year, last_year } })
    })
    .await
}

/// Create a calendar of holidays
///
/// Adds a calendar with the days of an iCalendar file, or with those that the service knows of the
/// region. Of a file the days from last year to ten years from now are kept; what recurs every year
/// is written out; anything that is not understood is refused by its name.
#[utoipa::path(
    operation_id = "createHolidayCalendar", tag = "organization",
    request_body = CreateHolidayCalendar,
    responses((status = 201, description = "The calendar.", body = HolidayCalendar)),
)]
#[post("/holiday-calendars")]
pub async fn create_holiday_calendar(
    ctx: Ctx,
    body: Body<CreateHolidayCalendar>,
) -> Result<HttpResponse> {
    require_manager(&ctx).await?;
    let days = commands::days_of(body.ics.as_deref(), &body.region.to_text(), ctx.now())?;
    let input = body.clone();
    let done =
        ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input, &days)).await?;
    ctx.created(done, "holiday-calendars", show).await
}

/// List calendars of holidays
///
/// All calendars, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listHolidayCalendars", tag = "organization", params(HolidayCalendarFilter),
    responses((status = 200, description = "One page of calendars.", body = PageOf<HolidayCalendar>)),
)]
#[get("/holiday-calendars")]
pub async fn list_holiday_calendars(
    ctx: Ctx,
    Params(filter): Params<HolidayCalendarFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, page)?;
        Ok(Page::new(
            rows.into_iter().map(|row| (row.id.any(), HolidayCalendar::from(row))).collect(),
        ))
    })
    .await
}

/// Get a calendar of holidays
///
/// One calendar; its days are a list of their own.
#[utoipa::path(
    operation_id = "getHolidayCalendar", tag = "organization",
    params(("id" = HolidayCalendarId, Path, description = "Which calendar.")),
    responses((status = 200, description = "The calendar.", body = HolidayCalendar)),
)]
#[get("/holiday-calendars/{id}")]
pub async fn get_holiday_calendar(
    ctx: Ctx,
    PathId(id): PathId<kinds::HolidayCalendar>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a calendar of holidays
///
/// Merge patch: absent fields stay. Nobody else takes an archived calendar; those who go by it still
/// do.
#[utoipa::path(
    operation_id = "updateHolidayCalendar", tag = "organization",
    request_body = UpdateHolidayCalendar,
    params(("id" = HolidayCalendarId, Path, description = "Which calendar.")),
    responses((status = 200, description = "The calendar as it is now.", body = HolidayCalendar)),
)]
#[patch("/holiday-calendars/{id}")]
pub async fn update_holiday_calendar(
    ctx: Ctx,
    PathId(id): PathId<kinds::HolidayCalendar>,
    body: Body<UpdateHolidayCalendar>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Remove a calendar of holidays
///
/// Removes a calendar that nobody goes by; otherwise it is a 409 and the calendar can be archived.
#[utoipa::path(
    operation_id = "removeHolidayCalendar", tag = "organization",
    params(("id" = HolidayCalendarId, Path, description = "Which calendar.")),
    responses((status = 204, description = "The calendar is gone.")),
)]
#[delete("/holiday-calendars/{id}")]
pub async fn remove_holiday_calendar(
    ctx: Ctx,
    PathId(id): PathId<kinds::HolidayCalendar>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::remove(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

/// List holidays
///
/// The days of a calendar, the latest first.
#[utoipa::path(
    operation_id = "listHolidays", tag = "organization",
    params(("id" = HolidayCalendarId, Path, description = "Which calendar."), HolidayFilter),
    responses((status = 200, description = "One page of holidays.", body = PageOf<Holiday>)),
)]
#[get("/holiday-calendars/{id}/holidays")]
pub async fn list_holidays(
    ctx: Ctx,
    PathId(id): PathId<kinds::HolidayCalendar>,
    Params(filter): Params<HolidayFilter>,
) -> Result<HttpResponse> {
    let year = filter.year.filter(|year| (1900..=2999).contains(year));
    if year != filter.year {
        return Err(Error::invalid_fields(vec![crate::error::FieldError::query(
            "year",
            "range",
            "Between 1900 and 2999.",
        )]));
    }
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        store::find(conn, id)?.ok_or_else(Error::not_found)?;
        let day = |row: store::Holiday| {
            (row.id.any(), Holiday { holiday_on: row.holiday_on.into(), name: row.name })
        };
        Ok(Page::new(store::days(conn, id, year, page)?.into_iter().map(day).collect()))
    })
    .await
}

/// Replace the holidays of a calendar
///
/// Puts the days of an iCalendar file, or those that the service knows of the region, in the place
/// of those that the calendar has.
#[utoipa::path(
    operation_id = "replaceHolidays", tag = "organization", request_body = ReplaceHolidays,
    params(("id" = HolidayCalendarId, Path, description = "Which calendar.")),
    responses((status = 200, description = "The calendar.", body = HolidayCalendar)),
)]
#[put("/holiday-calendars/{id}/holidays")]
pub async fn replace_holidays(
    ctx: Ctx,
    PathId(id): PathId<kinds::HolidayCalendar>,
    body: Body<ReplaceHolidays>,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    require_manager(&ctx).await?;
    let row = ctx.read(move |conn, _| Ok(store::find(conn, id)?)).await?;
    let region = row.ok_or_else(Error::not_found)?.region;
    let days = commands::days_of(body.ics.as_deref(), &region, ctx.now())?;
    let done = ctx
        .command(&body, move |tx, actor| commands::replace(tx, actor, id, expected, &days))
        .await?;
    ctx.changed(done, show).await
}

/// Reading a file is done before the transaction, and only for those who may bring one.
async fn require_manager(ctx: &Ctx) -> Result<()> {
    ctx.read(|_, actor| require_everywhere(actor, Action::ManageOrganization)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: HolidayCalendarId) -> Result<Shown<HolidayCalendar>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
