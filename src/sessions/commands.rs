//! Starting, renewing and ending sessions.

use chrono::TimeDelta;

use super::store::{self, Renewal};
use super::{Device, SESSION_LIFETIME};
use crate::access::{Action, Actor, Permit, everywhere};
use crate::capabilities;
use crate::clock::Instant;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{SessionId, UserId};
use crate::users;

/// How long a used refresh token gives its successor again: for whoever never got the answer, and
/// for those who renewed at the same moment.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// An account whose password was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Whose it is.
    pub user_id: UserId,
    /// Whether passwords are switched off for everybody else.
    pub breaks_glass: bool,
}

/// Records that somebody signs in with the one password that works where passwords are switched off,
/// which the other owners are told.
pub fn note_glass(tx: &mut Tx<'_>, checked: Checked) -> Result<()> {
    let Checked { user_id, breaks_glass } = checked;
    if breaks_glass {
        let permit = Permit::for_own_session(user_id, user_id.any());
        record(tx, &permit, &Event::new(EventKind::UserBrokeGlass, user_id.into()))?;
    }
    Ok(())
}

/// Starts a session for a user whose credentials were checked. The one way in: whoever checks
/// credentials, of whatever kind, comes here afterwards.
pub fn start(
    tx: &mut Tx<'_>,
    user_id: UserId,
    refresh_hash: &[u8],
    device: &Device,
) -> Result<SessionId> {
    let id: SessionId = tx.id();
    let permit = Permit::for_own_session(id, user_id.any());
    let expires_at = tx.now() + SESSION_LIFETIME;
    store::insert(tx, &permit, user_id, expires_at, device)?;
    store::insert_refresh_token(tx, &permit, expires_at, refresh_hash)?;
    let event = Event::new(EventKind::SessionStarted, id.into()).id("user_id", user_id);
    record(tx, &permit, &event.code("method", device.method.as_str()))?;
    Ok(id)
}

/// What a renewal gives, or that the session was ended because its token came twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The session goes on, with the successor.
    Session {
        /// Which one.
        id: SessionId,
        /// Whose.
        user_id: UserId,
        /// When it ends for good.
        expires_at: Instant,
    },
    /// A used token came again; the session has ended.
    Revoked,
}

/// Takes one refresh token for its successor. A token that was used a moment ago gives the same
/// successor again, as long as that one was not used itself; any other use of a used token says that
/// two hold it, and ends the session.
///
/// `session_id` is the session of the token, by which those who renew at the same moment wait for
/// each other.
///
/// # Errors
/// `unauthenticated` for unknown, expired and revoked tokens.
pub fn renew(
    tx: &mut Tx<'_>,
    session_id: SessionId,
    token_hash: &[u8],
    successor_hash: &[u8],
) -> Result<Renewed> {
    dialect::lock(tx.conn, Root::Session, session_id.any())?;
    let token = store::find_renewal(tx.conn, token_hash)?.ok_or_else(Error::unauthenticated)?;
    if token.revoked_at.is_some() || token.expires_at <= tx.now() {
        return Err(Error::unauthenticated());
    }
    let permit = Permit::for_own_session(token.session_id, token.user_id.any());
    let Some(used_at) = token.used_at else {
        let successor = store::insert_refresh_token(tx, &permit, token.expires_at, successor_hash)?;
        store::use_refresh_token(tx, &permit, token.id, successor)?;
        store::touch(tx, &permit)?;
        return Ok(goes_on(&token));
    };
    let successor = store::find_renewal(tx.conn, successor_hash)?;
    let fresh = successor.is_some_and(|successor| successor.used_at.is_none());
    if fresh && used_at + GRACE >= tx.now() {
        return Ok(goes_on(&token));
    }
    // Committed on purpose: whoever holds the newest token is shut out as well.
    let permit = Permit::for_system(token.session_id);
    store::revoke(tx, &permit)?;
    let event = Event::new(EventKind::SessionReuseDetected, token.session_id.into());
    record(tx, &permit, &event.id("user_id", token.user_id))?;
    Ok(Renewed::Revoked)
}

fn goes_on(token: &Renewal) -> Renewed {
    let Renewal { session_id: id, user_id, expires_at, .. } = *token;
    Renewed::Session { id, user_id, expires_at }
}

/// Signs out.
pub fn end(tx: &mut Tx<'_>, actor: &Actor) -> Result<SessionId> {
    let permit = Permit::for_own_session(actor.session_id, actor.user_id.any());
    end_now(tx, &permit)?;
    Ok(actor.session_id)
}

/// Ends one session that goes on: one's own, or somebody's whom one manages.
///
/// # Errors
/// `not_found` when it has ended, or is another's and one manages no users; `forbidden` for an
/// owner's, unless the actor is one.
pub fn end_one(tx: &mut Tx<'_>, actor: &Actor, id: SessionId) -> Result<SessionId> {
    let user_id = store::user_of_live(tx.conn, id, tx.now())?.ok_or_else(Error::not_found)?;
    let permit = if user_id == actor.user_id {
        Permit::for_own_session(id, user_id.any())
    } else if everywhere(actor, Action::ManageUsers) {
        users::commands::permit_to_manage(tx, actor, user_id)?.extend_to(id)
    } else {
        return Err(Error::not_found());
    };
    end_now(tx, &permit)?;
    Ok(id)
}

/// Ends every session of the actor but the one that asks.
pub fn end_others(tx: &mut Tx<'_>, actor: &Actor) -> Result<UserId> {
    let permit = Permit::for_own_session(actor.user_id, actor.user_id.any());
    let ended = store::revoke_all_but(tx, &permit, actor.user_id, actor.session_id)?;
    record_ended(tx, &permit, actor.user_id, ended)
}

/// Sets another password of the actor's own, and ends all their other sessions.
///
/// # Errors
/// `stale` when it is no longer the one that was checked.
pub fn change_password(
    tx: &mut Tx<'_>,
    actor: &Actor,
    known_hash: &str,
    password_hash: &str,
) -> Result<UserId> {
    let permit = Permit::for_own_session(actor.user_id, actor.user_id.any());
    users::store::replace_hash(tx, &permit, known_hash, password_hash)?;
    capabilities::commands::revoke(tx, &permit, None, Some(actor.user_id))?;
    let ended = store::revoke_all_but(tx, &permit, actor.user_id, actor.session_id)?;
    let ended = i64::try_from(ended).unwrap_or(i64::MAX);
    let event = Event::new(EventKind::UserPasswordChanged, actor.user_id.into());
    record(tx, &permit, &event.number("sessions_ended", ended))?;
    Ok(actor.user_id)
}

/// Keeps the same password by today's parameters, unless it was changed meanwhile.
pub fn replace_hash(tx: &mut Tx<'_>, id: UserId, weak: &str, renewed: &str) -> Result<()> {
    let permit = Permit::for_own_session(id, id.any());
    match users::store::replace_hash(tx, &permit, weak, renewed) {
        Err(error) if error.code == Code::Stale => Ok(()),
        outcome => outcome,
    }
}

/// Ends every session of a user whom the actor manages.
///
/// # Errors
/// `forbidden` for an owner's, unless the actor is one.
pub fn end_all(tx: &mut Tx<'_>, actor: &Actor, user_id: UserId) -> Result<UserId> {
    let permit = users::commands::permit_to_manage(tx, actor, user_id)?;
    let ended = store::revoke_all(tx, &permit, user_id)?;
    record_ended(tx, &permit, user_id, ended)
}

fn record_ended(tx: &mut Tx<'_>, permit: &Permit, id: UserId, ended: usize) -> Result<UserId> {
    let ended = i64::try_from(ended).unwrap_or(i64::MAX);
    let event = Event::new(EventKind::UserSessionsEnded, id.into());
    record(tx, permit, &event.number("sessions_ended", ended))?;
    Ok(id)
}

fn end_now(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    if store::revoke(tx, permit)? {
        let id: SessionId = permit.subject().id.typed();
        record(tx, permit, &Event::new(EventKind::SessionEnded, id.into()))?;
    }
    Ok(())
}
