//! Queries on `light_decisions`, and on the cards of light stages.

use diesel::prelude::*;

use crate::access::Permit;
use crate::clock::Instant;
use crate::db::schema::{debriefs, interviews, light_decisions, scorecards};
use crate::db::{Conn, Tx};
use crate::debriefs::{DebriefWay, LightOutcome};
use crate::error::Result;
use crate::ids::{ApplicationId, DebriefId, LightDecisionId, LoopId, ScorecardId, UserId};

/// A row of `light_decisions`: what the decider of a light stage decided, and why.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = light_decisions, treat_none_as_default_value = false)]
pub struct LightDecision {
    pub id: LightDecisionId,
    pub debrief_id: DebriefId,
    pub outcome: LightOutcome,
    pub reason: String,
    pub decider_id: UserId,
    pub occurred_at: Instant,
}

/// Keeps what was decided. A debrief decides once: its state is guarded by its version.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &LightDecision) -> Result<()> {
    diesel::insert_into(light_decisions::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// What a light debrief decided.
pub fn of(conn: &mut Conn, id: DebriefId) -> QueryResult<Option<LightDecision>> {
    light_decisions::table.filter(light_decisions::debrief_id.eq(id)).first(conn).optional()
}

/// Whether a person decides a light stage of an application whose card is before them, or was.
pub fn decides(conn: &mut Conn, user: UserId, application: ApplicationId) -> QueryResult<bool> {
    let theirs = debriefs::table
        .filter(debriefs::application_id.eq(application))
        .filter(debriefs::way.eq(DebriefWay::Light))
        .filter(debriefs::decider_id.eq(user))
        .filter(debriefs::decide_by.is_not_null());
    diesel::select(diesel::dsl::exists(theirs)).get_result(conn)
}

/// The loops of an application that were decided lightly.
pub fn loops_of(conn: &mut Conn, id: ApplicationId) -> QueryResult<Vec<LoopId>> {
    debriefs::table
        .filter(debriefs::application_id.eq(id))
        .filter(debriefs::way.eq(DebriefWay::Light))
        .order(debriefs::id)
        .select(debriefs::loop_id)
        .load(conn)
}

/// The cards of light stages of an application that were in by an instant: what joins a packet that is revealed
/// then.
pub fn cards_by(
    conn: &mut Conn,
    id: ApplicationId,
    revealed_at: Instant,
) -> QueryResult<Vec<ScorecardId>> {
    scorecards::table
        .inner_join(interviews::table.on(interviews::id.eq(scorecards::interview_id)))
        .inner_join(debriefs::table.on(debriefs::loop_id.eq(interviews::loop_id)))
        .filter(scorecards::application_id.eq(id))
        .filter(debriefs::way.eq(DebriefWay::Light))
        .filter(scorecards::submitted_at.le(revealed_at))
        .order(scorecards::id)
        .select(scorecards::id)
        .load(conn)
}
