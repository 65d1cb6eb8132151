//! Asking for another password, and setting one.

use chrono::TimeDelta;

use super::store;
use crate::access::Permit;
use crate::capabilities::commands::{consume, dead_link, issue, require};
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::{PasswordResetId, UserId};
use crate::sessions;
use crate::users::UserState;
use crate::users::store::{User, find_active, find_by_email, save};

/// How many links an account is sent within [`WINDOW`]: enough for somebody whose mail is slow, too
/// few to flood a mailbox.
const LINKS_AT_MOST: i64 = 3;
/// The span in which links are counted.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// Notes that somebody asked for another password for an address.
pub(crate) fn request(tx: &mut Tx<'_>, email_folded: &str) -> Result<PasswordResetId> {
    let id: PasswordResetId = tx.id();
    let permit = Permit::for_system(id);
    store::insert(tx, &permit, email_folded)?;
    record(tx, &permit, &Event::new(EventKind::PasswordResetRequested, id.into()))?;
    Ok(id)
}

/// Looks an address up and forgets it; makes the link, which makes the mail, for an active account
/// that did not get too many. There is no link where a password would not work.
pub(super) fn handle(
    tx: &mut Tx<'_>,
    id: PasswordResetId,
    email_folded: &str,
    link: Option<&NewLink>,
) -> Result<()> {
    let permit = Permit::for_system(id);
    if !store::take(tx, &permit)? {
        return Ok(());
    }
    let Some(link) = link else {
        return Ok(());
    };
    let user = find_by_email(tx.conn, email_folded)?;
    let Some(user) = user.filter(|user| user.state == UserState::Active) else {
        return Ok(());
    };
    let (kind, since) = (CapabilityKind::PasswordReset, tx.now() + -WINDOW);
    if capabilities::store::count_since(tx.conn, kind, user.id, since)? >= LINKS_AT_MOST {
        return Ok(());
    }
    issue(tx, &permit, link, kind, (None, Some(user.id)))?;
    Ok(())
}

/// The person behind a link, who is still active.
///
/// # Errors
/// That the link does not work.
pub(crate) fn person(conn: &mut Conn, link: &capabilities::store::Capability) -> Result<User> {
    let id = link.user_id.ok_or_else(dead_link)?;
    find_active(conn, id)?.ok_or_else(dead_link)
}

/// Sets another password by a link, which this uses up.
///
/// # Errors
/// That the link does not work.
pub(crate) fn reset(tx: &mut Tx<'_>, token_hash: &[u8], password_hash: &str) -> Result<UserId> {
    let now = tx.now();
    let link = require(tx.conn, token_hash, CapabilityKind::PasswordReset, now)?;
    let user = person(tx.conn, &link)?;
    let permit = Permit::for_capability(user.id, Some(user.id.any()));
    consume(tx, &permit, &link)?;
    change(tx, &permit, user, password_hash)
}

/// Gives a person another password, ends every session of theirs and takes back every link; the
/// event makes the mail that tells them.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    permit: &Permit,
    mut user: User,
    password_hash: &str,
) -> Result<UserId> {
    let id = user.id;
    user.password_hash = Some(password_hash.to_owned());
    save(tx, permit, &user)?;
    capabilities::commands::revoke(tx, permit, None, Some(id))?;
    let ended = sessions::store::revoke_all(tx, permit, id)?;
    let ended = i64::try_from(ended).unwrap_or(i64::MAX);
    let event = Event::new(EventKind::UserPasswordChanged, id.into());
    record(tx, permit, &event.number("sessions_ended", ended))?;
    Ok(id)
}
