//! Queries on `prospects`, `prospect_moves`.

use diesel::prelude::*;

use crate::access::{Permit, Reach, reachable_candidates};
use crate::clock::Instant;
use crate::db::schema::{candidates, prospect_moves, prospects};
use crate::db::{Conn, Tx};
use crate::each;
use crate::error::Result;
use crate::http::PageRequest;
use crate::ids::{AnyId, CandidateId, ProspectId, RejectionReasonId, RowId, SourceId, UserId};

/// A row of `prospects`: a person of interest before any application.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = prospects, treat_none_as_default_value = false)]
pub struct Prospect {
    /// Which.
    pub id: ProspectId,
    /// Who.
    pub candidate_id: CandidateId,
    /// Where the person came from.
    pub source_id: Option<SourceId>,
    /// Who looks after the person.
    pub owner_id: Option<UserId>,
    /// Where the person stands, in words.
    pub stage_name: Option<String>,
    /// Since when nobody pursues it.
    pub closed_at: Option<Instant>,
    /// Why nobody does.
    pub rejection_reason_id: Option<RejectionReasonId>,
    /// Guards updates.
    pub version: i64,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// A row of `prospect_moves`: where a prospect stood, kept as another system told it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = prospect_moves, treat_none_as_default_value = false)]
pub struct ProspectMove {
    /// Which.
    pub id: RowId,
    /// Whose.
    pub prospect_id: ProspectId,
    /// The stage that was left.
    pub from_name: Option<String>,
    /// The stage that was entered.
    pub to_name: String,
    /// Who moved it, where that is known.
    pub actor_id: Option<AnyId>,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// The most moves that are shown with a prospect.
const MOVES_MAX: i64 = 100;

/// Which prospects a list holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// Only this candidate's.
    pub(super) candidate_id: Option<CandidateId>,
    /// Only those that are, or are not, pursued.
    pub(super) open: Option<bool>,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ProspectId) -> QueryResult<Option<Prospect>> {
    prospects::table.find(id).first(conn).optional()
}

/// One page, newest first, of candidates whose contact points are in reach.
pub(super) fn list(
    conn: &mut Conn,
    reach: Reach,
    wanted: Wanted,
    page: &PageRequest,
) -> QueryResult<Vec<Prospect>> {
    let mut query = prospects::table
        .inner_join(candidates::table.on(candidates::id.eq(prospects::candidate_id)))
        .filter(reachable_candidates(reach))
        .select(prospects::all_columns)
        .into_boxed();
    if let Some(candidate_id) = wanted.candidate_id {
        query = query.filter(prospects::candidate_id.eq(candidate_id));
    }
    match wanted.open {
        Some(true) => query = query.filter(prospects::closed_at.is_null()),
        Some(false) => query = query.filter(prospects::closed_at.is_not_null()),
        None => {}
    }
    if let Some(before) = page.before {
        query = query.filter(prospects::id.lt(before));
    }
    query.order(prospects::id.desc()).limit(page.fetch()).load(conn)
}

/// The newest moves of a prospect, newest first.
pub(super) fn moves(conn: &mut Conn, id: ProspectId) -> QueryResult<Vec<ProspectMove>> {
    prospect_moves::table
        .filter(prospect_moves::prospect_id.eq(id))
        .order((prospect_moves::occurred_at.desc(), prospect_moves::id.desc()))
        .limit(MOVES_MAX)
        .load(conn)
}

/// Inserts a prospect with its moves.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    row: &Prospect,
    moves: &[ProspectMove],
) -> Result<()> {
    diesel::insert_into(prospects::table).values(row).execute(tx.conn)?;
    if !moves.is_empty() {
        each!(tx.conn, c => diesel::insert_into(prospect_moves::table).values(moves).execute(c))?;
    }
    Ok(())
}

/// The prospects that a person owns and somebody still pursues, each with who it is.
pub fn owned_by(
    conn: &mut Conn,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(ProspectId, CandidateId)>> {
    prospects::table
        .filter(prospects::owner_id.eq(user))
        .filter(prospects::closed_at.is_null())
        .order(prospects::id)
        .limit(limit)
        .select((prospects::id, prospects::candidate_id))
        .load(conn)
}

/// Gives prospects another owner, or none.
pub(super) fn give(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    ids: &[ProspectId],
    owner: Option<UserId>,
) -> Result<()> {
    let now = tx.now();
    diesel::update(prospects::table.filter(prospects::id.eq_any(ids.iter().copied())))
        .set((
            prospects::owner_id.eq(owner),
            prospects::version.eq(prospects::version + 1),
            prospects::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    Ok(())
}
