//! Whose time is taken, and giving an interview its own: nobody who judges is booked twice unseen.

use super::room;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::{Tx, dialect};
use crate::error::{Code, Error, FieldError, Result};
use crate::events::{EventKind, record};
use crate::ids::{Id, UserId};
use crate::interviews::InterviewState;
use crate::interviews::deadlines;
use crate::interviews::model::{InterviewCommand, SeatState};
use crate::interviews::store::{self, Booking, Interview, Panelist};
use crate::interviews::times::store as requests;
use crate::loops::Place;
use crate::users;

/// A time for an interview.
pub(in crate::interviews) struct Time {
    /// When it starts and ends.
    pub(in crate::interviews) span: (Instant, Instant),
    /// The IANA zone of whoever chose it.
    pub(in crate::interviews) time_zone: String,
    /// Why it is another one.
    pub(in crate::interviews) reason: Option<String>,
    /// Why somebody is booked twice.
    pub(in crate::interviews) overriding: Option<String>,
}

/// The people of a panel who owe a card.
pub(in crate::interviews) fn judges(seats: &[Panelist]) -> Vec<UserId> {
    let owing = seats.iter().filter(|seat| seat.state() == SeatState::Owing);
    owing.map(|seat| seat.user_id).collect()
}

/// Gives an interview a time. Cards that are owed for it become due after its end, and whoever sits on
/// it is asked again whether they come.
///
/// # Errors
/// `illegal_transition`; `already_booked` when somebody who owes a card is in another interview then
/// and no reason is given.
pub(in crate::interviews) fn confirm(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &mut Interview,
    (command, time): (InterviewCommand, Time),
) -> Result<()> {
    let before = (interview.state, interview.starts_at, interview.ends_at);
    interview.state = interview.state.apply(command)?;
    let seats = store::seats(tx.conn, interview.id)?;
    let taken = bookings(tx, interview, &judges(&seats), time.span)?;
    interview.override_reason = allow(tx, &taken, "/starts_at", time.overriding)?;
    let (starts_at, ends_at) = time.span;
    interview.starts_at = Some(starts_at);
    interview.ends_at = Some(ends_at);
    interview.time_zone = Some(time.time_zone);
    interview.schedule_reason = time.reason;
    interview.absent = None;
    room::settle(tx, interview)?;
    interview.schedule_sequence += 1;
    store::save(tx, permit, interview)?;
    requests::close(tx, permit)?;
    let due = deadlines::of(tx.conn, interview.loop_id, ends_at, &judges(&seats))?;
    store::set_due(tx, permit, &due)?;
    if before != (InterviewState::Confirmed, Some(starts_at), Some(ends_at)) {
        store::ask_again(tx, permit)?;
    }
    let mut event = place
        .event(EventKind::InterviewScheduled, interview.id)
        .id("loop_id", interview.loop_id)
        .number("schedule_sequence", i64::from(interview.schedule_sequence));
    if let (InterviewState::Confirmed, Some(earlier), _) = before {
        event = event.number("notice_minutes", (earlier - tx.occurred_at()).num_minutes());
    }
    if interview.override_reason.is_some() {
        event = event.code("override", "already_booked");
    }
    record(tx, permit, &event)?;
    Ok(())
}

/// Gives up the time of an interview whose candidate is asked for another one.
pub(in crate::interviews) fn release(
    tx: &mut Tx<'_>,
    permit: &Permit,
    interview: &mut Interview,
    command: InterviewCommand,
) -> Result<()> {
    interview.state = interview.state.apply(command)?;
    if interview.starts_at.take().is_some() {
        interview.ends_at = None;
        interview.time_zone = None;
        interview.schedule_reason = None;
        interview.override_reason = None;
        interview.schedule_sequence += 1;
        store::clear_due(tx, permit)?;
        store::ask_again(tx, permit)?;
    }
    interview.absent = None;
    store::save(tx, permit, interview)
}

/// Whether somebody who comes to a panel is free then, if they owe a card and it has a time.
///
/// # Errors
/// `already_booked`.
pub(super) fn require_free(
    tx: &mut Tx<'_>,
    interview: &Interview,
    person: UserId,
    overriding: Option<String>,
) -> Result<Option<String>> {
    let taken = bookings_of_interview(tx, interview, person)?;
    allow(tx, &taken, "/user_id", overriding)
}

/// When somebody is in other interviews while this one takes place.
pub(super) fn bookings_of_interview(
    tx: &mut Tx<'_>,
    interview: &Interview,
    person: UserId,
) -> Result<Vec<Booking>> {
    let span = interview.starts_at.zip(interview.ends_at);
    match span.filter(|_| interview.state == InterviewState::Confirmed) {
        Some(span) => bookings(tx, interview, &[person], span),
        None => Ok(Vec::new()),
    }
}

/// When people are in other interviews. What is found stays true until the end of the transaction.
pub(in crate::interviews) fn bookings(
    tx: &mut Tx<'_>,
    interview: &Interview,
    people: &[UserId],
    span: (Instant, Instant),
) -> Result<Vec<Booking>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let locked: Vec<_> = people.iter().copied().map(Id::any).collect();
    dialect::lock_times(tx.conn, &locked)?;
    Ok(store::bookings(tx.conn, people, interview.id, span)?)
}

/// The reason for which people are booked twice; none where nobody is.
fn allow(
    tx: &mut Tx<'_>,
    taken: &[Booking],
    pointer: &'static str,
    overriding: Option<String>,
) -> Result<Option<String>> {
    if taken.is_empty() || overriding.is_some() {
        return Ok(overriding.filter(|_| !taken.is_empty()));
    }
    let people: Vec<UserId> = taken.iter().map(|(person, ..)| *person).collect();
    let names = users::store::names(tx.conn, &people)?;
    let busy = |(person, from, to): &Booking| {
        let name = names.get(person).map_or("Somebody", String::as_str);
        let detail = format!("{name} is in another interview from {from} to {to}.");
        FieldError::body(pointer, "already_booked", detail)
    };
    let fields = taken.iter().map(busy).collect();
    let detail = "Somebody on the panel is in another interview then; see errors. Choose another time, \
                  or say why in override.";
    Err(Error { fields, ..Error::new(Code::AlreadyBooked, detail) })
}
