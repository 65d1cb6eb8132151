//! Queries on `debriefs`, `ballots` and `decisions`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::Progress;
use super::{DebriefState, Outcome};
use crate::access::Permit;
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::schema::{
    applications, assessment_results, attributes, ballots, debrief_peeks, debriefs, decisions,
    interviews, kit_attributes, kits, panelists,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::ids::{
    ApplicationId, AttributeId, BallotId, DebriefId, DebriefPeekId, DecisionId, JobId, LevelId,
    LoopId, ScorecardId, SettingsVersionId, UserId,
};
use crate::interviews::InterviewState;
use crate::interviews::model::{OFF, OWING_SLOTS};
use crate::loops::templates::{KitKind, Priority};
use crate::scorecards::Recommendation;

/// A row of `debriefs`: the written decision about an application's loop. One named decider.
/// `reveals_early` and `shows_recruiters` are what the pinned policy says of sealing.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = debriefs, treat_none_as_default_value = false)]
pub struct Debrief {
    pub id: DebriefId,
    pub application_id: ApplicationId,
    pub loop_id: LoopId,
    pub round: i32,
    pub state: DebriefState,
    pub decider_id: UserId,
    pub driver_id: UserId,
    pub settings_version_id: SettingsVersionId,
    pub reveals_early: bool,
    pub shows_recruiters: bool,
    pub gathering_at: Option<Instant>,
    pub revealed_at: Option<Instant>,
    pub decided_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `ballots`: a frozen recommendation; the first one is the scorecard's.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ballots, treat_none_as_default_value = false)]
pub struct Ballot {
    pub id: BallotId,
    pub debrief_id: DebriefId,
    pub user_id: UserId,
    pub scorecard_id: Option<ScorecardId>,
    pub recommendation: Recommendation,
    pub occurred_at: Instant,
}

/// A row of `decisions`: what the decider decided, with the memo, frozen by its hash.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub struct Decision {
    pub id: DecisionId,
    pub debrief_id: DebriefId,
    pub application_id: ApplicationId,
    pub outcome: Outcome,
    pub level_id: Option<LevelId>,
    pub memo: Document,
    pub memo_hash: Vec<u8>,
    pub decider_id: UserId,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<Debrief>> {
    debriefs::table.find(id).first(conn).optional()
}

/// The newest round of a loop.
pub fn newest_of_loop(conn: &mut Conn, id: LoopId) -> QueryResult<Option<Debrief>> {
    debriefs::table
        .filter(debriefs::loop_id.eq(id))
        .order(debriefs::round.desc())
        .first(conn)
        .optional()
}

/// The debriefs of active applications that a person decides or drives and that are not decided, with
/// the job of each.
pub fn standing_on(
    conn: &mut Conn,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(Debrief, JobId)>> {
    let open = [DebriefState::Planned, DebriefState::Gathering, DebriefState::Revealed];
    debriefs::table
        .inner_join(applications::table.on(applications::id.eq(debriefs::application_id)))
        .filter(debriefs::decider_id.eq(user).or(debriefs::driver_id.eq(user)))
        .filter(debriefs::state.eq_any(open))
        .filter(applications::status.eq(ApplicationStatus::Active))
        .order(debriefs::id)
        .limit(limit)
        .select((debriefs::all_columns, applications::job_id))
        .load(conn)
}

/// A row of `debrief_peeks`: the decider looked at the cards before they were revealed, and why.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = debrief_peeks, treat_none_as_default_value = false)]
pub struct Peek {
    pub id: DebriefPeekId,
    pub debrief_id: DebriefId,
    pub user_id: UserId,
    pub reason: String,
    pub occurred_at: Instant,
}

/// Who looked at the cards of a debrief before they were revealed, oldest first.
pub fn peeks(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Peek>> {
    debrief_peeks::table
        .filter(debrief_peeks::debrief_id.eq(id))
        .order(debrief_peeks::id)
        .load(conn)
}

/// Whether a person looked at cards of an application before they were revealed.
pub fn has_peeked(conn: &mut Conn, user: UserId, application: ApplicationId) -> QueryResult<bool> {
    let peeks = debrief_peeks::table
        .inner_join(debriefs::table.on(debriefs::id.eq(debrief_peeks::debrief_id)))
        .filter(debriefs::application_id.eq(application))
        .filter(debriefs::decider_id.eq(user))
        .filter(debrief_peeks::user_id.eq(user));
    diesel::select(exists(peeks)).get_result(conn)
}

/// Notes a peek.
///
/// # Errors
/// `already_exists` when the person has looked before.
pub fn insert_peek(tx: &mut Tx<'_>, _permit: &Permit, row: &Peek) -> Result<()> {
    diesel::insert_into(debrief_peeks::table)
        .values(row)
        .execute(tx.conn)
        .map(drop)
        .unique_as(Code::AlreadyExists, "You have looked at these cards before.")
}

/// Inserts a round.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Debrief) -> Result<()> {
    diesel::insert_into(debriefs::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves a debrief whose version is still the one that was read, and raises that.
pub fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &mut Debrief) -> Result<()> {
    let now = tx.now();
    let unchanged = debriefs::table.find(row.id).filter(debriefs::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            debriefs::state.eq(row.state),
            debriefs::decider_id.eq(row.decider_id),
            debriefs::driver_id.eq(row.driver_id),
            debriefs::gathering_at.eq(row.gathering_at),
            debriefs::revealed_at.eq(row.revealed_at),
            debriefs::decided_at.eq(row.decided_at),
            debriefs::version.eq(row.version + 1),
            debriefs::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    row.version += 1;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

/// How far the interviews of a loop are. An interview waits while somebody owes a card for it, and
/// while nobody sits on it who could write one that counts; one of an
/// external assessment waits for its result.
pub fn progress(conn: &mut Conn, id: LoopId) -> QueryResult<Progress> {
    let held = interviews::table.filter(interviews::loop_id.eq(id));
    let begun = held.filter(interviews::state.eq(InterviewState::Completed));
    let judging = panelists::table
        .filter(panelists::interview_id.eq(interviews::id))
        .filter(panelists::slot.eq_any(OWING_SLOTS))
        .filter(panelists::removed_at.is_null());
    let owing = judging
        .clone()
        .filter(panelists::submitted_at.is_null())
        .filter(panelists::waived_at.is_null());
    let assessed =
        assessment_results::table.filter(assessment_results::interview_id.eq(interviews::id));
    let by_result = kits::table
        .filter(kits::id.eq(interviews::kit_id))
        .filter(kits::kind.eq(KitKind::ExternalAssessment));
    let card_in = held.filter(
        exists(judging.clone().filter(panelists::submitted_at.is_not_null())).or(exists(assessed)),
    );
    let nothing_yet = not(exists(assessed)).and(exists(by_result).or(not(exists(judging))));
    let waiting = held.filter(interviews::state.ne_all(OFF)).filter(nothing_yet.or(exists(owing)));
    let (begun, card_in, waiting) =
        diesel::select((exists(begun), exists(card_in), exists(waiting))).get_result(conn)?;
    Ok(Progress { begun, card_in, waiting })
}

/// Inserts a ballot.
pub fn insert_ballot(tx: &mut Tx<'_>, _permit: &Permit, row: &Ballot) -> Result<()> {
    diesel::insert_into(ballots::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// The ballots of a debrief, oldest first.
pub fn ballots(conn: &mut Conn, id: DebriefId) -> QueryResult<Vec<Ballot>> {
    ballots::table
        .filter(ballots::debrief_id.eq(id))
        .order((ballots::occurred_at, ballots::id))
        .load(conn)
}

/// Something that the kits of a loop judge.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct JudgedAttribute {
    pub id: AttributeId,
    pub name: String,
    pub priority: Priority,
    pub pass_level: i32,
}

/// What the kits of a loop judge, in the order of kits and attributes; an attribute comes once per
/// kit that names it.
pub fn attributes(conn: &mut Conn, id: LoopId) -> QueryResult<Vec<JudgedAttribute>> {
    interviews::table
        .inner_join(kit_attributes::table.on(kit_attributes::kit_id.eq(interviews::kit_id)))
        .inner_join(attributes::table.on(attributes::id.eq(kit_attributes::attribute_id)))
        .filter(interviews::loop_id.eq(id))
        .order((interviews::id, kit_attributes::position))
        .select((
            attributes::id,
            attributes::name,
            kit_attributes::priority,
            attributes::pass_level,
        ))
        .load(conn)
}

/// Inserts a decision.
pub fn insert_decision(tx: &mut Tx<'_>, _permit: &Permit, row: &Decision) -> Result<()> {
    diesel::insert_into(decisions::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// What a debrief decided.
pub fn decision(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<Decision>> {
    decisions::table.filter(decisions::debrief_id.eq(id)).first(conn).optional()
}

/// The newest decision to hire about an application: what an offer rests on.
pub fn decision_of(conn: &mut Conn, application: ApplicationId) -> QueryResult<Option<Decision>> {
    decisions::table
        .filter(decisions::application_id.eq(application))
        .filter(decisions::outcome.eq(Outcome::Hire))
        .order((decisions::occurred_at.desc(), decisions::id.desc()))
        .first(conn)
        .optional()
}

/// Who drives the debriefs of an application.
pub fn drivers_of(conn: &mut Conn, id: ApplicationId) -> QueryResult<Vec<UserId>> {
    debriefs::table
        .filter(debriefs::application_id.eq(id))
        .order(debriefs::id)
        .select(debriefs::driver_id)
        .load(conn)
}

/// Who drives the debrief of a decision.
pub fn driver_of(conn: &mut Conn, id: DecisionId) -> QueryResult<Option<UserId>> {
    decisions::table
        .inner_join(debriefs::table.on(debriefs::id.eq(decisions::debrief_id)))
        .filter(decisions::id.eq(id))
        .select(debriefs::driver_id)
        .first(conn)
        .optional()
}
