//! What becomes of the applications that somebody who leaves owns.

use crate::access::Permit;
use crate::applications::store;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{Event, EventKind, record};
use crate::ids::ApplicationId;
use crate::users::leaving::{HandOver, ObligationKind};

/// How many applications are taken at a time.
const BATCH: i64 = 500;

/// Gives the active applications that a person owns to a successor, or to nobody.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let successor = hand.to(ObligationKind::ApplicationOwner);
    loop {
        let rows = store::owned_by(tx.conn, hand.leaver, BATCH)?;
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<ApplicationId> = rows.iter().map(|(id, ..)| *id).collect();
        store::give(tx, permit, &ids, successor)?;
        for (id, job_id, candidate_id) in &rows {
            let event = Event::new(EventKind::ApplicationUpdated, (*id).into());
            let event = event.job(*job_id).candidate(*candidate_id).application(*id);
            record(tx, &permit.extend_to(*id), &event.changed(&["owner_id"]))?;
        }
        if let Some(successor) = successor {
            hand.took(successor, rows.len());
        }
    }
}
