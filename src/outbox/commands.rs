//! Putting dead deliveries back.

use super::store;
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::DeliveryId;

/// Puts a dead delivery back into the queue.
///
/// # Errors
/// `illegal_transition` when it is not dead.
pub(super) fn retry(tx: &mut Tx<'_>, actor: &Actor, id: DeliveryId) -> Result<DeliveryId> {
    let permit = permit_known(actor, Action::ManageDeliveries, id)?;
    store::find_known(tx.conn, id, actor.user_id)?.ok_or_else(Error::not_found)?;
    if !store::revive(tx, &permit)? {
        return Err(Error::new(Code::IllegalTransition, "Only a dead delivery is put back."));
    }
    record(tx, &permit, &Event::new(EventKind::DeliveryRetried, id.into()))?;
    Ok(id)
}
