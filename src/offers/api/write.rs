//! What is written about offers.

use actix_web::{HttpResponse, post, put};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{Offer, OfferVersion, show, show_version};
use crate::clock::Instant;
use crate::error::Result;
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, NoBody, PathId};
use crate::ids::{ApplicationId, OfferId, OpeningId, kinds};
use crate::offers::commands;
use crate::offers::terms::OfferTerms;

/// An offer to draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOffer {
    /// An open opening of the job; without one, the first open one is reserved at submission.
    pub(in crate::offers) opening_id: Option<OpeningId>,
    #[validate(nested)]
    pub(in crate::offers) terms: OfferTerms,
}

/// New terms for an offer.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOfferVersion {
    /// Another open opening of the job; absent keeps the one that the offer has.
    pub(in crate::offers) opening_id: Option<OpeningId>,
    #[validate(nested)]
    pub(in crate::offers) terms: OfferTerms,
}

/// How an offer is extended.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendOffer {
    /// Until when the candidate may accept; later than now.
    pub(in crate::offers) expires_at: Instant,
}

/// That the candidate accepted.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptOffer {
    /// How the candidate said so.
    pub(in crate::offers) note: Option<Prose<2000>>,
}

/// That the candidate declined.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineOffer {
    /// What the candidate said.
    pub(in crate::offers) reason: Prose<2000>,
}

/// Draft an offer
///
/// Drafts an offer for an active application with a decision to hire, with the first version of its
/// terms. The level is the decision's. The job's pay band is kept as it stands now. An application
/// has at most one live offer.
#[utoipa::path(
    operation_id = "createOffer", tag = "offers", request_body = CreateOffer,
    params(("id" = ApplicationId, Path, description = "For which application.")),
    responses((status = 201, description = "The offer.", body = Offer)),
)]
#[post("/applications/{id}/offers")]
pub async fn create_offer(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<CreateOffer>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input)).await?;
    ctx.created(done, "offers", show).await
}

/// Give an offer new terms
///
/// Adds a version, which never changes. The offer is a draft again, and an approval run of the
/// version before is superseded: no vote carries over. Not possible once the offer is extended.
/// Needs `If-Match` with the `ETag` of the offer.
#[utoipa::path(
    operation_id = "createOfferVersion", tag = "offers", request_body = CreateOfferVersion,
    params(
        ("id" = OfferId, Path, description = "Which offer."),
        ("If-Match" = String, Header),
    ),
    responses((status = 201, description = "The offer version.", body = OfferVersion)),
)]
#[post("/offers/{id}/versions")]
pub async fn create_offer_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::Offer>,
    body: Body<CreateOfferVersion>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::revise(tx, actor, id, expected, &input))
        .await?;
    ctx.created(done, "offer-versions", show_version).await
}

/// Submit an offer to its approvers
///
/// Reserves an opening and starts the run of the current version through the job's approval chain;
/// the members of the first step are asked by mail. Refused with 422 `separation_of_duties` when the
/// caller stands on a step. Needs `If-Match`.
#[utoipa::path(
    operation_id = "submitOffer", tag = "offers",
    params(
        ("id" = OfferId, Path, description = "Which offer."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The offer with its approval run.", body = Offer)),
)]
#[put("/offers/{id}/submission")]
pub async fn submit_offer(
    ctx: Ctx,
    PathId(id): PathId<kinds::Offer>,
    body: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.require_if_match()?;
    let done =
        ctx.command(&body, move |tx, actor| commands::submit(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Extend an offer to the candidate
///
/// Extends the current terms. Only an approved offer is extended, and only when every step of a run
/// bound to exactly the hash of these terms approved. Needs `If-Match`.
#[utoipa::path(
    operation_id = "extendOffer", tag = "offers", request_body = ExtendOffer,
    params(
        ("id" = OfferId, Path, description = "Which offer."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The extended offer.", body = Offer)),
)]
#[put("/offers/{id}/extension")]
pub async fn extend_offer(
    ctx: Ctx,
    PathId(id): PathId<kinds::Offer>,
    body: Body<ExtendOffer>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::extend(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Accept an offer
///
/// Records that the candidate accepted, before the offer expired. The application is hired and the
/// opening filled in the same transaction. Needs `If-Match`.
#[utoipa::path(
    operation_id = "acceptOffer", tag = "offers", request_body = AcceptOffer,
    params(
        ("id" = OfferId, Path, description = "Which offer."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The accepted offer.", body = Offer)),
)]
#[put("/offers/{id}/acceptance")]
pub async fn accept_offer(
    ctx: Ctx,
    PathId(id): PathId<kinds::Offer>,
    body: Body<AcceptOffer>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::accept(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Decline an offer
///
/// Records that the candidate declined, expired or not. The opening is given free; the application
/// stays active, so that it may get another offer or be ended with a reason. Needs `If-Match`.
#[utoipa::path(
    operation_id = "declineOffer", tag = "offers", request_body = DeclineOffer,
    params(
        ("id" = OfferId, Path, description = "Which offer."),
        ("If-Match" = String, Header),
    ),
    responses((status = 200, description = "The declined offer.", body = Offer)),
)]
#[put("/offers/{id}/decline")]
pub async fn decline_offer(
    ctx: Ctx,
    PathId(id): PathId<kinds::Offer>,
    body: Body<DeclineOffer>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.require_if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::decline(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}
