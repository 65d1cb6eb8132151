//! Queries on `debrief_agreers`, `proposals` and `agreements`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::access::{Permit, owing_seats};
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::schema::{
    agreements, applications, debrief_agreers, debriefs, panelists, proposals,
};
use crate::db::{Conn, Tx};
use crate::debriefs::model::BEFORE_THE_DECISION;
use crate::debriefs::{Debrief, Outcome};
use crate::error::{Code, Result, UniqueAs};
use crate::ids::{
    AgreementId, AttributeId, DebriefId, JobId, LevelId, ProposalId, RowId, ScorecardId, UserId,
};

/// A row of `proposals`: what a decider means to decide. It stands until it ends, and waits for no agreement
/// any more once it was escalated.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = proposals, treat_none_as_default_value = false)]
pub struct Proposal {
    pub id: ProposalId,
    pub debrief_id: DebriefId,
    pub outcome: Outcome,
    pub level_id: Option<LevelId>,
    pub reason: String,
    pub user_id: UserId,
    pub occurred_at: Instant,
    pub escalated_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// A row of `agreements`: that somebody agrees to a proposal, or refuses because of a card.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = agreements, treat_none_as_default_value = false)]
pub struct Agreement {
    pub id: AgreementId,
    pub debrief_id: DebriefId,
    pub proposal_id: ProposalId,
    pub user_id: UserId,
    pub agrees: bool,
    pub reason: Option<String>,
    pub because_of_id: Option<ScorecardId>,
    pub because_attribute_id: Option<AttributeId>,
    pub occurred_at: Instant,
}

/// Those who have to agree to the decision of a debrief, in the order in which they were named.
pub fn agreers(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<UserId>> {
    debrief_agreers::table
        .filter(debrief_agreers::debrief_id.eq(id))
        .filter(debrief_agreers::removed_at.is_null())
        .order(debrief_agreers::id)
        .select(debrief_agreers::user_id)
        .load(conn)
}

/// Everybody who was ever named to agree to the decision of a debrief, and whether they still have to.
pub fn ever_named(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<(UserId, bool)>> {
    debrief_agreers::table
        .filter(debrief_agreers::debrief_id.eq(id))
        .order(debrief_agreers::id)
        .select((debrief_agreers::user_id, debrief_agreers::removed_at.is_null()))
        .load(conn)
}

/// Names those who have to agree to the decision of a debrief: them, and nobody else any more.
pub fn name_agreers(
    tx: &mut Tx<'_>,
    _permit: &Permit,
    id: DebriefId,
    people: &[UserId],
) -> Result<()> {
    let now = tx.now();
    let gone = debrief_agreers::table
        .filter(debrief_agreers::debrief_id.eq(id))
        .filter(debrief_agreers::removed_at.is_null())
        .filter(debrief_agreers::user_id.ne_all(people));
    diesel::update(gone).set(debrief_agreers::removed_at.eq(Some(now))).execute(tx.conn)?;
    let known = agreers(tx.conn, id)?;
    for person in people.iter().filter(|person| !known.contains(person)) {
        let row_id: RowId = tx.id();
        let values = (
            debrief_agreers::id.eq(row_id),
            debrief_agreers::debrief_id.eq(id),
            debrief_agreers::user_id.eq(person),
            debrief_agreers::created_at.eq(now),
        );
        diesel::insert_into(debrief_agreers::table).values(values).execute(tx.conn)?;
    }
    Ok(())
}

/// The debriefs of active applications that wait for a decision to which a person has to agree, with the
/// job of each. A reader who owes a card for the application gets them all, as to them each of them gathers.
pub fn standing_on(
    conn: &mut Conn,
    user: UserId,
    reader: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<(Debrief, JobId)>> {
    let named = debrief_agreers::table
        .filter(debrief_agreers::user_id.eq(user))
        .filter(debrief_agreers::removed_at.is_null())
        .select(debrief_agreers::debrief_id);
    let stands = debriefs::state.eq_any(BEFORE_THE_DECISION);
    let mut query = debriefs::table
        .inner_join(applications::table.on(applications::id.eq(debriefs::application_id)))
        .filter(debriefs::id.eq_any(named))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .select((debriefs::all_columns, applications::job_id))
        .into_boxed();
    query = match reader {
        Some(reader) => {
            let sealed = || {
                exists(
                    panelists::table
                        .filter(panelists::application_id.eq(debriefs::application_id))
                        .filter(owing_seats(reader)),
                )
            };
            // To whoever owes a card there is the first round, and it gathers.
            query.filter(sealed().and(debriefs::round.eq(1)).or(not(sealed()).and(stands)))
        }
        None => query.filter(stands),
    };
    query.order(debriefs::id).limit(limit).load(conn)
}

/// Keeps what a decider means to decide.
pub fn insert_proposal(tx: &mut Tx<'_>, _permit: &Permit, row: &Proposal) -> Result<()> {
    diesel::insert_into(proposals::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// What is proposed in a debrief now.
pub fn standing_proposal(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<Proposal>> {
    proposals::table
        .filter(proposals::debrief_id.eq(id))
        .filter(proposals::ended_at.is_null())
        .first(conn)
        .optional()
}

/// Ends what is proposed in a debrief, if anything is.
pub fn end_proposal(tx: &mut Tx<'_>, _permit: &Permit, id: DebriefId) -> Result<()> {
    let standing =
        proposals::table.filter(proposals::debrief_id.eq(id)).filter(proposals::ended_at.is_null());
    let now = tx.now();
    diesel::update(standing).set(proposals::ended_at.eq(Some(now))).execute(tx.conn)?;
    Ok(())
}

/// Keeps that a proposal waits for no agreement any more.
pub fn escalate(tx: &mut Tx<'_>, _permit: &Permit, id: ProposalId) -> Result<()> {
    let now = tx.occurred_at();
    diesel::update(proposals::table.find(id))
        .set(proposals::escalated_at.eq(Some(now)))
        .execute(tx.conn)?;
    Ok(())
}

/// What was proposed in a debrief, oldest first.
pub fn proposals(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Proposal>> {
    proposals::table.filter(proposals::debrief_id.eq(id)).order(proposals::id).load(conn)
}

/// Keeps what somebody answers to a proposal.
///
/// # Errors
/// `already_exists` when they have answered it.
pub fn insert_agreement(tx: &mut Tx<'_>, _permit: &Permit, row: &Agreement) -> Result<()> {
    diesel::insert_into(agreements::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "You have answered this proposal.")
}

/// What was answered to the proposals of a debrief, oldest first.
pub fn agreements(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Agreement>> {
    agreements::table.filter(agreements::debrief_id.eq(id)).order(agreements::id).load(conn)
}
