//! Mails about offers and their approval: who is owed one, and what it says. Never pay, never a
//! vote: the link shows those to whoever may see them.

use serde::Serialize;

use crate::approvals::store::{self as approvals, WholeRun, WholeStep};
use crate::approvals::{RunState, RunSubjectKind, StepState};
use crate::candidates::store as candidates;
use crate::db::Conn;
use crate::debriefs::store as debriefs;
use crate::error::Result;
use crate::ids::{ApprovalRunId, ApprovalStepId, UserId};
use crate::jobs::store as jobs;
use crate::offers::OfferState;
use crate::offers::store::{self as offers, Offer, Pursuit};

/// What a mail about an offer says, beside what every mail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct OfferFacts {
    candidate_name: String,
    job_title: String,
    /// Only of the mail that asks for a vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    step_name: Option<String>,
    /// Where the link leads, below the root of this service.
    #[serde(skip)]
    pub(super) path: String,
}

/// Who is asked to vote by `approval_step.asked`: the members of the step who have not voted.
pub(super) fn asked(conn: &mut Conn, step_id: ApprovalStepId) -> Result<Vec<UserId>> {
    let Some((_, step)) = whole_step(conn, step_id)? else { return Ok(Vec::new()) };
    Ok(waiting(&step).collect())
}

/// What the mail `approval_asked` says; none when the vote is no longer owed.
pub(super) fn approval_asked(
    conn: &mut Conn,
    step_id: ApprovalStepId,
    recipient: UserId,
) -> Result<Option<OfferFacts>> {
    let Some((run, step)) = whole_step(conn, step_id)? else { return Ok(None) };
    let pending = run.run.state == RunState::Pending && step.step.state == StepState::Pending;
    if !pending || !waiting(&step).any(|user_id| user_id == recipient) {
        return Ok(None);
    }
    let Some((offer, pursuit)) = subject(conn, &run)? else { return Ok(None) };
    facts(conn, &offer, pursuit, Some(step.step.name)).map(Some)
}

/// Who is told by `approval_run.approved` that an offer can go out: whoever submitted it, and
/// whoever drives the debrief that it rests on.
pub(super) fn told_of_approval(conn: &mut Conn, run_id: ApprovalRunId) -> Result<Vec<UserId>> {
    let Some(run) = approvals::whole(conn, run_id)? else { return Ok(Vec::new()) };
    let Some((offer, _)) = subject(conn, &run)? else { return Ok(Vec::new()) };
    let driver = debriefs::driver_of(conn, offer.decision_id)?;
    let mut told: Vec<UserId> = run.run.started_by.into_iter().chain(driver).collect();
    told.sort_unstable();
    told.dedup();
    Ok(told)
}

/// What the mail `offer_approved` says; none when the offer went on, or has other terms by now.
pub(super) fn offer_approved(
    conn: &mut Conn,
    run_id: ApprovalRunId,
) -> Result<Option<OfferFacts>> {
    let Some(run) = approvals::whole(conn, run_id)? else { return Ok(None) };
    let Some((offer, pursuit)) = subject(conn, &run)? else { return Ok(None) };
    if run.run.state != RunState::Approved || offer.state != OfferState::Approved {
        return Ok(None);
    }
    facts(conn, &offer, pursuit, None).map(Some)
}

fn whole_step(conn: &mut Conn, id: ApprovalStepId) -> Result<Option<(WholeRun, WholeStep)>> {
    let Some(run) = approvals::whole_of_step(conn, id)? else { return Ok(None) };
    let step = run.steps.iter().find(|whole| whole.step.id == id).cloned();
    Ok(step.map(|step| (run, step)))
}

/// The members of a step who have not voted.
fn waiting(step: &WholeStep) -> impl Iterator<Item = UserId> {
    step.members.iter().filter(|(_, vote)| vote.is_none()).map(|(user_id, _)| *user_id)
}

/// The offer that a run is about.
fn subject(conn: &mut Conn, run: &WholeRun) -> Result<Option<(Offer, Pursuit)>> {
    match run.run.subject_kind {
        RunSubjectKind::OfferVersion => {
            let found = offers::of_version(conn, run.run.subject_id.typed())?;
            Ok(found.map(|(_, offer, pursuit)| (offer, pursuit)))
        }
        RunSubjectKind::Job => Ok(None),
    }
}

fn facts(
    conn: &mut Conn,
    offer: &Offer,
    pursuit: Pursuit,
    step_name: Option<String>,
) -> Result<OfferFacts> {
    let candidate = candidates::find(conn, pursuit.candidate_id)?;
    let job = jobs::find(conn, pursuit.job_id)?;
    Ok(OfferFacts {
        candidate_name: candidate.map(|candidate| candidate.name).unwrap_or_default(),
        job_title: job.map(|job| job.title).unwrap_or_default(),
        step_name,
        path: format!("/api/v1/offers/{}", offer.id),
    })
}
