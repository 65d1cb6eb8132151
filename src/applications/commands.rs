//! Ending applications.

use super::{ApplicationStatus, store};
use crate::access::Permit;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{ApplicationId, OfferId, OpeningId};

/// The candidate accepted an offer.
pub fn hire(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: ApplicationId,
    offer_id: Option<OfferId>,
    opening_id: Option<OpeningId>,
) -> Result<()> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let permit = permit.extend_to(id);
    store::hire(tx, &permit, &row, offer_id, opening_id)?;
    let event = Event::new(EventKind::ApplicationHired, id.into());
    record(tx, &permit, &event.job(row.job_id).candidate(row.candidate_id).application(id))?;
    let _ = ApplicationStatus::Hired;
    Ok(())
}
