//! Approval chains over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::approvals::StepMode;
use crate::approvals::model::PlannedStep;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, PageRequest, Params, PathId, Shown};
use crate::ids::{ApprovalChainId, UserId, kinds};

/// An approval chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalChain {
    id: ApprovalChainId,
    #[schema(example = "Engineering offers")]
    name: String,
    /// The steps in the order in which they are asked.
    #[schema(max_items = 10)]
    steps: Vec<ApprovalChainStep>,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// A step of an approval chain. Its members vote in parallel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalChainStep {
    #[schema(example = "Finance")]
    name: String,
    /// Who of it must approve.
    mode: StepMode,
    #[schema(max_items = 20)]
    member_ids: Vec<UserId>,
}

/// A step of an approval chain to define. Its members vote in parallel.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApprovalChainStep {
    pub(super) name: Line<120>,
    /// Who of it must approve.
    pub(super) mode: StepMode,
    /// Active users, each once.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub(super) member_ids: Vec<UserId>,
}

/// An approval chain to define.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApprovalChain {
    pub(super) name: Line<120>,
    /// The steps in the order in which they are asked.
    #[validate(length(min = 1, max = 10), nested)]
    #[schema(min_items = 1, max_items = 10)]
    pub(super) steps: Vec<CreateApprovalChainStep>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateApprovalChain {
    pub(super) name: Option<Line<120>>,
    /// The steps as they shall be, all of them. Runs that began keep theirs.
    #[validate(length(min = 1, max = 10), nested)]
    #[schema(min_items = 1, max_items = 10)]
    pub(super) steps: Option<Vec<CreateApprovalChainStep>>,
    /// Whether it is out of use.
    pub(super) archived: Option<bool>,
}

/// Which approval chains.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalChainFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(ApprovalChainFilter);

/// Create an approval chain
///
/// Defines ordered steps that an offer passes. The members of a step vote in parallel; the next
/// step is asked when the one before it has approved.
#[utoipa::path(
    operation_id = "createApprovalChain", tag = "approvals", request_body = CreateApprovalChain,
    responses((status = 201, description = "The approval chain.", body = ApprovalChain)),
)]
#[post("/approval-chains")]
pub async fn create_approval_chain(
    ctx: Ctx,
    body: Body<CreateApprovalChain>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "approval-chains", show).await
}

/// List approval chains
///
/// All approval chains with their steps, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listApprovalChains", tag = "approvals", params(ApprovalChainFilter),
    responses((
        status = 200, description = "One page of approval chains.", body = PageOf<ApprovalChain>,
    )),
)]
#[get("/approval-chains")]
pub async fn list_approval_chains(
    ctx: Ctx,
    Params(filter): Params<ApprovalChainFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, list).await
}

/// Get an approval chain
///
/// One approval chain with its steps.
#[utoipa::path(
    operation_id = "getApprovalChain", tag = "approvals",
    params(("id" = ApprovalChainId, Path, description = "Which approval chain.")),
    responses((status = 200, description = "The approval chain.", body = ApprovalChain)),
)]
#[get("/approval-chains/{id}")]
pub async fn get_approval_chain(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApprovalChain>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update an approval chain
///
/// Merge patch: absent fields stay. `steps` replaces all steps; runs that began keep the steps that
/// they were submitted to.
#[utoipa::path(
    operation_id = "updateApprovalChain", tag = "approvals", request_body = UpdateApprovalChain,
    params(("id" = ApprovalChainId, Path, description = "Which approval chain.")),
    responses((status = 200, description = "The approval chain as it is now.", body = ApprovalChain)),
)]
#[patch("/approval-chains/{id}")]
pub async fn update_approval_chain(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApprovalChain>,
    body: Body<UpdateApprovalChain>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: ApprovalChainId) -> Result<Shown<ApprovalChain>> {
    require_everywhere(actor, Action::ReadApprovalChains)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let steps = store::steps(conn, id)?;
    Ok(Shown { version: row.version, value: wire(row, steps) })
}

fn list(conn: &mut Conn, actor: &Actor, page: &PageRequest) -> Result<Page<ApprovalChain>> {
    require_everywhere(actor, Action::ReadApprovalChains)?;
    let rows = store::list(conn, page)?;
    let ids: Vec<ApprovalChainId> = rows.iter().map(|row| row.id).collect();
    let steps = store::steps_of(conn, &ids)?;
    let with_steps = rows.into_iter().map(|row| {
        let id = row.id;
        let own = steps.iter().filter(|(chain, _)| *chain == id).map(|(_, step)| step.clone());
        (id.any(), wire(row, own.collect()))
    });
    Ok(Page::new(with_steps.collect()))
}

fn wire(row: store::ApprovalChain, steps: Vec<PlannedStep>) -> ApprovalChain {
    let store::ApprovalChain { id, name, archived_at, created_at, updated_at, .. } = row;
    let step =
        |PlannedStep { name, mode, members }| ApprovalChainStep { name, mode, member_ids: members };
    let steps = steps.into_iter().map(step).collect();
    ApprovalChain { id, name, steps, archived_at, created_at, updated_at }
}
