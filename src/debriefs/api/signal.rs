//! Finding out more before it is decided, over the API.

use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{Debrief, answer};
use crate::debriefs::commands;
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{AttributeId, DebriefId, KitId, kinds};

/// What is to be found out before it is decided.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForSignal {
    /// An attribute that the loop judges.
    pub attribute_id: AttributeId,
    /// Why the cards do not say enough. The new panel does not read it.
    pub reason: Prose<1000>,
    /// A kit of the loop's template that judges the attribute; the first one that somebody holds, if none is
    /// named.
    pub kit_id: Option<KitId>,
}

/// Ask for more signal
///
/// Adds an interview to the loop of a debrief that is before its decider, to find out more about an attribute,
/// once in a round. The debrief waits for its card alone and is then revealed again, with what is found between
/// all cards; what was answered stays. Whoever owes no card goes on reading the others, and the new panel is
/// sealed as every panel. `If-Match` is required.
#[utoipa::path(
    operation_id = "askForSignal", tag = "debriefs", request_body = AskForSignal,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief, waiting for the card.", body = Debrief)),
)]
#[post("/debriefs/{id}/signal-requests")]
pub async fn ask_for_signal(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<AskForSignal>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::ask_for_signal(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}
