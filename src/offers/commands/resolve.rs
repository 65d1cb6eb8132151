//! From an approved offer to its end.

use super::{Loaded, hindered, load, lock_around, permit_on, release};
use crate::access::{Actor, Permit};
use crate::applications::commands::hire;
use crate::approvals::commands as approvals;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, OfferId};
use crate::jobs::openings;
use crate::offers::api::{AcceptOffer, DeclineOffer, ExtendOffer};
use crate::offers::store::{self, Offer};

/// Extends an offer to the candidate: only terms that passed every step, exactly as they are.
pub(in crate::offers) fn extend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfferId,
    expected: i64,
    input: &ExtendOffer,
) -> Result<OfferId> {
    let loaded = load(tx, id)?;
    let permit = permit_on(tx, actor, &loaded, expected)?;
    loaded.require_active()?;
    let extended = loaded
        .negotiation()
        .extend(input.expires_at, tx.now())
        .map_err(|hindrance| hindered(hindrance, &[]))?;
    let offer = Offer {
        state: extended.state,
        extended_at: Some(tx.occurred_at()),
        expires_at: Some(input.expires_at),
        ..loaded.offer.clone()
    };
    store::save(tx, &permit, &offer)?;
    record_on_version(tx, &permit, &loaded, EventKind::OfferExtended)?;
    Ok(id)
}

/// Accepts an offer: the application is hired and its opening filled.
pub(in crate::offers) fn accept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfferId,
    expected: i64,
    input: &AcceptOffer,
) -> Result<OfferId> {
    let loaded = load(tx, id)?;
    let permit = permit_on(tx, actor, &loaded, expected)?;
    loaded.require_active()?;
    let accepted = loaded
        .negotiation()
        .accept(loaded.offer.expires_at, tx.now())
        .map_err(|hindrance| hindered(hindrance, &[]))?;
    let offer = Offer {
        state: accepted.state,
        resolved_at: Some(tx.occurred_at()),
        acceptance_note: input.note.as_ref().map(crate::http::fields::Prose::to_text),
        ..loaded.offer.clone()
    };
    store::save(tx, &permit, &offer)?;
    record_on_version(tx, &permit, &loaded, EventKind::OfferAccepted)?;
    let application_id = loaded.pursuit.application_id;
    if let Some(opening_id) = loaded.offer.opening_id {
        openings::commands::fill(tx, &permit, opening_id)?;
    }
    hire(tx, &permit, application_id, id, loaded.offer.opening_id)?;
    Ok(id)
}

/// Declines an offer: its opening goes free.
pub(in crate::offers) fn decline(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OfferId,
    expected: i64,
    input: &DeclineOffer,
) -> Result<OfferId> {
    let loaded = load(tx, id)?;
    let permit = permit_on(tx, actor, &loaded, expected)?;
    let declined = loaded.negotiation().decline().map_err(|hindrance| hindered(hindrance, &[]))?;
    let offer = Offer {
        state: declined.state,
        resolved_at: Some(tx.occurred_at()),
        decline_reason: Some(input.reason.to_text()),
        ..loaded.offer.clone()
    };
    store::save(tx, &permit, &offer)?;
    record_on_version(tx, &permit, &loaded, EventKind::OfferDeclined)?;
    release(tx, &permit, &loaded)?;
    Ok(id)
}

/// Locks what [`rescind_for`] will touch. The locks of a job and its openings come before the
/// application's, so a command that ends an application asks for them first.
pub fn lock_live(tx: &mut Tx<'_>, application_id: ApplicationId) -> Result<()> {
    let Some(live) = store::live_of(tx.conn, application_id)? else { return Ok(()) };
    let found = store::find_pursued(tx.conn, live.id)?;
    found.map_or(Ok(()), |(offer, pursuit)| lock_around(tx, &offer, pursuit))
}

/// Takes back the live offer of an application that ends without a hire, if it has one: its
/// approvers are asked nothing any more, and its opening goes free. A consequence of the
/// application's end, whose command has asked whether the actor may end it.
pub fn rescind_for(tx: &mut Tx<'_>, permit: &Permit, application_id: ApplicationId) -> Result<()> {
    let Some(live) = store::live_of(tx.conn, application_id)? else { return Ok(()) };
    let loaded = load(tx, live.id)?;
    let rescinded = loaded.negotiation().rescind().map_err(|hindrance| hindered(hindrance, &[]))?;
    let permit = permit.extend_to(live.id);
    approvals::supersede(tx, &permit, loaded.version.id)?;
    let offer = Offer {
        state: rescinded.state,
        resolved_at: Some(tx.occurred_at()),
        ..loaded.offer.clone()
    };
    store::save(tx, &permit, &offer)?;
    record_on_version(tx, &permit, &loaded, EventKind::OfferRescinded)?;
    release(tx, &permit, &loaded)
}

fn record_on_version(
    tx: &mut Tx<'_>,
    permit: &Permit,
    loaded: &Loaded,
    kind: EventKind,
) -> Result<()> {
    let event = loaded.event(kind, permit).id("offer_version_id", loaded.version.id);
    record(tx, permit, &event)?;
    Ok(())
}
