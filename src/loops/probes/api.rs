//! Probes over the API.

use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, holdings};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, NoBody, PathId, Shown};
use crate::ids::{AttributeId, InterviewId, LoopId, LoopProbeId, UserId, kinds};
use crate::loops::{Place, store as loops};

/// A request to cover an attribute.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopProbe {
    id: LoopProbeId,
    loop_id: LoopId,
    /// The attribute to cover.
    attribute_id: AttributeId,
    /// The one interview that is asked; all that are still to come if there is none.
    interview_id: Option<InterviewId>,
    /// Who asked; the panels are not told.
    asked_by: UserId,
    asked_at: Instant,
    /// When it was taken back.
    withdrawn_at: Option<Instant>,
}

/// The open probes of a loop.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoopProbes {
    /// The oldest first.
    #[schema(max_items = 10)]
    probes: Vec<LoopProbe>,
}

/// What to ask the panels for.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskProbe {
    /// The attribute to cover; of a rubric version by which an interview of the loop judges.
    pub(super) attribute_id: AttributeId,
    /// One interview that did not take place yet; all of them if it is absent.
    pub(super) interview_id: Option<InterviewId>,
}

impl From<store::LoopProbe> for LoopProbe {
    fn from(row: store::LoopProbe) -> Self {
        Self {
            id: row.id,
            loop_id: row.loop_id,
            attribute_id: row.attribute_id,
            interview_id: row.interview_id,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            withdrawn_at: row.withdrawn_at,
        }
    }
}

/// Ask the panels to cover an attribute
///
/// The panels of the interviews that are still to come see "please cover" with the attribute, and
/// neither who asked nor why nor when. At most ten are open for a loop.
#[utoipa::path(
    operation_id = "askLoopProbe", tag = "loops", request_body = AskProbe,
    params(("id" = LoopId, Path, description = "Which loop.")),
    responses((status = 201, description = "The probe.", body = LoopProbe)),
)]
#[post("/loops/{id}/probes")]
pub async fn ask_loop_probe(
    ctx: Ctx,
    PathId(id): PathId<kinds::Loop>,
    body: Body<AskProbe>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::ask(tx, actor, id, &input)).await?;
    ctx.created(done, "loop-probes", show).await
}

/// List the probes of a loop
///
/// What the panels are asked to cover, for those who may ask. Whoever sits on a panel of the
/// application finds only what they asked for themselves.
#[utoipa::path(
    operation_id = "listLoopProbes", tag = "loops",
    params(("id" = LoopId, Path, description = "Which loop.")),
    responses((status = 200, description = "The probes.", body = LoopProbes)),
)]
#[get("/loops/{id}/probes")]
pub async fn list_loop_probes(ctx: Ctx, PathId(id): PathId<kinds::Loop>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| {
        let row = loops::find(conn, id)?.ok_or_else(Error::not_found)?;
        let place = Place::of(conn, row.application_id)?.ok_or_else(Error::not_found)?;
        let (scope, standing) = place.scope(conn, actor, id)?;
        holdings(conn, actor, &scope)?.require(Action::AskProbe)?;
        let mut rows = store::open_of(conn, id)?;
        rows.retain(|row| !standing.panelist || row.asked_by == actor.user_id);
        let value = LoopProbes { probes: rows.into_iter().map(LoopProbe::from).collect() };
        Ok(Shown { version: 1, value })
    })
    .await
}

/// Get a probe
///
/// One probe, also after it was taken back, for those who may ask.
#[utoipa::path(
    operation_id = "getLoopProbe", tag = "loops",
    params(("id" = LoopProbeId, Path, description = "Which probe.")),
    responses((status = 200, description = "The probe.", body = LoopProbe)),
)]
#[get("/loop-probes/{id}")]
pub async fn get_loop_probe(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopProbe>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Take a probe back
///
/// The panels no longer see it. One that was taken back before answers 409 `illegal_transition`.
#[utoipa::path(
    operation_id = "withdrawLoopProbe", tag = "loops",
    params(("id" = LoopProbeId, Path, description = "Which probe.")),
    responses((status = 200, description = "The probe, taken back.", body = LoopProbe)),
)]
#[put("/loop-probes/{id}/withdrawal")]
pub async fn withdraw_loop_probe(
    ctx: Ctx,
    PathId(id): PathId<kinds::LoopProbe>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = ctx.command(&input, move |tx, actor| commands::withdraw(tx, actor, id)).await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: LoopProbeId) -> Result<Shown<LoopProbe>> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::of(conn, row.application_id)?.ok_or_else(Error::not_found)?;
    let (scope, standing) = place.scope(conn, actor, id)?;
    holdings(conn, actor, &scope)?.require(Action::AskProbe)?;
    if standing.panelist && row.asked_by != actor.user_id {
        return Err(Error::not_found());
    }
    let version = 1 + i64::from(row.withdrawn_at.is_some());
    Ok(Shown { version, value: row.into() })
}
