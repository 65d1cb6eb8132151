//! Queries on `debriefs`, `ballots`, `decisions`.

use diesel::prelude::*;

use super::{DebriefState, Outcome};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{ballots, debriefs, decisions};
use crate::db::types::Document;
use crate::ids::{
    ApplicationId, BallotId, DebriefId, DecisionId, LevelId, LoopId, ScorecardId,
    SettingsVersionId, UserId,
};
use crate::scorecards::Recommendation;

/// A row of `debriefs`: the written decision about an application's loop. One named decider.
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
