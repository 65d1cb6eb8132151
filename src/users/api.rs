//! Users over the API.

use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{UserState, commands, store};
use crate::access::{Action, Actor, OrgRole, require_everywhere};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Email, Line, Locale, Zone};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{UserId, kinds};
use crate::sessions::NewPassword;

/// A person who signs in, or a placeholder for one that an import only names.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    id: UserId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.com")]
    email: String,
    /// The role in the organization.
    role: OrgRole,
    state: UserState,
    /// The IANA time zone that they work in.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Their language.
    #[schema(example = "en-GB")]
    locale: String,
    created_at: Instant,
    updated_at: Instant,
}

impl From<store::User> for User {
    fn from(row: store::User) -> Self {
        let store::User { id, name, email, role, state, time_zone, locale, .. } = row;
        let (created_at, updated_at) = (row.created_at, row.updated_at);
        Self { id, name, email, role, state, time_zone, locale, created_at, updated_at }
    }
}

/// A user to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    pub(crate) name: Line<120>,
    /// What they sign in with; one account per address.
    pub(crate) email: Email,
    /// The role in the organization; only an owner makes owners.
    pub(crate) role: OrgRole,
    /// The IANA time zone that they work in.
    pub(crate) time_zone: Zone,
    /// Their language.
    pub(crate) locale: Locale,
    /// A first password; without one they cannot sign in with a password.
    pub(crate) password: Option<NewPassword>,
}

/// What to change; absent fields stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    pub(crate) name: Option<Line<120>>,
    /// The role in the organization; only an owner makes or unmakes owners.
    pub(crate) role: Option<OrgRole>,
    /// The IANA time zone that they work in.
    pub(crate) time_zone: Option<Zone>,
    /// Their language.
    pub(crate) locale: Option<Locale>,
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// Only those with this role.
    role: Option<OrgRole>,
    /// Only those in this state.
    state: Option<UserState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(UserFilter);

/// Create a user
///
/// Adds a person to the organization. With a password they can sign in at once. Only an owner
/// adds owners.
#[utoipa::path(
    operation_id = "createUser", tag = "users", request_body = CreateUser,
    responses((status = 201, description = "The user.", body = User)),
)]
#[post("/users")]
pub async fn create_user(ctx: Ctx, body: Body<CreateUser>) -> Result<HttpResponse> {
    let input = body.clone();
    let hash = hash_for_manager(&ctx, input.password.as_ref()).await?;
    let done = ctx
        .command(&body, move |tx, actor| commands::create(tx, actor, &input, hash.as_deref()))
        .await?;
    ctx.created(done, "users", show).await
}

/// Hashing is dear: it is done before the transaction, and only for those who may add users.
async fn hash_for_manager(ctx: &Ctx, password: Option<&NewPassword>) -> Result<Option<String>> {
    let Some(password) = password else {
        return Ok(None);
    };
    ctx.read(|_, actor| require_everywhere(actor, Action::ManageUsers)).await?;
    ctx.state().passwords.hash(password).await.map(Some)
}

/// List users
///
/// The directory of the organization, newest first, deactivated users and placeholders of imports
/// included.
#[utoipa::path(
    operation_id = "listUsers", tag = "users", params(UserFilter),
    responses((status = 200, description = "One page of users.", body = PageOf<User>)),
)]
#[get("/users")]
pub async fn list_users(ctx: Ctx, Params(filter): Params<UserFilter>) -> Result<HttpResponse> {
    let wanted = store::Wanted { role: filter.role, state: filter.state };
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ReadUsers)?;
        let rows = store::list(conn, wanted, page)?;
        Ok(Page::new(rows.into_iter().map(|row| (row.id.any(), User::from(row))).collect()))
    })
    .await
}

/// Get a user
///
/// One user.
#[utoipa::path(
    operation_id = "getUser", tag = "users",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "The user.", body = User)),
)]
#[get("/users/{id}")]
pub async fn get_user(ctx: Ctx, PathId(id): PathId<kinds::User>) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Update a user
///
/// Merge patch: absent fields stay. A new role holds from the next request on. Only an owner makes
/// or unmakes owners, and the last active owner stays one.
#[utoipa::path(
    operation_id = "updateUser", tag = "users", request_body = UpdateUser,
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "The user as they are now.", body = User)),
)]
#[patch("/users/{id}")]
pub async fn update_user(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    body: Body<UpdateUser>,
) -> Result<HttpResponse> {
    let (input, expected) = (body.clone(), ctx.if_match()?);
    let done = ctx
        .command(&body, move |tx, actor| commands::update(tx, actor, id, expected, &input))
        .await?;
    ctx.changed(done, show).await
}

/// Deactivate a user
///
/// Shuts a user out: their sessions end at once and they can no longer sign in. What they did
/// stays. The last active owner cannot be deactivated, and nobody deactivates themselves.
#[utoipa::path(
    operation_id = "deactivateUser", tag = "users",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 200, description = "The user, deactivated.", body = User)),
)]
#[put("/users/{id}/deactivation")]
pub async fn deactivate_user(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::deactivate(tx, actor, id, expected)).await?;
    ctx.changed(done, show).await
}

/// Reactivate a user
///
/// Lets a deactivated user sign in again. Sessions that had ended stay ended.
#[utoipa::path(
    operation_id = "reactivateUser", tag = "users",
    params(("id" = UserId, Path, description = "Which user.")),
    responses((status = 204, description = "The user is active again.")),
)]
#[delete("/users/{id}/deactivation")]
pub async fn reactivate_user(
    ctx: Ctx,
    PathId(id): PathId<kinds::User>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::reactivate(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn show(conn: &mut Conn, actor: &Actor, id: UserId) -> Result<Shown<User>> {
    require_everywhere(actor, Action::ReadUsers)?;
    let row = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: row.version, value: row.into() })
}
