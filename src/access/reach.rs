//! A caller's reach as a condition of a query. `None` means that everything is visible.

use diesel::BoolExpressionMethods;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Action, Actor, everywhere, policy};
use crate::db::MultiBackend;
use crate::db::schema::{
    applications, approval_runs, approval_step_members, approval_steps, candidates, debriefs,
    hiring_team_members, jobs, panelists,
};
use crate::ids::UserId;

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
    Some(Box::new(
        jobs::id.eq_any(team_jobs(actor.user_id, Action::ReadJob)),
    ))
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
        .filter(
            debriefs::decider_id
                .eq(user)
                .or(debriefs::driver_id.eq(user)),
        )
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

/// The applications that the actor may read: on their jobs, on whose panel they sit, which they
/// decide or drive, or whose offer they approve.
#[diesel::dsl::auto_type]
fn reachable(user: UserId) -> _ {
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

/// The applications that the actor may read.
pub fn visible_applications(actor: &Actor) -> Option<Condition<applications::table>> {
    if everywhere(actor, Action::ReadApplication) {
        return None;
    }
    Some(Box::new(reachable(actor.user_id)))
}

/// The candidates that the actor may read: those of readable applications.
pub fn visible_candidates(actor: &Actor) -> Option<Condition<candidates::table>> {
    if everywhere(actor, Action::ReadCandidate) {
        return None;
    }
    let mine = applications::table
        .filter(reachable(actor.user_id))
        .select(applications::candidate_id);
    Some(Box::new(candidates::id.eq_any(mine)))
}
