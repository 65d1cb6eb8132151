//! Who has to agree to a decision, and what they say to it, over the API.

use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{BecauseOf, Debrief, answer};
use crate::debriefs::{Outcome, commands};
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{DebriefId, LevelId, UserId, kinds};

/// Those without whose agreement a debrief is not decided.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameAgreers {
    /// Two at most, and not the decider; nobody for none.
    #[validate(length(max = 2))]
    #[schema(max_items = 2)]
    pub user_ids: Vec<UserId>,
}

/// What the decider means to decide.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeDecision {
    /// What would be decided.
    pub outcome: Outcome,
    /// The level to hire at; required to hire.
    pub level_id: Option<LevelId>,
    /// Why, for those who have to agree.
    pub reason: Prose<4000>,
}

/// What somebody who has to agree says to a proposal.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreeToProposal {
    /// Whether they agree.
    pub agrees: bool,
    /// Why; required to refuse.
    pub reason: Option<Prose<4000>>,
    /// The card that speaks against it, and perhaps the attribute in it; required to refuse.
    #[validate(nested)]
    pub because_of: Option<BecauseOf>,
}

/// Name those who have to agree
///
/// Names one or two people without whose agreement it is not decided, or nobody, until it is decided. They
/// can hold a decision up, and never decide. Whoever is new among them is asked about what is proposed.
/// `If-Match` is required.
#[utoipa::path(
    operation_id = "nameAgreers", tag = "debriefs", request_body = NameAgreers,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief with those who have to agree.", body = Debrief)),
)]
#[put("/debriefs/{id}/agree-required")]
pub async fn name_agreers(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<NameAgreers>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::name_agreers(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Propose a decision
///
/// Puts to those who have to agree what the named decider means to decide. Another proposal takes the place of
/// the one before, with everything that was answered to it. `If-Match` is required.
#[utoipa::path(
    operation_id = "proposeDecision", tag = "debriefs", request_body = ProposeDecision,
    params(
        ("id" = DebriefId, Path, description = "Which debrief."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The debrief with the proposal.", body = Debrief)),
)]
#[put("/debriefs/{id}/proposal")]
pub async fn propose_decision(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<ProposeDecision>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::propose(tx, actor, id, expected, &input))
        .await?;
    answer(&ctx, id, done).await
}

/// Agree to what is proposed
///
/// Agrees to what the decider proposes, or refuses for a reason and because of a card, once. Whoever has to
/// agree does. A refusal leads back to the panel, which answers it; the third one in a debrief does not: from
/// then on the decision waits for no agreement, and the refusals stand beside it.
#[utoipa::path(
    operation_id = "agreeToProposal", tag = "debriefs", request_body = AgreeToProposal,
    params(("id" = DebriefId, Path, description = "Which debrief.")),
    responses((status = 200, description = "The debrief with the answer.", body = Debrief)),
)]
#[put("/debriefs/{id}/agreement")]
pub async fn agree_to_proposal(
    ctx: Ctx,
    PathId(id): PathId<kinds::Debrief>,
    body: Body<AgreeToProposal>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx
        .command(&body, move |tx, actor| commands::agree(tx, actor, id, &input).map(|_| id))
        .await?;
    answer(&ctx, id, done).await
}
