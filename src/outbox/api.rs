//! Deliveries over the API: what is owed, and what became of it. No content, no addresses.

use actix_web::{HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Channel, DeliveryState, RecipientKind, commands, store};
use crate::access::{Action, Actor, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{DeliveryId, EventId, UserId, kinds};

/// One mail or notice owed to one person, who works here or is a candidate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    id: DeliveryId,
    /// The event that made it owed.
    event_id: EventId,
    /// By which way.
    channel: Channel,
    /// Which mail, or beside which a notice stands.
    #[schema(example = "scorecard_due")]
    kind: String,
    /// What they are whom it is for.
    recipient_kind: RecipientKind,
    /// Whom it is for, if they work here.
    recipient_id: Option<UserId>,
    state: DeliveryState,
    /// When it is next tried.
    run_at: Instant,
    /// How often it was tried.
    #[schema(minimum = 0)]
    attempts: i32,
    /// Why the last try failed.
    last_error: Option<String>,
    /// When it was handed over.
    sent_at: Option<Instant>,
    created_at: Instant,
}

impl From<store::Delivery> for Delivery {
    fn from(row: store::Delivery) -> Self {
        // Whoever looks after deliveries may have no part in a hire.
        let recipient_kind = match row.candidate_id {
            Some(_) => RecipientKind::Candidate,
            None => RecipientKind::User,
        };
        Self {
            id: row.id,
            event_id: row.event_id,
            channel: row.channel,
            kind: row.kind,
            recipient_kind,
            recipient_id: row.recipient_id,
            state: row.state,
            run_at: row.run_at,
            attempts: row.attempts,
            last_error: row.last_error,
            sent_at: row.sent_at,
            created_at: row.created_at,
        }
    }
}

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryFilter {
    /// Only those that stand here.
    state: Option<DeliveryState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(DeliveryFilter);

/// List deliveries
///
/// What is owed to the outside and what became of it, newest first. `state=dead` lists what was
/// given up.
#[utoipa::path(
    operation_id = "listDeliveries", tag = "deliveries", params(DeliveryFilter),
    responses((status = 200, description = "One page of deliveries.", body = PageOf<Delivery>)),
)]
#[get("/deliveries")]
pub async fn list_deliveries(
    ctx: Ctx,
    Params(filter): Params<DeliveryFilter>,
) -> Result<HttpResponse> {
    let state = filter.state;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ManageDeliveries)?;
        let rows = store::list(conn, state, actor.user_id, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), Delivery::from(row))).collect()))
    })
    .await
}

/// Get a delivery
///
/// One mail owed to one person.
#[utoipa::path(
    operation_id = "getDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path, description = "Which delivery.")),
    responses((status = 200, description = "The delivery.", body = Delivery)),
)]
#[get("/deliveries/{id}")]
pub async fn get_delivery(ctx: Ctx, PathId(id): PathId<kinds::Delivery>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Retry a delivery
///
/// Puts a dead delivery back into the queue, as if it had never been tried.
#[utoipa::path(
    operation_id = "retryDelivery", tag = "deliveries",
    params(("id" = DeliveryId, Path, description = "Which delivery.")),
    responses((status = 200, description = "The delivery, waiting again.", body = Delivery)),
)]
#[put("/deliveries/{id}/retry")]
pub async fn retry_delivery(
    ctx: Ctx,
    PathId(id): PathId<kinds::Delivery>,
    input: NoBody,
) -> Result<HttpResponse> {
    let done = ctx.command(&input, move |tx, actor| commands::retry(tx, actor, id)).await?;
    ctx.changed(done, show).await
}

fn show(conn: &mut Conn, actor: &Actor, id: DeliveryId) -> Result<Shown<Delivery>> {
    require_everywhere(actor, Action::ManageDeliveries)?;
    let row = store::find_known(conn, id, actor.user_id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.updated_at.timestamp_micros(), value: row.into() })
}
