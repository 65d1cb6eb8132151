//! The night's run: who is kept for long enough, and, where the organization turned it on, anonymizing
//! them, each in a transaction of their own.

use chrono::{NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::model::Rules;
use super::store::{self, PolicyVersion, Run};
use super::{AnonymizationReason, RetentionMode, commands};
use crate::access::Permit;
use crate::candidates;
use crate::clock::Instant;
use crate::db::dialect::{Root, lock};
use crate::db::{Conn, Db, Tx};
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{CandidateId, OrganizationId};
use crate::organization::settings;
use crate::timers::{self, TimerKind};

/// How many candidates one step looks at.
const STEP: i64 = 200;
/// The hour of the organization's night at which a run begins.
const HOUR: u32 = 2;

/// The rules of a version; the default while nobody stated one.
pub(super) fn rules(version: Option<&PolicyVersion>) -> Result<Rules> {
    version.map_or_else(|| Ok(Rules::default()), |row| row.rules.read())
}

/// The organization's time zone.
pub(super) fn zone(conn: &mut Conn) -> Result<Tz> {
    let Some(row) = settings::store::organization(conn)? else { return Ok(Tz::UTC) };
    row.time_zone.parse().map_err(Error::internal)
}

/// Sets when to look for the first time. Later ones are set by the one before.
///
/// # Errors
/// When the database is away.
pub fn arm(db: &Db) -> Result<()> {
    if db.read_here(|conn| Ok(store::is_armed(conn)?))? {
        return Ok(());
    }
    db.write_here(&db.unit(), |tx| {
        let Some(organization) = settings::store::organization(tx.conn)? else { return Ok(()) };
        set_next_night(tx, organization.id)
    })
}

fn set_next_night(tx: &mut Tx<'_>, id: OrganizationId) -> Result<()> {
    let (zone, now) = (zone(tx.conn)?, tx.now());
    let at = Some(next_night(zone, now));
    timers::set(tx, &Permit::for_system(id), TimerKind::Retention, at)
}

/// Two o'clock of the next day, or the moment after it where the clock skips it.
fn next_night(zone: Tz, now: Instant) -> Instant {
    let tomorrow = now.utc().with_timezone(&zone).date_naive() + TimeDelta::days(1);
    let hours = (HOUR..HOUR + 3).filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    let mut instants =
        hours.filter_map(|time| zone.from_local_datetime(&tomorrow.and_time(time)).earliest());
    instants.next().map_or(now + TimeDelta::days(1), |at| Instant::from_utc(at.to_utc()))
}

/// Takes the next step of a night's run, or begins one, and sets when the next one is due: at once, until
/// the run is over. What a step did stands in its rows, so that a restart goes on from there.
///
/// # Errors
/// When the database is away.
pub fn wake(tx: &mut Tx<'_>, id: OrganizationId) -> Result<()> {
    let permit = Permit::for_system(id);
    let policy = store::newest_policy(tx.conn)?;
    let Some(run) = store::open_run(tx.conn)? else {
        let mode = policy.as_ref().map_or(RetentionMode::List, |row| row.mode);
        if mode == RetentionMode::Off {
            return set_next_night(tx, id);
        }
        begin(tx, &permit, mode)?;
        return again(tx, &permit);
    };
    let rules = rules(policy.as_ref())?;
    let ids = store::candidates_after(tx.conn, run.after_id, STEP)?;
    if let Some(last) = ids.last().copied() {
        look(tx, &permit, &rules, &ids)?;
        let looked = run.looked + i64::try_from(ids.len()).map_err(Error::internal)?;
        store::save_run(tx, &permit, &Run { after_id: Some(last), looked, ..run })?;
        return again(tx, &permit);
    }
    if let Some(due) = next_due(tx, run.mode)? {
        let gone = anonymize(tx, &rules, due)?;
        let anonymized = run.anonymized + i64::from(gone);
        store::save_run(tx, &permit, &Run { anonymized, ..run })?;
        return again(tx, &permit);
    }
    finish(tx, &permit, run)?;
    set_next_night(tx, id)
}

/// Who is to be anonymized next, if that is turned on.
fn next_due(tx: &mut Tx<'_>, mode: RetentionMode) -> Result<Option<CandidateId>> {
    let now = tx.now();
    match mode {
        RetentionMode::Off | RetentionMode::List => Ok(None),
        RetentionMode::Anonymize => Ok(store::due_now(tx.conn, now, 1)?.pop()),
    }
}

fn again(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let now = tx.now();
    timers::set(tx, permit, TimerKind::Retention, Some(now))
}

fn begin(tx: &mut Tx<'_>, permit: &Permit, mode: RetentionMode) -> Result<()> {
    let run = Run {
        id: tx.id(),
        mode,
        after_id: None,
        looked: 0,
        anonymized: 0,
        started_at: tx.now(),
        finished_at: None,
    };
    store::insert_run(tx, permit, &run)
}

fn finish(tx: &mut Tx<'_>, permit: &Permit, run: Run) -> Result<()> {
    let run = Run { finished_at: Some(tx.now()), ..run };
    store::save_run(tx, permit, &run)?;
    let event = Event::new(EventKind::RetentionRunFinished, run.id.into());
    let event = event.code("mode", run.mode.as_str()).number("looked", run.looked);
    record(tx, &permit.extend_to(run.id), &event.number("anonymized", run.anonymized))?;
    Ok(())
}

/// Works out until when some candidates are kept, and keeps what is new about that.
fn look(tx: &mut Tx<'_>, permit: &Permit, rules: &Rules, ids: &[CandidateId]) -> Result<()> {
    let (mut parts, before) = (store::parts_of(tx.conn, ids)?, store::dues_of(tx.conn, ids)?);
    for id in ids {
        let due = rules.due(&parts.remove(id).unwrap_or_default());
        if due != before.get(id).copied() {
            store::keep_due(tx, permit, *id, due)?;
        }
    }
    Ok(())
}

/// Anonymizes somebody who is due, unless something changed since it was looked. Returns whether it did.
fn anonymize(tx: &mut Tx<'_>, rules: &Rules, id: CandidateId) -> Result<bool> {
    lock(tx.conn, Root::Candidate, id.any())?;
    let permit = Permit::for_system(id);
    let parts = store::parts_of(tx.conn, &[id])?.remove(&id).unwrap_or_default();
    let (due, now) = (rules.due(&parts), tx.now());
    let is_due = due.is_some_and(|due| due.retain_until <= now);
    let is_gone = candidates::store::is_anonymized(tx.conn, id)?;
    if is_gone || !is_due || !commands::hindrances(tx, id)?.is_empty() {
        store::keep_due(tx, &permit, id, due.filter(|_| !is_gone && !is_due))?;
        return Ok(false);
    }
    commands::leave_a_shell(tx, &permit, id, AnonymizationReason::RetentionOver)?;
    Ok(true)
}
