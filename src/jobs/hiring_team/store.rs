//! Queries on `hiring_team_members`.

use diesel::prelude::*;

use crate::access::TeamRole;
use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::hiring_team_members;
use crate::ids::{HiringTeamMemberId, JobId, UserId};

/// A row of `hiring_team_members`: a person's role on a job.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = hiring_team_members, treat_none_as_default_value = false)]
pub struct HiringTeamMember {
    pub id: HiringTeamMemberId,
    pub job_id: JobId,
    pub user_id: UserId,
    pub role: TeamRole,
    pub created_at: Instant,
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: HiringTeamMemberId) -> QueryResult<Option<HiringTeamMember>> {
    hiring_team_members::table.find(id).first(conn).optional()
}
