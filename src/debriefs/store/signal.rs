//! Queries on `signal_requests`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::signal_requests;
use crate::db::{Conn, Tx};
use crate::error::{Code, Result, UniqueAs};
use crate::ids::{AttributeId, DebriefId, InterviewId, SignalRequestId, UserId};

/// A row of `signal_requests`: more that is to be known about an attribute before it is decided, and the
/// interview that was added to find it out.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signal_requests, treat_none_as_default_value = false)]
pub struct SignalRequest {
    pub id: SignalRequestId,
    pub debrief_id: DebriefId,
    pub attribute_id: AttributeId,
    pub interview_id: InterviewId,
    pub reason: String,
    pub user_id: UserId,
    pub occurred_at: Instant,
}

/// Keeps what is asked for.
///
/// # Errors
/// `already_exists` when something was asked for in this round.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &SignalRequest) -> Result<()> {
    diesel::insert_into(signal_requests::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "More signal was asked for in this round.")
}

/// What is asked for in a debrief.
pub fn of(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<SignalRequest>> {
    signal_requests::table.filter(signal_requests::debrief_id.eq(id)).first(conn).optional()
}
