//! What somebody on a panel says to its time, and who comes in their place, over the API.

use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::interviews::OverrideBooking;
use super::panel::{Panelist, show};
use crate::capabilities::NewLink;
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{PanelistId, UserId, kinds};
use crate::interviews::{SeatResponse, commands};

/// Whether somebody comes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RespondToInterview {
    /// What they say; `needs_action` takes an earlier word back.
    pub response: SeatResponse,
    /// Why, for those who work on the application.
    pub reason: Option<Prose<1000>>,
}

/// Somebody who comes in another one's place.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacePanelist {
    /// Who; an active person.
    pub user_id: UserId,
    /// Why this person, although they have read a card of the application; required then.
    pub reason: Option<Prose<1000>>,
    /// Books them although they are in another interview at that time.
    #[serde(rename = "override")]
    pub overriding: Option<OverrideBooking>,
}

/// Respond to an interview
///
/// Says whether you come to an interview on whose panel you sit; nobody says it for you. Another time
/// asks again. Those who schedule are told at once by mail when you decline; you still owe a scorecard
/// until they replace or remove you.
#[utoipa::path(
    operation_id = "respondToInterview", tag = "interviews", request_body = RespondToInterview,
    params(("id" = PanelistId, Path, description = "Your seat.")),
    responses((status = 200, description = "The seat.", body = Panelist)),
)]
#[put("/panelists/{id}/response")]
pub async fn respond_to_interview(
    ctx: Ctx,
    PathId(id): PathId<kinds::Panelist>,
    body: Body<RespondToInterview>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::respond(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Replace a panelist
///
/// Takes somebody off a panel and puts somebody else into the same slot at once, by the rules of
/// assignment. What the first one owed ends. A seat whose scorecard is in stays.
#[utoipa::path(
    operation_id = "replacePanelist", tag = "interviews", request_body = ReplacePanelist,
    params(("id" = PanelistId, Path, description = "The seat of whoever leaves.")),
    responses((status = 200, description = "The seat of whoever comes.", body = Panelist)),
)]
#[put("/panelists/{id}/replacement")]
pub async fn replace_panelist(
    ctx: Ctx,
    PathId(id): PathId<kinds::Panelist>,
    body: Body<ReplacePanelist>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let link = NewLink::draw(ctx.db(), &ctx.state().derived);
    let done = ctx
        .command(&body, move |tx, actor| commands::replace(tx, actor, id, expected, &input, &link))
        .await?;
    ctx.changed(done, show).await
}
