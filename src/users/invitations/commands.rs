//! Inviting, sending again, withdrawing, joining.

use super::InvitationState;
use super::api::CreateInvitation;
use super::store::{self, Invitation};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::capabilities::commands::{consume, issue, require, revoke};
use crate::capabilities::{CapabilityKind, NewLink};
use crate::db::Tx;
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{InvitationId, UserId};
use crate::users::commands::{NewUser, check_agency, check_owner, place};
use crate::users::store::User;
use crate::users::{self, UserCommand, UserState};

/// Invites a person as an actor asks.
///
/// # Errors
/// `already_exists` when the address belongs to an account; `forbidden` when somebody who is no
/// owner invites one.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateInvitation,
    link: &NewLink,
) -> Result<InvitationId> {
    let (id, user_id): (InvitationId, UserId) = (tx.id(), tx.id());
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    check_owner(actor, user_id, [input.role])?;
    let person = NewUser {
        name: input.name.to_text(),
        email: Some(input.email.clone()),
        role: input.role,
        state: UserState::Invited,
        time_zone: input.time_zone.to_text(),
        locale: input.locale.to_text(),
        agency_id: check_agency(tx, input.role, input.agency_id)?,
        password_hash: None,
    };
    place(tx, &permit.extend_to(user_id), user_id, person)?;
    let now = tx.now();
    let row = Invitation {
        id,
        user_id,
        invited_by: Some(actor.user_id),
        state: InvitationState::Pending,
        sent_at: now,
        expires_at: now + CapabilityKind::Invitation.lifetime(),
        closed_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    let event = Event::new(EventKind::InvitationCreated, id.into()).id("user_id", user_id);
    record(tx, &permit, &event.code("role", input.role.as_str()))?;
    send(tx, &permit, &row, link)
}

/// Sends an invitation again, with another link.
///
/// # Errors
/// `illegal_transition` when it is no longer pending.
pub(crate) fn resend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InvitationId,
    expected: Option<i64>,
    link: &NewLink,
) -> Result<InvitationId> {
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    let (mut row, user) = find(tx, id, expected)?;
    check_owner(actor, user.id, [user.role])?;
    require_pending(&row)?;
    row.sent_at = tx.now();
    row.expires_at = tx.now() + CapabilityKind::Invitation.lifetime();
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::InvitationResent, id.into()))?;
    send(tx, &permit, &row, link)
}

fn send(
    tx: &mut Tx<'_>,
    permit: &Permit,
    row: &Invitation,
    link: &NewLink,
) -> Result<InvitationId> {
    let whose = (Some(row.id.into()), Some(row.user_id));
    issue(tx, permit, link, CapabilityKind::Invitation, whose)?;
    Ok(row.id)
}

/// Takes an invitation back: its link stops working and the account is deactivated.
///
/// # Errors
/// `illegal_transition` when it is no longer pending.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InvitationId,
    expected: Option<i64>,
) -> Result<InvitationId> {
    let permit = permit_known(actor, Action::ManageUsers, id)?;
    let (row, mut user) = find(tx, id, expected)?;
    check_owner(actor, user.id, [user.role])?;
    require_pending(&row)?;
    user.state = user.state.apply(UserCommand::Deactivate)?;
    let of_user = permit.extend_to(user.id);
    users::store::save(tx, &of_user, &user)?;
    let event = Event::new(EventKind::UserDeactivated, user.id.into());
    record(tx, &of_user, &event.number("sessions_ended", 0))?;
    revoke(tx, &permit, None, Some(user.id))?;
    close(tx, &permit, row, InvitationState::Withdrawn)?;
    Ok(id)
}

/// Withdraws whatever invitation of a person is pending, because the account goes another way.
pub(crate) fn close_pending(tx: &mut Tx<'_>, permit: &Permit, user_id: UserId) -> Result<()> {
    match store::find_pending(tx.conn, user_id)? {
        Some(row) => close(tx, permit, row, InvitationState::Withdrawn),
        None => Ok(()),
    }
}

/// What a person chooses when they join.
#[derive(Debug, Clone)]
pub(crate) struct Joining {
    /// What they are called.
    pub(crate) name: String,
    /// The IANA time zone that they work in.
    pub(crate) time_zone: String,
    /// Their language.
    pub(crate) locale: String,
    /// The PHC string of their password; none where people sign in elsewhere.
    pub(crate) password_hash: Option<String>,
}

/// Joins, by the link of an invitation, which this uses up.
///
/// # Errors
/// That the link does not work, also when the invitation or the account is not what it was.
pub(crate) fn accept(tx: &mut Tx<'_>, token_hash: &[u8], joining: &Joining) -> Result<UserId> {
    let now = tx.now();
    let link = require(tx.conn, token_hash, CapabilityKind::Invitation, now)?;
    let (row, mut user) = invited(tx.conn, &link)?;
    let permit = Permit::for_capability(row.id, Some(user.id.any()));
    consume(tx, &permit, &link)?;
    user.state = user.state.apply(UserCommand::Accept)?;
    user.name.clone_from(&joining.name);
    user.time_zone.clone_from(&joining.time_zone);
    user.locale.clone_from(&joining.locale);
    user.password_hash.clone_from(&joining.password_hash);
    let of_user = permit.extend_to(user.id);
    users::store::save(tx, &of_user, &user)?;
    let changed = ["name", "time_zone", "locale", "password", "state"];
    record(tx, &of_user, &Event::new(EventKind::UserUpdated, user.id.into()).changed(&changed))?;
    close(tx, &permit, row, InvitationState::Accepted)?;
    Ok(user.id)
}

/// Joins by way of an identity provider, which vouches for the address as the link would have done;
/// ends the link.
pub(crate) fn join_vouched(tx: &mut Tx<'_>, permit: &Permit, mut user: User) -> Result<()> {
    user.state = user.state.apply(UserCommand::Accept)?;
    users::store::save(tx, permit, &user)?;
    record(tx, permit, &Event::new(EventKind::UserUpdated, user.id.into()).changed(&["state"]))?;
    revoke(tx, permit, None, Some(user.id))?;
    match store::find_pending(tx.conn, user.id)? {
        Some(row) => close(tx, permit, row, InvitationState::Accepted),
        None => Ok(()),
    }
}

/// The invitation behind a link, and the person, who is still invited.
///
/// # Errors
/// That the link does not work.
pub(crate) fn invited(
    conn: &mut crate::db::Conn,
    link: &crate::capabilities::store::Capability,
) -> Result<(Invitation, User)> {
    let dead = crate::capabilities::commands::dead_link;
    let id = link.subject_id.ok_or_else(dead)?;
    let found = store::find(conn, id.typed())?;
    found
        .filter(|(row, user)| {
            row.state == InvitationState::Pending && user.state == UserState::Invited
        })
        .ok_or_else(dead)
}

fn close(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut row: Invitation,
    state: InvitationState,
) -> Result<()> {
    let kind = if state == InvitationState::Accepted {
        EventKind::InvitationAccepted
    } else {
        EventKind::InvitationWithdrawn
    };
    row.state = state;
    row.closed_at = Some(tx.now());
    let permit = permit.extend_to(row.id);
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(kind, row.id.into()).id("user_id", row.user_id))?;
    Ok(())
}

fn find(tx: &mut Tx<'_>, id: InvitationId, expected: Option<i64>) -> Result<(Invitation, User)> {
    let (row, user) = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    Ok((row, user))
}

fn require_pending(row: &Invitation) -> Result<()> {
    if row.state == InvitationState::Pending {
        return Ok(());
    }
    Err(Error::new(Code::IllegalTransition, "The invitation is no longer pending."))
}
