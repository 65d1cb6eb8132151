//! Queries on `debrief_rounds`.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{debrief_rounds, scorecards};
use crate::db::{Conn, Tx};
use crate::debriefs::Evidence;
use crate::error::{Code, Result, UniqueAs};
use crate::ids::{DebriefId, RowId, ScorecardId, UserId};
use crate::scorecards::Recommendation;

/// A row of `debrief_rounds`: how another round of a debrief began.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = debrief_rounds, treat_none_as_default_value = false)]
pub struct Round {
    pub id: RowId,
    pub debrief_id: DebriefId,
    pub previous_id: DebriefId,
    pub evidence: Evidence,
    pub reason: String,
    pub user_id: UserId,
    pub occurred_at: Instant,
}

/// Keeps how a round began.
///
/// # Errors
/// `already_exists` when another round follows the same one.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Round) -> Result<()> {
    diesel::insert_into(debrief_rounds::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "Another round began.")
}

/// How a debrief began; none for the first round.
pub fn of(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<Round>> {
    debrief_rounds::table.filter(debrief_rounds::debrief_id.eq(id)).first(conn).optional()
}

/// The round that follows a debrief.
pub fn following(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<DebriefId>> {
    let next = debrief_rounds::table.filter(debrief_rounds::previous_id.eq(id));
    next.select(debrief_rounds::debrief_id).first(conn).optional()
}

/// A card that is in: its author, what it recommends, and when it came in.
pub type Said = (ScorecardId, UserId, Option<Recommendation>, Option<Instant>);

/// What cards that are in say, the oldest first.
pub fn said(conn: &mut Conn, ids: &[ScorecardId]) -> QueryResult<Vec<Said>> {
    scorecards::table
        .filter(scorecards::id.eq_any(ids))
        .order((scorecards::submitted_at, scorecards::id))
        .select((
            scorecards::id,
            scorecards::author_id,
            scorecards::recommendation,
            scorecards::submitted_at,
        ))
        .load(conn)
}
