//! Batches of applications over the API.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{BatchKind, commands, store};
use crate::access::Actor;
use crate::applications::api::closing::RejectApplication;
use crate::applications::api::moves::CreateApplicationMove;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, PathId, Shown};
use crate::ids::{ApplicationBatchId, ApplicationId, kinds};

/// What became of one application of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationBatchResult {
    application_id: ApplicationId,
    /// Whether it was changed.
    changed: bool,
    /// Why it was not, as the code of the problem that it would be alone; null where it was.
    #[schema(example = "stage_moved")]
    code: Option<String>,
    /// The same as a sentence.
    detail: Option<String>,
}

impl From<store::Item> for ApplicationBatchResult {
    fn from(item: store::Item) -> Self {
        let store::Item { application_id, code, detail, .. } = item;
        Self { application_id, changed: code.is_none(), code, detail }
    }
}

/// Several applications that you changed at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationBatch {
    id: ApplicationBatchId,
    kind: BatchKind,
    /// Whether all were to be changed or none.
    atomic: bool,
    /// What became of each, in the order of the request.
    results: Vec<ApplicationBatchResult>,
    created_at: Instant,
}

/// What to do with several applications: either `move` or `rejection`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApplicationBatch {
    /// Which, each once.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub(super) application_ids: Vec<ApplicationId>,
    /// Whether all are changed or none; each as far as it can be, otherwise.
    #[serde(default = "all_or_none")]
    #[schema(default = true)]
    pub(super) atomic: bool,
    /// To move them: from where, and where to.
    #[serde(rename = "move")]
    #[validate(nested)]
    pub(super) movement: Option<CreateApplicationMove>,
    /// To reject them: why.
    #[validate(nested)]
    pub(super) rejection: Option<RejectApplication>,
}

const fn all_or_none() -> bool {
    true
}

/// Change several applications
///
/// Moves or rejects up to a hundred applications at once, each as if alone. As a rule all are changed or none:
/// then `errors` of the refusal names every one that cannot be, by its place. With `atomic: false` each is changed
/// as far as it can be (207), and `results` says what became of it.
#[utoipa::path(
    operation_id = "createApplicationBatch", tag = "applications",
    request_body = CreateApplicationBatch,
    responses(
        (status = 201, description = "All were changed.", body = ApplicationBatch),
        (status = 207, description = "What became of each.", body = ApplicationBatch),
    ),
)]
#[post("/application-batches")]
pub async fn create_application_batch(
    ctx: Ctx,
    body: Body<CreateApplicationBatch>,
) -> Result<HttpResponse> {
    let (input, atomic) = (body.clone(), body.atomic);
    let done = ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input)).await?;
    let status = if atomic { StatusCode::CREATED } else { StatusCode::MULTI_STATUS };
    ctx.made(status, done, "application-batches", show).await
}

/// Get a batch of applications
///
/// What became of each application of a batch of yours.
#[utoipa::path(
    operation_id = "getApplicationBatch", tag = "applications",
    params(("id" = ApplicationBatchId, Path, description = "Which batch.")),
    responses((status = 200, description = "The batch.", body = ApplicationBatch)),
)]
#[get("/application-batches/{id}")]
pub async fn get_application_batch(
    ctx: Ctx,
    PathId(id): PathId<kinds::ApplicationBatch>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

fn show(conn: &mut Conn, actor: &Actor, id: ApplicationBatchId) -> Result<Shown<ApplicationBatch>> {
    let found = store::find(conn, id)?.filter(|(batch, _)| batch.actor_id == actor.reader_id());
    let (batch, items) = found.ok_or_else(Error::not_found)?;
    let value = ApplicationBatch {
        id: batch.id,
        kind: batch.kind,
        atomic: batch.atomic,
        results: items.into_iter().map(ApplicationBatchResult::from).collect(),
        created_at: batch.created_at,
    };
    // A batch never changes.
    Ok(Shown { version: 1, value })
}
