//! Invitations over the API.

use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{InvitationState, commands, store};
use crate::access::{Action, Actor, OrgRole, require_everywhere};
use crate::capabilities::NewLink;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::fields::{Email, Line, Locale, Zone};
use crate::http::{Body, Ctx, NoBody, Page, PageOf, Params, PathId, Shown};
use crate::ids::{AgencyId, InvitationId, UserId, kinds};
use crate::users::store::User;

/// Somebody who was asked to join.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    id: InvitationId,
    state: InvitationState,
    /// The user that the invitation made.
    user_id: UserId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.com")]
    email: String,
    /// The role in the organization.
    role: OrgRole,
    /// Who invited them.
    invited_by: Option<UserId>,
    /// When the mail with the newest link was made.
    sent_at: Instant,
    /// Until when the newest link works; send the invitation again for another one.
    expires_at: Instant,
    /// When the person joined, or the invitation was withdrawn.
    closed_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
}

impl From<(store::Invitation, User)> for Invitation {
    fn from((row, user): (store::Invitation, User)) -> Self {
        let store::Invitation { id, state, user_id, invited_by, sent_at, expires_at, .. } = row;
        let (closed_at, created_at, updated_at) = (row.closed_at, row.created_at, row.updated_at);
        let User { name, email, role, .. } = user;
        Self {
            id,
            state,
            user_id,
            name,
            email,
            role,
            invited_by,
            sent_at,
            expires_at,
            closed_at,
            created_at,
            updated_at,
        }
    }
}

/// Somebody to invite.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitation {
    pub(super) name: Line<120>,
    /// Where the invitation goes, and what they will sign in with; one account per address.
    pub(super) email: Email,
    /// The role in the organization; only an owner invites owners.
    pub(super) role: OrgRole,
    /// The IANA time zone that they work in; they can choose another one when they join.
    pub(super) time_zone: Zone,
    /// Their language; they can choose another one when they join.
    pub(super) locale: Locale,
    /// The agency that an external recruiter works for, and nobody else.
    pub(super) agency_id: Option<AgencyId>,
}

/// Which invitations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvitationFilter {
    /// Only those in this state.
    state: Option<InvitationState>,
    /// Page size.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// From the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

crate::paged!(InvitationFilter);

/// Invite a person
///
/// Makes a user in the state `invited` and sends them a link by mail that works once, for seven
/// days. Behind it they choose their name, password, time zone and language, and are active from
/// then on. Only an owner invites owners.
#[utoipa::path(
    operation_id = "createInvitation", tag = "users", request_body = CreateInvitation,
    responses((status = 201, description = "The invitation.", body = Invitation)),
)]
#[post("/invitations")]
pub async fn create_invitation(ctx: Ctx, body: Body<CreateInvitation>) -> Result<HttpResponse> {
    let (input, link) = (body.clone(), new_link(&ctx));
    let done =
        ctx.command(&body, move |tx, actor| commands::create(tx, actor, &input, &link)).await?;
    ctx.created(done, "invitations", show).await
}

/// List invitations
///
/// Who was asked to join, newest first, accepted and withdrawn ones included.
#[utoipa::path(
    operation_id = "listInvitations", tag = "users", params(InvitationFilter),
    responses((status = 200, description = "One page of invitations.", body = PageOf<Invitation>)),
)]
#[get("/invitations")]
pub async fn list_invitations(
    ctx: Ctx,
    Params(filter): Params<InvitationFilter>,
) -> Result<HttpResponse> {
    let state = filter.state;
    ctx.list(&filter, move |conn, actor, page| {
        require_everywhere(actor, Action::ManageUsers)?;
        let rows = store::list(conn, state, page)?.into_iter();
        Ok(Page::new(rows.map(|row| (row.0.id.any(), Invitation::from(row))).collect()))
    })
    .await
}

/// Get an invitation
///
/// One invitation.
#[utoipa::path(
    operation_id = "getInvitation", tag = "users",
    params(("id" = InvitationId, Path, description = "Which invitation.")),
    responses((status = 200, description = "The invitation.", body = Invitation)),
)]
#[get("/invitations/{id}")]
pub async fn get_invitation(
    ctx: Ctx,
    PathId(id): PathId<kinds::Invitation>,
) -> Result<HttpResponse> {
    ctx.show(move |conn, actor| show(conn, actor, id)).await
}

/// Send an invitation again
///
/// Sends another link, which works for seven days; the one before it stops working.
#[utoipa::path(
    operation_id = "resendInvitation", tag = "users",
    params(
        ("id" = InvitationId, Path, description = "Which invitation."),
        ("If-Match" = Option<String>, Header),
    ),
    responses((status = 200, description = "The invitation as it is now.", body = Invitation)),
)]
#[post("/invitations/{id}/deliveries")]
pub async fn resend_invitation(
    ctx: Ctx,
    PathId(id): PathId<kinds::Invitation>,
    input: NoBody,
) -> Result<HttpResponse> {
    let (expected, link) = (ctx.if_match()?, new_link(&ctx));
    let done = ctx
        .command(&input, move |tx, actor| commands::resend(tx, actor, id, expected, &link))
        .await?;
    ctx.changed(done, show).await
}

/// Withdraw an invitation
///
/// The link stops working and the user is deactivated; whoever reactivates them lets them in
/// without an invitation.
#[utoipa::path(
    operation_id = "withdrawInvitation", tag = "users",
    params(("id" = InvitationId, Path, description = "Which invitation.")),
    responses((status = 204, description = "The invitation is withdrawn.")),
)]
#[delete("/invitations/{id}")]
pub async fn withdraw_invitation(
    ctx: Ctx,
    PathId(id): PathId<kinds::Invitation>,
    input: NoBody,
) -> Result<HttpResponse> {
    let expected = ctx.if_match()?;
    let done =
        ctx.command(&input, move |tx, actor| commands::withdraw(tx, actor, id, expected)).await?;
    Ok(ctx.removed(done))
}

fn new_link(ctx: &Ctx) -> NewLink {
    NewLink::draw(ctx.db(), &ctx.state().derived)
}

fn show(conn: &mut Conn, actor: &Actor, id: InvitationId) -> Result<Shown<Invitation>> {
    require_everywhere(actor, Action::ManageUsers)?;
    let found = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    Ok(Shown { version: found.0.version, value: found.into() })
}
