//! A caller's reach as a condition of a query, so that what one may not see is never loaded and
//! never counted.
//!
//! A role in the organization reaches every job but the confidential ones, which exist only for
//! their team; a role on a team reaches its job; a part in an application reaches it alone; an
//! agency reaches what it brought in; broken glass reaches its job until it runs out. Whatever of
//! these holds: nobody reaches their own file as a candidate, and a key that is narrowed to jobs
//! reaches nothing else.

#![expect(missing_docs, reason = "auto_type names types after the functions below")]

mod approval;
mod feed;
mod people;

pub use approval::{offered_applications, visible_approval_runs, visible_offers};
pub use feed::known_events;
pub use people::{
    candidate_scope, contactable_candidates, interviewed_candidates, offered_candidates,
    reachable_candidates, readable_candidates, visible_candidate, visible_candidates,
};

use diesel::dsl::{AsExprOf, exists};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{Action, Actor, Relation, TeamRole, everywhere, policy};
use crate::candidates::ContactKind;
use crate::db::MultiBackend;
use crate::db::schema::{
    agency_jobs, applications, approval_runs, approval_step_members, approval_steps, candidates,
    contact_points, debrief_agreers, debriefs, hiring_team_members, jobs, panelists, users,
};
use crate::ids::{AgencyId, ApplicationId, JobId, UserId};

/// A condition on the rows of a table.
pub type Condition<Table> = Box<dyn BoxableExpression<Table, MultiBackend, SqlType = Bool>>;

/// What an actor reaches for one action, taken apart into what queries compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    user: UserId,
    email_folded: String,
    /// The person, for teams, panels, debriefs and approvals; nobody for people of an agency, who
    /// have no part but what it brought in.
    member: UserId,
    /// The role in the organization reaches every job that is not confidential.
    everywhere: bool,
    /// The roles on a team that reach its job.
    team_roles: Vec<TeamRole>,
    /// The jobs behind broken glass, where looking there includes this action.
    behind_glass: Vec<JobId>,
    /// The agency, where bringing somebody in includes this action; the nil id for none.
    agency: AgencyId,
    /// The applications in whose approval the person may vote in another's place.
    in_place: Vec<ApplicationId>,
    /// Whether only [`Self::narrowed_to`] is in reach.
    narrowed: bool,
    narrowed_to: Vec<JobId>,
}

impl Reach {
    /// The actor's reach for an action. A key that lacks the scope reaches nothing, also not through
    /// the teams and panels of its owner.
    pub fn of(actor: &Actor, action: Action) -> Self {
        let in_scope = actor.in_scope(action);
        let narrowed_to = if in_scope { actor.narrowed_to.clone() } else { Some(Vec::new()) };
        let looks = policy::grants(Relation::BreakGlass, action);
        let agencies = [Relation::Agency, Relation::AgencyOnJob];
        let brings = agencies.iter().any(|relation| policy::grants(*relation, action));
        let agency = actor.agency_id.filter(|_| brings);
        Self {
            user: actor.user_id,
            member: actor.member_id(),
            email_folded: actor.email_folded.clone(),
            everywhere: everywhere(actor, action),
            team_roles: policy::team_roles(action),
            behind_glass: if looks { actor.broke_glass.clone() } else { Vec::new() },
            agency: agency.unwrap_or(AgencyId::from_uuid(uuid::Uuid::nil())),
            in_place: actor.in_place.iter().map(|one| one.application_id).collect(),
            narrowed: narrowed_to.is_some(),
            narrowed_to: narrowed_to.unwrap_or_default(),
        }
    }
}

// A subquery on a table that the outer query joins must call it by another name.
diesel::alias!(jobs as closed_jobs: ClosedJobs, candidates as files: Files);

/// The jobs that exist only for their team. The column is compared with nothing, as in the condition of the index
/// of these few.
#[diesel::dsl::auto_type]
fn confidential_jobs() -> _ {
    closed_jobs.filter(closed_jobs.field(jobs::confidential)).select(closed_jobs.field(jobs::id))
}

/// The jobs on whose hiring team a person has one of these roles.
#[diesel::dsl::auto_type]
fn team_jobs(user: UserId, roles: Vec<TeamRole>) -> _ {
    hiring_team_members::table
        .filter(hiring_team_members::user_id.eq(user))
        .filter(hiring_team_members::role.eq_any(roles))
        .select(hiring_team_members::job_id)
}

/// The jobs that are open to an agency.
#[diesel::dsl::auto_type]
fn open_to(agency: AgencyId) -> _ {
    agency_jobs::table.filter(agency_jobs::agency_id.eq(agency)).select(agency_jobs::job_id)
}

/// The candidates that have this address.
#[diesel::dsl::auto_type]
fn addressed(email_folded: String) -> _ {
    let kind: ContactKind = ContactKind::Email;
    contact_points::table
        .filter(contact_points::kind.eq(kind))
        .filter(contact_points::value_folded.eq(email_folded))
        .select(contact_points::candidate_id)
}

/// The files of a person who works here and is a candidate too: those that say so, and those with
/// the address of their account.
#[diesel::dsl::auto_type]
pub(super) fn own_files(user: UserId, email_folded: String) -> _ {
    let same: addressed = addressed(email_folded);
    files
        .filter(
            files
                .field(candidates::user_id)
                .assume_not_null()
                .eq(user)
                .or(files.field(candidates::id).eq_any(same)),
        )
        .select(files.field(candidates::id))
}

/// Whether an application, as a condition of a query on `applications`, is that of a person who works here.
#[diesel::dsl::auto_type]
pub fn own_applications(user: UserId, email_folded: String) -> _ {
    let own: own_files = own_files(user, email_folded);
    applications::candidate_id.eq_any(own)
}

/// Jobs by roles: that of the organization, those on teams, and broken glass.
#[diesel::dsl::auto_type]
fn jobs_by_role(reach: Reach) -> _ {
    let everywhere: AsExprOf<bool, Bool> = reach.everywhere.into_sql::<Bool>();
    let on_teams: team_jobs = team_jobs(reach.member, reach.team_roles);
    let behind_glass: Vec<JobId> = reach.behind_glass;
    everywhere
        .and(jobs::confidential.eq(false))
        .or(jobs::id.eq_any(on_teams))
        .or(jobs::id.eq_any(behind_glass))
}

/// Whether a job is not beyond what a key is narrowed to.
#[diesel::dsl::auto_type]
fn jobs_in_bounds(reach: Reach) -> _ {
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let only: Vec<JobId> = reach.narrowed_to;
    free.or(jobs::id.eq_any(only))
}

/// Jobs by roles within what a key is narrowed to, as a condition of a query that joins `jobs`.
#[diesel::dsl::auto_type]
pub fn jobs_in_reach(reach: Reach) -> _ {
    let by_role: jobs_by_role = jobs_by_role(reach.clone());
    let in_bounds: jobs_in_bounds = jobs_in_bounds(reach);
    by_role.and(in_bounds)
}

/// The jobs that may be read, as a condition of a query that joins `jobs`. [`Reach::of`] takes `ReadJob`.
#[diesel::dsl::auto_type]
pub fn readable_jobs(reach: Reach) -> _ {
    let agency: open_to = open_to(reach.agency);
    let by_role: jobs_by_role = jobs_by_role(reach.clone());
    let in_bounds: jobs_in_bounds = jobs_in_bounds(reach);
    by_role.or(jobs::id.eq_any(agency)).and(in_bounds)
}

/// The jobs that the actor may read.
pub fn visible_jobs(actor: &Actor) -> Condition<jobs::table> {
    Box::new(readable_jobs(Reach::of(actor, Action::ReadJob)))
}

/// Whether the actor may do something on the job of a row: for the condition of a query, or as a
/// column of it where only a part of the row depends on it.
pub fn on_job(actor: &Actor, action: Action) -> Condition<jobs::table> {
    Box::new(jobs_in_reach(Reach::of(actor, action)))
}

/// Whether the actor may do something on any job at all: as a column of a query.
pub fn somewhere(actor: &Actor, action: Action) -> Condition<users::table> {
    let reach = Reach::of(actor, action);
    let by_role = jobs::table.filter(jobs_by_role(reach.clone())).filter(jobs_in_bounds(reach));
    let everywhere: AsExprOf<bool, Bool> = everywhere(actor, action).into_sql::<Bool>();
    Box::new(everywhere.or(exists(by_role)))
}

/// The applications on whose panel a person sits.
#[diesel::dsl::auto_type]
fn on_panel(user: UserId) -> _ {
    panelists::table
        .filter(panelists::user_id.eq(user))
        .filter(panelists::removed_at.is_null())
        .select(panelists::application_id)
}

/// The debriefs that are not decided without a person agreeing.
#[diesel::dsl::auto_type]
pub(super) fn agreed_to_by(user: UserId) -> _ {
    debrief_agreers::table
        .filter(debrief_agreers::user_id.eq(user))
        .filter(debrief_agreers::removed_at.is_null())
        .select(debrief_agreers::debrief_id)
}

/// The applications that a person decides or drives, or whose decision needs their agreement.
#[diesel::dsl::auto_type]
fn in_debrief(user: UserId) -> _ {
    let agreeing: agreed_to_by = agreed_to_by(user);
    debriefs::table
        .filter(
            debriefs::decider_id
                .eq(user)
                .or(debriefs::driver_id.eq(user))
                .or(debriefs::id.eq_any(agreeing)),
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

/// Applications by roles on their job, as a condition of a query that joins `applications`: without those in
/// which the reader has a part of another kind, and whatever a key is narrowed to.
#[diesel::dsl::auto_type]
pub fn applications_by_role(reach: Reach) -> _ {
    let everywhere: AsExprOf<bool, Bool> = reach.everywhere.into_sql::<Bool>();
    let confidential: confidential_jobs = confidential_jobs();
    let on_teams: team_jobs = team_jobs(reach.member, reach.team_roles);
    let behind_glass: Vec<JobId> = reach.behind_glass;
    everywhere
        .and(applications::job_id.ne_all(confidential))
        .or(applications::job_id.eq_any(on_teams))
        .or(applications::job_id.eq_any(behind_glass))
}

/// Whether an application is within what a key is narrowed to, and not the reader's own.
#[diesel::dsl::auto_type]
pub fn applications_in_bounds(reach: Reach) -> _ {
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let only: Vec<JobId> = reach.narrowed_to;
    let own: own_files = own_files(reach.user, reach.email_folded);
    free.or(applications::job_id.eq_any(only)).and(applications::candidate_id.ne_all(own))
}

/// The applications in reach, as a condition of a query that joins `applications`: by roles on
/// their job, on a panel, in a debrief, in the approval of an offer, for oneself or in another's
/// place, or brought in by the agency.
#[diesel::dsl::auto_type]
pub fn readable_applications(reach: Reach) -> _ {
    let panels: on_panel = on_panel(reach.member);
    let debriefs: in_debrief = in_debrief(reach.member);
    let approvals: approving = approving(reach.member);
    let agency: AgencyId = reach.agency;
    let in_place: Vec<ApplicationId> = reach.in_place.clone();
    let by_role: applications_by_role = applications_by_role(reach.clone());
    let in_bounds: applications_in_bounds = applications_in_bounds(reach);
    by_role
        .or(applications::id.eq_any(panels))
        .or(applications::id.eq_any(debriefs))
        .or(applications::id.eq_any(approvals))
        .or(applications::id.eq_any(in_place))
        .or(applications::agency_id
            .is_not_null()
            .and(applications::agency_id.assume_not_null().eq(agency)))
        .and(in_bounds)
}

/// The applications in whose interviews the reader has a part, as a condition of a query that joins
/// `applications`: by roles on their job, on a panel, or in a debrief. Approvers and agencies have
/// none.
#[diesel::dsl::auto_type]
pub fn takes_part(reach: Reach) -> _ {
    let panels: on_panel = on_panel(reach.member);
    let debriefs: in_debrief = in_debrief(reach.member);
    let by_role: applications_by_role = applications_by_role(reach.clone());
    let in_bounds: applications_in_bounds = applications_in_bounds(reach);
    by_role.or(applications::id.eq_any(panels)).or(applications::id.eq_any(debriefs)).and(in_bounds)
}
