//! Loops over the API.

use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::seen::{self, Filter, SeenLoop};
use super::{LoopState, commands};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{
    AnyId, ApplicationId, DebriefId, InterviewId, LoopId, LoopTemplateVersionId, StageId, UserId,
    kinds,
};

/// A loop: a template version started for one application.
#[derive(Debug, Serialize, ToSchema)]
pub struct Loop {
    id: LoopId,
    application_id: ApplicationId,
    /// The version that it was started with, whatever becomes of the template.
    loop_template_version_id: LoopTemplateVersionId,
    /// The stage in which it was started.
    stage_id: StageId,
    /// Where it stands; `running` as long as you owe a scorecard for the application.
    state: LoopState,
    /// Its interviews, one per kit, in the order of the kits.
    interview_ids: Vec<InterviewId>,
    /// The newest round of its debrief; the first as long as you owe a scorecard for the application.
    debrief_id: Option<DebriefId>,
    /// Who started it.
    started_by: Option<UserId>,
    started_at: Instant,
    created_at: Instant,
    updated_at: Instant,
}

/// A loop to start.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartLoop {
    /// A published version of a loop template.
    pub loop_template_version_id: LoopTemplateVersionId,
    /// Who decides: named before the first interview, and nobody else.
    pub decider_id: UserId,
    /// Who sees to it that the debrief goes on.
    pub driver_id: UserId,
    /// Those without whose agreement it is not decided, a bar raiser perhaps. They can hold a decision up,
    /// and never decide.
    #[serde(default)]
    #[validate(length(max = 2))]
    #[schema(max_items = 2)]
    pub agree_required: Vec<UserId>,
}

/// Which loops.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoopFilter {
    /// Only those of this application.
    application_id: Option<ApplicationId>,
    /// Only those that were started with this version of a loop template.
    loop_template_version_id: Option<LoopTemplateVersionId>,
    /// Only those in this state; a loop is `running` as long as you owe a scorecard for the application.
    state: Option<LoopState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(LoopFilter);

/// Start a loop
///
/// Starts a published loop template version for an active application, in the stage where it
/// stands: one interview per kit, and a debrief with its one decider. The version and the policy
/// stay as they are at this moment, whatever changes later. In a stage that is decided lightly it takes a
/// template with one kit, and nobody has to agree.
#[utoipa::path(
    operation_id = "startLoop", tag = "loops", request_body = StartLoop,
    params(("id" = ApplicationId, Path, description = "For which application.")),
    responses((status = 201, description = "The loop.", body = Loop)),
)]
#[post("/applications/{id}/loops")]
pub async fn start_loop(
    ctx: Ctx,
    PathId(id): PathId<kinds::Application>,
    body: Body<StartLoop>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::start(tx, actor, id, &input)).await?;
    ctx.created(done, "loops", show).await
}

/// List loops
///
/// The loops that you have a part in, newest first.
#[utoipa::path(
    operation_id = "listLoops", tag = "loops", params(LoopFilter),
    responses((status = 200, description = "One page of loops.", body = PageOf<Loop>)),
)]
#[get("/loops")]
pub async fn list_loops(ctx: Ctx, Params(filter): Params<LoopFilter>) -> Result<HttpResponse> {
    let which = Filter {
        application_id: filter.application_id,
        loop_template_version_id: filter.loop_template_version_id,
        state: filter.state,
        ..Filter::default()
    };
    ctx.list(&filter, move |conn, actor, page| {
        let wanted = Filter { before: page.before, limit: page.fetch(), ..which };
        let shown = load(conn, actor, &wanted)?;
        Ok(Page::new(shown.into_iter().map(|(id, shown)| (id, shown.value)).collect()))
    })
    .await
}

/// Get a loop
///
/// One loop with its interviews and its debrief.
#[utoipa::path(
    operation_id = "getLoop", tag = "loops",
    params(("id" = LoopId, Path, description = "Which loop.")),
    responses((status = 200, description = "The loop.", body = Loop)),
)]
#[get("/loops/{id}")]
pub async fn get_loop(ctx: Ctx, PathId(id): PathId<kinds::Loop>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: LoopId) -> Result<Shown<Loop>> {
    let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
    load(conn, actor, &one)?.pop().map(|(_, shown)| shown).ok_or_else(Error::not_found)
}

fn load(conn: &mut Conn, actor: &Actor, filter: &Filter) -> Result<Vec<(AnyId, Shown<Loop>)>> {
    let rows = seen::loops(conn, actor, filter)?;
    let ids: Vec<LoopId> = rows.iter().map(|row| row.id).collect();
    let interviews = seen::interviews_of(conn, &ids)?;
    let debriefs = seen::debriefs_of(conn, &ids)?;
    let shown = |row: SeenLoop| {
        let id = row.id;
        let mine = interviews.iter().filter(|(loop_id, _)| *loop_id == id);
        let interview_ids = mine.map(|(_, interview_id)| *interview_id).collect();
        // To whoever owes a card there is the first round.
        let mut of_it = debriefs.iter().filter(|(loop_id, _)| *loop_id == id);
        let newest = if row.opened.is_some() { of_it.next_back() } else { of_it.next() };
        (id.any(), wire(row, interview_ids, newest.map(|(_, debrief_id)| *debrief_id)))
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// To somebody who owes a card the loop is as it was when it started.
fn wire(
    row: SeenLoop,
    interview_ids: Vec<InterviewId>,
    debrief_id: Option<DebriefId>,
) -> Shown<Loop> {
    let (state, version, updated_at) =
        row.opened.unwrap_or((LoopState::Running, 1, row.created_at));
    let value = Loop {
        id: row.id,
        application_id: row.application_id,
        loop_template_version_id: row.loop_template_version_id,
        stage_id: row.stage_id,
        state,
        interview_ids,
        debrief_id,
        started_by: row.started_by,
        started_at: row.started_at,
        created_at: row.created_at,
        updated_at,
    };
    Shown { version, value }
}
