//! Finding out more before it is decided.

use super::life::{go_on, take};
use super::{Held, hold_written};
use crate::access::{Action, Actor};
use crate::db::Tx;
use crate::debriefs::api::AskForSignal;
use crate::debriefs::model::DebriefCommand;
use crate::debriefs::store::signal::{self, SignalRequest};
use crate::error::{Error, Result};
use crate::events::{EventKind, record};
use crate::ids::DebriefId;
use crate::loops;
use crate::loops::templates::KitKind;
use crate::loops::templates::store::{self as templates, Kit};

/// Adds an interview to the loop of a debrief that is before its decider, to find out more about an
/// attribute, and waits for its card alone. Whoever owes none goes on reading the others; the new panel is
/// sealed as every panel. Once the card is in, the debrief is revealed again.
///
/// # Errors
/// `forbidden` for whoever owes a card; `stale`; `illegal_transition` unless it is before its decider;
/// `already_exists` for the second time in a round; `invalid` for an attribute that the loop does not judge,
/// and for a kit of another loop, or one that does not judge it.
pub fn ask_for_signal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebriefId,
    expected: i64,
    input: &AskForSignal,
) -> Result<DebriefId> {
    let mut held = hold_written(tx, actor, id, Action::DriveDebrief)?;
    held.require_nothing_owed()?;
    held.require_version(expected)?;
    held.debrief.state.apply(DebriefCommand::AskMore)?;
    let kit = kit(tx, &held, input)?;
    let loop_id = held.debrief.loop_id;
    let interview_id = loops::add_interview(tx, &held.permit, &held.place, loop_id, &kit)?;
    let row = SignalRequest {
        id: tx.id(),
        debrief_id: id,
        attribute_id: input.attribute_id,
        interview_id,
        reason: input.reason.to_text(),
        user_id: actor.user_id,
        occurred_at: tx.occurred_at(),
    };
    signal::insert(tx, &held.permit, &row)?;
    let permit = held.permit.extend_to(interview_id);
    let event = held.place.event(EventKind::InterviewAdded, interview_id);
    record(tx, &permit, &event.id("loop_id", loop_id))?;
    take(tx, &held.permit, &held.place, &mut held.debrief, DebriefCommand::AskMore)?;
    go_on(tx, &held.permit, &held.place, held.debrief)
}

/// The kit of the loop's template by which the attribute is judged: the one that is named, or the first that
/// somebody holds.
fn kit(tx: &mut Tx<'_>, held: &Held, input: &AskForSignal) -> Result<Kit> {
    let judged = loops::store::find(tx.conn, held.debrief.loop_id)?.ok_or_else(Error::not_found)?;
    let mut kits = templates::kits_of(tx.conn, judged.loop_template_version_id)?;
    let ids: Vec<_> = kits.iter().map(|kit| kit.id).collect();
    let judging = templates::kit_attributes_of(tx.conn, &ids)?;
    let judging = judging.iter().filter(|one| one.attribute_id == input.attribute_id);
    let judging: Vec<_> = judging.map(|one| one.kit_id).collect();
    kits.retain(|kit| judging.contains(&kit.id));
    if kits.is_empty() {
        return Err(Error::unknown_reference("/attribute_id"));
    }
    if let Some(wanted) = input.kit_id {
        kits.retain(|kit| kit.id == wanted);
        return kits.pop().ok_or_else(|| Error::unknown_reference("/kit_id"));
    }
    // A panel finds out more; an external assessment does where there is nothing else.
    kits.sort_by_key(|kit| (kit.kind == KitKind::ExternalAssessment, kit.position));
    kits.into_iter().next().ok_or_else(Error::not_found)
}
