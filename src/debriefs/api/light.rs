//! Light decisions over the API.

use actix_web::{HttpResponse, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{Debrief, answer};
use crate::clock::Instant;
use crate::debriefs::store::light;
use crate::debriefs::{LightOutcome, commands};
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{DebriefId, LightDecisionId, RejectionReasonId, StageId, UserId, kinds};

/// What the decider of a light stage decides.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideLightly {
    /// Whether the application goes on.
    pub outcome: LightOutcome,
    /// Why. Whoever may read the card reads it; nobody else does.
    pub reason: Prose<4000>,
    /// The stage to go on to; the next one, if none is named. Only to advance.
    pub to_stage_id: Option<StageId>,
    /// For which reason the application is rejected; required to decline.
    pub rejection_reason_id: Option<RejectionReasonId>,
}

/// What the decider of a light stage decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct LightDecision {
    pub(crate) id: LightDecisionId,
    pub(crate) outcome: LightOutcome,
    /// Null for readers who may not read the card that it rests on.
    pub(crate) reason: Option<String>,
    pub(crate) decider_id: UserId,
    pub(crate) occurred_at: Instant,
}

impl LightDecision {
    pub(super) fn of(row: light::LightDecision, reads_card: bool) -> Self {
        Self {
            id: row.id,
            outcome: row.outcome,
            reason: Some(row.reason).filter(|_| reads_card),
            decider_id: row.decider_id,
            occurred_at: row.occurred_at,
        }
    }
}

/// Decide lightly
///
/// Advances or declines where a stage is decided by one person on one card, once that card is in: the
/// application moves on, or is rejected, in the same step. It needs a reason and no memo. Others learn where
/// the application stands and nothing else; the reason is for those who may read the card. `If-Match` is
/// required.
#[utoipa::path(
    operation_id = "decideLightly", tag = "debriefs", request_body = DecideLightly,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief with its decision.", body = Debrief)),
)]
#[put("/debriefs/{id}/light-decision")]
pub async fn decide_lightly(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<DecideLightly>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::decide_lightly(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}
