//! Panels over the API.

use actix_web::{HttpResponse, delete, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::interviews::OverrideBooking;
use crate::access::Actor;
use crate::capabilities::NewLink;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, NoBody, PathId, Shown};
use crate::ids::{InterviewId, PanelistId, UserId, kinds};
use crate::interviews::assignment::AssignmentRule;
use crate::interviews::model::seat_version;
use crate::interviews::seen::{self, Seats, SeenSeat};
use crate::interviews::{SeatResponse, commands};
use crate::loops::templates::Slot;

/// Somebody on the panel of an interview.
#[derive(Debug, Serialize, ToSchema)]
pub struct Panelist {
    id: PanelistId,
    interview_id: InterviewId,
    user_id: UserId,
    slot: Slot,
    assigned_at: Instant,
    /// When the scorecard is due, if one is owed and the interview has a time: for whoever sits there, and
    /// until it is in for those who drive the debrief or recruit.
    due_at: Option<Instant>,
    /// When the scorecard came in.
    submitted_at: Option<Instant>,
    /// When somebody said that the scorecard is no longer owed.
    waived_at: Option<Instant>,
    /// Whether they say that they come.
    response: SeatResponse,
    responded_at: Option<Instant>,
    /// Why they say so; null while you owe a scorecard for the application.
    response_reason: Option<String>,
    /// Why somebody was assigned, although something spoke against it perhaps; null while you owe a
    /// scorecard for the application.
    assigned_reason: Option<String>,
    /// Which rules were bent to assign them, or are by the time that it has now; null while you owe a scorecard for the application.
    bent_rules: Option<Vec<AssignmentRule>>,
    /// Why the scorecard is no longer owed; null while you owe one for the application.
    waived_reason: Option<String>,
    /// False for somebody who had read others' cards before their own was in; null while you owe a
    /// scorecard for the application.
    independent: Option<bool>,
}

impl From<SeenSeat> for Panelist {
    fn from(row: SeenSeat) -> Self {
        let SeenSeat {
            id,
            interview_id,
            user_id,
            slot,
            assigned_at,
            due_at,
            submitted_at,
            waived_at,
            response,
            responded_at,
            chased: _,
            told,
        } = row;
        let independent = told.as_ref().map(|told| told.independent);
        let bent_rules = told.as_ref().map(|told| {
            told.bent_rules.as_deref().map(AssignmentRule::of_words).unwrap_or_default()
        });
        let (assigned_reason, waived_reason, response_reason) = told
            .map_or((None, None, None), |told| {
                (told.assigned_reason, told.waived_reason, told.response_reason)
            });
        Self {
            id,
            interview_id,
            user_id,
            slot,
            assigned_at,
            due_at,
            submitted_at,
            waived_at,
            response,
            responded_at,
            response_reason,
            assigned_reason,
            bent_rules,
            waived_reason,
            independent,
        }
    }
}

/// Somebody to put on a panel.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignPanelist {
    /// Who; an active person.
    pub user_id: UserId,
    /// As what. Lead, second and bar raiser owe a scorecard from now on.
    pub slot: Slot,
    /// Why this person, although something speaks against them; required then.
    pub reason: Option<Prose<1000>>,
    /// Books them although they are in another interview at that time.
    #[serde(rename = "override")]
    pub overriding: Option<OverrideBooking>,
}

/// Why a scorecard is no longer owed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiveScorecard {
    /// The reason, shown on the debrief.
    pub reason: Prose<1000>,
}

/// Assign a panelist
///
/// Puts somebody on the panel of an interview and tells them by mail. From then on they see of
/// others' cards for the application only that they exist and whether they are in, unless they
/// shadow or observe. A rule that is bent needs a reason, and is kept with the seat; without one the
/// answer names each in `errors`: that the seat is for others (`not_named`, `not_in_pool`), training
/// (`not_qualified`, `nobody_qualified_beside`, `paused`), limits (`day_limit`, `week_limit`), a
/// conflict of interest (`referrer`, `reporting_line`), and the person's time (`outside_hours`, `holiday`,
/// `away`, `busy`). Somebody who has read a card of the application needs one too (`required`), and is marked
/// as not independent. Somebody who would owe a scorecard and is in another interview at that time is
/// refused (409 `already_booked`), unless `override` says why.
#[utoipa::path(
    operation_id = "assignPanelist", tag = "interviews", request_body = AssignPanelist,
    params(
        ("id" = InterviewId, Path, description = "Which interview."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 201, description = "The seat.", body = Panelist)),
)]
#[post("/interviews/{id}/panel")]
pub async fn assign_panelist(
    ctx: Ctx,
    PathId(id): PathId<kinds::Interview>,
    body: Body<AssignPanelist>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let link = NewLink::draw(ctx.db(), &ctx.state().derived);
    let done = ctx
        .command(&body, move |tx, actor| commands::assign(tx, actor, id, expected, &input, &link))
        .await?;
    ctx.created(done, "panelists", show).await
}

/// Get a panelist
///
/// One seat on the panel of an interview.
#[utoipa::path(
    operation_id = "getPanelist", tag = "interviews",
    params(("id" = PanelistId, Path, description = "Which seat.")),
    responses((status = 200, description = "The seat.", body = Panelist)),
)]
#[get("/panelists/{id}")]
pub async fn get_panelist(ctx: Ctx, PathId(id): PathId<kinds::Panelist>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Remove a panelist
///
/// Takes somebody off a panel; what they owed ends, and a draft stays theirs, never seen by others.
/// A seat whose scorecard is in stays. An interview that is left without anybody who judges holds
/// up the debrief until somebody is assigned or it is cancelled.
#[utoipa::path(
    operation_id = "removePanelist", tag = "interviews",
    params(("id" = PanelistId, Path, description = "Which seat.")),
    responses((status = 204, description = "The seat is gone.")),
)]
#[delete("/panelists/{id}")]
pub async fn remove_panelist(
    ctx: Ctx,
    PathId(id): PathId<kinds::Panelist>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::remove(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

/// Waive a scorecard
///
/// Says that somebody no longer owes a scorecard for an interview, so that the debrief does not
/// wait for it. It may come all the same.
#[utoipa::path(
    operation_id = "waiveScorecard", tag = "interviews", request_body = WaiveScorecard,
    params(("id" = PanelistId, Path, description = "Which seat.")),
    responses((status = 200, description = "The seat, which owes nothing any more.", body = Panelist)),
)]
#[put("/panelists/{id}/waiver")]
pub async fn waive_scorecard(
    ctx: Ctx,
    PathId(id): PathId<kinds::Panelist>,
    body: Body<WaiveScorecard>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::waive(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

pub(crate) fn show(conn: &mut Conn, actor: &Actor, id: PanelistId) -> Result<Shown<Panelist>> {
    let row = seen::seats(conn, actor, Seats::One(id))?.pop().ok_or_else(Error::not_found)?;
    let version = seat_version(row.submitted_at.is_some(), row.waived_at.is_some());
    Ok(Shown { version, value: row.into() })
}
