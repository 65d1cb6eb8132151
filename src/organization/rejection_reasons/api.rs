//! Rejection reasons over the API.

use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{ReasonKind, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::Line;
use crate::http::{Body, Ctx, Page, PageOf, Params, PathId, Shown};
use crate::ids::{RejectionReasonId, kinds};
use crate::organization::api::ConfigurationFilter;

/// Why an application ended without a hire.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectionReason {
    id: RejectionReasonId,
    #[schema(example = "Not enough depth in distributed systems")]
    name: String,
    /// Whose reason it is.
    kind: ReasonKind,
    /// Since when it is out of use.
    archived_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::RejectionReason> for RejectionReason {
    fn from(row: store::RejectionReason) -> Self {
        let store::RejectionReason { id, name, kind, archived_at, created_at, updated_at, .. } =
            row;
        Self { id, name, kind, archived_at, created_at, updated_at }
    }
}

/// A rejection reason to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRejectionReason {
    pub(crate) name: Line<120>,
    /// Whose reason it is.
    pub(crate) kind: ReasonKind,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRejectionReason {
    pub(crate) name: Option<Line<120>>,
    /// Whose reason it is.
    pub(crate) kind: Option<ReasonKind>,
    /// Whether it is out of use.
    pub(crate) archived: Option<bool>,
}

/// Create a rejection reason
///
/// Adds a rejection reason.
#[utoipa::path(
    operation_id = "createRejectionReason", tag = "organization", request_body = CreateRejectionReason,
    responses((status = 201, description = "The rejection reason.", body = RejectionReason)),
)]
#[post("/rejection-reasons")]
pub async fn create_rejection_reason(
    ctx: Ctx,
    body: Body<CreateRejectionReason>,
) -> Result<HttpResponse> {
    let input = body.clone();
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    ctx.created(done, "rejection-reasons", show).await
}

/// List rejection reasons
///
/// All rejection reasons, newest first, archived ones included.
#[utoipa::path(
    operation_id = "listRejectionReasons", tag = "organization", params(ConfigurationFilter),
    responses((status = 200, description = "One page of rejection reasons.", body = PageOf<RejectionReason>)),
)]
#[get("/rejection-reasons")]
pub async fn list_rejection_reasons(
    ctx: Ctx,
    Params(filter): Params<ConfigurationFilter>,
) -> Result<HttpResponse> {
    let archived = filter.archived;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadOrganization)?;
        let rows = store::list(conn, archived, page)?;
        Ok(Page::new(
            rows.into_iter().map(|row| (row.id.any(), RejectionReason::from(row))).collect(),
        ))
    })
    .await
}

/// Get a rejection reason
///
/// One rejection reason.
#[utoipa::path(
    operation_id = "getRejectionReason", tag = "organization",
    params(("id" = RejectionReasonId, Path, description = "Which rejection reason.")),
    responses((status = 200, description = "The rejection reason.", body = RejectionReason)),
)]
#[get("/rejection-reasons/{id}")]
pub async fn get_rejection_reason(
    ctx: Ctx,
    PathId(id): PathId<kinds::RejectionReason>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a rejection reason
///
/// Merge patch: absent fields stay.
#[utoipa::path(
    operation_id = "updateRejectionReason", tag = "organization", request_body = UpdateRejectionReason,
    params(("id" = RejectionReasonId, Path, description = "Which rejection reason.")),
    responses((status = 200, description = "The rejection reason as it is now.", body = RejectionReason)),
)]
#[patch("/rejection-reasons/{id}")]
pub async fn update_rejection_reason(
    ctx: Ctx,
    PathId(id): PathId<kinds::RejectionReason>,
    body: Body<UpdateRejectionReason>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: RejectionReasonId) -> Result<Shown<RejectionReason>> {
    require_everywhere(actor, Action::ReadOrganization)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
