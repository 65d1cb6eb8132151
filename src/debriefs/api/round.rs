//! Another round of a debrief, over the API.

use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{Debrief, load, note};
use crate::clock::Instant;
use crate::debriefs::store::round::Round;
use crate::debriefs::{Evidence, commands};
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{DebriefId, UserId, kinds};

/// What became known after a decision.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginRound {
    /// What it is.
    pub evidence: Evidence,
    /// What it says, and why it is decided again; whoever reads the cards reads it.
    pub reason: Prose<4000>,
    /// Who decides, if it is somebody else than before.
    pub decider_id: Option<UserId>,
    /// Who drives it, if it is somebody else than before.
    pub driver_id: Option<UserId>,
}

/// How another round began.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefOrigin {
    /// The round before.
    pub(crate) previous_id: DebriefId,
    pub(crate) evidence: Evidence,
    /// Null for readers who may not read cards.
    pub(crate) reason: Option<String>,
    /// Who began it.
    pub(crate) user_id: UserId,
    pub(crate) occurred_at: Instant,
}

impl DebriefOrigin {
    pub(super) fn of(row: Round, reads_cards: bool) -> Self {
        Self {
            previous_id: row.previous_id,
            evidence: row.evidence,
            reason: Some(row.reason).filter(|_| reads_cards),
            user_id: row.user_id,
            occurred_at: row.occurred_at,
        }
    }
}

/// Begin another round
///
/// Begins another round of a debrief whose decision stands, because of what became known since: a debrief of its
/// own, with the cards of the loop, which takes interviews again. The round before stays as it is. Its decision
/// carries no offer that is submitted from now on; one that was submitted before goes on until somebody takes it
/// back. `If-Match` is required.
#[utoipa::path(
    operation_id = "beginRound", tag = "debriefs", request_body = BeginRound,
    params(
        ("id" = DebriefId, Path, description = "The round whose decision stands."),
        ("If-Match" = String, Header),
    ),
    responses((status = 201, description = "The round that began.", body = Debrief)),
)]
#[post("/debriefs/{id}/rounds")]
pub async fn begin_round(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<BeginRound>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::begin_round(tx, actor, id, expected, &input))
        .await?;
    let next = done.id;
    let loaded = ctx.read(move |conn, actor| load(conn, actor, next)).await?;
    note(&ctx, loaded.unnoted).await?;
    ctx.created(done, "debriefs", |conn, actor, id| Ok(load(conn, actor, id)?.shown)).await
}
