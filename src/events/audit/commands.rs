//! Recording that somebody read the audit log.

use chrono::TimeDelta;

use super::store;
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::organization::settings::store as settings;

/// How long a reader of pages is not recorded again.
const READING: TimeDelta = TimeDelta::hours(1);

/// Whether the actor was recorded as a reader within the hour.
pub(super) fn is_noted(
    conn: &mut Conn,
    actor: &Actor,
    tx_now: crate::clock::Instant,
) -> Result<bool> {
    Ok(store::has_read_since(conn, actor.reader_id(), tx_now + -READING)?)
}

/// Records that the actor reads pages.
pub(super) fn note_read(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    note(tx, actor, EventKind::AuditRead, |event| event)
}

/// Records that the actor exports these positions.
pub(super) fn note_export(tx: &mut Tx<'_>, actor: &Actor, from: i64, to: i64) -> Result<()> {
    let of = |event: Event| event.number("from_position", from).number("to_position", to);
    note(tx, actor, EventKind::AuditExported, of)
}

fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    kind: EventKind,
    with: impl FnOnce(Event) -> Event,
) -> Result<()> {
    let organization = settings::organization(tx.conn)?.ok_or_else(Error::not_found)?;
    let permit: Permit = permit_known(actor, Action::ReadAudit, organization.id)?;
    record(tx, &permit, &with(Event::new(kind, organization.id.into()))).map(drop)
}
