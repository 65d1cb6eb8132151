//! Queries on `hiring_team_members`.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::access::{Permit, TeamRole};
use crate::clock::Instant;
use crate::db::schema::{hiring_team_members, jobs, users};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result, UniqueAs};
use crate::http::PageRequest;
use crate::ids::{HiringTeamMemberId, JobId, UserId};
use crate::jobs::JobState;

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

/// The people who have one of these roles on one of these jobs.
pub fn people_on(conn: &mut Conn, jobs: &[JobId], roles: &[TeamRole]) -> QueryResult<Vec<UserId>> {
    hiring_team_members::table
        .filter(hiring_team_members::job_id.eq_any(jobs))
        .filter(hiring_team_members::role.eq_any(roles))
        .order(hiring_team_members::user_id)
        .select(hiring_team_members::user_id)
        .load(conn)
}

/// A person's role on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Membership {
    /// The job.
    pub job_id: JobId,
    /// The role.
    pub role: TeamRole,
}

/// The roles of a person, newest first.
pub fn memberships(conn: &mut Conn, user: UserId, limit: usize) -> QueryResult<Vec<Membership>> {
    hiring_team_members::table
        .filter(hiring_team_members::user_id.eq(user))
        .order(hiring_team_members::id.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((hiring_team_members::job_id, hiring_team_members::role))
        .load(conn)
}

/// Whether somebody else who can sign in recruits for the job of a member.
pub fn has_other_active_recruiter(conn: &mut Conn, member: &HiringTeamMember) -> QueryResult<bool> {
    let others = hiring_team_members::table
        .inner_join(users::table.on(users::id.eq(hiring_team_members::user_id)))
        .filter(hiring_team_members::job_id.eq(member.job_id))
        .filter(hiring_team_members::role.eq(TeamRole::Recruiter))
        .filter(hiring_team_members::user_id.ne(member.user_id))
        .filter(users::state.eq("active"));
    diesel::select(diesel::dsl::exists(others)).get_result(conn)
}

diesel::alias!(hiring_team_members as beside: Beside);

/// A person's roles on jobs that are not closed.
pub fn open_roles_of(
    conn: &mut Conn,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<HiringTeamMember>> {
    hiring_team_members::table
        .inner_join(jobs::table.on(jobs::id.eq(hiring_team_members::job_id)))
        .filter(hiring_team_members::user_id.eq(user))
        .filter(jobs::state.ne(JobState::Closed))
        .order(hiring_team_members::id)
        .limit(limit)
        .select(hiring_team_members::all_columns)
        .load(conn)
}

/// The confidential jobs that are not closed and for which nobody else who can sign in recruits.
pub fn sole_recruiter_of(conn: &mut Conn, user: UserId) -> QueryResult<HashSet<JobId>> {
    let role = TeamRole::Recruiter;
    let others = beside
        .inner_join(users::table.on(users::id.eq(beside.field(hiring_team_members::user_id))))
        .filter(beside.field(hiring_team_members::job_id).eq(jobs::id))
        .filter(beside.field(hiring_team_members::role).eq(role))
        .filter(beside.field(hiring_team_members::user_id).ne(user))
        .filter(users::state.eq("active"));
    let alone: Vec<JobId> = hiring_team_members::table
        .inner_join(jobs::table.on(jobs::id.eq(hiring_team_members::job_id)))
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::role.eq(role))
        .filter(jobs::confidential.eq(true))
        .filter(jobs::state.ne(JobState::Closed))
        .filter(diesel::dsl::not(diesel::dsl::exists(others)))
        .select(jobs::id)
        .load(conn)?;
    Ok(alone.into_iter().collect())
}

/// Whether a person holds a role on a job.
pub fn holds(conn: &mut Conn, job: JobId, user: UserId, role: TeamRole) -> QueryResult<bool> {
    let held = hiring_team_members::table
        .filter(hiring_team_members::job_id.eq(job))
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::role.eq(role));
    diesel::select(diesel::dsl::exists(held)).get_result(conn)
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: HiringTeamMemberId) -> QueryResult<Option<HiringTeamMember>> {
    hiring_team_members::table.find(id).first(conn).optional()
}

/// One member with the person's name.
pub fn find_named(
    conn: &mut Conn,
    id: HiringTeamMemberId,
) -> QueryResult<Option<(HiringTeamMember, String)>> {
    hiring_team_members::table
        .inner_join(users::table.on(users::id.eq(hiring_team_members::user_id)))
        .filter(hiring_team_members::id.eq(id))
        .select((hiring_team_members::all_columns, users::name))
        .first(conn)
        .optional()
}

/// One page of a job's team with the persons' names, newest first.
pub fn list(
    conn: &mut Conn,
    job_id: JobId,
    page: &PageRequest,
) -> QueryResult<Vec<(HiringTeamMember, String)>> {
    let mut query = hiring_team_members::table
        .inner_join(users::table.on(users::id.eq(hiring_team_members::user_id)))
        .filter(hiring_team_members::job_id.eq(job_id))
        .select((hiring_team_members::all_columns, users::name))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(hiring_team_members::id.lt(before));
    }
    query.order(hiring_team_members::id.desc()).limit(page.fetch()).load(conn)
}

/// Inserts a member.
///
/// # Errors
/// `already_exists` when the person holds the role.
pub fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &HiringTeamMember) -> Result<()> {
    const HELD: &str = "The person holds this role on the job.";
    diesel::insert_into(hiring_team_members::table)
        .values(row)
        .execute(tx.conn)
        .unique_as(Code::AlreadyExists, HELD)?;
    Ok(())
}

/// Deletes a member.
///
/// # Errors
/// `not_found` when somebody else was first.
pub fn delete(tx: &mut Tx<'_>, _permit: &Permit, id: HiringTeamMemberId) -> Result<()> {
    let deleted = diesel::delete(hiring_team_members::table.find(id)).execute(tx.conn)?;
    if deleted == 1 { Ok(()) } else { Err(Error::not_found()) }
}
