//! What the panel says in a debrief, over the API.

use actix_web::{HttpResponse, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{Debrief, answer};
use crate::debriefs::commands;
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{AttributeId, DebriefId, FindingId, ScorecardId, kinds};
use crate::scorecards::Recommendation;

/// What somebody says in a discussion.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RespondToDebrief {
    /// One answer to every open question that is put to you.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    pub answers: Vec<GivenAnswer>,
    /// Anything else; required where no question is put to you.
    pub comment: Option<Prose<4000>>,
}

/// The answer to an open question.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenAnswer {
    /// A blocking finding that rests on your card.
    pub finding_id: FindingId,
    /// The answer.
    pub answer: Prose<4000>,
}

/// Another recommendation than before.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CastBallot {
    /// What you recommend now. Move where another interview answers your concern, not because you are
    /// alone.
    pub recommendation: Recommendation,
    /// Why.
    pub reason: Prose<4000>,
    /// What changed your mind.
    #[validate(nested)]
    pub because_of: BecauseOf,
}

/// What changed somebody's mind.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BecauseOf {
    /// Another's card in this debrief.
    pub scorecard_id: ScorecardId,
    /// An attribute that it rates.
    pub attribute_id: Option<AttributeId>,
}

/// What somebody says to a decision that they see otherwise.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StateDissent {
    /// What you say. It stays beside the decision, and does not change it.
    pub statement: Prose<4000>,
}

/// Respond to the open questions
///
/// Answers what is put to you, once, before you read what others answered: a response is sealed until
/// yours is in or the time to answer is over. When everybody who is asked has answered, the decider can
/// decide.
#[utoipa::path(
    operation_id = "respondToDebrief", tag = "debriefs", request_body = RespondToDebrief,
    params(("id" = DebriefId, Path, description = "Which debrief.")),
    responses((status = 200, description = "The debrief with the response.", body = Debrief)),
)]
#[post("/debriefs/{id}/responses")]
pub async fn respond_to_debrief(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<RespondToDebrief>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::respond(tx, actor, id, &input).map(|_| id))
        .await?;
    answer(&ctx, id, done).await
}

/// Recommend otherwise
///
/// Casts another ballot, with the reason and with what changed your mind. Both ballots are kept, and
/// both are shown.
#[utoipa::path(
    operation_id = "castBallot", tag = "debriefs", request_body = CastBallot,
    params(("id" = DebriefId, Path, description = "Which debrief.")),
    responses((status = 200, description = "The debrief with the ballot.", body = Debrief)),
)]
#[post("/debriefs/{id}/ballots")]
pub async fn cast_ballot(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<CastBallot>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::ballot(tx, actor, id, &input).map(|_| id))
        .await?;
    answer(&ctx, id, done).await
}

/// Answer a decision
///
/// Says something to a decision from which your newest ballot differs, within a working day of it. It
/// stays beside the decision, and does not change it. Once everybody who dissents has spoken, the decision
/// stands.
#[utoipa::path(
    operation_id = "stateDissent", tag = "debriefs", request_body = StateDissent,
    params(("id" = DebriefId, Path, description = "Which debrief.")),
    responses((status = 200, description = "The debrief with the statement.", body = Debrief)),
)]
#[put("/debriefs/{id}/dissent")]
pub async fn state_dissent(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<StateDissent>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::state(tx, actor, id, &input)).await?;
    answer(&ctx, id, done).await
}
