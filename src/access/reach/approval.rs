//! The reach of offers and of their approval.

use diesel::dsl::AsExprOf;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{
    Condition, Reach, applications_by_role, applications_in_bounds, approving, jobs_by_role,
};
use crate::access::{Action, Actor};
use crate::db::schema::{
    applications, approval_runs, approval_step_members, approval_steps, jobs, offers,
};
use crate::ids::{ApplicationId, JobId, UserId};

/// The applications on which the actor's roles give an action.
#[diesel::dsl::auto_type]
fn applications_on_jobs(reach: Reach) -> _ {
    let by_role: applications_by_role = applications_by_role(reach.clone());
    let in_bounds: applications_in_bounds = applications_in_bounds(reach);
    applications::table.filter(by_role).filter(in_bounds).select(applications::id)
}

/// The applications that are in nobody's way: within bounds, and not the reader's own.
#[diesel::dsl::auto_type]
fn applications_within_bounds(reach: Reach) -> _ {
    let in_bounds: applications_in_bounds = applications_in_bounds(reach);
    applications::table.filter(in_bounds).select(applications::id)
}

/// The applications whose offers may be read, as a condition of a query that joins `applications`: by roles on
/// their job, or in the approval of an offer, for oneself or in another's place. [`Reach::of`] takes `ReadOffer`.
#[diesel::dsl::auto_type]
pub fn offered_applications(reach: Reach) -> _ {
    let approvals: approving = approving(reach.member);
    let in_place: Vec<ApplicationId> = reach.in_place.clone();
    let by_role: applications_by_role = applications_by_role(reach.clone());
    let in_bounds: applications_in_bounds = applications_in_bounds(reach);
    by_role
        .or(applications::id.eq_any(approvals))
        .or(applications::id.eq_any(in_place))
        .and(in_bounds)
}

/// Those offers of the actor's reach.
#[diesel::dsl::auto_type]
fn readable_offers(reach: Reach) -> _ {
    let approvals: approving = approving(reach.member);
    let in_place: Vec<ApplicationId> = reach.in_place.clone();
    let on_jobs: applications_on_jobs = applications_on_jobs(reach.clone());
    let in_bounds: applications_within_bounds = applications_within_bounds(reach);
    let approved =
        offers::application_id.eq_any(approvals).or(offers::application_id.eq_any(in_place));
    let approved = approved.and(offers::application_id.eq_any(in_bounds));
    offers::application_id.eq_any(on_jobs).or(approved)
}

/// The offers that the actor may read: those on their jobs, and those of applications whose offer
/// they approve, for themselves or in another's place.
pub fn visible_offers(actor: &Actor) -> Condition<offers::table> {
    Box::new(readable_offers(Reach::of(actor, Action::ReadOffer)))
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

/// The jobs on which the actor's roles give an action.
#[diesel::dsl::auto_type]
fn jobs_on_teams(reach: Reach) -> _ {
    let by_role: jobs_by_role = jobs_by_role(reach);
    jobs::table.filter(by_role).select(jobs::id)
}

/// Those approval runs of the actor's reach.
#[diesel::dsl::auto_type]
fn readable_runs(reach: Reach) -> _ {
    let offers: approving_beside = approving_beside(reach.member);
    let runs: standing_on = standing_on(reach.member);
    let in_place: Vec<ApplicationId> = reach.in_place.clone();
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let only: Vec<JobId> = reach.narrowed_to.clone();
    let everywhere: AsExprOf<bool, Bool> = reach.everywhere.into_sql::<Bool>();
    let on_jobs: jobs_on_teams = jobs_on_teams(reach.clone());
    let in_bounds: applications_within_bounds = applications_within_bounds(reach);
    // An unknown job or application is in nobody's reach, which is what NULL means to a filter.
    let by_role = approval_runs::job_id.assume_not_null().eq_any(on_jobs);
    let of_no_job = everywhere.and(approval_runs::job_id.is_null());
    let by_part = approval_runs::application_id
        .assume_not_null()
        .eq_any(offers)
        .or(approval_runs::application_id.assume_not_null().eq_any(in_place))
        .or(approval_runs::id.eq_any(runs));
    let not_own = approval_runs::application_id
        .is_null()
        .or(approval_runs::application_id.assume_not_null().eq_any(in_bounds));
    let in_reach = by_role.or(of_no_job).or(by_part);
    let not_beyond = free.or(approval_runs::job_id.assume_not_null().eq_any(only));
    in_reach.and(not_own).and(not_beyond)
}

/// The approval runs that the actor may read: those on their jobs, those of applications whose
/// offer they approve, and those on whose steps they stand.
pub fn visible_approval_runs(actor: &Actor) -> Condition<approval_runs::table> {
    Box::new(readable_runs(Reach::of(actor, Action::ReadOffer)))
}
