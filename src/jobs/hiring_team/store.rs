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

/// Those who have a role on a job, by id.
pub fn people_with(conn: &mut Conn, job: JobId, role: TeamRole) -> QueryResult<Vec<UserId>> {
    hiring_team_members::table
        .filter(hiring_team_members::job_id.eq(job))
        .filter(hiring_team_members::role.eq(role))
        .order(hiring_team_members::user_id)
        .select(hiring_team_members::user_id)
        .load(conn)
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: HiringTeamMemberId) -> QueryResult<Option<HiringTeamMember>> {
    hiring_team_members::table.find(id).first(conn).optional()
}
