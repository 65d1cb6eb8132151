//! Mails about accounts: an invitation, a link to another password, and the word that there is one.

use serde_json::{Map, json};

use super::compose::Content;
use super::interviews::local;
use super::recipients::{Owed, all_but_the_actor, at_once};
use super::times;
use crate::capabilities::{self, CapabilityKind};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AnyId, CapabilityId, UserId};
use crate::mail::MailKind;
use crate::outbox::Delivery;
use crate::users;
use crate::users::store::User;

/// The mail that a link is sent by: to its person alone, or to the candidate.
pub(super) fn owed_for_link(conn: &mut Conn, id: CapabilityId, now: Instant) -> Result<Vec<Owed>> {
    let Some(link) = capabilities::store::find_live_by_id(conn, id, now)? else {
        return Ok(Vec::new());
    };
    Ok(match link.kind {
        CapabilityKind::Invitation => at_once(MailKind::Invitation, link.user_id),
        CapabilityKind::PasswordReset => at_once(MailKind::PasswordReset, link.user_id),
        CapabilityKind::Scheduling => times::owed_for_link(conn, &link)?,
        // The one stands in the mails about the interview, the others are shown where they are made.
        CapabilityKind::Scorecard | CapabilityKind::Calendar | CapabilityKind::Setup => Vec::new(),
    })
}

/// The word that an account has another password goes to its person, above all when they believe
/// that they did not set it.
pub(super) fn owed_for_password(id: UserId) -> Vec<Owed> {
    at_once(MailKind::PasswordChanged, [id])
}

/// Every other owner is told that the break-glass owner signed in with a password.
pub(super) fn owed_for_glass(conn: &mut Conn, actor: Option<AnyId>) -> Result<Vec<Owed>> {
    let owners = users::store::active_owners(conn)?;
    Ok(at_once(MailKind::BreakGlassSignIn, all_but_the_actor(owners, actor)))
}

/// What an invitation says; none when its link does not work any more.
pub(super) fn invitation(
    conn: &mut Conn,
    reader: &User,
    id: CapabilityId,
    now: Instant,
) -> Result<Option<Content>> {
    let Some(link) = capabilities::store::find_live_by_id(conn, id, now)? else {
        return Ok(None);
    };
    let Some(invitation) = users::invitations::store::find_pending(conn, reader.id)? else {
        return Ok(None);
    };
    let inviter = match invitation.invited_by {
        Some(id) => users::store::find(conn, id)?,
        None => None,
    };
    let mut facts = Map::new();
    let inviter_name = inviter.map_or_else(|| "An administrator".to_owned(), |user| user.name);
    facts.insert("inviter_name".to_owned(), json!(inviter_name));
    let expires_at = local(link.expires_at, &reader.time_zone);
    facts.insert("expires_at_local".to_owned(), json!(expires_at));
    Ok(Some(Content { capability: Some(id), ..content("/l/", facts) }))
}

/// What the mail with a link to another password says; none when the link does not work any more.
pub(super) fn reset(conn: &mut Conn, id: CapabilityId, now: Instant) -> Result<Option<Content>> {
    let Some(link) = capabilities::store::find_live_by_id(conn, id, now)? else {
        return Ok(None);
    };
    let mut facts = Map::new();
    facts.insert("minutes".to_owned(), json!(link.kind.lifetime().num_minutes()));
    Ok(Some(Content { capability: Some(id), ..content("/l/", facts) }))
}

/// What the word about another password says.
pub(super) fn changed(reader: &User, delivery: &Delivery) -> Content {
    let mut facts = Map::new();
    let changed_at = local(delivery.created_at, &reader.time_zone);
    facts.insert("changed_at_local".to_owned(), json!(changed_at));
    content("/password-reset", facts)
}

/// What the word about the break-glass owner says.
pub(super) fn glass(
    conn: &mut Conn,
    reader: &User,
    delivery: &Delivery,
    id: UserId,
) -> Result<Option<Content>> {
    let Some(owner) = users::store::find(conn, id)? else {
        return Ok(None);
    };
    let mut facts = Map::new();
    facts.insert("owner_name".to_owned(), json!(owner.name));
    let broken_at = local(delivery.created_at, &reader.time_zone);
    facts.insert("broken_at_local".to_owned(), json!(broken_at));
    Ok(Some(content("/account", facts)))
}

fn content(path: &str, facts: Map<String, serde_json::Value>) -> Content {
    Content { path: path.to_owned(), application_id: None, capability: None, facts, calendar: None }
}
