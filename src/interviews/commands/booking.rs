//! Whose time is taken, and giving an interview its own: nobody who judges is booked twice unseen.

use super::{room, rules};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::{Tx, dialect};
use crate::debriefs;
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
    /// Why somebody is booked twice, or although something speaks against the time.
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
/// `illegal_transition`; without a reason `invalid` where a rule of whoever sits there speaks against the
/// time, and `already_booked` when somebody who owes a card is in another interview then.
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
    let (starts_at, ends_at) = time.span;
    let moved = before != (InterviewState::Confirmed, Some(starts_at), Some(ends_at));
    let everybody: Vec<_> = seats.iter().map(|seat| seat.user_id.any()).collect();
    dialect::lock_times(tx.conn, &everybody)?;
    let kept = interview.override_reason.take().filter(|_| !moved);
    let bent = if moved {
        rules::ask(tx, interview, &seats, time.span, time.overriding.as_deref())?
    } else {
        Vec::new()
    };
    let taken = bookings(tx, interview, &judges(&seats), time.span)?;
    let ruled = time.overriding.clone().filter(|_| !bent.is_empty());
    let twice = allow(tx, &taken, "/starts_at", time.overriding)?;
    let booked_twice = twice.is_some();
    interview.override_reason = twice.or(ruled).or(kept);
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
    if moved {
        rules::keep(tx, permit, &seats, &bent)?;
        store::ask_again(tx, permit)?;
    }
    let mut event = place
        .event(EventKind::InterviewScheduled, interview.id)
        .id("loop_id", interview.loop_id)
        .number("schedule_sequence", i64::from(interview.schedule_sequence));
    if let (InterviewState::Confirmed, Some(earlier), _) = before {
        event = event.number("notice_minutes", (earlier - tx.occurred_at()).num_minutes());
    }
    if booked_twice {
        event = event.code("override", "already_booked");
    } else if !bent.is_empty() {
        event = event.code("override", "rules");
    }
    record(tx, permit, &event)?;
    // Cards are due by another time now, so the debrief waits until another time.
    debriefs::evaluate(tx, permit, place, interview.loop_id)
}

/// Gives up the time of an interview whose candidate is asked for another one. Calendars that hold it
/// are told to let it go, by the event alone: the row does not know the time any more.
pub(in crate::interviews) fn release(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &mut Interview,
    command: InterviewCommand,
) -> Result<()> {
    let held = interview.starts_at.take().zip(interview.ends_at.take());
    let stood = interview.state == InterviewState::Confirmed;
    interview.state = interview.state.apply(command)?;
    if held.is_some() {
        interview.time_zone = None;
        interview.schedule_reason = None;
        interview.override_reason = None;
        interview.schedule_sequence += 1;
        store::clear_due(tx, permit)?;
        store::ask_again(tx, permit)?;
    }
    interview.absent = None;
    store::save(tx, permit, interview)?;
    // Cards are due by no time now.
    debriefs::evaluate(tx, permit, place, interview.loop_id)?;
    let Some((starts_at, ends_at)) = held.filter(|_| stood) else { return Ok(()) };
    let event = place
        .event(EventKind::InterviewReleased, interview.id)
        .id("loop_id", interview.loop_id)
        .number("starts_at", starts_at.timestamp())
        .number("ends_at", ends_at.timestamp())
        .number("notice_minutes", (starts_at - tx.occurred_at()).num_minutes())
        .number("schedule_sequence", i64::from(interview.schedule_sequence));
    let event = match command {
        InterviewCommand::GiveUp => event.code("cause", "candidate_cannot_come"),
        InterviewCommand::AskAnotherTime => event.code("cause", "candidate_asks_for_another"),
        InterviewCommand::AskAvailability
        | InterviewCommand::Propose
        | InterviewCommand::Take
        | InterviewCommand::Schedule
        | InterviewCommand::Complete
        | InterviewCommand::Assess
        | InterviewCommand::Cancel
        | InterviewCommand::MarkNoShow => event,
    };
    record(tx, permit, &event)?;
    Ok(())
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
