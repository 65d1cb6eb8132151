//! Who is told of what, and when.

use super::offers;
use crate::access::Permit;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{Event, EventKind};
use crate::ids::{EventId, UserId};
use crate::mail::MailKind;
use crate::outbox::{NewDelivery, insert};

/// Inserts the deliveries that an event makes somebody owe. The actor is never told.
pub fn owe(tx: &mut Tx<'_>, permit: &Permit, id: EventId, event: &Event) -> Result<()> {
    let subject = event.subject().id;
    let (kind, mut told): (MailKind, Vec<UserId>) = if event.kind() == EventKind::ApprovalStepAsked {
        (MailKind::ApprovalAsked, offers::asked(tx.conn, subject.typed())?)
    } else if event.kind() == EventKind::ApprovalRunApproved {
        (MailKind::OfferApproved, offers::told_of_approval(tx.conn, subject.typed())?)
    } else {
        return Ok(());
    };
    told.retain(|user_id| Some(user_id.any()) != permit.actor_id());
    told.sort_unstable();
    for recipient_id in told {
        let kind = kind.slug();
        let dedupe_key = format!("{kind}:{id}:{recipient_id}");
        let run_at = tx.now();
        insert(tx, permit, &NewDelivery { event_id: id, kind, recipient_id, dedupe_key, run_at })?;
    }
    Ok(())
}
