//! Queries on `scorecards`, `ratings`, `scorecard_reads`.

use diesel::prelude::*;

use super::{Recommendation, ScorecardState};
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{ratings, scorecard_reads, scorecards};
use crate::ids::{
    ApplicationId, AttributeId, InterviewId, LevelId, RatingId, RowId, ScorecardId, UserId,
};

/// A row of `scorecards`: one person's judgement of one interview.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scorecards, treat_none_as_default_value = false)]
pub struct Scorecard {
    pub id: ScorecardId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub author_id: UserId,
    pub state: ScorecardState,
    pub recommendation: Option<Recommendation>,
    pub recommendation_reason: Option<String>,
    pub level_signal_id: Option<LevelId>,
    pub summary: Option<String>,
    pub submitted_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `ratings`: the level given to an attribute, with evidence. No level means no signal, which is apart from every level.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ratings, treat_none_as_default_value = false)]
pub struct Rating {
    pub id: RatingId,
    pub scorecard_id: ScorecardId,
    pub attribute_id: AttributeId,
    pub level: Option<i32>,
    pub evidence: Option<String>,
}

/// A row of `scorecard_reads`: the first time somebody read another's card, and whether they still owed their own.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scorecard_reads, treat_none_as_default_value = false)]
pub struct ScorecardRead {
    pub id: RowId,
    pub scorecard_id: ScorecardId,
    pub reader_id: UserId,
    pub reader_owed: bool,
    pub occurred_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: ScorecardId) -> QueryResult<Option<Scorecard>> {
    scorecards::table.find(id).first(conn).optional()
}
