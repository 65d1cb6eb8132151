//! Queries on `applications`, `application_moves`, `rejections`, `withdrawals`, `hires`, `reopenings`.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::ApplicationStatus;
use crate::access::{Permit, Reach, readable_applications};
use crate::clock::Instant;
use crate::db::schema::{
    application_moves, applications, candidates, hires, jobs, rejection_reasons, rejections,
    reopenings, stages, withdrawals,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{
    AgencyId, AnyId, ApplicationId, ApplicationMoveId, CandidateId, HireId, JobId, OfferId,
    OpeningId, RejectionId, RejectionReasonId, ReopeningId, SourceId, StageId, UserId,
    WithdrawalId,
};

/// Moves inserted by one statement: SQLite takes 32,766 values in one, and a move has seven.
const MOVES_AT_ONCE: usize = 2_000;

/// A row of `applications`: one candidate for one job.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
pub struct Application {
    pub id: ApplicationId,
    pub candidate_id: CandidateId,
    pub job_id: JobId,
    pub stage_id: StageId,
    pub status: ApplicationStatus,
    pub source_id: Option<SourceId>,
    pub owner_id: Option<UserId>,
    /// Who works here and named the candidate.
    pub referrer_id: Option<UserId>,
    /// The agency that brought it in.
    pub agency_id: Option<AgencyId>,
    pub applied_at: Instant,
    pub stage_entered_at: Instant,
    pub custom: Document,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `application_moves`: every move between stages: who, when and, by the next one, how long.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = application_moves, treat_none_as_default_value = false)]
pub struct Move {
    pub id: ApplicationMoveId,
    pub application_id: ApplicationId,
    pub from_stage_id: Option<StageId>,
    pub to_stage_id: StageId,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// A row of `rejections`: we said no.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rejections, treat_none_as_default_value = false)]
pub struct Rejection {
    pub id: RejectionId,
    pub application_id: ApplicationId,
    pub rejection_reason_id: RejectionReasonId,
    pub note: Option<String>,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A row of `withdrawals`: the candidate said no.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = withdrawals, treat_none_as_default_value = false)]
pub struct Withdrawal {
    pub id: WithdrawalId,
    pub application_id: ApplicationId,
    pub note: Option<String>,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A row of `hires`: the candidate was hired.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = hires, treat_none_as_default_value = false)]
pub struct Hire {
    pub id: HireId,
    pub application_id: ApplicationId,
    pub offer_id: Option<OfferId>,
    pub opening_id: Option<OpeningId>,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A row of `reopenings`: a rejected application came back.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reopenings, treat_none_as_default_value = false)]
pub struct Reopening {
    pub id: ReopeningId,
    pub application_id: ApplicationId,
    pub reason: String,
    pub actor_id: Option<AnyId>,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// An application with the names of what it points at.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Named {
    pub(super) application: Application,
    pub(super) candidate_name: String,
    pub(super) job_title: String,
    pub(super) stage_name: String,
}

/// How an application ended, if it did.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Closing {
    pub(super) rejection: Option<Rejection>,
    pub(super) rejection_reason_name: Option<String>,
    pub(super) withdrawal: Option<Withdrawal>,
    pub(super) hire: Option<Hire>,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ApplicationId) -> QueryResult<Option<Application>> {
    applications::table.find(id).first(conn).optional()
}

/// Applications with what they point at.
#[diesel::dsl::auto_type]
pub(super) fn with_names() -> _ {
    applications::table
        .inner_join(candidates::table.on(candidates::id.eq(applications::candidate_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .inner_join(stages::table.on(stages::id.eq(applications::stage_id)))
}

/// One application with names and with how it ended, in one statement.
pub(super) fn find_with_closing(
    conn: &mut Conn,
    id: ApplicationId,
) -> QueryResult<Option<(Named, Closing)>> {
    let rejected =
        rejections::application_id.eq(applications::id).and(rejections::ended_at.is_null());
    let withdrawn =
        withdrawals::application_id.eq(applications::id).and(withdrawals::ended_at.is_null());
    let hired = hires::application_id.eq(applications::id).and(hires::ended_at.is_null());
    let reason = rejection_reasons::id.nullable().eq(rejections::rejection_reason_id.nullable());
    with_names()
        .left_join(rejections::table.on(rejected))
        .left_join(rejection_reasons::table.on(reason))
        .left_join(withdrawals::table.on(withdrawn))
        .left_join(hires::table.on(hired))
        .filter(applications::id.eq(id))
        .select((
            (applications::all_columns, candidates::name, jobs::title, stages::name),
            (
                rejections::all_columns.nullable(),
                rejection_reasons::name.nullable(),
                withdrawals::all_columns.nullable(),
                hires::all_columns.nullable(),
            ),
        ))
        .first(conn)
        .optional()
}

/// Whether a candidate has an active application for a job. Ask it under the job's lock.
pub(super) fn has_active(conn: &mut Conn, candidate: CandidateId, job: JobId) -> QueryResult<bool> {
    let active = applications::table
        .filter(applications::candidate_id.eq(candidate))
        .filter(applications::job_id.eq(job))
        .filter(applications::status.eq(ApplicationStatus::Active));
    diesel::select(exists(active)).get_result(conn)
}

/// One move by its id.
pub(super) fn find_move(conn: &mut Conn, id: ApplicationMoveId) -> QueryResult<Option<Move>> {
    application_moves::table.find(id).first(conn).optional()
}

/// When the application made the move before this one.
pub(super) fn moved_before(conn: &mut Conn, moved: &Move) -> QueryResult<Option<Instant>> {
    application_moves::table
        .filter(application_moves::application_id.eq(moved.application_id))
        .filter(application_moves::id.lt(moved.id))
        .order(application_moves::id.desc())
        .select(application_moves::occurred_at)
        .first(conn)
        .optional()
}

/// One page of the moves of an application, newest first.
pub(super) fn moves(
    conn: &mut Conn,
    id: ApplicationId,
    page: &PageRequest,
) -> QueryResult<Vec<Move>> {
    let mut query =
        application_moves::table.filter(application_moves::application_id.eq(id)).into_boxed();
    if let Some(before) = page.before {
        query = query.filter(application_moves::id.lt(before));
    }
    query.order(application_moves::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts an application.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Application) -> Result<()> {
    diesel::insert_into(applications::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Inserts many applications.
pub(super) fn insert_many(tx: &mut Tx<'_>, _permit: &Permit, rows: &[Application]) -> Result<()> {
    if !rows.is_empty() {
        each!(tx.conn, c => diesel::insert_into(applications::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Saves an application whose version is still the one that was read.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Application) -> Result<()> {
    let now = tx.now();
    let unchanged = applications::table.find(row.id).filter(applications::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            applications::stage_id.eq(row.stage_id),
            applications::status.eq(row.status),
            applications::source_id.eq(row.source_id),
            applications::owner_id.eq(row.owner_id),
            applications::referrer_id.eq(row.referrer_id),
            applications::custom.eq(&row.custom),
            applications::stage_entered_at.eq(row.stage_entered_at),
            applications::version.eq(row.version + 1),
            applications::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Who works here and named the candidate of an application.
pub fn referrer_of(conn: &mut Conn, id: ApplicationId) -> QueryResult<Option<UserId>> {
    let referrer = applications::table.find(id).select(applications::referrer_id);
    Ok(referrer.first::<Option<UserId>>(conn).optional()?.flatten())
}

/// The jobs that a candidate is applying for, each with whoever owns the application.
pub fn running(
    conn: &mut Conn,
    candidate: CandidateId,
    limit: i64,
) -> QueryResult<Vec<(JobId, Option<UserId>)>> {
    applications::table
        .filter(applications::candidate_id.eq(candidate))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .order(applications::id)
        .limit(limit)
        .select((applications::job_id, applications::owner_id))
        .load(conn)
}

/// The job of the oldest active application of a candidate in reach.
pub fn job_of_readable(
    conn: &mut Conn,
    reach: Reach,
    candidate: CandidateId,
) -> QueryResult<Option<JobId>> {
    applications::table
        .filter(applications::candidate_id.eq(candidate))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .filter(readable_applications(reach))
        .order(applications::id)
        .select(applications::job_id)
        .first(conn)
        .optional()
}

/// The active applications that a person owns, each with its job and candidate.
pub fn owned_by(
    conn: &mut Conn,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(ApplicationId, JobId, CandidateId)>> {
    applications::table
        .filter(applications::owner_id.eq(user))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .order(applications::id)
        .limit(limit)
        .select((applications::id, applications::job_id, applications::candidate_id))
        .load(conn)
}

/// Gives applications another owner, or none.
pub(super) fn give(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    ids: &[ApplicationId],
    owner: Option<UserId>,
) -> Result<()> {
    let now = tx.now();
    diesel::update(applications::table.filter(applications::id.eq_any(ids.iter().copied())))
        .set((
            applications::owner_id.eq(owner),
            applications::version.eq(applications::version + 1),
            applications::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Inserts moves.
pub(super) fn insert_moves(tx: &mut Tx<'_>, _permit: &Permit, rows: &[Move]) -> Result<()> {
    for part in rows.chunks(MOVES_AT_ONCE) {
        each!(tx.conn, c => diesel::insert_into(application_moves::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Inserts many rows that say how applications ended.
pub(super) fn insert_closings(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    (refused, withdrawn, hired): (&[Rejection], &[Withdrawal], &[Hire]),
) -> Result<()> {
    if !refused.is_empty() {
        each!(tx.conn, c => diesel::insert_into(rejections::table).values(refused).execute(c))?;
    }
    if !withdrawn.is_empty() {
        each!(tx.conn, c => diesel::insert_into(withdrawals::table).values(withdrawn).execute(c))?;
    }
    if !hired.is_empty() {
        each!(tx.conn, c => diesel::insert_into(hires::table).values(hired).execute(c))?;
    }
    Ok(())
}

/// Inserts a rejection.
pub(super) fn insert_rejection(tx: &mut Tx<'_>, _permit: &Permit, row: &Rejection) -> Result<()> {
    diesel::insert_into(rejections::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Ends the open rejection of an application.
pub(super) fn end_rejection(tx: &mut Tx<'_>, _permit: &Permit, id: ApplicationId) -> Result<()> {
    let ended_at = tx.occurred_at();
    let open = rejections::table
        .filter(rejections::application_id.eq(id))
        .filter(rejections::ended_at.is_null());
    diesel::update(open).set(rejections::ended_at.eq(ended_at)).execute(tx.conn)?;
    Ok(())
}

/// Inserts a withdrawal.
pub(super) fn insert_withdrawal(tx: &mut Tx<'_>, _permit: &Permit, row: &Withdrawal) -> Result<()> {
    diesel::insert_into(withdrawals::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Inserts a hire.
pub(super) fn insert_hire(tx: &mut Tx<'_>, _permit: &Permit, row: &Hire) -> Result<()> {
    diesel::insert_into(hires::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Inserts a reopening.
pub(super) fn insert_reopening(tx: &mut Tx<'_>, _permit: &Permit, row: &Reopening) -> Result<()> {
    diesel::insert_into(reopenings::table).values(row).execute(tx.conn)?;
    Ok(())
}
