//! What driver and decider do when a debrief does not go on by itself, over the API.

use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{Debrief, answer};
use crate::clock::Instant;
use crate::debriefs::{Telling, commands};
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{DebriefId, kinds};

/// More time for the cards that are missing.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendDebrief {
    /// Until when to wait: ahead, by thirty days at most.
    #[schema(example = "2026-12-01T17:00:00Z")]
    pub until: Instant,
}

/// Going on without the cards that are missing.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForceReveal {
    /// Why it cannot wait; whoever may read the debrief and owes nothing reads it.
    pub reason: Prose<1000>,
}

/// A debrief that becomes a meeting.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallMeeting {
    /// Why writing does not do.
    pub reason: Prose<1000>,
}

/// What came of a meeting.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldMeeting {
    /// What was said, for whoever decides and for whoever reads the decision later.
    pub notes: Prose<20000>,
}

/// A candidate who knows what was decided.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InformCandidate {
    /// How they were told.
    pub how: Telling,
    /// When, if it was not now: since the decision stands.
    #[schema(example = "2026-12-01T17:00:00Z")]
    pub informed_at: Option<Instant>,
}

/// Wait longer for cards
///
/// Gives those who owe a card until then, in a debrief that gathers or stands still. Whoever owes one
/// themselves hands it in first. `If-Match` is required.
#[utoipa::path(
    operation_id = "extendDebrief", tag = "debriefs", request_body = ExtendDebrief,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief, waiting.", body = Debrief)),
)]
#[put("/debriefs/{id}/extension")]
pub async fn extend_debrief(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<ExtendDebrief>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::extend(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Go on without missing cards
///
/// Reveals a debrief that stands still with the cards that are in. Only its decider does. Cards that are
/// missing stay owed, and what was revealed stays sealed from those who owe them. `If-Match` is required.
#[utoipa::path(
    operation_id = "forceReveal", tag = "debriefs", request_body = ForceReveal,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief, revealed.", body = Debrief)),
)]
#[put("/debriefs/{id}/forced-reveal")]
pub async fn force_reveal(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<ForceReveal>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::force(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Hold it as a meeting
///
/// Turns a debrief into a meeting, in whatever phase before the decision it is. Nobody is waited for in
/// writing any more; once the cards are revealed, the notes of the meeting bring it before its decider.
/// Cards stay owed and sealed as before. `If-Match` is required.
#[utoipa::path(
    operation_id = "callMeeting", tag = "debriefs", request_body = CallMeeting,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief, to be held as a meeting.", body = Debrief)),
)]
#[put("/debriefs/{id}/meeting")]
pub async fn call_meeting(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<CallMeeting>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::call_meeting(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Keep the notes of the meeting
///
/// Takes down what came of the meeting, after which the decider can decide. `If-Match` is required.
#[utoipa::path(
    operation_id = "holdMeeting", tag = "debriefs", request_body = HoldMeeting,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief with the notes.", body = Debrief)),
)]
#[put("/debriefs/{id}/meeting-notes")]
pub async fn hold_meeting(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<HoldMeeting>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::hold_meeting(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Say that the candidate knows
///
/// Keeps how and when the candidate was told what was decided, which closes the debrief. It tells the
/// candidate nothing by itself. `If-Match` is required.
#[utoipa::path(
    operation_id = "informCandidate", tag = "debriefs", request_body = InformCandidate,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief, closed.", body = Debrief)),
)]
#[put("/debriefs/{id}/candidate-informed")]
pub async fn inform_candidate(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<InformCandidate>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::inform(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}
