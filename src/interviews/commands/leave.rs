//! What becomes of the seats of somebody who leaves.

use std::collections::BTreeMap;

use super::booking::bookings_of_interview;
use super::panel::{fresh, record_seat, settle_seat};
use super::{lock, store};
use crate::access::Permit;
use crate::capabilities::{self, CapabilityKind, NewLink};
use crate::db::Tx;
use crate::error::Result;
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, UserId};
use crate::interviews::InterviewState;
use crate::interviews::assignment::AssignmentRule;
use crate::interviews::store::{Interview, Panelist};
use crate::loops::Place;
use crate::loops::templates::Slot;
use crate::scorecards;
use crate::users;
use crate::users::leaving::{HandOver, ObligationKind};

/// How many seats are looked at.
const SEATS_MAX: i64 = 10_000;
/// Why a card is no longer owed.
const WAIVED: &str = "Left before handing it in.";
/// Why somebody sits there who has read a card.
const SUCCEEDS: &str = "Succeeds somebody who left.";

/// What was released of one application.
struct Released {
    place: Place,
    seats: i64,
    cards: i64,
}

/// Waives the cards that a person owes for interviews that took place, and gives up their seats of
/// interviews to come: to a successor, who owes a card from then on, or to nobody. A successor who has
/// read a card of the application is marked as not independent; one who sits there stays as they are,
/// and the candidate never sits there. What went to nobody is told to those who run the hire.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let mut released: BTreeMap<ApplicationId, Released> = BTreeMap::new();
    let successor = hand.to(ObligationKind::PanelSeat);
    for (mut seat, ..) in store::seats_standing_on(tx.conn, hand.leaver, SEATS_MAX)? {
        let (place, mut interview) = lock(tx, seat.interview_id)?;
        let permit = permit.extend_to(seat.id);
        let (mut seats, mut cards) = (0, 0);
        let kind = if interview.state == InterviewState::Completed {
            seat.waived_at = Some(tx.occurred_at());
            seat.waived_reason = Some(WAIVED.to_owned());
            cards = 1;
            EventKind::PanelistWaived
        } else {
            match able(tx, &place, &interview, successor)? {
                Some(person) => {
                    let link = hand.link();
                    let seating = (seat.slot, person, link.as_ref());
                    take_over(tx, &permit, &place, &interview, seating)?;
                    hand.took(person, 1);
                }
                None => seats = 1,
            }
            seat.removed_at = Some(tx.occurred_at());
            EventKind::PanelistRemoved
        };
        settle_seat(tx, &permit, kind, &place, &mut interview, &seat)?;
        let none = || Released { place, seats: 0, cards: 0 };
        let of = released.entry(place.application_id).or_insert_with(none);
        of.seats += seats;
        of.cards += cards;
    }
    for Released { place, seats, cards } in released.into_values() {
        if seats + cards > 0 {
            let permit = permit.extend_to(place.application_id);
            let event = place.event(EventKind::ApplicationLeftBehind, place.application_id);
            let event = event.id("user_id", hand.leaver).number("seats", seats);
            record(tx, &permit, &event.number("cards", cards))?;
        }
    }
    Ok(())
}

/// The successor, if they can sit on the panel, do not yet, and are in no other interview then.
fn able(
    tx: &mut Tx<'_>,
    place: &Place,
    interview: &Interview,
    successor: Option<UserId>,
) -> Result<Option<UserId>> {
    let Some(id) = successor else { return Ok(None) };
    let Some(user) = users::store::find_responsible(tx.conn, id)? else { return Ok(None) };
    let sits = store::seat_of(tx.conn, interview.id, id)?.is_some();
    let busy = !bookings_of_interview(tx, interview, id)?.is_empty();
    Ok((!sits && !busy && !place.is_own_file(tx.conn, &user)?).then_some(id))
}

/// Seats the successor in the same slot, with a link to the card that they owe if there is one.
fn take_over(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &Interview,
    (slot, successor, link): (Slot, UserId, Option<&NewLink>),
) -> Result<()> {
    let has_read = scorecards::store::has_read(tx.conn, successor, place.application_id)?;
    let id = tx.id();
    let taken = Panelist {
        assigned_reason: has_read.then(|| SUCCEEDS.to_owned()),
        bent_rules: has_read.then(|| AssignmentRule::ReadACard.as_str().to_owned()),
        independent: !has_read,
        ..fresh(tx, id, interview, (successor, slot))?
    };
    let permit = permit.extend_to(taken.id);
    store::insert_seat(tx, &permit, &taken)?;
    if let Some(link) = link {
        let whose = (Some(interview.id.into()), Some(successor));
        capabilities::commands::issue(tx, &permit, link, CapabilityKind::Scorecard, whose)?;
    }
    record_seat(tx, &permit, EventKind::PanelistAssigned, place, &taken)
}
