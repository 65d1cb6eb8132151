//! What a candidate asks by their link: for another time, or not to come. Either gives the time up and
//! tells whoever looks after it; nobody's scorecard is waived by it, and nothing is called off.

use chrono::TimeDelta;

use super::commands::{lock_by_link, used};
use super::model::{WINDOWS_MAX, Window};
use super::store::{self, CandidateAsk, TimeRequest};
use super::{CandidateAskKind, TimeRequestKind};
use crate::access::{Permit, TeamRole};
use crate::applications;
use crate::clock::Instant;
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, InterviewId, JobId};
use crate::interviews::InterviewState;
use crate::interviews::commands::booking::release;
use crate::interviews::model::InterviewCommand;
use crate::interviews::store::Interview;
use crate::jobs::hiring_team::store as team;
use crate::loops;
use crate::loops::Place;
use crate::users;

/// How often a candidate asks about one interview.
pub(crate) const ASKS_MAX: usize = 3;
/// How long a candidate has to say when they could come, after they asked for another time.
const TO_ANSWER: TimeDelta = TimeDelta::days(14);

/// What a candidate asks.
pub(crate) struct Ask {
    /// For what.
    pub(crate) kind: CandidateAskKind,
    /// Why, in their words.
    pub(crate) reason: Option<String>,
    /// When they could come.
    pub(crate) windows: Vec<Window>,
    /// The zone in which they say so.
    pub(crate) time_zone: String,
}

/// Whether a candidate may ask this about an interview at an instant, but for how often they did.
pub(crate) fn can_be_asked(interview: &Interview, kind: CandidateAskKind, now: Instant) -> bool {
    let begun = interview.state == InterviewState::Confirmed
        && interview.starts_at.is_some_and(|starts_at| starts_at <= now);
    !begun && interview.state.apply(command(kind)).is_ok()
}

const fn command(kind: CandidateAskKind) -> InterviewCommand {
    match kind {
        CandidateAskKind::AnotherTime => InterviewCommand::AskAnotherTime,
        CandidateAskKind::CannotCome => InterviewCommand::GiveUp,
    }
}

/// Asks, by the secret of a link.
///
/// # Errors
/// `not_ready` when it cannot be asked from where the interview stands, or was asked too often.
pub(crate) fn ask(tx: &mut Tx<'_>, token_hash: &[u8], ask: Ask) -> Result<InterviewId> {
    let (link, place, mut interview, _) = lock_by_link(tx, token_hash)?;
    let id = interview.id;
    let asked = store::asks(tx.conn, id)?.len();
    if asked >= ASKS_MAX {
        return Err(Error::new(Code::NotReady, "This was asked three times; write instead."));
    }
    if ask.windows.len() > WINDOWS_MAX {
        return Err(Error::invalid("/windows", "range", "Give at most 20 windows."));
    }
    let now = tx.now();
    if !can_be_asked(&interview, ask.kind, now) {
        return Err(Error::new(Code::NotReady, "This cannot be asked at the moment."));
    }
    let permit = Permit::for_candidate(id, place.candidate_id);
    let row_id = tx.id();
    let row = CandidateAsk {
        id: row_id,
        interview_id: id,
        kind: ask.kind,
        reason: ask.reason,
        asked_at: now,
    };
    store::insert_ask(tx, &permit.extend_to(row.id), &row)?;
    release(tx, &permit, &place, &mut interview, command(ask.kind))?;
    store::close(tx, &permit)?;
    let given = i64::try_from(ask.windows.len()).unwrap_or(i64::MAX);
    let kind = match ask.kind {
        CandidateAskKind::AnotherTime => {
            await_windows(tx, &permit, &interview, &ask.windows, ask.time_zone)?;
            EventKind::InterviewRescheduleAsked
        }
        CandidateAskKind::CannotCome => EventKind::InterviewGivenUp,
    };
    let event = place.event(kind, id).id("loop_id", interview.loop_id).number("windows", given);
    record(tx, &permit, &event)?;
    used(tx, &permit, &link)?;
    Ok(id)
}

/// Asks the candidate when they could come, by the link that they have; what they said with it is kept.
fn await_windows(
    tx: &mut Tx<'_>,
    permit: &Permit,
    interview: &Interview,
    windows: &[Window],
    time_zone: String,
) -> Result<()> {
    let kit = loops::templates::store::find_kit(tx.conn, interview.kit_id)?;
    let (now, said) = (tx.now(), !windows.is_empty());
    let request = TimeRequest {
        id: tx.id(),
        interview_id: interview.id,
        kind: TimeRequestKind::Availability,
        minutes: kit.ok_or_else(Error::not_found)?.minutes,
        starts: Document::of(&[(); 0])?,
        bent: Document::of(&[(); 0])?,
        override_reason: None,
        windows: said.then(|| Document::of(&windows)).transpose()?,
        time_zone: said.then_some(time_zone),
        expires_at: now + TO_ANSWER,
        answered_at: said.then_some(now),
        closed_at: None,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &request)
}

/// Whom a candidate writes to: somebody who coordinates or recruits for the job, or looks after the
/// application. Name and address.
pub(super) fn contact(conn: &mut Conn, place: &Place) -> Result<Option<(String, String)>> {
    let (job, application): (JobId, ApplicationId) = (place.job_id, place.application_id);
    let mut people = team::people_with(conn, job, TeamRole::Coordinator)?;
    people.extend(team::people_with(conn, job, TeamRole::Recruiter)?);
    people.extend(applications::store::find(conn, application)?.and_then(|row| row.owner_id));
    for person in people {
        if let Some(user) = users::store::find_responsible(conn, person)? {
            return Ok(Some((user.name, user.email)));
        }
    }
    Ok(None)
}
