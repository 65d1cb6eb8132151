//! Who asks.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::Instant;
use crate::db::Conn;
use crate::db::schema::{sessions, users};
use crate::error::{Error, Result};
use crate::ids::{SessionId, UserId};
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
        /// Everybody else.
        Member => "member",
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

/// A person who signed in, with the role as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub user_id: UserId,
    /// Through which session.
    pub session_id: SessionId,
    /// The role in the organization.
    pub role: OrgRole,
}

impl Actor {
    /// A person who is not here: to ask what they may see before something is sent to them. Nobody
    /// acts with it.
    pub fn in_absence(user_id: UserId, role: OrgRole) -> Self {
        let session_id = SessionId::from_uuid(uuid::Uuid::nil());
        Self { user_id, session_id, role }
    }
}

/// Loads session, user and role in one statement.
///
/// # Errors
/// `unauthenticated` when the session ended or the user was deactivated.
pub fn authenticate(conn: &mut Conn, claims: Claims, now: Instant) -> Result<Actor> {
    let role: Option<OrgRole> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(claims.session_id))
        .filter(sessions::user_id.eq(claims.user_id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::state.eq("active"))
        .select(users::role)
        .first(conn)
        .optional()?;
    let role = role.ok_or_else(Error::unauthenticated)?;
    Ok(Actor { user_id: claims.user_id, session_id: claims.session_id, role })
}
