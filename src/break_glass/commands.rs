//! Breaking glass, and leaving early.

use chrono::TimeDelta;

use super::api::NewBreakGlass;
use super::store::{self, BreakGlass};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::BreakGlassId;
use crate::jobs;

/// How long a look lasts when nobody says: minutes.
const MINUTES: i32 = 60;

/// Opens a job to the actor, for a reason and for a while.
///
/// # Errors
/// `invalid` for a job that is not there.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, input: &NewBreakGlass) -> Result<BreakGlassId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::BreakGlass, id)?;
    let job = jobs::store::find(tx.conn, input.job_id)?;
    let job = job.ok_or_else(|| Error::unknown_reference("/job_id"))?;
    let minutes = input.minutes.unwrap_or(MINUTES);
    let row = BreakGlass {
        id,
        user_id: actor.user_id,
        job_id: job.id,
        reason: input.reason.to_text(),
        expires_at: now + TimeDelta::minutes(i64::from(minutes)),
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row)?;
    // Without the job: administration reads that glass was broken also where the job is confidential.
    let event = Event::new(EventKind::BreakGlassOpened, id.into());
    record(tx, &permit, &event.number("minutes", i64::from(minutes)))?;
    Ok(id)
}

/// Ends a look before it runs out: one's own, or, for another owner or administrator, anybody's.
///
/// # Errors
/// `illegal_transition` when it is over already.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BreakGlassId,
    expected: Option<i64>,
) -> Result<BreakGlassId> {
    let permit = permit_known(actor, Action::BreakGlass, id)?;
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    if row.ended_at.is_some() || row.expires_at <= tx.now() {
        return Err(Error::new(Code::IllegalTransition, "It is over already."));
    }
    store::end(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::BreakGlassEnded, id.into()))?;
    Ok(id)
}
