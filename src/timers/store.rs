//! Queries on `timers`.

use diesel::prelude::*;

use super::TimerKind;
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::timers;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::AnyId;

/// A row of `timers`: when to look at something.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Timer {
    /// What it wakes.
    pub kind: TimerKind,
    /// Which one.
    pub subject_id: AnyId,
    /// When.
    pub run_at: Instant,
    /// How often its work failed since it was set.
    pub attempts: i32,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// Sets when the subject of the permit is looked at next, or that it need not be.
pub fn set(
    tx: &mut Tx<'_>,
    permit: &Permit,
    kind: TimerKind,
    run_at: Option<Instant>,
) -> Result<()> {
    let id = permit.subject().id;
    let Some(run_at) = run_at else {
        let mine = timers::table.filter(timers::kind.eq(kind)).filter(timers::subject_id.eq(id));
        diesel::delete(mine).execute(tx.conn)?;
        return Ok(());
    };
    let fresh = (timers::run_at.eq(run_at), timers::attempts.eq(0));
    let values = (timers::kind.eq(kind), timers::subject_id.eq(id), fresh);
    crate::each!(tx.conn, c => diesel::insert_into(timers::table)
        .values(values)
        .on_conflict((timers::kind, timers::subject_id))
        .do_update()
        .set((fresh, timers::last_error.eq(None::<String>)))
        .execute(c))?;
    Ok(())
}

/// The timers that are due, the earliest first.
pub(super) fn due(conn: &mut Conn, now: Instant, limit: i64) -> QueryResult<Vec<Timer>> {
    timers::table.filter(timers::run_at.le(now)).order(timers::run_at).limit(limit).load(conn)
}

/// Puts off a timer whose work failed, unless it was set anew meanwhile.
pub(super) fn put_off(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    timer: &Timer,
    run_at: Instant,
    error: &str,
) -> Result<()> {
    let same = timers::table
        .filter(timers::kind.eq(timer.kind))
        .filter(timers::subject_id.eq(timer.subject_id))
        .filter(timers::run_at.eq(timer.run_at));
    let changes = (
        timers::run_at.eq(run_at),
        timers::attempts.eq(timer.attempts + 1),
        timers::last_error.eq(error),
    );
    diesel::update(same).set(changes).execute(tx.conn)?;
    Ok(())
}
