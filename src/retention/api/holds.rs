//! Holding candidates back from being anonymized, over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::access::{Action, Actor, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Prose;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{CandidateId, RetentionHoldId, UserId, kinds};
use crate::retention::{commands, store};

/// A reason to keep a candidate whatever the rules say.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionHold {
    id: RetentionHoldId,
    candidate_id: CandidateId,
    /// Why; null once the candidate was anonymized.
    #[schema(example = "They took us to court over the rejection.")]
    reason: Option<String>,
    /// Until when it stands, unless it is released before; null for no such day.
    ends_at: Option<Instant>,
    created_by: UserId,
    released_at: Option<Instant>,
    released_by: Option<UserId>,
    /// Why it was released.
    released_reason: Option<String>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Hold> for RetentionHold {
    fn from(row: store::Hold) -> Self {
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            reason: row.reason,
            ends_at: row.ends_at,
            created_by: row.created_by.typed(),
            released_at: row.released_at,
            released_by: row.released_by.map(crate::ids::AnyId::typed),
            released_reason: row.released_reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Why somebody is to be kept.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceRetentionHold {
    pub(in crate::retention) reason: Prose<2000>,
    /// Until when; without end where it is absent.
    pub(in crate::retention) ends_at: Option<Instant>,
}

/// Why somebody need not be kept any more.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRetentionHold {
    pub(in crate::retention) reason: Prose<2000>,
}

/// Which holds.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetentionHoldFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(RetentionHoldFilter);

/// Hold a candidate
///
/// Keeps a candidate whatever the rules say, and whoever asks, until the hold is released or its day
/// comes: a claim that is not settled, a law that says so.
#[utoipa::path(
    operation_id = "placeRetentionHold", tag = "retention", request_body = PlaceRetentionHold,
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 201, description = "The hold.", body = RetentionHold)),
)]
#[post("/candidates/{id}/retention-holds")]
pub async fn place_retention_hold(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    body: Body<PlaceRetentionHold>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::hold(tx, actor, id, &input)).await?;
    ctx.created(done, "retention-holds", show).await
}

/// List the holds of a candidate
///
/// Every hold, newest first, also those that are over.
#[utoipa::path(
    operation_id = "listRetentionHolds", tag = "retention",
    params(
        ("id" = CandidateId, Path, description = "Of which candidate."), RetentionHoldFilter,
    ),
    responses((status = 200, description = "One page of holds.", body = PageOf<RetentionHold>)),
)]
#[get("/candidates/{id}/retention-holds")]
pub async fn list_retention_holds(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    Params(filter): Params<RetentionHoldFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        let scope = candidate_scope(conn, actor, id)?;
        holdings(conn, actor, &scope)?.require(Action::ManageRetention)?;
        let rows = store::list_holds(conn, id, page)?;
        Ok(Page::new(
            rows.into_iter()
                .map(|row| (row.id.any(), row.into()))
                .collect::<Vec<(_, RetentionHold)>>(),
        ))
    })
    .await
}

/// Get a hold
///
/// One hold.
#[utoipa::path(
    operation_id = "getRetentionHold", tag = "retention",
    params(("id" = RetentionHoldId, Path, description = "Which hold.")),
    responses((status = 200, description = "The hold.", body = RetentionHold)),
)]
#[get("/retention-holds/{id}")]
pub async fn get_retention_hold(
    ctx: Ctx,
    PathId(id): PathId<kinds::RetentionHold>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Release a hold
///
/// Lets the rules count again, with a reason.
#[utoipa::path(
    operation_id = "releaseRetentionHold", tag = "retention", request_body = ReleaseRetentionHold,
    params(
        ("id" = RetentionHoldId, Path, description = "Which hold."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, description = "The hold as it is now.", body = RetentionHold)),
)]
#[put("/retention-holds/{id}/release")]
pub async fn release_retention_hold(
    ctx: Ctx,
    PathId(id): PathId<kinds::RetentionHold>,
    body: Body<ReleaseRetentionHold>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::release(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: RetentionHoldId) -> Result<Shown<RetentionHold>> {
    let row = store::find_hold(conn, id)?.ok_or_else(Error::not_found)?;
    let scope = candidate_scope(conn, actor, row.candidate_id)?;
    holdings(conn, actor, &scope)?.require(Action::ManageRetention)?;
    Ok(Shown { version: row.version, value: row.into() })
}
