//! Mails about offers and their approval: who is owed one, and what it says. Never pay, never a
//! vote: the link shows those to whoever may see them.

use serde_json::{Map, Value};

use super::compose::Content;
use super::recipients::{Owed, all_but_the_actor, at_once};
use crate::access::{self, Action, Actor, Scope};
use crate::approvals::delegations::{delegates_for, in_absence};
use crate::approvals::store::{self as approvals, WholeRun, WholeStep};
use crate::approvals::{RunState, RunSubjectKind, StepState};
use crate::candidates::store as candidates;
use crate::clock::Instant;
use crate::db::Conn;
use crate::debriefs::store as debriefs;
use crate::error::Result;
use crate::ids::{AnyId, ApprovalRunId, ApprovalStepId, UserId};
use crate::jobs::store as jobs;
use crate::mail::MailKind;
use crate::offers::OfferState;
use crate::offers::store::{self as offers, Offer, Pursuit};
use crate::users;
use crate::users::store::User;

/// The mails of `approval_step.asked`: to the members of the step who have not voted, and to whoever
/// may vote in their place.
pub(super) fn owed_for_step(
    conn: &mut Conn,
    step_id: ApprovalStepId,
    actor: Option<AnyId>,
    now: Instant,
) -> Result<Vec<Owed>> {
    let Some((run, step)) = whole_step(conn, step_id)? else { return Ok(Vec::new()) };
    let members: Vec<UserId> = waiting(&step).collect();
    let delegates = delegates_for(conn, run.run.id, &members, now)?;
    let delegates = delegates.into_iter().map(|(_, delegate)| delegate);
    let people = all_but_the_actor(members.into_iter().chain(delegates), actor);
    Ok(at_once(MailKind::ApprovalAsked, people))
}

/// The mail of `approval_step.handed_over`: to whoever stands there instead of one who left, if it is
/// the step's turn.
pub(super) fn owed_for_successor(
    conn: &mut Conn,
    step_id: ApprovalStepId,
    successor: Option<UserId>,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let Some((_, step)) = whole_step(conn, step_id)? else { return Ok(Vec::new()) };
    let asked = successor.filter(|_| step.step.state == StepState::Pending);
    Ok(at_once(MailKind::ApprovalAsked, all_but_the_actor(asked, actor)))
}

/// What the mail `approval_asked` says; none when the vote is no longer owed.
pub(super) fn approval_asked(
    conn: &mut Conn,
    reader: &User,
    step_id: ApprovalStepId,
    now: Instant,
) -> Result<Option<Content>> {
    let Some((run, step)) = whole_step(conn, step_id)? else { return Ok(None) };
    if run.run.state != RunState::Pending || step.step.state != StepState::Pending {
        return Ok(None);
    }
    let members: Vec<UserId> = waiting(&step).collect();
    let (in_place_of, actor) = if members.contains(&reader.id) {
        (String::new(), reader.in_absence())
    } else {
        let delegates = delegates_for(conn, run.run.id, &members, now)?;
        let mine = delegates.into_iter().find(|(_, delegate)| *delegate == reader.id);
        let Some((giver_id, _)) = mine else { return Ok(None) };
        let giver = users::store::find(conn, giver_id)?;
        (giver.map(|giver| giver.name).unwrap_or_default(), in_absence(conn, reader, now)?)
    };
    let Some((offer, pursuit)) = subject(conn, &run)? else { return Ok(None) };
    let Some(mut content) = content(conn, &actor, &offer, pursuit)? else { return Ok(None) };
    content.facts.insert("step_name".to_owned(), Value::String(step.step.name));
    content.facts.insert("in_place_of".to_owned(), Value::String(in_place_of));
    Ok(Some(content))
}

/// What is said of the offer of a step that somebody left; none when nobody waits for it any more.
pub(super) fn left_behind(
    conn: &mut Conn,
    reader: &User,
    step_id: ApprovalStepId,
) -> Result<Option<Content>> {
    let Some((run, _)) = whole_step(conn, step_id)? else { return Ok(None) };
    if run.run.state != RunState::Pending {
        return Ok(None);
    }
    let Some((offer, pursuit)) = subject(conn, &run)? else { return Ok(None) };
    content(conn, &reader.in_absence(), &offer, pursuit)
}

/// The mails of `approval_run.approved`, which say that an offer can go out: to whoever submitted
/// it, and whoever drives the debrief that it rests on.
pub(super) fn owed_for_approval(
    conn: &mut Conn,
    run_id: ApprovalRunId,
    actor: Option<AnyId>,
) -> Result<Vec<Owed>> {
    let Some(run) = approvals::whole(conn, run_id)? else { return Ok(Vec::new()) };
    let Some((offer, _)) = subject(conn, &run)? else { return Ok(Vec::new()) };
    let driver = debriefs::driver_of(conn, offer.decision_id)?;
    let told = all_but_the_actor(run.run.started_by.into_iter().chain(driver), actor);
    Ok(at_once(MailKind::OfferApproved, told))
}

/// What the mail `offer_approved` says; none when the offer went on, or has other terms by now.
pub(super) fn offer_approved(
    conn: &mut Conn,
    reader: &User,
    run_id: ApprovalRunId,
) -> Result<Option<Content>> {
    let Some(run) = approvals::whole(conn, run_id)? else { return Ok(None) };
    let Some((offer, pursuit)) = subject(conn, &run)? else { return Ok(None) };
    if run.run.state != RunState::Approved || offer.state != OfferState::Approved {
        return Ok(None);
    }
    content(conn, &reader.in_absence(), &offer, pursuit)
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

/// What such a mail says; none to somebody who may not read the offer.
fn content(
    conn: &mut Conn,
    actor: &Actor,
    offer: &Offer,
    pursuit: Pursuit,
) -> Result<Option<Content>> {
    let standing = access::standing(conn, actor, pursuit.application_id)?;
    let scope = Scope::on_job(offer.id, pursuit.job_id).standing(standing);
    if !access::may(conn, actor, Action::ReadOffer, &scope)? {
        return Ok(None);
    }
    let candidate = candidates::find(conn, pursuit.candidate_id)?;
    let job = jobs::find(conn, pursuit.job_id)?;
    let mut facts = Map::new();
    let mut say = |key: &str, text: String| facts.insert(key.to_owned(), Value::String(text));
    say("candidate_name", candidate.map(|candidate| candidate.name).unwrap_or_default());
    say("job_title", job.map(|job| job.title).unwrap_or_default());
    let path = format!("/api/v1/offers/{}", offer.id);
    Ok(Some(Content {
        path,
        application_id: Some(offer.application_id),
        capability: None,
        facts,
        calendar: None,
    }))
}
