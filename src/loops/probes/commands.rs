//! Asking for what nobody covered, and taking it back.

use super::api::AskProbe;
use super::store::{self, LoopProbe};
use crate::access::{Action, Actor};
use crate::db::Tx;
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::{LoopId, LoopProbeId};
use crate::interviews;
use crate::loops::{Illegal, Place, store as loops};

/// How many probes of a loop are open at a time.
const OPEN_MAX: usize = 10;

/// Asks the panels of a loop, or of one interview, to cover an attribute.
///
/// # Errors
/// `invalid` for an attribute that the loop's rubrics do not have, an interview of another loop, or too
/// many probes; `already_exists` for one that is open; `illegal_transition` for an interview that took
/// place or was called off, and for an application that ended.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loop_id: LoopId,
    input: &AskProbe,
) -> Result<LoopProbeId> {
    let found = loops::find(tx.conn, loop_id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, found.application_id)?;
    let id: LoopProbeId = tx.id();
    let permit = place.permit(tx, actor, Action::AskProbe, id)?;
    place.require_active()?;
    if !store::is_judged_in(tx.conn, loop_id, input.attribute_id)? {
        return Err(Error::unknown_reference("/attribute_id"));
    }
    if let Some(interview_id) = input.interview_id {
        let interview = interviews::store::find(tx.conn, interview_id)?;
        let interview = interview.filter(|row| row.loop_id == loop_id);
        let interview = interview.ok_or_else(|| Error::unknown_reference("/interview_id"))?;
        if interview.state.is_off() || interview.completed_at.is_some() {
            let from = interview.state.as_str();
            return Err(Illegal { from, command: "be asked to cover more" }.into());
        }
    }
    let open = store::open_of(tx.conn, loop_id)?;
    let asked = (input.attribute_id, input.interview_id);
    if open.iter().any(|probe| (probe.attribute_id, probe.interview_id) == asked) {
        return Err(Error::new(Code::AlreadyExists, "This was asked for already."));
    }
    if open.len() >= OPEN_MAX {
        let detail = format!("At most {OPEN_MAX} probes of a loop are open at a time.");
        return Err(Error::invalid("", "too_many", detail));
    }
    let row = LoopProbe {
        id,
        loop_id,
        application_id: found.application_id,
        interview_id: input.interview_id,
        attribute_id: input.attribute_id,
        asked_by: actor.user_id,
        asked_at: tx.occurred_at(),
        withdrawn_by: None,
        withdrawn_at: None,
    };
    store::insert(tx, &permit, &row)?;
    let event = place
        .event(EventKind::LoopProbeAsked, id)
        .id("loop_id", loop_id)
        .id("attribute_id", input.attribute_id);
    record(tx, &permit, &event)?;
    Ok(id)
}

/// Takes a probe back.
///
/// # Errors
/// `illegal_transition` for one that was taken back before.
pub(super) fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: LoopProbeId) -> Result<LoopProbeId> {
    let seen = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, seen.application_id)?;
    let permit = place.permit(tx, actor, Action::AskProbe, id)?;
    let (_, standing) = place.scope(tx.conn, actor, id)?;
    let probe = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if standing.panelist && probe.asked_by != actor.user_id {
        return Err(Error::not_found());
    }
    if probe.withdrawn_at.is_some() {
        return Err(Illegal { from: "withdrawn", command: "be withdrawn" }.into());
    }
    let at = tx.occurred_at();
    store::withdraw(tx, &permit, id, actor.user_id, at)?;
    let event = place.event(EventKind::LoopProbeWithdrawn, id).id("loop_id", probe.loop_id);
    record(tx, &permit, &event)?;
    Ok(id)
}
