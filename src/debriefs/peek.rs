//! The decider's look at the cards before they are revealed: for a reason, and in sight of the panel.

use super::commands;
use super::store::{self, Peek};
use super::{DebriefState, DebriefWay};
use crate::access::{self, Action, Actor};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result};
use crate::events::{EventKind, record};
use crate::ids::DebriefId;
use crate::loops::{Illegal, Place};

/// Unseals the cards that are in, and those that come, to the decider of a debrief that still gathers.
/// Everybody who may read the debrief sees that they looked; the reason is shown to those who owe
/// nothing.
///
/// # Errors
/// `forbidden` for everybody but the named decider, and for a decider who sits on a panel of the
/// application: they wait for the reveal like the others. `illegal_transition` once the cards are
/// revealed, `already_exists`.
pub fn peek(tx: &mut Tx<'_>, actor: &Actor, id: DebriefId, reason: String) -> Result<DebriefId> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, before.application_id)?;
    dialect::lock(tx.conn, Root::Debrief, id.any())?;
    let debrief = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, standing) = place.scope(tx.conn, actor, id)?;
    let permit = access::permit(tx.conn, actor, Action::Decide, &scope)?;
    if debrief.decider_id != actor.user_id {
        return Err(Error::new(Code::Forbidden, "Only the named decider looks before the reveal."));
    }
    if standing.panelist {
        let detail = "You sit on a panel of this application, and wait for the reveal.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    if debrief.way == DebriefWay::Light {
        return Err(commands::decided_lightly());
    }
    match debrief.state {
        DebriefState::Planned | DebriefState::Gathering | DebriefState::Stalled
            if debrief.revealed_at.is_none() => {}
        DebriefState::Planned
        | DebriefState::Gathering
        | DebriefState::Stalled
        | DebriefState::Revealed
        | DebriefState::Discussing
        | DebriefState::Deciding
        | DebriefState::DissentWindow
        | DebriefState::Decided
        | DebriefState::Closed
        | DebriefState::Cancelled => {
            let (from, command) = (debrief.state.as_str(), "be looked at early");
            return Err(Illegal { from, command }.into());
        }
    }
    let row = Peek {
        id: tx.id(),
        debrief_id: id,
        user_id: actor.user_id,
        reason,
        occurred_at: tx.occurred_at(),
    };
    store::insert_peek(tx, &permit.extend_to(row.id), &row)?;
    let event = place.event(EventKind::DebriefPeeked, id).id("loop_id", debrief.loop_id);
    record(tx, &permit, &event)?;
    Ok(id)
}
