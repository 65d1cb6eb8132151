//! What stands on a person, in a fixed number of statements.

use std::collections::HashSet;

use super::{Obligation, ObligationKind as Kind};
use crate::access::{self, Subject};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ApplicationId, JobId, UserId};
use crate::interviews::InterviewState;
use crate::{api_keys, applications, approvals, candidates, debriefs, interviews, jobs};
use crate::{organization, users};

/// How many things of one kind are looked at.
pub const FOUND_MAX: i64 = 1000;

/// Everything that stands on a person, a thousand of each kind at most; as somebody reads it, if it is
/// for a reader: what becomes of an application is sealed from whoever owes a card for it.
pub fn of(
    conn: &mut Conn,
    user_id: UserId,
    reader: Option<UserId>,
    now: Instant,
) -> Result<Vec<Obligation>> {
    let mut found = of_interviews(conn, user_id, reader)?;
    found.extend(of_approvals(conn, user_id, reader, now)?);
    let sole = jobs::hiring_team::store::sole_recruiter_of(conn, user_id)?;
    for row in jobs::hiring_team::store::open_roles_of(conn, user_id, FOUND_MAX)? {
        let one = Obligation::of(Kind::HiringTeamRole, row.id).on_job(row.job_id);
        let needed = row.role == crate::access::TeamRole::Recruiter && sole.contains(&row.job_id);
        found.push(one.needing(needed));
    }
    for (id, job_id, _) in applications::store::owned_by(conn, user_id, FOUND_MAX)? {
        found.push(Obligation::of(Kind::ApplicationOwner, id).within(id, job_id));
    }
    for (id, _) in candidates::prospects::store::owned_by(conn, user_id, FOUND_MAX)? {
        found.push(Obligation::of(Kind::ProspectOwner, id));
    }
    for row in organization::departments::headed_by(conn, user_id)? {
        found.push(Obligation::of(Kind::DepartmentHead, row.id));
    }
    for row in users::store::led_by(conn, user_id, FOUND_MAX)? {
        found.push(Obligation::of(Kind::Manager, row.id));
    }
    for id in api_keys::accounts_of(conn, user_id)? {
        found.push(Obligation::of(Kind::ServiceAccount, id));
    }
    Ok(found)
}

/// Seats, scorecards and debriefs. A debrief without a driver goes on with its decider.
fn of_interviews(
    conn: &mut Conn,
    user_id: UserId,
    reader: Option<UserId>,
) -> Result<Vec<Obligation>> {
    let mut found = Vec::new();
    for (row, job, state) in interviews::store::seats_standing_on(conn, user_id, FOUND_MAX)? {
        let past = state == InterviewState::Completed;
        let kind = if past { Kind::OwedScorecard } else { Kind::PanelSeat };
        found.push(Obligation::of(kind, row.id).within(row.application_id, job));
    }
    let debriefs = debriefs::store::standing_on(conn, user_id, reader, FOUND_MAX)?;
    let deciders: Vec<UserId> = debriefs.iter().map(|(row, _)| row.decider_id).collect();
    let able: HashSet<UserId> = users::store::responsible_among(conn, &deciders)?;
    for (row, job) in debriefs {
        let of = |kind| Obligation::of(kind, row.id).within(row.application_id, job);
        let decides = row.decider_id == user_id;
        found.extend(decides.then(|| of(Kind::DebriefDecider).needing(true)));
        let alone = decides || !able.contains(&row.decider_id);
        let drives = row.driver_id == user_id;
        found.extend(drives.then(|| of(Kind::DebriefDriver).needing(alone)));
    }
    for (row, job) in debriefs::store::agreement::standing_on(conn, user_id, reader, FOUND_MAX)? {
        found.push(Obligation::of(Kind::DebriefAgreer, row.id).within(row.application_id, job));
    }
    Ok(found)
}

/// Votes that are awaited, and places on chains.
fn of_approvals(
    conn: &mut Conn,
    user_id: UserId,
    reader: Option<UserId>,
    now: Instant,
) -> Result<Vec<Obligation>> {
    let mut found = Vec::new();
    let stand_ins = approvals::delegations::stand_ins(conn, user_id, now)?;
    let waiting = approvals::store::waiting_for(conn, user_id, FOUND_MAX)?;
    let about: Vec<ApplicationId> =
        waiting.iter().filter_map(|whole| whole.run.application_id).collect();
    let sealed = match reader {
        Some(reader) => access::owed_among(conn, reader, &about)?,
        None => HashSet::new(),
    };
    let is_sealed = |id: Option<ApplicationId>| id.is_some_and(|id| sealed.contains(&id));
    for whole in waiting.iter().filter(|whole| !is_sealed(whole.run.application_id)) {
        for step in whole.steps_of(user_id) {
            let one = Obligation::of(Kind::ApprovalStep, step.step.id);
            let (job_id, application_id) = (whole.run.job_id, whole.run.application_id);
            let one = Obligation { job_id, application_id, ..one };
            let covered = step.spares(user_id) || stand_ins.contains_key(&whole.run.id);
            found.push(one.needing(!covered));
        }
    }
    for (id, steps) in approvals::chains::store::standing_on(conn, user_id)? {
        let alone = steps.iter().any(|(_, members)| members.len() < 2);
        found.push(Obligation::of(Kind::ApprovalChain, id).needing(alone));
    }
    Ok(found)
}

impl Obligation {
    fn of(kind: Kind, subject: impl Into<Subject>) -> Self {
        let (job_id, application_id) = (None, None);
        Self { kind, subject: subject.into(), job_id, application_id, needs_successor: false }
    }

    fn on_job(self, id: JobId) -> Self {
        Self { job_id: Some(id), ..self }
    }

    fn within(self, application_id: ApplicationId, job_id: JobId) -> Self {
        Self { application_id: Some(application_id), ..self.on_job(job_id) }
    }

    fn needing(self, needs_successor: bool) -> Self {
        Self { needs_successor, ..self }
    }
}
