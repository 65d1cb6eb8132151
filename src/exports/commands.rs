//! Recording exports.

use super::ListNoun;
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::organization::settings::store as settings;

/// Records that the actor exports a list, as far as they may read it.
pub(super) fn note(tx: &mut Tx<'_>, actor: &Actor, noun: ListNoun) -> Result<()> {
    let organization = settings::organization(tx.conn)?.ok_or_else(Error::not_found)?;
    let permit = permit_known(actor, Action::ManageOwnProfile, organization.id)?;
    let event = Event::new(EventKind::ListExported, organization.id.into());
    record(tx, &permit, &event.code("list", noun.as_str())).map(drop)
}
