//! Which jobs and applications may be named to somebody who looks at what stands on a person.

use std::collections::HashSet;

use diesel::prelude::*;

use super::reach::own_files;
use super::{Actor, owed_among};
use crate::db::Conn;
use crate::db::schema::{applications, hiring_team_members, jobs};
use crate::error::Result;
use crate::ids::{ApplicationId, JobId, UserId};

/// What may not be named, of what was asked about.
#[derive(Debug, Default)]
pub struct Nameable {
    hidden_jobs: HashSet<JobId>,
    hidden_applications: HashSet<ApplicationId>,
}

impl Nameable {
    /// Whether something of a job and an application may be named.
    pub fn allows(&self, job: Option<JobId>, application: Option<ApplicationId>) -> bool {
        !job.is_some_and(|id| self.hidden_jobs.contains(&id))
            && !application.is_some_and(|id| self.hidden_applications.contains(&id))
    }
}

/// Of these jobs and applications, of which somebody has some, which the actor may know: not those of
/// confidential jobs without a part in them; not where the actor owes a scorecard, for that something
/// ended or an offer is under way tells of it; and never the actor's own file. What stands on the actor
/// themselves they know, but for their own file.
pub fn nameable(
    conn: &mut Conn,
    actor: &Actor,
    about: UserId,
    jobs_of: &[JobId],
    applications_of: &[ApplicationId],
) -> Result<Nameable> {
    let mut found = Nameable::default();
    if !applications_of.is_empty() {
        let own = own_files(actor.user_id, actor.email_folded.clone());
        let own: Vec<ApplicationId> = applications::table
            .filter(applications::id.eq_any(applications_of.iter().copied()))
            .filter(applications::candidate_id.eq_any(own))
            .select(applications::id)
            .load(conn)?;
        found.hidden_applications.extend(own);
    }
    if about == actor.user_id {
        return Ok(found);
    }
    found.hidden_applications.extend(owed_among(conn, actor.user_id, applications_of)?);
    if !jobs_of.is_empty() {
        let on_teams = hiring_team_members::table
            .filter(hiring_team_members::user_id.eq(actor.member_id()))
            .select(hiring_team_members::job_id);
        let hidden: Vec<JobId> = jobs::table
            .filter(jobs::id.eq_any(jobs_of.iter().copied()))
            .filter(jobs::confidential.eq(true))
            .filter(jobs::id.ne_all(on_teams))
            .filter(jobs::id.ne_all(actor.broke_glass.clone()))
            .select(jobs::id)
            .load(conn)?;
        found.hidden_jobs.extend(hidden);
    }
    Ok(found)
}
