//! Queries on `debriefs`, `ballots` and `decisions`; those on what is discussed are in [`discussion`],
//! those on light decisions in [`light`], those on who has to agree in [`agreement`], those on what else is to be found out in
//! [`signal`], those on the cards that are awaited in [`turnout`].

pub mod agreement;
pub mod discussion;
pub mod light;
pub mod round;
pub mod signal;
pub mod turnout;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::model::STANDING;
use super::{DebriefState, DebriefWay, Outcome, Telling};
use crate::access::{Permit, owing_seats};
use crate::applications::ApplicationStatus;
use crate::clock::Instant;
use crate::db::schema::{
    applications, attributes, ballots, debrief_peeks, debrief_rounds, debriefs, decisions,
    interviews, kit_attributes, panelists,
};
use crate::db::types::Document;
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::ids::{
    ApplicationId, AttributeId, BallotId, DebriefId, DebriefPeekId, DecisionId, JobId, LevelId,
    LoopId, ScorecardId, SettingsVersionId, UserId,
};
use crate::loops::templates::Priority;
use crate::scorecards::Recommendation;

/// A row of `debriefs`: the written decision about an application's loop. One named decider.
/// `reveals_early` and `shows_recruiters` are what the pinned policy says of sealing. It is held as a
/// meeting as soon as there is a reason for one, revealed as often as `reveals` counts, and discussed as often
/// as `discussions` does.
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
    pub extended_until: Option<Instant>,
    pub stalled_at: Option<Instant>,
    pub forced_reason: Option<String>,
    pub meeting_reason: Option<String>,
    pub meeting_notes: Option<String>,
    pub reveals: i32,
    pub discussions: i32,
    pub discussing_at: Option<Instant>,
    pub responses_due_at: Option<Instant>,
    pub decide_by: Option<Instant>,
    pub dissent_until: Option<Instant>,
    pub decided_at: Option<Instant>,
    pub inform_by: Option<Instant>,
    pub informed_at: Option<Instant>,
    pub informed_how: Option<Telling>,
    pub informed_by_id: Option<UserId>,
    pub way: DebriefWay,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Debrief {
    /// Whether it is held as a meeting whose notes are not in.
    pub const fn awaits_meeting(&self) -> bool {
        self.meeting_reason.is_some() && self.meeting_notes.is_none()
    }
}

/// What a debrief is planned with.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub application_id: ApplicationId,
    pub loop_id: LoopId,
    pub round: i32,
    pub decider_id: UserId,
    pub driver_id: UserId,
    pub settings_version_id: SettingsVersionId,
    pub reveals_early: bool,
    pub shows_recruiters: bool,
    pub way: DebriefWay,
}

impl Debrief {
    /// A debrief in which nothing happened yet.
    pub fn planned(tx: &mut Tx<'_>, plan: Plan) -> Self {
        let now = tx.now();
        Self {
            id: tx.id(),
            application_id: plan.application_id,
            loop_id: plan.loop_id,
            round: plan.round,
            state: DebriefState::Planned,
            decider_id: plan.decider_id,
            driver_id: plan.driver_id,
            settings_version_id: plan.settings_version_id,
            reveals_early: plan.reveals_early,
            shows_recruiters: plan.shows_recruiters,
            gathering_at: None,
            revealed_at: None,
            extended_until: None,
            stalled_at: None,
            forced_reason: None,
            meeting_reason: None,
            meeting_notes: None,
            reveals: 0,
            discussions: 0,
            discussing_at: None,
            responses_due_at: None,
            decide_by: None,
            dissent_until: None,
            decided_at: None,
            inform_by: None,
            informed_at: None,
            informed_how: None,
            informed_by_id: None,
            way: plan.way,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A row of `ballots`: a frozen recommendation; the first one is the scorecard's, a later one says why
/// and which card, or which attribute of it, changed its author's mind.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ballots, treat_none_as_default_value = false)]
pub struct Ballot {
    pub id: BallotId,
    pub debrief_id: DebriefId,
    pub user_id: UserId,
    pub scorecard_id: Option<ScorecardId>,
    pub recommendation: Recommendation,
    pub reason: Option<String>,
    pub because_of_id: Option<ScorecardId>,
    pub because_attribute_id: Option<AttributeId>,
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

/// The debriefs of active applications that a person decides and that are not decided, or drives and
/// whose candidates do not know what was decided, with the job of each. A reader who owes a card for the
/// application gets them all, as to them each of them gathers.
pub fn standing_on(
    conn: &mut Conn,
    user: UserId,
    reader: Option<UserId>,
    limit: i64,
) -> QueryResult<Vec<(Debrief, JobId)>> {
    let theirs = debriefs::decider_id.eq(user).or(debriefs::driver_id.eq(user));
    let newest =
        not(exists(debrief_rounds::table.filter(debrief_rounds::previous_id.eq(debriefs::id))));
    let stands = debriefs::state.eq_any(STANDING).or(debriefs::driver_id
        .eq(user)
        .and(debriefs::state.eq(DebriefState::Decided))
        .and(newest));
    let mut query = debriefs::table
        .inner_join(applications::table.on(applications::id.eq(debriefs::application_id)))
        .filter(theirs)
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

/// The loops of an application whose debriefs go on.
pub fn standing_in(conn: &mut Conn, id: ApplicationId) -> QueryResult<Vec<LoopId>> {
    debriefs::table
        .filter(debriefs::application_id.eq(id))
        .filter(debriefs::state.eq_any(STANDING))
        .order(debriefs::id)
        .select(debriefs::loop_id)
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
            debriefs::extended_until.eq(row.extended_until),
            debriefs::stalled_at.eq(row.stalled_at),
            debriefs::forced_reason.eq(&row.forced_reason),
            debriefs::meeting_reason.eq(&row.meeting_reason),
            debriefs::meeting_notes.eq(&row.meeting_notes),
            debriefs::reveals.eq(row.reveals),
            debriefs::discussions.eq(row.discussions),
            debriefs::discussing_at.eq(row.discussing_at),
            debriefs::responses_due_at.eq(row.responses_due_at),
            debriefs::decide_by.eq(row.decide_by),
            debriefs::dissent_until.eq(row.dissent_until),
            debriefs::decided_at.eq(row.decided_at),
            debriefs::inform_by.eq(row.inform_by),
            debriefs::informed_at.eq(row.informed_at),
            debriefs::informed_how.eq(row.informed_how),
            debriefs::informed_by_id.eq(row.informed_by_id),
            debriefs::version.eq(row.version + 1),
            debriefs::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    row.version += 1;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
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

/// The newest decision to hire about an application that stands: what an offer rests on. A decision that another
/// round follows carries nothing new: an offer that was submitted before goes on, until somebody takes it back,
/// and is neither revised nor submitted again.
pub fn decision_of(conn: &mut Conn, application: ApplicationId) -> QueryResult<Option<Decision>> {
    decisions::table
        .inner_join(debriefs::table.on(debriefs::id.eq(decisions::debrief_id)))
        .filter(decisions::application_id.eq(application))
        .filter(decisions::outcome.eq(Outcome::Hire))
        .filter(debriefs::decided_at.is_not_null())
        .filter(not(exists(
            debrief_rounds::table.filter(debrief_rounds::previous_id.eq(debriefs::id)),
        )))
        .order((decisions::occurred_at.desc(), decisions::id.desc()))
        .select(decisions::all_columns)
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
