//! Where an interview takes place when nobody said: in the standing room of whoever leads it.

use crate::access::Permit;
use crate::db::Tx;
use crate::error::Result;
use crate::events::{EventKind, record};
use crate::interviews::InterviewState;
use crate::interviews::store::{self, Interview};
use crate::loops::Place;

/// Looks the standing room of the lead up. Says whether the interview meets elsewhere than before.
pub(super) fn settle(tx: &mut Tx<'_>, interview: &mut Interview) -> Result<bool> {
    if interview.meeting_url.is_some() && interview.room_of_id.is_none() {
        return Ok(false);
    }
    let (room_of_id, url) = store::room_of_lead(tx.conn, interview.id)?.unzip();
    let moved = interview.meeting_url != url;
    (interview.room_of_id, interview.meeting_url) = (room_of_id, url);
    Ok(moved)
}

/// The same after the panel of an interview changed. What is still to come moves with its lead, and
/// everybody is told as of another time.
pub(super) fn follow_lead(tx: &mut Tx<'_>, interview: &mut Interview) -> Result<bool> {
    let to_come = interview.ends_at.is_some_and(|ends_at| ends_at > tx.now());
    if interview.state != InterviewState::Confirmed || !to_come || !settle(tx, interview)? {
        return Ok(false);
    }
    interview.schedule_sequence += 1;
    Ok(true)
}

/// Says that an interview has a time, or another time or place.
pub(super) fn record_time(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &Interview,
) -> Result<()> {
    let event = place
        .event(EventKind::InterviewScheduled, interview.id)
        .id("loop_id", interview.loop_id)
        .number("schedule_sequence", i64::from(interview.schedule_sequence));
    record(tx, &permit.extend_to(interview.id), &event)?;
    Ok(())
}
