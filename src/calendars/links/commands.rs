//! Making and taking back one's own calendar link.

use crate::access::{Action, Actor, permit_known};
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::CapabilityId;

/// Makes a link, and takes the one before back.
pub(super) fn make(tx: &mut Tx<'_>, actor: &Actor, link: &NewLink) -> Result<CapabilityId> {
    let permit = permit_known(actor, Action::ManageOwnProfile, actor.user_id)?;
    let whose = (None, Some(actor.user_id));
    capabilities::commands::issue(tx, &permit, link, CapabilityKind::Calendar, whose)?;
    Ok(link.id())
}

/// Takes the link back.
///
/// # Errors
/// `not_found` when there is none that works.
pub(super) fn remove(tx: &mut Tx<'_>, actor: &Actor) -> Result<CapabilityId> {
    let permit = permit_known(actor, Action::ManageOwnProfile, actor.user_id)?;
    let (kind, now) = (CapabilityKind::Calendar, tx.now());
    let link = capabilities::store::find_live_of(tx.conn, kind, actor.user_id, now)?;
    let link = link.ok_or_else(Error::not_found)?;
    capabilities::commands::revoke(tx, &permit, Some((kind, None)), Some(actor.user_id))?;
    Ok(link.id)
}
