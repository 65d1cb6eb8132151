//! Who asks.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{agencies, break_glass, sessions, users};
use crate::error::{Error, Result};
use crate::ids::{AgencyId, JobId, SessionId, UserId};
use crate::text_enum;

text_enum! {
    /// A person's role in the organization.
    pub enum OrgRole {
        /// Runs the organization.
        Owner => "owner",
        /// Configures.
        Admin => "admin",
        /// Hires, on every job that is not confidential.
        Recruiter => "recruiter",
        /// Schedules.
        Coordinator => "coordinator",
        /// Everybody else who works here.
        Member => "member",
        /// Works for an agency, and sees only what the agency brought in.
        External => "external",
    }
}

text_enum! {
    /// A person's role on a job.
    pub enum TeamRole {
        /// Whose hire it is.
        HiringManager => "hiring_manager",
        /// Drives the job.
        Recruiter => "recruiter",
        /// Schedules for the job.
        Coordinator => "coordinator",
        /// May be put on its panels.
        Interviewer => "interviewer",
    }
}

/// What an access token says after its signature was checked. Roles are not in it: they are read
/// from the database on each request, so that a demotion bites at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub user_id: UserId,
    /// The session that the token was made for.
    pub session_id: SessionId,
}

/// A person who asks, with the role and the bounds as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub user_id: UserId,
    /// Through which session.
    pub session_id: SessionId,
    /// The role in the organization.
    pub role: OrgRole,
    /// The address of the account, folded: a candidate with this address is the person themselves,
    /// whose file they never see.
    pub email_folded: String,
    /// The agency that an external recruiter works for, while it is in use.
    pub agency_id: Option<AgencyId>,
    /// The jobs whose glass the person broke, until the grant runs out.
    pub broke_glass: Vec<JobId>,
    /// The only jobs that are in reach, whatever the person may do; `None` for all of theirs.
    pub narrowed_to: Option<Vec<JobId>>,
}

impl Actor {
    /// A person who is not here: to ask what they may see before something is sent to them, or to
    /// explain it. Nobody acts with it, and no broken glass counts.
    pub fn in_absence(account: Account) -> Self {
        let session_id = SessionId::from_uuid(uuid::Uuid::nil());
        let Account { user_id, role, email_folded, agency_id } = account;
        let broke_glass = Vec::new();
        Self { user_id, session_id, role, email_folded, agency_id, broke_glass, narrowed_to: None }
    }
}

/// What of an account decides on what the person may see.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Account {
    /// Who.
    pub user_id: UserId,
    /// The role in the organization.
    pub role: OrgRole,
    /// The address, folded.
    pub email_folded: String,
    /// The agency that an external recruiter works for.
    pub agency_id: Option<AgencyId>,
}

/// Loads session, user, role and what the person broke the glass of in one statement.
///
/// # Errors
/// `unauthenticated` when the session ended or the user was deactivated.
pub fn authenticate(conn: &mut Conn, claims: Claims, now: Instant) -> Result<Actor> {
    let in_use = users::agency_id.eq(agencies::id.nullable()).and(agencies::archived_at.is_null());
    let looking = break_glass::user_id
        .eq(users::id)
        .and(break_glass::ended_at.is_null())
        .and(break_glass::expires_at.gt(now));
    let rows: Vec<(Account, Option<JobId>)> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .left_join(agencies::table.on(in_use))
        .left_join(break_glass::table.on(looking))
        .filter(sessions::id.eq(claims.session_id))
        .filter(sessions::user_id.eq(claims.user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::state.eq("active"))
        .select((
            (users::id, users::role, users::email_folded, agencies::id.nullable()),
            break_glass::job_id.nullable(),
        ))
        .load(conn)?;
    let broke_glass = rows.iter().filter_map(|(_, job)| *job).collect();
    let (account, _) = rows.into_iter().next().ok_or_else(Error::unauthenticated)?;
    let session_id = claims.session_id;
    Ok(Actor { session_id, broke_glass, ..Actor::in_absence(account) })
}
