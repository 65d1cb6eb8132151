//! Prospects over the API.

use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::commands;
use super::store::{self, Wanted};
use crate::access::{Action, Actor, Reach, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{CandidateId, ProspectId, RejectionReasonId, SourceId, UserId, kinds};

/// A person of interest before any application.
#[derive(Debug, Serialize, ToSchema)]
pub struct Prospect {
    id: ProspectId,
    candidate_id: CandidateId,
    /// Where the person came from.
    source_id: Option<SourceId>,
    /// Who looks after the person.
    owner_id: Option<UserId>,
    /// Where the person stands, in words.
    #[schema(example = "Reached out")]
    stage_name: Option<String>,
    /// Since when nobody pursues it.
    closed_at: Option<Instant>,
    /// Why nobody does.
    rejection_reason_id: Option<RejectionReasonId>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::Prospect> for Prospect {
    fn from(row: store::Prospect) -> Self {
        Self {
            id: row.id,
            candidate_id: row.candidate_id,
            source_id: row.source_id,
            owner_id: row.owner_id,
            stage_name: row.stage_name,
            closed_at: row.closed_at,
            rejection_reason_id: row.rejection_reason_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Where a prospect stood, as another system told it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectMove {
    /// The stage that was left; `null` for the entry.
    from_name: Option<String>,
    /// The stage that was entered.
    #[schema(example = "Reached out")]
    to_name: String,
    /// Who moved it; `null` where that is not known.
    actor_id: Option<UserId>,
    occurred_at: Instant,
}

/// A person of interest with where they stood.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectDetail {
    #[serde(flatten)]
    prospect: Prospect,
    /// The newest 100 moves, newest first.
    moves: Vec<ProspectMove>,
}

/// A prospect to note.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProspect {
    /// Where the person came from.
    pub(super) source_id: Option<SourceId>,
    /// Who looks after the person.
    pub(super) owner_id: Option<UserId>,
    /// Where the person stands, in words.
    pub(super) stage_name: Option<Line<120>>,
}

/// Which prospects.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProspectFilter {
    /// Only this candidate's.
    candidate_id: Option<CandidateId>,
    /// Only those that are (`true`) or are not (`false`) pursued.
    open: Option<bool>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ProspectFilter);

/// Note a prospect
///
/// Notes that a candidate is of interest before any application.
#[utoipa::path(
    operation_id = "createProspect", tag = "candidates", request_body = CreateProspect,
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 201, description = "The prospect.", body = ProspectDetail)),
)]
#[post("/candidates/{id}/prospects")]
pub async fn create_prospect(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    body: Body<CreateProspect>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, id, &input)).await?;
    ctx.created(done, "prospects", show).await
}

/// List prospects
///
/// The prospects of candidates whose contact points you may read, newest first. What recruiting notes
/// is not for agencies, also where they brought the person in.
#[utoipa::path(
    operation_id = "listProspects", tag = "candidates", params(ProspectFilter),
    responses((status = 200, description = "One page of prospects.", body = PageOf<Prospect>)),
)]
#[get("/prospects")]
pub async fn list_prospects(
    ctx: Ctx,
    Params(filter): Params<ProspectFilter>,
) -> Result<HttpResponse> {
    let wanted = Wanted { candidate_id: filter.candidate_id, open: filter.open };
    ctx.list(&filter, move |conn, actor, page| {
        if actor.agency_id.is_some() {
            return Ok(Page::new(Vec::new()));
        }
        let rows = store::list(conn, Reach::of(actor, Action::ReadContactPoints), wanted, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Prospect::from(row))).collect()))
    })
    .await
}

/// Get a prospect
///
/// One prospect with where the person stood.
#[utoipa::path(
    operation_id = "getProspect", tag = "candidates",
    params(("id" = ProspectId, Path, description = "Which prospect.")),
    responses((status = 200, description = "The prospect.", body = ProspectDetail)),
)]
#[get("/prospects/{id}")]
pub async fn get_prospect(ctx: Ctx, PathId(id): PathId<kinds::Prospect>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: ProspectId) -> Result<Shown<ProspectDetail>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let scope = candidate_scope(conn, actor, row.candidate_id)?;
    let external = actor.agency_id.is_some();
    if external || !holdings(conn, actor, &scope)?.allow(Action::ReadContactPoints) {
        return Err(Error::not_found());
    }
    let wire = |row: store::ProspectMove| ProspectMove {
        from_name: row.from_name,
        to_name: row.to_name,
        actor_id: row.actor_id.map(crate::ids::AnyId::typed),
        occurred_at: row.occurred_at,
    };
    let moves = store::moves(conn, id)?.into_iter().map(wire).collect();
    let version = row.version;
    Ok(Shown { version, value: ProspectDetail { prospect: row.into(), moves } })
}
