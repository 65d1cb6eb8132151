//! Which starts can be offered, and which can still be taken.

use serde::{Deserialize, Serialize};

use super::model::{end_of, free};
use super::store::TimeRequest;
use crate::clock::Instant;
use crate::db::{Conn, Tx, dialect};
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::UserId;
use crate::interviews::assignment::AssignmentRule;
use crate::interviews::commands::booking::judges;
use crate::interviews::commands::rules;
use crate::interviews::facts::{Bent, Times};
use crate::interviews::store::{self as interviews, Interview};
use crate::loops::Place;
use crate::working_time::Span;

/// What spoke against a start for somebody when it was offered all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BentStart {
    starts_at: Instant,
    user_id: UserId,
    /// As [`AssignmentRule::words`] writes them.
    rules: String,
}

/// From the first start to the end of the last one.
fn around(starts: &[Instant], minutes: i32) -> Option<Span> {
    let (first, last) = (starts.iter().min()?, starts.iter().max()?);
    Some(Span { start: *first, end: end_of(*last, minutes) })
}

/// Asks the rules of those who sit on an interview about the starts that are about to be offered. Says
/// what is bent.
///
/// # Errors
/// `invalid` where something speaks against one and no reason is given; `already_booked` where somebody
/// who owes a card is in another interview.
pub(super) fn check(
    tx: &mut Tx<'_>,
    interview: &Interview,
    starts: &[Instant],
    minutes: i32,
    overriding: bool,
) -> Result<Vec<BentStart>> {
    let Some(around) = around(starts, minutes) else { return Ok(Vec::new()) };
    let seats = interviews::seats(tx.conn, interview.id)?;
    let everybody: Vec<_> = seats.iter().map(|seat| seat.user_id.any()).collect();
    dialect::lock_times(tx.conn, &everybody)?;
    let people = judges(&seats);
    let times = Times::load(tx.conn, interview, seats, around)?;
    let of_start = |(place, start): (usize, Instant)| {
        let bent = times.bent(Span { start, end: end_of(start, minutes) });
        bent.into_iter().map(move |bent| (place, start, bent))
    };
    let found: Vec<(usize, Instant, Bent)> =
        starts.iter().copied().enumerate().flat_map(of_start).collect();
    if !found.is_empty() && !overriding {
        let named = found.iter().map(|(place, _, bent)| (format!("/starts/{place}"), bent));
        let named: Vec<_> = named.collect();
        return Err(rules::refusal(tx.conn, &named)?);
    }
    let span = (around.start, around.end);
    let busy = interviews::bookings(tx.conn, &people, interview.id, span)?;
    let taken: Vec<_> = busy.into_iter().map(|(_, from, to)| (from, to)).collect();
    let open = free(starts, minutes, &taken, tx.now());
    if open.len() < starts.len() {
        return Err(booked(starts, &open));
    }
    let bent = found.into_iter().filter_map(|(_, starts_at, Bent { user_id, rules })| {
        Some(BentStart { starts_at, user_id, rules: AssignmentRule::words(&rules)? })
    });
    Ok(bent.collect())
}

fn booked(starts: &[Instant], open: &[Instant]) -> Error {
    let gone = starts.iter().enumerate().filter(|(_, start)| !open.contains(start));
    let field = |(place, _)| {
        let detail = "Somebody on the panel is in another interview then.";
        FieldError::body(format!("/starts/{place}"), "already_booked", detail)
    };
    let fields = gone.map(field).collect();
    let detail = "Somebody on the panel is in another interview at one of these times; see errors.";
    Error { fields, ..Error::new(Code::AlreadyBooked, detail) }
}

/// The starts of a request that nobody has taken, and against which nothing speaks but what did when they
/// were offered.
pub(super) fn free_now(
    conn: &mut Conn,
    place: &Place,
    interview: &Interview,
    request: &TimeRequest,
    now: Instant,
) -> Result<Vec<Instant>> {
    let starts = request.starts()?;
    let Some(around) = around(&starts, request.minutes) else { return Ok(Vec::new()) };
    let span = (around.start, around.end);
    let seats = interviews::seats(conn, interview.id)?;
    let mut taken = interviews::candidate_bookings(conn, place.candidate_id, interview.id, span)?;
    let busy = interviews::bookings(conn, &judges(&seats), interview.id, span)?;
    taken.extend(busy.into_iter().map(|(_, from, to)| (from, to)));
    let mut open = free(&starts, request.minutes, &taken, now);
    if !open.is_empty() && !seats.is_empty() {
        let times = Times::load(conn, interview, seats, around)?;
        let known: Vec<BentStart> = request.bent.read()?;
        open.retain(|start| {
            let end = end_of(*start, request.minutes);
            times
                .bent(Span { start: *start, end })
                .iter()
                .all(|bent| was_known(&known, *start, bent))
        });
    }
    Ok(open)
}

fn was_known(known: &[BentStart], start: Instant, now: &Bent) -> bool {
    let then = known.iter().find(|one| one.starts_at == start && one.user_id == now.user_id);
    let then = then.map(|one| AssignmentRule::of_words(&one.rules)).unwrap_or_default();
    now.rules.iter().all(|rule| then.contains(rule))
}
