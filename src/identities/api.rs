//! Identities over the API.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{commands, store};
use crate::access::{Action, require_everywhere};
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::http::{Ctx, NoBody, Page, PageOf, Params, PathId};
use crate::ids::{IdentityId, UserId, kinds};
use crate::users;

/// Who a person is at an identity provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    id: IdentityId,
    /// Whose account it leads to.
    user_id: UserId,
    /// Who vouches.
    #[schema(example = "https://id.example.com")]
    issuer: String,
    /// What the issuer calls the person; it never changes there.
    #[schema(example = "248289761001")]
    subject: String,
    /// Since when they are connected.
    created_at: Instant,
    /// When the person last signed in with it.
    last_used_at: Instant,
}

impl From<store::Identity> for Identity {
    fn from(row: store::Identity) -> Self {
        let store::Identity { id, user_id, issuer, subject, created_at, last_used_at } = row;
        Self { id, user_id, issuer, subject, created_at, last_used_at }
    }
}

/// Which identities.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IdentityFilter {
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(IdentityFilter);

/// List a user's identities
///
/// The identities at an identity provider with which a user signs in, newest first: one's own, or
/// anybody's for whoever manages users.
#[utoipa::path(
    operation_id = "listIdentities", tag = "sessions",
    params(("id" = UserId, Path, description = "Whose."), IdentityFilter),
    responses((status = 200, description = "One page of identities.", body = PageOf<Identity>)),
)]
#[get("/users/{id}/identities")]
pub async fn list_identities(
    ctx: Ctx,
    PathId(user_id): PathId<kinds::User>,
    Params(filter): Params<IdentityFilter>,
) -> Result<HttpResponse> {
    ctx.list(&filter, move |conn, actor, page| {
        if user_id != actor.user_id {
            require_everywhere(actor, Action::ManageUsers)?;
        }
        users::store::find(conn, user_id)?.ok_or_else(Error::not_found)?;
        let rows = store::list(conn, user_id, page)?;
        Ok(Page::new(
            rows.into_iter().map(|row| (row.id.any(), row.into())).collect::<Vec<(_, Identity)>>(),
        ))
    })
    .await
}

/// Disconnect an identity
///
/// Parts a user from an identity. One's own goes when a password leads in as well; whoever manages
/// users parts anybody, which ends that user's sessions. The next sign-in with the identity then finds
/// the account by its verified address, if it has no other way in.
#[utoipa::path(
    operation_id = "disconnectIdentity", tag = "sessions",
    params(("id" = IdentityId, Path, description = "Which identity.")),
    responses((status = 204, description = "They are parted.")),
)]
#[delete("/identities/{id}")]
pub async fn disconnect_identity(
    ctx: Ctx,
    PathId(id): PathId<kinds::Identity>,
    input: NoBody,
) -> Result<HttpResponse> {
    let state = Arc::clone(ctx.state());
    let work = move |tx: &mut crate::db::Tx<'_>, actor: &crate::access::Actor| {
        commands::disconnect(tx, actor, &state.sign_in.rules, id)
    };
    let done = ctx.command(&input, work).await?;
    Ok(ctx.removed(done))
}
