//! What the nights found, over the API.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Reach, require_everywhere};
use crate::clock::Instant;
use crate::error::Result;
use crate::http::{Ctx, Page, PageOf, Params};
use crate::ids::{CandidateId, RetentionHoldId, RetentionRunId};
use crate::retention::{RetentionMode, RetentionOutcome, store};

/// Until when a candidate is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionCandidate {
    candidate_id: CandidateId,
    /// After which outcome, the latest of theirs.
    outcome: RetentionOutcome,
    /// When that was.
    closed_at: Instant,
    /// Until when they are kept by the rules.
    retain_until: Instant,
    /// The holds that keep them whatever the rules say.
    hold_ids: Vec<RetentionHoldId>,
    /// Since when that is so.
    computed_at: Instant,
}

/// Which candidates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetentionCandidateFilter {
    /// Only those who are kept until before this.
    due_before: Option<Instant>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(RetentionCandidateFilter);

/// List who is kept until when
///
/// Every candidate in reach whom the rules do not keep without end, as the last night found it, newest
/// candidate first: who would be anonymized, after what and when, and who is held. No names.
#[utoipa::path(
    operation_id = "listRetentionCandidates", tag = "retention", params(RetentionCandidateFilter),
    responses((
        status = 200, description = "One page of candidates.", body = PageOf<RetentionCandidate>,
    )),
)]
#[get("/retention-candidates")]
pub async fn list_retention_candidates(
    ctx: Ctx,
    Params(filter): Params<RetentionCandidateFilter>,
) -> Result<HttpResponse> {
    let (before, now) = (filter.due_before, ctx.now());
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ManageRetention)?;
        let reach = Reach::of(actor, Action::ManageRetention);
        let rows = store::list_dues(conn, reach, before, page)?;
        let ids: Vec<CandidateId> = rows.iter().map(|row| row.id).collect();
        let holds = store::standing(conn, &ids, now)?;
        let wire = |row: store::DueRow| {
            let mine = holds.iter().filter(|(candidate, _)| *candidate == row.id);
            let shown = RetentionCandidate {
                candidate_id: row.id,
                outcome: row.outcome,
                closed_at: row.closed_at,
                retain_until: row.retain_until,
                hold_ids: mine.map(|(_, hold)| *hold).collect(),
                computed_at: row.computed_at,
            };
            (row.id.any(), shown)
        };
        Ok(Page::new(rows.into_iter().map(wire).collect()))
    })
    .await
}

/// A night's look at all candidates.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionRun {
    id: RetentionRunId,
    mode: RetentionMode,
    /// How many candidates were looked at.
    #[schema(minimum = 0)]
    looked: i64,
    /// How many were anonymized.
    #[schema(minimum = 0)]
    anonymized: i64,
    started_at: Instant,
    /// When it was over; null while it goes on.
    finished_at: Option<Instant>,
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetentionRunFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(RetentionRunFilter);

/// List the nights' runs
///
/// What each night looked at and did, newest first.
#[utoipa::path(
    operation_id = "listRetentionRuns", tag = "retention", params(RetentionRunFilter),
    responses((status = 200, description = "One page of runs.", body = PageOf<RetentionRun>)),
)]
#[get("/retention-runs")]
pub async fn list_retention_runs(
    ctx: Ctx,
    Params(filter): Params<RetentionRunFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ManageRetention)?;
        let wire = |row: store::Run| {
            let shown = RetentionRun {
                id: row.id,
                mode: row.mode,
                looked: row.looked,
                anonymized: row.anonymized,
                started_at: row.started_at,
                finished_at: row.finished_at,
            };
            (row.id.any(), shown)
        };
        Ok(Page::new(store::list_runs(conn, page)?.into_iter().map(wire).collect()))
    })
    .await
}
