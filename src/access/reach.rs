//! A caller's reach as a condition of a query. `None` means that everything is visible.

#![expect(missing_docs, reason = "auto_type names types after the functions below")]

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Action, Actor, Relation, Scope, TeamRole, everywhere, policy};
use crate::db::schema::{
    applications, approval_runs, approval_step_members, approval_steps, candidates, debriefs,
    hiring_team_members, jobs, offers, panelists,
};
use crate::db::{Conn, MultiBackend};
use crate::error::Result;
use crate::ids::{CandidateId, UserId};

/// A condition on the rows of a table.
pub type Condition<Table> = Box<dyn BoxableExpression<Table, MultiBackend, SqlType = Bool>>;

/// The jobs whose hiring team gives the actor this action.
#[diesel::dsl::auto_type]
fn team_jobs(user: UserId, action: Action) -> _ {
    let roles: Vec<super::TeamRole> = policy::team_roles(action);
    hiring_team_members::table
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::role.eq_any(roles))
        .select(hiring_team_members::job_id)
}

/// The jobs that the actor may read.
pub fn visible_jobs(actor: &Actor) -> Option<Condition<jobs::table>> {
    if everywhere(actor, Action::ReadJob) {
        return None;
    }
    Some(Box::new(jobs::id.eq_any(team_jobs(actor.user_id, Action::ReadJob))))
}

/// Whether the actor may do something on the job of a row: for the condition of a query, or as a
/// column of it where only a part of the row depends on it.
pub fn on_job(actor: &Actor, action: Action) -> Condition<jobs::table> {
    if everywhere(actor, action) {
        return Box::new(true.into_sql::<Bool>());
    }
    Box::new(jobs::id.eq_any(team_jobs(actor.user_id, action)))
}

/// The applications on whose panel a person sits.
#[diesel::dsl::auto_type]
fn on_panel(user: UserId) -> _ {
    panelists::table
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .select(panelists::application_id)
}

/// The applications that a person decides or drives.
#[diesel::dsl::auto_type]
fn in_debrief(user: UserId) -> _ {
    debriefs::table
        .filter(debriefs::decider_id.eq(user).or(debriefs::driver_id.eq(user)))
        .select(debriefs::application_id)
}

/// The applications whose offer a person was asked to approve.
#[diesel::dsl::auto_type]
fn approving(user: UserId) -> _ {
    approval_runs::table
        .inner_join(approval_steps::table.on(approval_steps::approval_run_id.eq(approval_runs::id)))
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .filter(approval_step_members::user_id.eq(user))
        .filter(approval_runs::application_id.is_not_null())
        .select(approval_runs::application_id.assume_not_null())
}

/// The applications that a person without a role for all of them may read: on their jobs, on whose
/// panel they sit, which they decide or drive, or whose offer they approve. For queries that join
/// other tables; [`visible_applications`] is for those that do not.
#[diesel::dsl::auto_type]
pub fn reachable_applications(user: UserId) -> _ {
    let jobs: team_jobs = team_jobs(user, Action::ReadApplication);
    let panels: on_panel = on_panel(user);
    let debriefs: in_debrief = in_debrief(user);
    let approvals: approving = approving(user);
    applications::job_id
        .eq_any(jobs)
        .or(applications::id.eq_any(panels))
        .or(applications::id.eq_any(debriefs))
        .or(applications::id.eq_any(approvals))
}

/// The applications in whose interviews a person has a part, as a condition of a query that joins
/// `applications`: through a role on the job's team that allows the action, on a panel, or in a
/// debrief. Approvers have none. Ask [`everywhere`] first.
#[diesel::dsl::auto_type]
pub fn takes_part(user: UserId, action: Action) -> _ {
    let jobs: team_jobs = team_jobs(user, action);
    let panels: on_panel = on_panel(user);
    let debriefs: in_debrief = in_debrief(user);
    applications::job_id
        .eq_any(jobs)
        .or(applications::id.eq_any(panels))
        .or(applications::id.eq_any(debriefs))
}

/// The applications that the actor may read.
pub fn visible_applications(actor: &Actor) -> Option<Condition<applications::table>> {
    if everywhere(actor, Action::ReadApplication) {
        return None;
    }
    Some(Box::new(reachable_applications(actor.user_id)))
}

/// The candidates that the actor may read: those of readable applications.
pub fn visible_candidates(actor: &Actor) -> Option<Condition<candidates::table>> {
    if everywhere(actor, Action::ReadCandidate) {
        return None;
    }
    let mine = applications::table.filter(reachable_applications(actor.user_id));
    let mine = mine.select(applications::candidate_id);
    Some(Box::new(candidates::id.eq_any(mine)))
}

/// Whether there is such a candidate that the actor may read.
pub fn visible_candidate(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<bool> {
    let mut query =
        candidates::table.filter(candidates::id.eq(id)).select(candidates::id).into_boxed();
    if let Some(visible) = visible_candidates(actor) {
        query = query.filter(visible);
    }
    Ok(query.first::<CandidateId>(conn).optional()?.is_some())
}

/// The candidates whom a person may reach by mail or phone through a role on the team of a job
/// that they applied to. What recruiting knows of a person goes with it.
#[diesel::dsl::auto_type]
pub fn contactable_candidates(user: UserId) -> _ {
    let jobs: team_jobs = team_jobs(user, Action::ReadContactPoints);
    applications::table.filter(applications::job_id.eq_any(jobs)).select(applications::candidate_id)
}

/// The candidates whose offers a person may read through a role on the team of a job that they applied
/// to. What is known of their pay goes with it.
#[diesel::dsl::auto_type]
pub fn offered_candidates(user: UserId) -> _ {
    let jobs: team_jobs = team_jobs(user, Action::ReadOffer);
    applications::table.filter(applications::job_id.eq_any(jobs)).select(applications::candidate_id)
}

/// The applications of a candidate.
#[diesel::dsl::auto_type]
fn applications_of(candidate: CandidateId) -> _ {
    applications::table.filter(applications::candidate_id.eq(candidate))
}

/// What the actor is to a candidate: through the teams of the jobs that the candidate applied to,
/// and through their applications, where deciding and driving are alike. Two statements, or none for
/// a role that covers all candidates.
pub fn candidate_scope(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<Scope> {
    let scope = Scope::of(id);
    if everywhere(actor, Action::ManageCandidate) {
        return Ok(scope);
    }
    let user = actor.user_id;
    let jobs = applications_of(id).select(applications::job_id);
    let roles: Vec<TeamRole> = hiring_team_members::table
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::job_id.eq_any(jobs))
        .select(hiring_team_members::role)
        .load(conn)?;
    let (panels, debriefs, approvals) = (on_panel(user), in_debrief(user), approving(user));
    let found = diesel::select((
        exists(applications_of(id).filter(applications::id.eq_any(panels))),
        exists(applications_of(id).filter(applications::id.eq_any(debriefs))),
        exists(applications_of(id).filter(applications::id.eq_any(approvals))),
    ))
    .get_result::<(bool, bool, bool)>(conn)?;
    let relations = [
        (found.0, Relation::Panelist),
        (found.1, Relation::Decider),
        (found.2, Relation::Approver),
    ];
    let relations = relations.into_iter().filter_map(|(holds, relation)| holds.then_some(relation));
    Ok(scope.teamed(roles).related(relations))
}

/// The applications of the jobs whose hiring team gives the actor this action.
#[diesel::dsl::auto_type]
fn team_applications(user: UserId, action: Action) -> _ {
    let jobs: team_jobs = team_jobs(user, action);
    applications::table.filter(applications::job_id.eq_any(jobs)).select(applications::id)
}

/// Those offers of the actor's reach.
#[diesel::dsl::auto_type]
fn readable_offers(user: UserId) -> _ {
    let on_jobs: team_applications = team_applications(user, Action::ReadOffer);
    let approvals: approving = approving(user);
    offers::application_id.eq_any(on_jobs).or(offers::application_id.eq_any(approvals))
}

/// The offers that the actor may read: those on their jobs, and those of applications whose offer
/// they approve.
pub fn visible_offers(actor: &Actor) -> Option<Condition<offers::table>> {
    if everywhere(actor, Action::ReadOffer) {
        return None;
    }
    Some(Box::new(readable_offers(actor.user_id)))
}

diesel::alias!(approval_runs as other_runs: OtherRuns);

/// The same as [`approving()`], for queries on `approval_runs` themselves.
#[diesel::dsl::auto_type]
fn approving_beside(user: UserId) -> _ {
    let runs: standing_on = standing_on(user);
    other_runs
        .filter(other_runs.field(approval_runs::id).eq_any(runs))
        .select(other_runs.field(approval_runs::application_id).assume_not_null())
}

/// The approval runs on whose steps a person stands.
#[diesel::dsl::auto_type]
fn standing_on(user: UserId) -> _ {
    approval_steps::table
        .inner_join(
            approval_step_members::table
                .on(approval_step_members::approval_step_id.eq(approval_steps::id)),
        )
        .filter(approval_step_members::user_id.eq(user))
        .select(approval_steps::approval_run_id)
}

/// Those approval runs of the actor's reach.
#[diesel::dsl::auto_type]
fn readable_runs(user: UserId) -> _ {
    let jobs: team_jobs = team_jobs(user, Action::ReadOffer);
    let offers: approving_beside = approving_beside(user);
    let runs: standing_on = standing_on(user);
    // An unknown job or application is in nobody's reach, which is what NULL means to a filter.
    approval_runs::job_id
        .assume_not_null()
        .eq_any(jobs)
        .or(approval_runs::application_id.assume_not_null().eq_any(offers))
        .or(approval_runs::id.eq_any(runs))
}

/// The approval runs that the actor may read: those on their jobs, those of applications whose
/// offer they approve, and those on whose steps they stand.
pub fn visible_approval_runs(actor: &Actor) -> Option<Condition<approval_runs::table>> {
    if everywhere(actor, Action::ReadOffer) {
        return None;
    }
    Some(Box::new(readable_runs(actor.user_id)))
}
