//! Making, using and taking back links.

use super::CapabilityKind;
use super::store::{self, Capability, NewCapability};
use crate::access::{Permit, Subject};
use crate::clock::Instant;
use crate::db::{Conn, Db, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{AnyId, CapabilityId, Id, UserId};
use crate::sessions::{DerivedSecrets, Purpose, secret_hash};

/// A link that is about to be made: drawn before the transaction, where nothing is hashed.
#[derive(Debug, Clone)]
pub struct NewLink {
    id: CapabilityId,
    token_hash: Vec<u8>,
}

impl NewLink {
    /// Draws an id and derives the secret from it.
    pub fn draw(db: &Db, derived: &DerivedSecrets) -> Self {
        let id = db.unit().ids.next_id();
        Self { id, token_hash: secret_hash(&derived.secret(Purpose::Capability, id)) }
    }

    /// The id of the link.
    pub fn id(&self) -> CapabilityId {
        self.id
    }
}

/// Makes a link, and takes back those of its kind to the same thing that its person had. Returns until when it works.
pub(crate) fn issue(
    tx: &mut Tx<'_>,
    permit: &Permit,
    link: &NewLink,
    kind: CapabilityKind,
    (subject, user_id): (Option<Subject>, Option<UserId>),
) -> Result<Instant> {
    revoke(tx, permit, Some((kind, subject.map(|subject| subject.id))), user_id)?;
    let expires_at = tx.now() + kind.lifetime();
    let permit = permit.extend_to(link.id);
    let new = NewCapability { token_hash: &link.token_hash, kind, subject, user_id, expires_at };
    store::insert(tx, &permit, &new)?;
    let event = Event::new(EventKind::CapabilityIssued, link.id.into()).code("kind", kind.as_str());
    let event = match user_id {
        Some(user_id) => event.id("user_id", user_id),
        None => event,
    };
    record(tx, &permit, &event)?;
    Ok(expires_at)
}

/// Takes back the links of a person that still work; only those of one kind to one thing when it is
/// named.
pub(crate) fn revoke(
    tx: &mut Tx<'_>,
    permit: &Permit,
    which: Option<(CapabilityKind, Option<AnyId>)>,
    user_id: Option<UserId>,
) -> Result<()> {
    for id in store::revoke(tx, permit, which, user_id)? {
        let permit = permit.extend_to(id);
        record(tx, &permit, &Event::new(EventKind::CapabilityRevoked, id.into()))?;
    }
    Ok(())
}

/// The link of a kind behind a secret.
///
/// # Errors
/// [`dead_link`] for one that is unknown, of another kind, used, revoked or expired.
pub(crate) fn require(
    conn: &mut Conn,
    token_hash: &[u8],
    kind: CapabilityKind,
    now: Instant,
) -> Result<Capability> {
    let found = store::find_live(conn, token_hash, now)?;
    found.filter(|link| link.kind == kind).ok_or_else(dead_link)
}

/// Binds a link of several steps to the browser that posts through it first.
///
/// # Errors
/// [`dead_link`] when another browser was first.
pub(crate) fn bind(tx: &mut Tx<'_>, link: &Capability, browser_hash: &[u8]) -> Result<()> {
    match &link.browser_hash {
        Some(bound) if bound == browser_hash => return Ok(()),
        Some(_) => return Err(dead_link()),
        None => {}
    }
    let permit = Permit::for_capability(link.id, link.user_id.map(Id::any));
    if !store::bind(tx, &permit, browser_hash)? {
        return Err(dead_link());
    }
    let event = Event::new(EventKind::CapabilityUsed, link.id.into());
    record(tx, &permit, &event.code("kind", link.kind.as_str()))?;
    Ok(())
}

/// Uses a link up.
///
/// # Errors
/// [`dead_link`] when somebody else used it a moment before.
pub(crate) fn consume(tx: &mut Tx<'_>, permit: &Permit, link: &Capability) -> Result<()> {
    let permit = permit.extend_to(link.id);
    if !store::consume(tx, &permit)? {
        return Err(dead_link());
    }
    let event = Event::new(EventKind::CapabilityUsed, link.id.into());
    record(tx, &permit, &event.code("kind", link.kind.as_str()))?;
    Ok(())
}

/// What is said of every link that does not work, whatever the reason: 404, because 410 would tell
/// that there was one.
pub(crate) fn dead_link() -> Error {
    Error::new(Code::NotFound, "The link does not work, or no longer.")
}
