//! Joining and leaving hiring teams.

use super::api::AddHiringTeamMember;
use super::store::{self, HiringTeamMember};
use crate::access::{Action, Actor, Permit, Scope, TeamRole, permit};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::{HiringTeamMemberId, JobId, UserId};
use crate::users::leaving::{HandOver, ObligationKind, Stuck};
use crate::{jobs, users};

/// A member never changes: the role ends and another one begins.
pub(super) const VERSION: i64 = 1;

/// Gives an active user a role on a job.
///
/// # Errors
/// `already_exists` when the person holds the role.
pub fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    job_id: JobId,
    input: &AddHiringTeamMember,
) -> Result<HiringTeamMemberId> {
    let id = tx.id();
    dialect::lock(tx.conn, Root::Job, job_id.any())?;
    jobs::store::find(tx.conn, job_id)?.ok_or_else(Error::not_found)?;
    let permit = permit(tx.conn, actor, Action::ManageHiringTeam, &Scope::on_job(id, job_id))?;
    let user = users::store::find_responsible(tx.conn, input.user_id)?;
    let user = user.ok_or_else(|| Error::unknown_reference("/user_id"))?;
    place(tx, &permit, id, job_id, user.id, input.role)?;
    Ok(id)
}

/// Gives a user a role on a job.
///
/// # Errors
/// `already_exists` when the person holds the role.
pub fn place(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: HiringTeamMemberId,
    job_id: JobId,
    user_id: UserId,
    role: TeamRole,
) -> Result<()> {
    let row = HiringTeamMember { id, job_id, user_id, role, created_at: tx.now() };
    store::insert(tx, permit, &row)?;
    let event = Event::new(EventKind::HiringTeamMemberAdded, id.into()).job(job_id);
    record(tx, permit, &event.id("user_id", user_id).code("role", role.as_str()))?;
    Ok(())
}

/// Takes a role on a job from a person.
///
/// # Errors
/// `not_ready` for the last recruiter of a confidential job, which would exist for nobody who can
/// let others in.
pub fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HiringTeamMemberId,
    expected: Option<i64>,
) -> Result<HiringTeamMemberId> {
    let row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    dialect::lock(tx.conn, Root::Job, row.job_id.any())?;
    let scope = Scope::on_job(id, row.job_id);
    let permit = permit(tx.conn, actor, Action::ManageHiringTeam, &scope)?;
    if expected.is_some_and(|version| version != VERSION) {
        return Err(Error::stale());
    }
    if row.role == TeamRole::Recruiter {
        keep_a_recruiter(tx, &row)?;
    }
    take_off(tx, &permit, &row)?;
    Ok(id)
}

fn take_off(tx: &mut Tx<'_>, permit: &Permit, row: &HiringTeamMember) -> Result<()> {
    store::delete(tx, permit, row.id)?;
    let event = Event::new(EventKind::HiringTeamMemberRemoved, row.id.into()).job(row.job_id);
    record(tx, permit, &event.id("user_id", row.user_id).code("role", row.role.as_str()))?;
    Ok(())
}

/// Somebody else recruits for the job, or it is not confidential. Asked under the job's lock.
fn keep_a_recruiter(tx: &mut Tx<'_>, row: &HiringTeamMember) -> Result<()> {
    let confidential = jobs::store::find(tx.conn, row.job_id)?.is_some_and(|job| job.confidential);
    if !confidential || store::has_other_active_recruiter(tx.conn, row)? {
        return Ok(());
    }
    let detail = "This is the last recruiter of a confidential job; add another one first.";
    Err(Error::new(Code::NotReady, detail))
}

/// How many roles are looked at.
const ROLES_MAX: i64 = 10_000;

/// Takes somebody who leaves off the teams of jobs that are not closed; a successor takes each role
/// that they do not hold. The last recruiter of a confidential job stays until somebody succeeds them.
pub fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let kind = ObligationKind::HiringTeamRole;
    let successor = hand.to(kind);
    let sole = store::sole_recruiter_of(tx.conn, hand.leaver)?;
    for row in store::open_roles_of(tx.conn, hand.leaver, ROLES_MAX)? {
        if let Some(successor) = successor {
            if !store::holds(tx.conn, row.job_id, successor, row.role)? {
                let id: HiringTeamMemberId = tx.id();
                place(tx, &permit.extend_to(id), id, row.job_id, successor, row.role)?;
            }
            hand.took(successor, 1);
        } else if row.role == TeamRole::Recruiter && sole.contains(&row.job_id) {
            hand.stick(Stuck {
                kind,
                subject: row.id.into(),
                job_id: Some(row.job_id),
                application_id: None,
                why: "nobody would recruit for a confidential job",
            });
            continue;
        }
        take_off(tx, &permit.extend_to(row.id), &row)?;
    }
    Ok(())
}
