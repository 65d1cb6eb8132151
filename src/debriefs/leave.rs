//! What becomes of the debriefs that somebody who leaves decides or drives, or has to agree to.

use super::commands;
use super::store::{self, Debrief, agreement};
use crate::access::Permit;
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Error, Result};
use crate::events::{Audience, Event, EventKind, record};
use crate::ids::UserId;
use crate::loops::Place;
use crate::users;
use crate::users::leaving::{HandOver, ObligationKind, Stuck};

/// How many debriefs are looked at.
const DEBRIEFS_MAX: i64 = 10_000;

/// Gives the debriefs of somebody who leaves to their successors. One that nobody drives any more its
/// decider drives; one that nobody would decide is stuck. What a successor sees is a question of
/// sealing as for everybody, and nobody takes a part in judging themselves.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    for (row, _) in store::standing_on(tx.conn, hand.leaver, None, DEBRIEFS_MAX)? {
        let place = Place::lock(tx, row.application_id)?;
        dialect::lock(tx.conn, Root::Debrief, row.id.any())?;
        let debrief = store::find(tx.conn, row.id)?.ok_or_else(Error::not_found)?;
        leave_one(tx, permit, hand, &place, debrief)?;
    }
    for (row, _) in agreement::standing_on(tx.conn, hand.leaver, None, DEBRIEFS_MAX)? {
        let place = Place::lock(tx, row.application_id)?;
        dialect::lock(tx.conn, Root::Debrief, row.id.any())?;
        let debrief = store::find(tx.conn, row.id)?.ok_or_else(Error::not_found)?;
        stop_agreeing(tx, permit, hand, &place, debrief)?;
    }
    Ok(())
}

/// Asks a successor to agree in place of somebody who leaves; without one nobody has to. It is never stuck:
/// whoever can hold a decision up is no longer there.
fn stop_agreeing(
    tx: &mut Tx<'_>,
    permit: &Permit,
    hand: &mut HandOver,
    place: &Place,
    mut debrief: Debrief,
) -> Result<()> {
    let permit = permit.extend_to(debrief.id);
    let mut people = agreement::agreers(tx.conn, debrief.id)?;
    people.retain(|person| *person != hand.leaver);
    let named = judge(tx, place, hand.to(ObligationKind::DebriefAgreer))?;
    let successor = named.filter(|one| *one != debrief.decider_id && !people.contains(one));
    people.extend(successor);
    if let Some(successor) = successor {
        hand.took(successor, 1);
    }
    agreement::name_agreers(tx, &permit, debrief.id, &people)?;
    store::save(tx, &permit, &mut debrief)?;
    let event = place.event(EventKind::DebriefAgreersNamed, debrief.id);
    record(tx, &permit, &event.id("from_id", hand.leaver))?;
    commands::agreers_changed(tx, &permit, place, &debrief, successor)
}

fn leave_one(
    tx: &mut Tx<'_>,
    permit: &Permit,
    hand: &mut HandOver,
    place: &Place,
    mut debrief: Debrief,
) -> Result<()> {
    let permit = permit.extend_to(debrief.id);
    let mut changed = Vec::new();
    if debrief.decider_id == hand.leaver && !debrief.state.has_ended() {
        let kind = ObligationKind::DebriefDecider;
        match judge(tx, place, hand.to(kind))? {
            Some(successor) => {
                debrief.decider_id = successor;
                changed.push("decider_id");
                hand.took(successor, 1);
            }
            None => hand.stick(stuck(place, &debrief, kind, "nobody would decide it")),
        }
    }
    if debrief.driver_id == hand.leaver {
        let kind = ObligationKind::DebriefDriver;
        let named = judge(tx, place, hand.to(kind))?;
        let decider = Some(debrief.decider_id).filter(|id| *id != hand.leaver);
        let driver = match named {
            Some(successor) => Some(successor),
            None => judge(tx, place, decider)?,
        };
        match driver {
            Some(driver) => {
                debrief.driver_id = driver;
                changed.push("driver_id");
                hand.took(driver, 1);
            }
            // What is decided stands, and others can tell the candidate.
            None if debrief.state.has_ended() => {}
            None => hand.stick(stuck(place, &debrief, kind, "nobody would drive it")),
        }
    }
    let left_behind = !debrief.state.has_ended()
        && [debrief.decider_id, debrief.driver_id].contains(&hand.leaver);
    if !changed.is_empty() {
        store::save(tx, &permit, &mut debrief)?;
        let event = place.event(EventKind::DebriefHandedOver, debrief.id).changed(&changed);
        record(tx, &permit, &sealed(event.id("from_id", hand.leaver), &debrief))?;
    }
    if left_behind {
        let event = place.event(EventKind::DebriefLeftBehind, debrief.id);
        record(tx, &permit, &sealed(event.id("user_id", hand.leaver), &debrief))?;
    }
    Ok(())
}

/// That there is another round tells that the one before was decided.
fn sealed(event: Event, debrief: &Debrief) -> Event {
    if debrief.round > 1 { event.only_for(Audience::Sealed) } else { event }
}

/// The person, if they can take a part in judging the candidate.
fn judge(tx: &mut Tx<'_>, place: &Place, id: Option<UserId>) -> Result<Option<UserId>> {
    let Some(id) = id else { return Ok(None) };
    let Some(user) = users::store::find_responsible(tx.conn, id)? else { return Ok(None) };
    Ok((!place.is_own_file(tx.conn, &user)?).then_some(id))
}

fn stuck(place: &Place, debrief: &Debrief, kind: ObligationKind, why: &'static str) -> Stuck {
    Stuck {
        kind,
        subject: debrief.id.into(),
        job_id: Some(place.job_id),
        application_id: Some(place.application_id),
        why,
    }
}
