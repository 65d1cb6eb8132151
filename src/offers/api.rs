//! Offers over the API: what is read. What is written is in `api/write.rs`.

mod write;

pub use write::{
    AcceptOffer, CreateOffer, CreateOfferVersion, DeclineOffer, ExtendOffer, accept_offer,
    create_offer, create_offer_version, decline_offer, extend_offer, submit_offer,
};

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::band::OfferBand;
use super::store::{self, Wanted};
use super::terms::{OfferTerms, TermsChange};
use super::{OfferState, commands};
use crate::access::Scope;
use crate::access::{Action, Actor, permit, standing, visible_offers};
use crate::approvals::TermsHash;
use crate::approvals::api::ApprovalRun;
use crate::approvals::store as runs;
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs::Outcome;
use crate::debriefs::store::Decision;
use crate::error::{Error, Result};
use crate::http::{Ctx, Page, PageOf, PageRequest, Params, PathId, Shown};
use crate::ids::{
    ApplicationId, CandidateId, DecisionId, JobId, LevelId, OfferId, OfferVersionId, OpeningId,
    UserId, kinds,
};

/// An offer, with what approvers need to vote on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offer {
    id: OfferId,
    application_id: ApplicationId,
    candidate_id: CandidateId,
    job_id: JobId,
    /// The opening that it reserves from its first submission on, or is meant for before that.
    opening_id: Option<OpeningId>,
    state: OfferState,
    /// The decision to hire that it rests on; null for a caller who still owes an evaluation of the
    /// candidate.
    decision: Option<OfferDecision>,
    current_version: OfferVersion,
    /// The approval run of the current version, once it was submitted.
    approval_run: Option<ApprovalRun>,
    extended_at: Option<Instant>,
    /// Until when the candidate may accept.
    expires_at: Option<Instant>,
    /// When it was accepted, declined or taken back.
    resolved_at: Option<Instant>,
    decline_reason: Option<String>,
    acceptance_note: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

/// The decision to hire that an offer rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferDecision {
    id: DecisionId,
    outcome: Outcome,
    level_id: Option<LevelId>,
    /// The summary of the decision's memo.
    summary: Option<String>,
    decider_id: UserId,
    /// When it was decided.
    occurred_at: Instant,
}

/// A version of an offer's terms. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferVersion {
    id: OfferVersionId,
    offer_id: OfferId,
    /// The first one is 1.
    #[schema(minimum = 1)]
    number: i32,
    /// Null once the candidate was anonymized.
    terms: Option<OfferTerms>,
    /// What approvals bind to: SHA-256 over the canonical JSON (RFC 8785) of `terms` as shown here.
    terms_hash: TermsHash,
    /// The job's pay band as it stood when the version was made.
    band: Option<OfferBand>,
    /// The version before this one.
    previous_version_id: Option<OfferVersionId>,
    /// What changed since the version before.
    changes: Vec<TermsChange>,
    created_by: Option<UserId>,
    created_at: Instant,
}

/// An offer in a list: without pay, which stands on the offer itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferSummary {
    id: OfferId,
    application_id: ApplicationId,
    opening_id: Option<OpeningId>,
    state: OfferState,
    current_version: Option<OfferVersionRef>,
    extended_at: Option<Instant>,
    /// Until when the candidate may accept.
    expires_at: Option<Instant>,
    /// When it was accepted, declined or taken back.
    resolved_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// Which version.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferVersionRef {
    id: OfferVersionId,
    /// The first one is 1.
    #[schema(minimum = 1)]
    number: i32,
    terms_hash: TermsHash,
}

impl OfferVersion {
    fn of(row: store::OfferVersion, previous: Option<store::OfferVersion>) -> Result<Self> {
        let terms: Option<OfferTerms> = row.terms.read_kept()?;
        let before: Option<OfferTerms> =
            previous.as_ref().map(|row| row.terms.read_kept()).transpose()?.flatten();
        let both = terms.as_ref().zip(before.as_ref());
        let changes = both.map(|(terms, before)| terms.changes_since(before)).unwrap_or_default();
        Ok(Self {
            id: row.id,
            offer_id: row.offer_id,
            number: row.number,
            terms,
            terms_hash: row.terms_hash,
            band: row.band.map(|band| band.read()).transpose()?,
            previous_version_id: previous.map(|previous| previous.id),
            changes,
            created_by: row.created_by,
            created_at: row.created_at,
        })
    }
}

impl From<Decision> for OfferDecision {
    fn from(row: Decision) -> Self {
        let Decision { id, outcome, level_id, decider_id, occurred_at, .. } = row;
        let summary = row.memo.0.get("summary").and_then(|text| text.as_str()).map(str::to_owned);
        Self { id, outcome, level_id, summary, decider_id, occurred_at }
    }
}

/// Which offers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfferFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Offers for this application.
    application_id: Option<ApplicationId>,
    /// Offers in this state.
    state: Option<OfferState>,
}

crate::paged!(OfferFilter);

/// List offers
///
/// The offers that the caller may read, newest first, without pay.
#[utoipa::path(
    operation_id = "listOffers", tag = "offers", params(OfferFilter),
    responses((status = 200, description = "One page of offers.", body = PageOf<OfferSummary>)),
)]
#[get("/offers")]
pub async fn list_offers(ctx: Ctx, Params(filter): Params<OfferFilter>) -> Result<HttpResponse> {
    let wanted = Wanted { application_id: filter.application_id, state: filter.state };
    ctx.list(&filter, move |conn, actor, page| list(conn, actor, &wanted, page)).await
}

/// Get an offer
///
/// One offer: the current terms, what changed in them, their place in the pay band, the decision to
/// hire with the summary of its memo, and the approval steps with every vote.
#[utoipa::path(
    operation_id = "getOffer", tag = "offers",
    params(("id" = OfferId, Path, description = "Which offer.")),
    responses((status = 200, description = "The offer.", body = Offer)),
)]
#[get("/offers/{id}")]
pub async fn get_offer(ctx: Ctx, PathId(id): PathId<kinds::Offer>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Get an offer version
///
/// One version of an offer's terms. It never changes.
#[utoipa::path(
    operation_id = "getOfferVersion", tag = "offers",
    params(("id" = OfferVersionId, Path, description = "Which offer version.")),
    responses((status = 200, description = "The offer version.", body = OfferVersion)),
)]
#[get("/offer-versions/{id}")]
pub async fn get_offer_version(
    ctx: Ctx,
    PathId(id): PathId<kinds::OfferVersion>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show_version(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: OfferId) -> Result<Shown<Offer>> {
    let (row, pursuit, decision) = store::find_decided(conn, id)?.ok_or_else(Error::not_found)?;
    let standing = standing(conn, actor, pursuit.application_id)?;
    let scope = Scope::on_job(id, pursuit.job_id).standing(standing);
    permit(conn, actor, Action::ReadOffer, &scope)?;
    let (current, previous) = store::newest_versions(conn, id)?.ok_or_else(Error::not_found)?;
    let run = runs::whole_of_version(conn, current.id)?;
    let value = Offer {
        id,
        application_id: row.application_id,
        candidate_id: pursuit.candidate_id,
        job_id: pursuit.job_id,
        opening_id: row.opening_id,
        state: row.state,
        decision: (!standing.owes).then(|| decision.into()),
        current_version: OfferVersion::of(current, previous)?,
        approval_run: run.map(ApprovalRun::from),
        extended_at: row.extended_at,
        expires_at: row.expires_at,
        resolved_at: row.resolved_at,
        decline_reason: row.decline_reason,
        acceptance_note: row.acceptance_note,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(Shown { version: row.version, value })
}

fn show_version(conn: &mut Conn, actor: &Actor, id: OfferVersionId) -> Result<Shown<OfferVersion>> {
    let (row, offer, pursuit) = store::of_version(conn, id)?.ok_or_else(Error::not_found)?;
    let scope = commands::scope(conn, actor, offer.id, pursuit)?;
    permit(conn, actor, Action::ReadOffer, &scope)?;
    let previous = store::version_numbered(conn, row.offer_id, row.number - 1)?;
    Ok(Shown { version: 1, value: OfferVersion::of(row, previous)? })
}

fn list(
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted,
    page: &PageRequest,
) -> Result<Page<OfferSummary>> {
    let rows = store::list(conn, visible_offers(actor), wanted, page)?;
    let summary = |(row, current): (store::Offer, Option<_>)| {
        let current_version =
            current.map(|(id, number, terms_hash)| OfferVersionRef { id, number, terms_hash });
        let summary = OfferSummary {
            id: row.id,
            application_id: row.application_id,
            opening_id: row.opening_id,
            state: row.state,
            current_version,
            extended_at: row.extended_at,
            expires_at: row.expires_at,
            resolved_at: row.resolved_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        (row.id.any(), summary)
    };
    Ok(Page::new(rows.into_iter().map(summary).collect()))
}
