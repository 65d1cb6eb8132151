//! Moves between stages over the API.

use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::access::{Action, Actor, permit};
use crate::applications::{commands, store};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{AnyId, ApplicationId, ApplicationMoveId, StageId, UserId, kinds};

/// A move of an application into a stage.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationMove {
    id: ApplicationMoveId,
    application_id: ApplicationId,
    /// The stage that was left; `null` for the first one.
    from_stage_id: Option<StageId>,
    /// The stage that was entered.
    to_stage_id: StageId,
    /// Who moved it; `null` where that is not known.
    actor_id: Option<UserId>,
    occurred_at: Instant,
    recorded_at: Instant,
    /// How long it had stood in the stage that was left, in whole minutes; `null` for the first one.
    #[schema(minimum = 0)]
    previous_stage_minutes: Option<i64>,
}

impl ApplicationMove {
    /// A move, given when the one before it happened.
    fn of(row: &store::Move, before: Option<Instant>) -> Self {
        Self {
            id: row.id,
            application_id: row.application_id,
            from_stage_id: row.from_stage_id,
            to_stage_id: row.to_stage_id,
            actor_id: row.actor_id.map(AnyId::typed),
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            // Another system's clock may have gone back between two moves.
            previous_stage_minutes: before.map(|at| (row.occurred_at - at).num_minutes().max(0)),
        }
    }
}

/// Where to, and from where.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApplicationMove {
    /// Where the application stands, as you saw it.
    pub(crate) from_stage_id: StageId,
    /// Another stage of the same job.
    pub(crate) to_stage_id: StageId,
}

/// Which moves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationMoveFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ApplicationMoveFilter);

/// Move an application
///
/// Moves an active application to another stage of its job. The caller names the stage in which
/// they saw it; if somebody else moved it since, the answer is `stage_moved`.
#[utoipa::path(
    operation_id = "createApplicationMove", tag = "applications", request_body = CreateApplicationMove,
    params(
        ("id" = ApplicationId, Path, description = "Which application."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 201, description = "The move.", body = ApplicationMove)),
)]
#[post("/applications/{id}/moves")]
pub async fn create_application_move(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<CreateApplicationMove>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::move_to(tx, actor, id, expected, &input))
        .await?;
    ctx.created(done, "application-moves", show).await
}

/// List the moves of an application
///
/// The stages that an application went through, newest first, its entry last: who moved it, when,
/// and how long it had stood in the stage before.
#[utoipa::path(
    operation_id = "listApplicationMoves", tag = "applications",
    params(("id" = ApplicationId, Path, description = "Which application."), ApplicationMoveFilter),
    responses((status = 200, description = "One page of moves.", body = PageOf<ApplicationMove>)),
)]
#[get("/applications/{id}/moves")]
pub async fn list_application_moves(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    Params(filter): Params<ApplicationMoveFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        require_readable(conn, actor, id)?;
        // One row more than is shown is loaded, so the last one shown knows the one before it.
        let rows = store::moves(conn, id, page)?;
        let before = rows.iter().skip(1).map(|row| Some(row.occurred_at)).chain([None]);
        let wire =
            |(row, before): (&store::Move, _)| (row.id.any(), ApplicationMove::of(row, before));
        Ok(Page::new(rows.iter().zip(before).map(wire).collect()))
    })
    .await
}

/// Get a move of an application
///
/// One move.
#[utoipa::path(
    operation_id = "getApplicationMove", tag = "applications",
    params(("id" = ApplicationMoveId, Path, description = "Which move.")),
    responses((status = 200, description = "The move.", body = ApplicationMove)),
)]
#[get("/application-moves/{id}")]
pub async fn get_application_move(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApplicationMove>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: ApplicationMoveId) -> Result<Shown<ApplicationMove>> {
    let row = store::find_move(conn, id)?.ok_or_else(Error::not_found)?;
    require_readable(conn, actor, row.application_id)?;
    let before = store::moved_before(conn, &row)?;
    // A move never changes.
    Ok(Shown { version: 1, value: ApplicationMove::of(&row, before) })
}

fn require_readable(conn: &mut Conn, actor: &Actor, id: ApplicationId) -> Result<()> {
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = commands::scope(conn, actor, &row)?;
    permit(conn, actor, Action::ReadApplication, &scope)?;
    Ok(())
}
