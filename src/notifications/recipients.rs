//! Who is told of what, and when.

use crate::access::Permit;
use crate::db::Tx;
use crate::error::Result;
use crate::events::Event;
use crate::ids::EventId;

/// Inserts the deliveries that an event makes somebody owe.
pub fn owe(_tx: &mut Tx<'_>, _permit: &Permit, _id: EventId, _event: &Event) -> Result<()> {
    Ok(())
}
