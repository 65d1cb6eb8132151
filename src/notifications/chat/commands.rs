//! Naming a chat address, taking it back, and noting that it is of no use.

use secrecy::ExposeSecret;

use super::api::SetChatAddress;
use super::store::{self, ChatAddress};
use super::{ChatFailure, ChatFormat};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{ChatAddressId, UserId};
use crate::outbound::Written;
use crate::outbound::guard::Reach;
use crate::sessions::{DerivedSecrets, SealedFor};

/// An address, checked and sealed.
pub(super) struct Sealed {
    url: Vec<u8>,
    host: String,
    ending: String,
    format: ChatFormat,
}

impl Sealed {
    /// Checks what was written and seals it for its person.
    ///
    /// # Errors
    /// `invalid` for what is no address that is asked.
    pub(super) fn of(
        input: &SetChatAddress,
        user: UserId,
        reach: Reach,
        derived: &DerivedSecrets,
    ) -> Result<Self> {
        let Written { url, host, ending } = Written::read(input.url.expose_secret(), reach)
            .map_err(|detail| Error::invalid("/url", "address", detail))?;
        let url = derived.seal(SealedFor::ChatAddress, &user.to_string(), url.as_str())?;
        Ok(Self { url, host, ending, format: input.format })
    }
}

/// Names one's address, in place of another. It is a new one, with another secret.
pub(super) fn set(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
    sealed: &Sealed,
) -> Result<ChatAddressId> {
    let user_id = actor.user_id;
    dialect::lock(tx.conn, Root::User, user_id.any())?;
    let (known, now, id) = (store::of_user(tx.conn, user_id)?, tx.now(), tx.id());
    let permit = permit_known(actor, Action::ManageOwnProfile, id)?;
    let version = known.map_or(0, |row| row.version);
    check_version(expected, version)?;
    store::delete(tx, &permit, user_id)?;
    let row = ChatAddress {
        id,
        user_id,
        url: sealed.url.clone(),
        host: sealed.host.clone(),
        ending: sealed.ending.clone(),
        format: sealed.format,
        failure: None,
        failed_at: None,
        version: version + 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::ChatAddressSet, id.into()).id("user_id", user_id))?;
    Ok(id)
}

/// Takes one's address back. Nothing is kept of it but that it was removed.
///
/// # Errors
/// `not_found`.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expected: Option<i64>,
) -> Result<ChatAddressId> {
    dialect::lock(tx.conn, Root::User, actor.user_id.any())?;
    let row = store::of_user(tx.conn, actor.user_id)?.ok_or_else(Error::not_found)?;
    let permit = permit_known(actor, Action::ManageOwnProfile, row.id)?;
    check_version(expected, row.version)?;
    store::delete(tx, &permit, actor.user_id)?;
    let event = Event::new(EventKind::ChatAddressRemoved, row.id.into());
    record(tx, &permit, &event.id("user_id", actor.user_id))?;
    Ok(row.id)
}

/// Notes that an address is of no use, and makes its owner be told, once.
pub fn mark(tx: &mut Tx<'_>, id: ChatAddressId, failure: ChatFailure) -> Result<()> {
    let permit = Permit::for_system(id);
    if let Some(user_id) = store::mark(tx, &permit, failure)? {
        let event = Event::new(EventKind::ChatAddressFailed, id.into()).id("user_id", user_id);
        record(tx, &permit, &event)?;
    }
    Ok(())
}

/// Forgets the address of somebody who leaves. Says how many there were.
pub fn end(tx: &mut Tx<'_>, permit: &Permit, user: UserId) -> Result<usize> {
    store::delete(tx, permit, user)
}
