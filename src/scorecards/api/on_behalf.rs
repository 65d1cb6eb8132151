//! Handing in for somebody else, over the API.

use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{RateAttribute, UpdateScorecard};
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, PathId};
use crate::ids::{LevelId, PanelistId, kinds};
use crate::interviews::api::panel::{Panelist, show};
use crate::scorecards::{Recommendation, commands};

/// A judgement that somebody on a panel told.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitForPanelist {
    /// Why they do not hand it in themselves, and how they told it; stands on the card.
    pub reason: Prose<1000>,
    /// Their overall recommendation.
    pub recommendation: Option<Recommendation>,
    /// Why; "no decision" needs it.
    pub recommendation_reason: Option<Prose<4000>>,
    /// The level at which they see the candidate.
    pub level_signal_id: Option<LevelId>,
    /// What a reader should know first.
    pub summary: Option<Prose<10000>>,
    /// A level, or `null` for no signal, for every attribute of the kit.
    #[serde(default)]
    #[validate(length(max = 50), nested)]
    #[schema(max_items = 50)]
    pub ratings: Vec<RateAttribute>,
}

impl From<&SubmitForPanelist> for UpdateScorecard {
    fn from(input: &SubmitForPanelist) -> Self {
        Self {
            recommendation: Some(input.recommendation),
            recommendation_reason: Some(input.recommendation_reason.clone()),
            level_signal_id: Some(input.level_signal_id),
            summary: Some(input.summary.clone()),
            private_notes: None,
            ratings: None,
        }
    }
}

/// Hand in a scorecard for somebody
///
/// For recruiters and coordinators, when somebody on a panel told them their judgement by phone or on
/// paper. The card is theirs and counts like any other; it names both of you, they are told by mail at
/// once, and may correct it. Somebody who owes a scorecard for the application hands in for nobody, and
/// nobody for themselves. A draft on which its author has typed anything stays as it is, unread: 409
/// `draft_not_empty`. You have read the card from then on. `If-Match` is required, with the tag of the
/// seat.
#[utoipa::path(
    operation_id = "submitForPanelist", tag = "scorecards", request_body = SubmitForPanelist,
    params(
        ("id" = PanelistId, Path, description = "Whose seat."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The seat, whose scorecard is in.", body = Panelist)),
)]
#[put("/panelists/{id}/submission")]
pub async fn submit_for_panelist(
    ctx: Ctx,
    PathId(id): PathId<kinds::Panelist>,
    body: Body<SubmitForPanelist>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::submit_for(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}
