//! When an interview takes place, and whether it did.

use super::booking::{Time, confirm};
use super::{expect_version, lock};
use crate::access::{Action, Actor, Permit};
use crate::capabilities::{self, CapabilityKind};
use crate::db::Tx;
use crate::debriefs;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::http::fields::{Line, MeetingUrl, Prose};
use crate::ids::{ApplicationId, InterviewId};
use crate::interviews::api::interviews::ScheduleInterview;
use crate::interviews::model::{InterviewCommand, fits};
use crate::interviews::store::{self, Interview};
use crate::interviews::times::store as requests;
use crate::interviews::{Absent, InterviewState};
use crate::loops::Place;
use crate::pools;

/// Why an interview of an application that ended does not take place.
const ENDED: &str = "The application ended.";

/// Gives an interview a time and place, or another one. Cards that are owed for it become due after its end.
///
/// # Errors
/// `invalid` for a span that no interview has, `illegal_transition`, `already_booked`, `stale`.
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
    interview.state.apply(InterviewCommand::Schedule)?;
    if !fits(input.starts_at, input.ends_at) {
        let detail = "An interview ends 5 minutes to 8 hours after it starts.";
        return Err(Error::invalid("/ends_at", "range", detail));
    }
    interview.meeting_url = input.meeting_url.as_ref().map(MeetingUrl::to_text);
    interview.room_of_id = None;
    interview.location = input.location.as_ref().map(Line::to_text);
    interview.dial_in = input.dial_in.as_ref().map(Line::to_text);
    let time = Time {
        span: (input.starts_at, input.ends_at),
        time_zone: input.time_zone.to_text(),
        reason: input.reason.as_ref().map(Prose::to_text),
        overriding: input.overriding.as_ref().map(|given| given.reason.to_text()),
    };
    confirm(tx, &permit, &place, &mut interview, (InterviewCommand::Schedule, time))?;
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

/// Says that somebody did not come, and who. Nobody owes a card for it any more, unless it is given
/// another time.
pub fn mark_no_show(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: InterviewId,
    expected: Option<i64>,
    absent: Option<Absent>,
) -> Result<InterviewId> {
    end(tx, actor, id, expected, Ending::NoShow(absent))
}

/// How an interview ends.
enum Ending {
    Completed,
    Cancelled(Option<String>),
    NoShow(Option<Absent>),
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
        Ending::NoShow(absent) => {
            interview.absent = absent;
            (InterviewCommand::MarkNoShow, EventKind::InterviewNoShow)
        }
    };
    take_end(tx, &permit, &place, &mut interview, (command, kind))?;
    debriefs::evaluate(tx, &permit, &place, interview.loop_id)?;
    Ok(id)
}

/// Completes an interview whose assessment yielded a result, whether it had a time or not. The caller
/// lets the debrief go on.
pub(crate) fn complete_by_result(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &mut Interview,
) -> Result<()> {
    interview.completed_at = Some(tx.occurred_at());
    let step = (InterviewCommand::Assess, EventKind::InterviewCompleted);
    take_end(tx, permit, place, interview, step)
}

/// The last step of an interview's life, saved and recorded.
fn take_end(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    interview: &mut Interview,
    (command, kind): (InterviewCommand, EventKind),
) -> Result<()> {
    let id = interview.id;
    interview.state = interview.state.apply(command)?;
    let mut event = place.event(kind, id).id("loop_id", interview.loop_id);
    if let Some(absent) = interview.absent {
        event = event.code("absent", absent.as_str());
    }
    conclude(tx, permit, interview, &event)?;
    if interview.state == InterviewState::Completed {
        let panel = store::seats(tx.conn, id)?.into_iter().map(|seat| seat.user_id);
        pools::members::count(tx, permit, interview.kit_id, &panel.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Calls off what an application that ended still has before it. Cards are not owed for it any more,
/// and links end; the application's lock is held.
pub fn call_off(tx: &mut Tx<'_>, permit: &Permit, id: ApplicationId) -> Result<()> {
    let place = Place::of(tx.conn, id)?.ok_or_else(Error::not_found)?;
    for mut interview in store::to_come_of(tx.conn, id)? {
        let permit = permit.extend_to(interview.id);
        interview.state = interview.state.apply(InterviewCommand::Cancel)?;
        interview.cancelled_at = Some(tx.occurred_at());
        interview.cancelled_reason = Some(ENDED.to_owned());
        let event = place.event(EventKind::InterviewCancelled, interview.id);
        let event = event.id("loop_id", interview.loop_id).code("cause", "application_ended");
        conclude(tx, &permit, &interview, &event)?;
    }
    // Also of loops whose interviews all took place.
    for loop_id in debriefs::store::standing_in(tx.conn, id)? {
        debriefs::evaluate(tx, permit, &place, loop_id)?;
    }
    Ok(())
}

/// Saves an interview that is over, asks its candidate nothing more, and ends the links of what was
/// called off for good.
fn conclude(tx: &mut Tx<'_>, permit: &Permit, interview: &Interview, event: &Event) -> Result<()> {
    let subject = Some(interview.id.any());
    store::save(tx, permit, interview)?;
    requests::close(tx, permit)?;
    capabilities::commands::revoke(tx, permit, Some((CapabilityKind::Scheduling, subject)), None)?;
    if interview.state == InterviewState::Cancelled {
        for seat in store::seats(tx.conn, interview.id)? {
            let which = Some((CapabilityKind::Scorecard, subject));
            capabilities::commands::revoke(tx, permit, which, Some(seat.user_id))?;
        }
    }
    record(tx, permit, event)?;
    Ok(())
}
