//! Queries on `retention_dues`, and on what candidates had a part in.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{Permit, Reach, reachable_candidates};
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::schema::{
    applications, candidates, hires, job_offices, prospects, rejections, retention_dues,
    retention_holds, timers, withdrawals,
};
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::Result;
use crate::http::PageRequest;
use crate::ids::{CandidateId, JobId, OfficeId};
use crate::retention::RetentionOutcome;
use crate::retention::model::{Due, Part};
use crate::timers::TimerKind;

/// A row of `retention_dues`: until when a candidate is kept.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_dues, treat_none_as_default_value = false)]
pub struct DueRow {
    /// Which candidate.
    pub id: CandidateId,
    pub outcome: RetentionOutcome,
    pub closed_at: Instant,
    pub retain_until: Instant,
    pub computed_at: Instant,
}

/// An application as far as retention is concerned: whose, for which job, how it stands, and when it ended
/// in either way.
type Ended = (
    CandidateId,
    JobId,
    ApplicationStatus,
    Instant,
    Option<Instant>,
    Option<Instant>,
    Option<Instant>,
);

/// The parts of some candidates, in the order of the candidates; one without any has none.
pub fn parts_of(
    conn: &mut Conn,
    ids: &[CandidateId],
) -> QueryResult<HashMap<CandidateId, Vec<Part>>> {
    let ended: Vec<Ended> = applications::table
        .left_join(rejections::table.on(
            rejections::application_id.eq(applications::id).and(rejections::ended_at.is_null()),
        ))
        .left_join(withdrawals::table.on(
            withdrawals::application_id.eq(applications::id).and(withdrawals::ended_at.is_null()),
        ))
        .left_join(
            hires::table
                .on(hires::application_id.eq(applications::id).and(hires::ended_at.is_null())),
        )
        .filter(applications::candidate_id.eq_any(ids.iter().copied()))
        .select((
            applications::candidate_id,
            applications::job_id,
            applications::status,
            applications::updated_at,
            rejections::occurred_at.nullable(),
            withdrawals::occurred_at.nullable(),
            hires::occurred_at.nullable(),
        ))
        .load(conn)?;
    let jobs: Vec<JobId> = ended.iter().map(|row| row.1).collect();
    let offices: Vec<(JobId, OfficeId)> = job_offices::table
        .filter(job_offices::job_id.eq_any(jobs))
        .select((job_offices::job_id, job_offices::office_id))
        .load(conn)?;
    let mut parts: HashMap<CandidateId, Vec<Part>> = HashMap::new();
    for (candidate, job, status, touched, rejected, withdrawn, hired) in ended {
        let (outcome, closed_at) = match status {
            ApplicationStatus::Active => (None, None),
            ApplicationStatus::Rejected => (Some(RetentionOutcome::Rejected), rejected),
            ApplicationStatus::Withdrawn => (Some(RetentionOutcome::Withdrawn), withdrawn),
            ApplicationStatus::Hired => (Some(RetentionOutcome::Hired), hired),
        };
        let mine = offices.iter().filter(|(of, _)| *of == job).map(|(_, office)| *office);
        let part =
            Part { outcome, closed_at: closed_at.unwrap_or(touched), offices: mine.collect() };
        parts.entry(candidate).or_default().push(part);
    }
    for (candidate, closed_at, created_at) in prospects_of(conn, ids)? {
        // One that is closed was turned down, as an application is.
        let outcome = if closed_at.is_some() {
            RetentionOutcome::Rejected
        } else {
            RetentionOutcome::Prospect
        };
        let closed_at = closed_at.unwrap_or(created_at);
        let part = Part { outcome: Some(outcome), closed_at, offices: Vec::new() };
        parts.entry(candidate).or_default().push(part);
    }
    Ok(parts)
}

fn prospects_of(
    conn: &mut Conn,
    ids: &[CandidateId],
) -> QueryResult<Vec<(CandidateId, Option<Instant>, Instant)>> {
    prospects::table
        .filter(prospects::candidate_id.eq_any(ids.iter().copied()))
        .select((prospects::candidate_id, prospects::closed_at, prospects::created_at))
        .load(conn)
}

/// Until when some candidates are kept, as it was worked out last.
pub fn dues_of(conn: &mut Conn, ids: &[CandidateId]) -> QueryResult<HashMap<CandidateId, Due>> {
    let rows: Vec<DueRow> =
        retention_dues::table.filter(retention_dues::id.eq_any(ids.iter().copied())).load(conn)?;
    let due = |row: DueRow| {
        let DueRow { id, outcome, closed_at, retain_until, .. } = row;
        (id, Due { outcome, closed_at, retain_until })
    };
    Ok(rows.into_iter().map(due).collect())
}

/// Keeps until when a candidate is kept, or that there is no such day.
pub fn keep_due(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: CandidateId,
    due: Option<Due>,
) -> Result<()> {
    let Some(Due { outcome, closed_at, retain_until }) = due else {
        diesel::delete(retention_dues::table.find(id)).execute(tx.conn)?;
        return Ok(());
    };
    let row = DueRow { id, outcome, closed_at, retain_until, computed_at: tx.now() };
    let changes = (
        retention_dues::outcome.eq(outcome),
        retention_dues::closed_at.eq(closed_at),
        retention_dues::retain_until.eq(retain_until),
        retention_dues::computed_at.eq(tx.now()),
    );
    each!(tx.conn, c => diesel::insert_into(retention_dues::table)
        .values(&row)
        .on_conflict(retention_dues::id)
        .do_update()
        .set(changes)
        .execute(c))?;
    Ok(())
}

/// One page of whoever is due before an instant, if one is named, of candidates in reach: by id, newest
/// first.
pub fn list_dues(
    conn: &mut Conn,
    reach: Reach,
    before: Option<Instant>,
    page: &PageRequest,
) -> QueryResult<Vec<DueRow>> {
    let mut query = retention_dues::table
        .inner_join(candidates::table.on(candidates::id.eq(retention_dues::id)))
        .filter(reachable_candidates(reach))
        .select(retention_dues::all_columns)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(retention_dues::retain_until.lt(before));
    }
    if let Some(before) = page.before {
        query = query.filter(retention_dues::id.lt(before));
    }
    query.order(retention_dues::id.desc()).limit(page.fetch()).load(conn)
}

/// Who is due by an instant and not held then, the longest due first.
pub fn due_now(conn: &mut Conn, now: Instant, limit: i64) -> QueryResult<Vec<CandidateId>> {
    let held = retention_holds::table
        .filter(retention_holds::released_at.is_null())
        .filter(retention_holds::ends_at.is_null().or(retention_holds::ends_at.gt(now)))
        .select(retention_holds::candidate_id);
    retention_dues::table
        .filter(retention_dues::retain_until.le(now))
        .filter(retention_dues::id.ne_all(held))
        .order((retention_dues::retain_until, retention_dues::id))
        .limit(limit)
        .select(retention_dues::id)
        .load(conn)
}

/// Some candidates behind one, by id, of whom something is left.
pub fn candidates_after(
    conn: &mut Conn,
    after: Option<CandidateId>,
    limit: i64,
) -> QueryResult<Vec<CandidateId>> {
    let mut query = candidates::table
        .filter(candidates::anonymized_at.is_null())
        .select(candidates::id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(candidates::id.gt(after));
    }
    query.order(candidates::id).limit(limit).load(conn)
}

/// Whether it is set when to look again who is kept for long enough.
pub fn is_armed(conn: &mut Conn) -> QueryResult<bool> {
    let set = timers::table.filter(timers::kind.eq(TimerKind::Retention));
    diesel::select(exists(set)).get_result(conn)
}
