//! Queries on `interviews`, `panelists`.

use diesel::prelude::*;

use super::InterviewState;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{interviews, panelists};
use crate::ids::{ApplicationId, InterviewId, KitId, LoopId, PanelistId, UserId};
use crate::loops::templates::Slot;

/// A row of `interviews`: one kit of a loop, at a time. time_zone is the IANA zone of whoever chose it; schedule_sequence counts changes for calendars.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = interviews, treat_none_as_default_value = false)]
pub struct Interview {
    pub id: InterviewId,
    pub loop_id: LoopId,
    pub application_id: ApplicationId,
    pub kit_id: KitId,
    pub state: InterviewState,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub time_zone: Option<String>,
    pub schedule_sequence: i32,
    pub completed_at: Option<Instant>,
    pub cancelled_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A row of `panelists`: a person on an interview. Lead, second and bar raiser owe a scorecard from assigned_at until submission, waiver, removal or cancellation.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = panelists, treat_none_as_default_value = false)]
pub struct Panelist {
    pub id: PanelistId,
    pub interview_id: InterviewId,
    pub application_id: ApplicationId,
    pub user_id: UserId,
    pub slot: Slot,
    pub assigned_at: Instant,
    pub assigned_reason: Option<String>,
    pub independent: bool,
    pub due_at: Option<Instant>,
    pub submitted_at: Option<Instant>,
    pub waived_at: Option<Instant>,
    pub waived_reason: Option<String>,
    pub removed_at: Option<Instant>,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: InterviewId) -> QueryResult<Option<Interview>> {
    interviews::table.find(id).first(conn).optional()
}
