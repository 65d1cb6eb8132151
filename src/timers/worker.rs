//! Waking what is due.

use chrono::TimeDelta;

use super::TimerKind;
use super::store::{self, Timer};
use crate::access::{Permit, Subject};
use crate::db::{Db, Tx};
use crate::debriefs;
use crate::error::Result;
use crate::ids::kinds;
use crate::notifications::digests;
use crate::retention;

/// How many timers are looked at in one go.
const BATCH: i64 = 16;

/// Wakes what is due, one batch of it. Returns how many did their work.
///
/// # Errors
/// When the database is away; the timers then stay due.
pub fn run_due(db: &Db) -> Result<usize> {
    let now = db.clock().now();
    let due = db.read_here(move |conn| Ok(store::due(conn, now, BATCH)?))?;
    let mut done = 0;
    for timer in due {
        let woken = db.write_here(&db.unit(), {
            let timer = timer.clone();
            move |tx| wake(tx, &timer)
        });
        match woken {
            Ok(()) => done += 1,
            Err(error) => {
                let (kind, subject) = (timer.kind.as_str(), timer.subject_id);
                tracing::warn!(timer.kind = kind, timer.subject = ?subject, error = %error, source = ?error.source, "A timer failed.");
                let detail = error.to_string();
                let run_at = now + back_off(timer.attempts);
                db.write_here(&db.unit(), move |tx| {
                    store::put_off(
                        tx,
                        &Permit::for_system(subject_of(&timer)),
                        &timer,
                        run_at,
                        &detail,
                    )
                })?;
            }
        }
    }
    Ok(done)
}

fn wake(tx: &mut Tx<'_>, timer: &Timer) -> Result<()> {
    match timer.kind {
        TimerKind::Debrief => debriefs::wake(tx, timer.subject_id.typed()),
        TimerKind::Digest => digests::wake(tx, timer.subject_id.typed()),
        TimerKind::Retention => retention::wake(tx, timer.subject_id.typed()),
    }
}

fn subject_of(timer: &Timer) -> Subject {
    match timer.kind {
        TimerKind::Debrief => Subject::from(timer.subject_id.typed::<kinds::Debrief>()),
        TimerKind::Digest => Subject::from(timer.subject_id.typed::<kinds::User>()),
        TimerKind::Retention => Subject::from(timer.subject_id.typed::<kinds::Organization>()),
    }
}

/// A minute after the first failure, doubling up to six hours; it never gives up.
fn back_off(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(0, 9)).unwrap_or(0);
    TimeDelta::minutes((1_i64 << doublings).min(6 * 60))
}
