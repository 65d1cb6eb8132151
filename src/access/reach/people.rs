//! The reach of candidates.

#![expect(missing_docs, reason = "auto_type names types after the functions below")]

use diesel::dsl::{AsExprOf, exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::{
    Condition, Reach, applications_by_role, applications_in_bounds, approving, confidential_jobs,
    in_debrief, on_panel, own_files, readable_applications, takes_part,
};
use crate::access::{Action, Actor, Relation, Scope, TeamRole, everywhere};
use crate::db::Conn;
use crate::db::schema::{applications, candidates, hiring_team_members};
use crate::error::{Error, Result};
use crate::ids::{AgencyId, CandidateId, JobId};

/// The applications of a candidate of the outer query.
#[diesel::dsl::auto_type]
fn applied() -> _ {
    applications::table.filter(applications::candidate_id.eq(candidates::id))
}

/// Candidates by the role in the organization: those who applied to no job, or to one that is not
/// confidential. A key that is narrowed to jobs knows nobody who did not apply to one of them.
#[diesel::dsl::auto_type]
fn candidates_by_role(reach: Reach) -> _ {
    let everywhere: AsExprOf<bool, Bool> = reach.everywhere.into_sql::<Bool>();
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let all: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let only: Vec<JobId> = reach.narrowed_to;
    let confidential: confidential_jobs = confidential_jobs();
    let openly: applied = applied();
    let anywhere: applied = applied();
    let openly = openly
        .filter(applications::job_id.ne_all(confidential))
        .filter(free.or(applications::job_id.eq_any(only)));
    everywhere.and(exists(openly).or(all.and(not(exists(anywhere)))))
}

/// The candidates whom the agency brought in, whatever they applied to; none for a key that is
/// narrowed to jobs.
#[diesel::dsl::auto_type]
fn brought_in(reach: Reach) -> _ {
    let agency: AgencyId = reach.agency;
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    candidates::agency_id
        .is_not_null()
        .and(candidates::agency_id.assume_not_null().eq(agency))
        .and(free)
}

/// The candidates in reach through their applications, or brought in by the agency. [`Reach::of`] takes
/// `ReadCandidate`.
#[diesel::dsl::auto_type]
pub fn readable_candidates(reach: Reach) -> _ {
    let own: own_files = own_files(reach.user, reach.email_folded.clone());
    let by_role: candidates_by_role = candidates_by_role(reach.clone());
    let brought: brought_in = brought_in(reach.clone());
    let readable: readable_applications = readable_applications(reach);
    let applications: applied = applied();
    by_role.or(exists(applications.filter(readable))).or(brought).and(candidates::id.ne_all(own))
}

/// The candidates whom the reader may reach by mail or phone: by a role in the organization, by one
/// on the team of a job that they applied to, or because the agency brought them in. What recruiting
/// knows of a person goes with it. [`Reach::of`] takes `ReadContactPoints`.
#[diesel::dsl::auto_type]
pub fn reachable_candidates(reach: Reach) -> _ {
    let own: own_files = own_files(reach.user, reach.email_folded.clone());
    let by_role: candidates_by_role = candidates_by_role(reach.clone());
    let on_jobs: applications_by_role = applications_by_role(reach.clone());
    let brought: brought_in = brought_in(reach.clone());
    let in_bounds: applications_in_bounds = applications_in_bounds(reach);
    let applications: applied = applied();
    let applications = applications.filter(on_jobs).filter(in_bounds);
    by_role.or(exists(applications)).or(brought).and(candidates::id.ne_all(own))
}

/// The candidates whom the reader knows by a role, or through a part in their interviews: on a panel, or in a
/// debrief. [`Reach::of`] takes `ReadResume`, which goes with such a part.
#[diesel::dsl::auto_type]
pub fn interviewed_candidates(reach: Reach) -> _ {
    let own: own_files = own_files(reach.user, reach.email_folded.clone());
    let by_role: candidates_by_role = candidates_by_role(reach.clone());
    let part: takes_part = takes_part(reach);
    let applications: applied = applied();
    by_role.or(exists(applications.filter(part))).and(candidates::id.ne_all(own))
}

/// The candidates that the actor may read: those of readable applications, and for a role in the
/// organization also those without any.
pub fn visible_candidates(actor: &Actor) -> Condition<candidates::table> {
    Box::new(readable_candidates(Reach::of(actor, Action::ReadCandidate)))
}

/// The candidates whose contact points the actor may read.
pub fn contactable_candidates(actor: &Actor) -> Condition<candidates::table> {
    Box::new(reachable_candidates(Reach::of(actor, Action::ReadContactPoints)))
}

/// The candidates whose offers the actor may read by a role. What is known of their pay goes with it.
pub fn offered_candidates(actor: &Actor) -> Condition<candidates::table> {
    Box::new(reachable_candidates(Reach::of(actor, Action::ReadOffer)))
}

/// Whether there is such a candidate that the actor may read.
pub fn visible_candidate(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<bool> {
    let found = candidates::table
        .filter(candidates::id.eq(id))
        .filter(visible_candidates(actor))
        .select(candidates::id);
    Ok(found.first::<CandidateId>(conn).optional()?.is_some())
}

/// The applications of a candidate that a key may know of.
#[diesel::dsl::auto_type]
fn applications_of(candidate: CandidateId, reach: Reach) -> _ {
    let free: AsExprOf<bool, Bool> = (!reach.narrowed).into_sql::<Bool>();
    let only: Vec<JobId> = reach.narrowed_to;
    applications::table
        .filter(applications::candidate_id.eq(candidate))
        .filter(free.or(applications::job_id.eq_any(only)))
}

/// The actor's roles on the teams of the jobs that a candidate applied to.
fn team_roles(
    conn: &mut Conn,
    actor: &Actor,
    id: CandidateId,
    reach: &Reach,
) -> QueryResult<Vec<TeamRole>> {
    let jobs = applications_of(id, reach.clone()).select(applications::job_id);
    hiring_team_members::table
        .filter(hiring_team_members::user_id.eq(actor.member_id()))
        .filter(hiring_team_members::job_id.eq_any(jobs))
        .select(hiring_team_members::role)
        .load(conn)
}

/// What the actor is to a candidate: by the role in the organization where one of their jobs, or
/// none, is open to it; through the teams of the jobs that the candidate applied to; and through
/// their applications, where deciding, driving and agreeing are alike. Two statements, or one for a
/// role that covers all that there is.
///
/// # Errors
/// `not_found` when there is no such candidate.
pub fn candidate_scope(conn: &mut Conn, actor: &Actor, id: CandidateId) -> Result<Scope> {
    let (user, reach) = (actor.member_id(), Reach::of(actor, Action::ReadCandidate));
    let of = || applications_of(id, reach.clone());
    let (glass, in_place) = (reach.behind_glass.clone(), reach.in_place.clone());
    let approves = applications::id.eq_any(approving(user)).or(applications::id.eq_any(in_place));
    let found = candidates::table.filter(candidates::id.eq(id)).select((
        candidates_by_role(Reach { everywhere: true, ..reach.clone() }),
        candidates::id.eq_any(own_files(actor.user_id, actor.email_folded.clone())),
        exists(of().filter(applications::id.eq_any(on_panel(user)))),
        exists(of().filter(applications::id.eq_any(in_debrief(user)))),
        exists(of().filter(approves)),
        exists(of().filter(applications::job_id.eq_any(glass))),
        brought_in(reach.clone()),
    ));
    let found: Option<(bool, bool, bool, bool, bool, bool, bool)> = found.first(conn).optional()?;
    let Some((by_role, own, panel, debrief, approver, glass, agency)) = found else {
        return Err(Error::not_found());
    };
    let covered = by_role && everywhere(actor, Action::ManageCandidate);
    let roles = if covered { Vec::new() } else { team_roles(conn, actor, id, &reach)? };
    let relations = [
        (panel, Relation::Panelist),
        (debrief, Relation::Decider),
        (approver, Relation::Approver),
        (glass, Relation::BreakGlass),
        (agency, Relation::Agency),
    ];
    let relations = relations.into_iter().filter_map(|(holds, relation)| holds.then_some(relation));
    let scope = Scope::of(id).teamed(roles).related(relations);
    let scope = if by_role { scope } else { scope.for_those_with_a_part() };
    Ok(if own { scope.for_nobody() } else { scope })
}
