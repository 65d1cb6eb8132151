//! When an interview takes place, and whether it did.

use super::{expect_version, lock, room};
use crate::access::{Action, Actor};
use crate::db::Tx;
use crate::debriefs;
use crate::error::{Error, Result};
use crate::events::{EventKind, record};
use crate::http::fields::{Line, MeetingUrl};
use crate::ids::InterviewId;
use crate::interviews::api::interviews::ScheduleInterview;
use crate::interviews::model::{InterviewCommand, due_at, fits};
use crate::interviews::store;
use crate::loops;

/// Gives an interview a time and place, or another one. Cards that are owed for it become due after its end.
///
/// # Errors
/// `invalid` for a span that no interview has, `illegal_transition`, `stale`.
pub fn schedule(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    input: &ScheduleInterview,
) -> Result<InterviewId> {
    let (place, mut interview) = lock(tx, id)?;
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, interview.version)?;
    place.require_active()?;
    interview.state = interview.state.apply(InterviewCommand::Schedule)?;
    if !fits(input.starts_at, input.ends_at) {
        let detail = "An interview ends 5 minutes to 8 hours after it starts.";
        return Err(Error::invalid("/ends_at", "range", detail));
    }
    interview.starts_at = Some(input.starts_at);
    interview.ends_at = Some(input.ends_at);
    interview.time_zone = Some(input.time_zone.to_text());
    interview.meeting_url = input.meeting_url.as_ref().map(MeetingUrl::to_text);
    interview.room_of_id = None;
    interview.location = input.location.as_ref().map(Line::to_text);
    interview.dial_in = input.dial_in.as_ref().map(Line::to_text);
    room::settle(tx, &mut interview)?;
    interview.schedule_sequence += 1;
    store::save(tx, &permit, &interview)?;
    let due_hours = loops::due_hours(tx.conn, interview.loop_id)?;
    store::set_due(tx, &permit, due_at(input.ends_at, due_hours))?;
    room::record_time(tx, &permit, &place, &interview)?;
    Ok(id)
}

/// Says that an interview took place. The debrief begins to gather.
pub fn complete(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
) -> Result<InterviewId> {
    end(tx, actor, id, expected, Ending::Completed)
}

/// Calls an interview off. Nobody owes a card for it any more.
pub fn cancel(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    reason: Option<String>,
) -> Result<InterviewId> {
    end(tx, actor, id, expected, Ending::Cancelled(reason))
}

/// Says that somebody did not come. Nobody owes a card for it any more.
pub fn mark_no_show(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
) -> Result<InterviewId> {
    end(tx, actor, id, expected, Ending::NoShow)
}

/// How an interview ends.
enum Ending {
    Completed,
    Cancelled(Option<String>),
    NoShow,
}

fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    ending: Ending,
) -> Result<InterviewId> {
    let (place, mut interview) = lock(tx, id)?;
    let permit = place.permit(tx, actor, Action::ManageInterview, id)?;
    expect_version(expected, interview.version)?;
    let at = Some(tx.occurred_at());
    let (command, kind) = match ending {
        Ending::Completed => {
            interview.completed_at = at;
            (InterviewCommand::Complete, EventKind::InterviewCompleted)
        }
        Ending::Cancelled(reason) => {
            interview.cancelled_at = at;
            interview.cancelled_reason = reason;
            (InterviewCommand::Cancel, EventKind::InterviewCancelled)
        }
        Ending::NoShow => (InterviewCommand::MarkNoShow, EventKind::InterviewNoShow),
    };
    interview.state = interview.state.apply(command)?;
    store::save(tx, &permit, &interview)?;
    record(tx, &permit, &place.event(kind, id).id("loop_id", interview.loop_id))?;
    debriefs::evaluate(tx, &permit, &place, interview.loop_id)?;
    Ok(id)
}
