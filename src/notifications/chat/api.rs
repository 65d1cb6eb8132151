//! My chat address over the API.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get, put};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::commands::{self, Sealed};
use super::{ChatFailure, ChatFormat, signing_secret, store};
use crate::access::Actor;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::{Body, Ctx, NoBody, Shown};
use crate::ids::ChatAddressId;
use crate::sessions::Purpose;

/// Where you are told of things in a chat.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatAddress {
    id: ChatAddressId,
    /// The server.
    #[schema(example = "hooks.slack.com")]
    host: String,
    /// The last four characters of the address; the rest is never shown.
    #[schema(example = "7pQx")]
    ending: String,
    format: ChatFormat,
    /// What signs the notices of the format `generic`, `whsec_` and base64; in the answer that names the
    /// address alone, and never again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    secret: Option<String>,
    /// Why nothing is sent there any more; name an address anew to go on.
    failure: Option<ChatFailure>,
    /// Since when.
    failed_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

/// Where you want to be told of things in a chat.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetChatAddress {
    /// The address of an incoming webhook, `https`, at most 2000 characters; kept as a secret.
    #[schema(value_type = String, max_length = 2000, example = "https://hooks.slack.com/services/T0/B0/7pQx")]
    pub(super) url: SecretString,
    /// What the address takes.
    pub(super) format: ChatFormat,
}

/// Get my chat address
///
/// Where you are told of things in a chat, without the address itself.
#[utoipa::path(
    operation_id = "getMyChatAddress", tag = "users",
    responses((status = 200, description = "The address.", body = ChatAddress)),
)]
#[get("/me/chat-address")]
pub async fn get_my_chat_address(ctx: Ctx) -> Result<HttpResponse> {
    ctx.show(|conn, actor| show(conn, actor, None)).await
}

/// Set my chat address
///
/// Names the incoming webhook where you are told that there is something to do, in place of another one. A
/// notice says nothing of what it is about and links to a page behind the sign-in. Which kinds come there
/// is said by your notification preferences, from the next change on. The format `generic` is that of the
/// Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature` by the secret in this answer,
/// which is never shown again: a replay by the same idempotency key shows the address without it. Refused is
/// what does not lie on the public network.
#[utoipa::path(
    operation_id = "setMyChatAddress", tag = "users", request_body = SetChatAddress,
    params(("If-Match" = Option<String>, Header)),
    responses((status = 200, description = "The address.", body = ChatAddress)),
)]
#[put("/me/chat-address")]
pub async fn set_my_chat_address(ctx: Ctx, body: Body<SetChatAddress>) -> Result<HttpResponse> {
    let (input, expected, state) = (body.clone(), ctx.if_match()?, Arc::clone(ctx.state()));
    let done = ctx
        .command(&body, move |tx, actor| {
            let sealed = Sealed::of(&input, actor.user_id, state.calendars, &state.derived)?;
            commands::set(tx, actor, expected, &sealed)
        })
        .await?;
    let (signs, state) = (!done.replayed, Arc::clone(ctx.state()));
    ctx.changed(done, move |conn, actor, id| {
        let secret =
            signs.then(|| signing_secret(&state.derived.secret(Purpose::ChatSignature, id)));
        show(conn, actor, secret)
    })
    .await
}

/// Remove my chat address
///
/// Forgets the address; notices that wait are not sent.
#[utoipa::path(
    operation_id = "removeMyChatAddress", tag = "users",
    params(("If-Match" = Option<String>, Header)),
    responses((status = 204, description = "The address is forgotten.")),
)]
#[delete("/me/chat-address")]
pub async fn remove_my_chat_address(ctx: Ctx, input: NoBody) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done = ctx.command(&input, move |tx, actor| commands::remove(tx, actor, expected)).await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, secret: Option<String>) -> Result<Shown<ChatAddress>> {
    let row = store::of_user(conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let version = row.version;
    let value = ChatAddress {
        id: row.id,
        host: row.host,
        ending: row.ending,
        secret: secret.filter(|_| row.format == ChatFormat::Generic),
        format: row.format,
        failure: row.failure,
        failed_at: row.failed_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(Shown { version, value })
}
