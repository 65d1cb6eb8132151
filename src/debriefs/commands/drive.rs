//! What driver and decider do when a debrief does not go on by itself.

use super::life::{go_on, take};
use super::{Held, hold, hold_written};
use crate::access::{Action, Actor};
use crate::clock::Instant;
use crate::db::Tx;
use crate::debriefs::DebriefState;
use crate::debriefs::api::{CallMeeting, ExtendDebrief, ForceReveal, HoldMeeting, InformCandidate};
use crate::debriefs::model::DebriefCommand;
use crate::debriefs::store;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::DebriefId;

/// How long a debrief may wait for cards beyond this moment.
const EXTENSION_DAYS: i64 = 30;

/// Waits longer for cards.
///
/// # Errors
/// `forbidden` for whoever owes a card; `invalid` for an instant that is not ahead; `stale`;
/// `illegal_transition` once the cards are revealed.
pub fn extend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &ExtendDebrief,
) -> Result<DebriefId> {
    let mut held = hold(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    match held.debrief.state {
        DebriefState::Gathering | DebriefState::Stalled => {}
        DebriefState::Planned
        | DebriefState::Revealed
        | DebriefState::Discussing
        | DebriefState::Deciding
        | DebriefState::DissentWindow
        | DebriefState::Decided
        | DebriefState::Closed
        | DebriefState::Cancelled => return Err(held.illegal("wait longer for cards")),
    }
    require_ahead(tx.now(), input.until)?;
    held.debrief.extended_until = Some(input.until);
    keep(tx, &mut held, EventKind::DebriefExtended)?;
    go_on(tx, &held.permit, &held.place, held.debrief)
}

fn require_ahead(now: Instant, until: Instant) -> Result<()> {
    if until <= now {
        return Err(Error::invalid("/until", "past", "Choose a time that is still to come."));
    }
    if until > now + chrono::TimeDelta::days(EXTENSION_DAYS) {
        let detail = "A debrief waits for thirty days at most.";
        return Err(Error::invalid("/until", "too_late", detail));
    }
    Ok(())
}

/// Reveals a debrief that stands still with the cards that are in. Cards that are owed stay owed, and
/// sealed from those who owe them.
///
/// # Errors
/// `forbidden` for everybody but the named decider, and for a decider who owes a card; `stale`;
/// `illegal_transition` unless it stands still, and while no card is in.
pub fn force(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &ForceReveal,
) -> Result<DebriefId> {
    let mut held = hold_written(tx, actor, id, Action::Decide)?;
    if held.debrief.decider_id != actor.user_id {
        let detail = "Only the named decider goes on without the cards that are missing.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    let in_by_now = store::turnout::waiting(tx.conn, held.debrief.loop_id)?.submitted();
    if held.debrief.state != DebriefState::Stalled || in_by_now == 0 {
        return Err(held.illegal("go on without the cards that are missing"));
    }
    let before = held.debrief.forced_reason.take().map(|reason| reason + "\n\n");
    held.debrief.forced_reason = Some(before.unwrap_or_default() + &input.reason.to_text());
    take(tx, &held.permit, &held.place, &mut held.debrief, DebriefCommand::Reveal)?;
    go_on(tx, &held.permit, &held.place, held.debrief)
}

/// Holds a debrief as a meeting from here on: nobody is waited for in writing, and its notes bring it
/// before the decider.
///
/// # Errors
/// `forbidden` for whoever owes a card; `stale`; `illegal_transition` once it is decided, or a meeting.
pub fn call_meeting(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &CallMeeting,
) -> Result<DebriefId> {
    let mut held = hold_written(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    if !held.debrief.state.is_before_the_decision() || held.debrief.meeting_reason.is_some() {
        return Err(held.illegal("become a meeting"));
    }
    held.debrief.meeting_reason = Some(input.reason.to_text());
    held.debrief.responses_due_at = None;
    if held.debrief.state == DebriefState::Deciding {
        held.debrief.decide_by = None;
    }
    keep(tx, &mut held, EventKind::DebriefMeetingCalled)?;
    go_on(tx, &held.permit, &held.place, held.debrief)
}

/// Takes the notes of a meeting, after which the decider can decide.
///
/// # Errors
/// `forbidden` for whoever owes a card; `stale`; `illegal_transition` unless a meeting was called and the
/// cards are revealed.
pub fn hold_meeting(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &HoldMeeting,
) -> Result<DebriefId> {
    let mut held = hold_written(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    let debrief = &mut held.debrief;
    let called = debrief.meeting_reason.is_some() && debrief.meeting_notes.is_none();
    if !called || !matches!(debrief.state, DebriefState::Discussing | DebriefState::Deciding) {
        return Err(held.illegal("take the notes of a meeting"));
    }
    debrief.meeting_notes = Some(input.notes.to_text());
    keep(tx, &mut held, EventKind::DebriefMeetingHeld)?;
    if held.debrief.state == DebriefState::Discussing {
        take(tx, &held.permit, &held.place, &mut held.debrief, DebriefCommand::TakeUp)?;
    }
    go_on(tx, &held.permit, &held.place, held.debrief)
}

/// Keeps that the candidate knows what was decided, which closes the debrief.
///
/// # Errors
/// `forbidden` for whoever owes a card; `stale`; `illegal_transition` before the decision stands, and once
/// it is closed; `invalid` for an instant ahead, or before the decision stood.
pub fn inform(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &InformCandidate,
) -> Result<DebriefId> {
    let mut held = hold(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    held.debrief.state.apply(DebriefCommand::Close)?;
    if store::round::following(tx.conn, id)?.is_some() {
        let detail = "Another round began; what it decides is what the candidate is told.";
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    let informed_at = input.informed_at.unwrap_or_else(|| tx.occurred_at());
    if informed_at > tx.now() {
        let detail = "Say it once the candidate knows.";
        return Err(Error::invalid("/informed_at", "future", detail));
    }
    if held.debrief.decided_at.is_some_and(|decided_at| informed_at < decided_at) {
        let detail = "Nobody can be told before the decision stands.";
        return Err(Error::invalid("/informed_at", "too_early", detail));
    }
    held.debrief.informed_at = Some(informed_at);
    held.debrief.informed_how = Some(input.how);
    held.debrief.informed_by_id = Some(actor.user_id);
    take(tx, &held.permit, &held.place, &mut held.debrief, DebriefCommand::Close)?;
    Ok(id)
}

/// Saves and records what does not move the debrief.
fn keep(tx: &mut Tx<'_>, held: &mut Held, kind: EventKind) -> Result<()> {
    store::save(tx, &held.permit, &mut held.debrief)?;
    let event = held.place.event(kind, held.debrief.id).id("loop_id", held.debrief.loop_id);
    record(tx, &held.permit, &event)?;
    Ok(())
}
