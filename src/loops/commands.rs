//! Starting loops.

use super::api::StartLoop;
use super::store::{self, Loop};
use super::templates::KitKind;
use super::templates::store::{self as templates, Kit};
use super::{LoopState, Place};
use crate::access::{Action, Actor, Permit};
use crate::db::{Conn, Tx};
use crate::debriefs::store::Plan;
use crate::debriefs::{self, Debrief, DebriefWay};
use crate::error::{Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{ApplicationId, InterviewId, LoopId, UserId};
use crate::interviews::{self, InterviewState};
use crate::organization::settings::{self, Policy, RecruiterView, Reveal};
use crate::pipelines::{self, StageDecision};
use crate::rubrics::VersionState;

/// The policy that the debrief of a loop pinned.
pub fn pinned_policy(conn: &mut Conn, id: LoopId) -> Result<Policy> {
    let pinned = debriefs::store::newest_of_loop(conn, id)?;
    let pinned = pinned.ok_or_else(|| Error::internal("a loop has no debrief"))?;
    settings::store::policy_of(conn, pinned.settings_version_id)
}

/// Starts a published template version for an active application, in the stage where it stands.
///
/// # Errors
/// `invalid` for an unknown or unpublished version, for people who are not active, and for what a stage that
/// is decided lightly has no room for: more than one kit, and somebody who has to agree;
/// `illegal_transition` for an application that ended.
pub fn start(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application_id: ApplicationId,
    input: &StartLoop,
) -> Result<LoopId> {
    let place = Place::lock(tx, application_id)?;
    let id: LoopId = tx.id();
    let permit = place.permit(tx, actor, Action::StartLoop, id)?;
    place.require_active()?;
    let version = templates::find_version(tx.conn, input.loop_template_version_id)?
        .ok_or_else(|| Error::unknown_reference("/loop_template_version_id"))?;
    match version.state {
        VersionState::Published => {}
        VersionState::Draft => {
            let detail = "Publish the version before a loop is started with it.";
            return Err(Error::invalid("/loop_template_version_id", "not_published", detail));
        }
    }
    place.require_judge(tx, "/decider_id", input.decider_id)?;
    place.require_judge(tx, "/driver_id", input.driver_id)?;
    debriefs::check_agreers(
        tx,
        &place,
        input.decider_id,
        "/agree_required",
        &input.agree_required,
    )?;
    let way = way(tx, &place, input)?;
    begin(tx, &permit, &place, (Some(actor.user_id), way), input)
}

/// How the debrief of a loop in this stage is decided.
fn way(tx: &mut Tx<'_>, place: &Place, input: &StartLoop) -> Result<DebriefWay> {
    let stage = pipelines::store::find(tx.conn, place.stage_id)?.ok_or_else(Error::not_found)?;
    match stage.decision {
        StageDecision::None | StageDecision::Debrief => return Ok(DebriefWay::Written),
        StageDecision::Light => {}
    }
    let kits = templates::kits_of(tx.conn, input.loop_template_version_id)?;
    let has_card = |kit: &Kit| kit.kind != KitKind::ExternalAssessment;
    if kits.len() != 1 || !kits.iter().all(has_card) {
        let detail =
            "This stage is decided on one card; start a template with one kit that has one.";
        return Err(Error::invalid("/loop_template_version_id", "not_one_kit", detail));
    }
    if !input.agree_required.is_empty() {
        let detail = "This stage is decided by one person.";
        return Err(Error::invalid("/agree_required", "decided_lightly", detail));
    }
    Ok(DebriefWay::Light)
}

/// The same once it is permitted and checked: the loop, an interview per kit, the first round of
/// the debrief.
pub fn begin(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    (started_by, way): (Option<UserId>, DebriefWay),
    input: &StartLoop,
) -> Result<LoopId> {
    let (id, now): (LoopId, _) = (permit.subject().id.typed(), tx.now());
    let row = Loop {
        id,
        application_id: place.application_id,
        loop_template_version_id: input.loop_template_version_id,
        stage_id: place.stage_id,
        state: LoopState::Running,
        started_by,
        started_at: tx.occurred_at(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    let kits = templates::kits_of(tx.conn, input.loop_template_version_id)?;
    let planned: Vec<_> = kits.iter().map(|kit| interview(tx, place, id, kit)).collect();
    interviews::store::insert_all(tx, permit, &planned)?;
    let debrief = first_round(tx, place, (id, way), input)?;
    debriefs::store::insert(tx, permit, &debrief)?;
    debriefs::store::agreement::name_agreers(tx, permit, debrief.id, &input.agree_required)?;
    let event = place
        .event(EventKind::LoopStarted, id)
        .id("loop_template_version_id", input.loop_template_version_id)
        .id("debrief_id", debrief.id)
        .id("decider_id", input.decider_id)
        .id("driver_id", input.driver_id);
    record(tx, permit, &event)?;
    Ok(id)
}

/// Adds an interview by a kit of its template to a loop that runs.
pub fn add_interview(
    tx: &mut Tx<'_>,
    permit: &Permit,
    place: &Place,
    loop_id: LoopId,
    kit: &Kit,
) -> Result<InterviewId> {
    let row = interview(tx, place, loop_id, kit);
    let id = row.id;
    interviews::store::insert_all(tx, permit, &[row])?;
    Ok(id)
}

fn interview(
    tx: &mut Tx<'_>,
    place: &Place,
    loop_id: LoopId,
    kit: &Kit,
) -> interviews::store::Interview {
    let now = tx.now();
    interviews::store::Interview {
        id: tx.id(),
        loop_id,
        application_id: place.application_id,
        kit_id: kit.id,
        state: InterviewState::Draft,
        starts_at: None,
        ends_at: None,
        time_zone: None,
        meeting_url: None,
        room_of_id: None,
        location: None,
        dial_in: None,
        schedule_sequence: 0,
        completed_at: None,
        cancelled_at: None,
        cancelled_reason: None,
        absent: None,
        schedule_reason: None,
        override_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

fn first_round(
    tx: &mut Tx<'_>,
    place: &Place,
    (loop_id, way): (LoopId, DebriefWay),
    input: &StartLoop,
) -> Result<Debrief> {
    let (settings_version_id, policy) = settings::store::current(tx.conn)?;
    let plan = Plan {
        application_id: place.application_id,
        loop_id,
        round: 1,
        decider_id: input.decider_id,
        driver_id: input.driver_id,
        settings_version_id,
        reveals_early: policy.reveal == Reveal::Early,
        shows_recruiters: policy.recruiter_sees == RecruiterView::Text,
        way,
    };
    Ok(Debrief::planned(tx, plan))
}
