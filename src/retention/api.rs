//! Anonymizing candidates over the API.

pub mod export;
pub mod holds;
pub mod policy;
pub mod runs;

use actix_web::{HttpResponse, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{AnonymizationReason, commands, store};
use crate::access::{Action, Actor, candidate_scope, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{AnonymizationId, CandidateId, UserId, kinds};

/// That somebody was anonymized.
#[derive(Debug, Serialize, ToSchema)]
pub struct Anonymization {
    id: AnonymizationId,
    /// Whose name is now `Anonymized candidate`.
    candidate_id: CandidateId,
    reason: AnonymizationReason,
    /// Who did it; null for the service itself.
    actor_id: Option<UserId>,
    anonymized_at: Instant,
}

/// Why somebody is anonymized. Words are not taken: they would be about the person again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnonymizeCandidate {
    pub(super) reason: AnonymizationReason,
}

/// Anonymize a candidate
///
/// Empties everything that tells of a person, for good: name, contact points, files, answers, notes, and
/// the words of scorecards, debriefs and offers about them. Ids, codes, ratings as numbers and counts
/// stay, and so does that they agreed to be kept. While an application of theirs is not closed, or a hold
/// stands, 409 `not_ready` says so. Afterwards nothing is written about them: 409 `candidate_anonymized`.
#[utoipa::path(
    operation_id = "anonymizeCandidate", tag = "retention", request_body = AnonymizeCandidate,
    params(("id" = CandidateId, Path, description = "Which candidate.")),
    responses((status = 200, description = "That it was done.", body = Anonymization)),
)]
#[put("/candidates/{id}/anonymization")]
pub async fn anonymize_candidate(
    ctx: Ctx,
    PathId(id): PathId<kinds::Candidate>,
    body: Body<AnonymizeCandidate>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done =
        ctx.command(&body, move |tx, actor| commands::anonymize(tx, actor, id, &input)).await?;
    let db = ctx.db().clone();
    // What was deleted leaves the log at once where nobody reads; else with housekeeping.
    let scrubbed = actix_web::web::block(move || db.scrub(false)).await.map_err(Error::internal)?;
    if let Err(error) = scrubbed {
        tracing::info!(error = %error, "The log is emptied later.");
    }
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<Shown<Anonymization>> {
    let scope = candidate_scope(conn, actor, id)?;
    holdings(conn, actor, &scope)?.require(Action::ManageRetention)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let value = Anonymization {
        id: row.id,
        candidate_id: row.candidate_id,
        reason: row.reason,
        actor_id: row.actor_id.map(crate::ids::AnyId::typed),
        anonymized_at: row.created_at,
    };
    Ok(Shown { version: 1, value })
}
