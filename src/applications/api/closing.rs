//! Ending an application over the API, and taking our own no back.

use actix_web::{HttpResponse, post, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::view::{self, ApplicationDetail};
use crate::applications::commands;
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{ApplicationId, RejectionReasonId, kinds};
use crate::messages::RejectionMessage;

/// Our no.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectApplication {
    /// Why: one of the organization's reasons.
    pub(crate) reason_id: RejectionReasonId,
    /// What is worth remembering; never shown to panelists who owe an evaluation.
    pub(crate) note: Option<Prose<4000>>,
    /// What the candidate is written; nothing where it is absent. It is scheduled with the rejection or, if that is
    /// refused, not at all.
    #[validate(nested)]
    pub(crate) message: Option<RejectionMessage>,
}

/// The candidate's no.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawApplication {
    /// What the candidate said.
    pub(crate) note: Option<Prose<4000>>,
}

/// Taking our no back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenApplication {
    /// What changed.
    pub(crate) reason: Prose<4000>,
}

/// Reject an application
///
/// Says no to an active application, for one of the organization's reasons.
#[utoipa::path(
    operation_id = "rejectApplication", tag = "applications", request_body = RejectApplication,
    params(("id" = ApplicationId, Path, description = "Which application.")),
    responses((status = 200, description = "The application, rejected.", body = ApplicationDetail)),
)]
#[put("/applications/{id}/rejection")]
pub async fn reject_application(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<RejectApplication>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::reject(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, view::show).await
}

/// Withdraw an application
///
/// Keeps that the candidate withdrew an active application. It does not come back; the candidate
/// may apply again.
#[utoipa::path(
    operation_id = "withdrawApplication", tag = "applications", request_body = WithdrawApplication,
    params(("id" = ApplicationId, Path, description = "Which application.")),
    responses((status = 200, description = "The application, withdrawn.", body = ApplicationDetail)),
)]
#[put("/applications/{id}/withdrawal")]
pub async fn withdraw_application(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<WithdrawApplication>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::withdraw(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, view::show).await
}

/// Reopen an application
///
/// Takes our no back, for a reason: the application is active again, in the stage where it ended.
/// The rejection is kept as ended. Withdrawn and hired applications do not come back.
#[utoipa::path(
    operation_id = "reopenApplication", tag = "applications", request_body = ReopenApplication,
    params(
        ("id" = ApplicationId, Path, description = "Which application."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 201, description = "The application, active again.", body = ApplicationDetail)),
)]
#[post("/applications/{id}/reopenings")]
pub async fn reopen_application(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<ReopenApplication>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::reopen(tx, actor, id, expected, &input))
        .await?;
    ctx.created(done, "applications", view::show).await
}
