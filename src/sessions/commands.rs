//! Starting, renewing and ending sessions.

use chrono::TimeDelta;

use super::{Device, store};
use crate::access::{Actor, Permit};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{SessionId, UserId};

/// How long a session can be renewed.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::days(30);

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

/// Starts a session for a user whose credentials were checked.
/// The one way in: whoever checks credentials, of whatever kind, comes here afterwards.
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
    /// The session goes on.
    Session(SessionId, UserId),
    /// A used token came again; the session has ended.
    Revoked,
}

/// Takes one refresh token for the next.
///
/// # Errors
/// `unauthenticated` for unknown, expired and revoked tokens.
pub fn renew(tx: &mut Tx<'_>, old_hash: &[u8], new_hash: &[u8]) -> Result<Renewed> {
    let renewal = store::find_renewal(tx.conn, old_hash)?.ok_or_else(Error::unauthenticated)?;
    if renewal.revoked_at.is_some() || renewal.expires_at <= tx.now() {
        return Err(Error::unauthenticated());
    }
    let permit = Permit::for_own_session(renewal.session_id, renewal.user_id.any());
    let successor = store::insert_refresh_token(tx, &permit, renewal.expires_at, new_hash)?;
    let first = store::use_refresh_token(tx, &permit, renewal.id, successor)?;
    if !first {
        // Committed on purpose: whoever holds the newest token is shut out as well.
        end_now(tx, &permit, renewal.session_id)?;
        return Ok(Renewed::Revoked);
    }
    store::touch(tx, &permit)?;
    Ok(Renewed::Session(renewal.session_id, renewal.user_id))
}

/// Signs out.
pub fn end(tx: &mut Tx<'_>, actor: &Actor) -> Result<SessionId> {
    let permit = Permit::for_own_session(actor.session_id, actor.user_id.any());
    end_now(tx, &permit, actor.session_id)?;
    Ok(actor.session_id)
}

fn end_now(tx: &mut Tx<'_>, permit: &Permit, id: SessionId) -> Result<()> {
    if store::revoke(tx, permit)? {
        record(tx, permit, &Event::new(EventKind::SessionEnded, id.into()))?;
    }
    Ok(())
}
