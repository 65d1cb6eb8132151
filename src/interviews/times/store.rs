//! Queries on `time_requests` and `candidate_asks`.

use diesel::prelude::*;

use super::model::Window;
use super::{CandidateAskKind, TimeRequestKind};
use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{candidate_asks, time_requests};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{CandidateAskId, InterviewId, TimeRequestId};

/// A row of `time_requests`: what a candidate is asked about the time of an interview, and what they
/// say. `starts` are in order; `time_zone` is the zone in which they answered.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = time_requests, treat_none_as_default_value = false)]
pub struct TimeRequest {
    pub id: TimeRequestId,
    pub interview_id: InterviewId,
    pub kind: TimeRequestKind,
    pub minutes: i32,
    pub starts: Document,
    /// What spoke against starts that are offered all the same, and why they are.
    pub bent: Document,
    pub override_reason: Option<String>,
    pub windows: Option<Document>,
    pub time_zone: Option<String>,
    pub expires_at: Instant,
    pub answered_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl TimeRequest {
    /// The starts that were offered, in order.
    pub fn starts(&self) -> Result<Vec<Instant>> {
        self.starts.read()
    }

    /// When the candidate could come, as they said.
    pub fn windows(&self) -> Result<Vec<Window>> {
        self.windows.as_ref().map_or_else(|| Ok(Vec::new()), Document::read)
    }
}

/// What the candidate of an interview is asked at the moment.
pub fn find_open(conn: &mut Conn, id: InterviewId) -> QueryResult<Option<TimeRequest>> {
    time_requests::table
        .filter(time_requests::interview_id.eq(id))
        .filter(time_requests::closed_at.is_null())
        .first(conn)
        .optional()
}

/// What the candidate of an interview was asked last.
pub fn newest(conn: &mut Conn, id: InterviewId) -> QueryResult<Option<TimeRequest>> {
    time_requests::table
        .filter(time_requests::interview_id.eq(id))
        .order(time_requests::id.desc())
        .first(conn)
        .optional()
}

/// Inserts a request; the caller closed the one before.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &TimeRequest) -> Result<()> {
    diesel::insert_into(time_requests::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves what a candidate says, while they are asked.
pub fn answer(tx: &mut Tx<'_>, _permit: &Permit, row: &TimeRequest) -> Result<()> {
    let now = tx.now();
    let open = time_requests::table.find(row.id).filter(time_requests::closed_at.is_null());
    let saved = diesel::update(open)
        .set((
            time_requests::windows.eq(&row.windows),
            time_requests::time_zone.eq(&row.time_zone),
            time_requests::answered_at.eq(now),
            time_requests::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// Asks the candidate of an interview nothing more.
pub fn close(tx: &mut Tx<'_>, permit: &Permit) -> Result<()> {
    let now = tx.now();
    let id: InterviewId = permit.subject().id.typed();
    let open = time_requests::table
        .filter(time_requests::interview_id.eq(id))
        .filter(time_requests::closed_at.is_null());
    diesel::update(open)
        .set((time_requests::closed_at.eq(now), time_requests::updated_at.eq(now)))
        .execute(tx.conn)?;
    Ok(())
}

/// A row of `candidate_asks`: what a candidate asked by their link.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = candidate_asks, treat_none_as_default_value = false)]
pub struct CandidateAsk {
    pub id: CandidateAskId,
    pub interview_id: InterviewId,
    pub kind: CandidateAskKind,
    pub reason: Option<String>,
    pub asked_at: Instant,
}

/// What the candidate of an interview asked, oldest first.
pub fn asks(conn: &mut Conn, id: InterviewId) -> QueryResult<Vec<CandidateAsk>> {
    candidate_asks::table
        .filter(candidate_asks::interview_id.eq(id))
        .order(candidate_asks::id)
        .load(conn)
}

/// Inserts what a candidate asked.
pub fn insert_ask(tx: &mut Tx<'_>, _permit: &Permit, row: &CandidateAsk) -> Result<()> {
    diesel::insert_into(candidate_asks::table).values(row).execute(tx.conn)?;
    Ok(())
}
