//! How a debrief goes on: by itself when something in its loop changed or a deadline passed, and by what
//! its people do.

mod agree;
mod decide;
mod discuss;
mod drive;
mod life;
mod light;
mod round;
mod signal;

pub(super) use agree::agreers_changed;
pub(crate) use agree::check_agreers;
pub use agree::{agree, name_agreers, propose};
pub use decide::{decide, dissenters};
pub use discuss::{ballot, respond, state};
pub use drive::{call_meeting, extend, force, hold_meeting, inform};
pub use life::{asked, evaluate, is_closed, receive, wake};
pub use light::decide_lightly;
pub use round::begin_round;
pub use signal::ask_for_signal;

use super::seen::sealed_phase;
use super::store::{self, Debrief};
use super::{DebriefState, DebriefWay};
use crate::access::{Action, Actor, Permit, Standing};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result};
use crate::ids::DebriefId;
use crate::loops::{Illegal, Place};

/// A debrief under its lock, with what the actor may do to it.
struct Held {
    place: Place,
    debrief: Debrief,
    permit: Permit,
    standing: Standing,
}

/// The same for what only a debrief in writing knows.
///
/// # Errors
/// `not_found`, `forbidden`; `illegal_transition` where it is decided lightly.
fn hold_written(tx: &mut Tx<'_>, actor: &Actor, id: DebriefId, action: Action) -> Result<Held> {
    let held = hold(tx, actor, id, action)?;
    match held.debrief.way {
        DebriefWay::Written => Ok(held),
        DebriefWay::Light => Err(decided_lightly()),
    }
}

/// A light debrief knows advancing and declining, and nothing else that comes after its card.
pub(super) fn decided_lightly() -> Error {
    let detail = "It is decided lightly: its decider advances or declines, with a reason.";
    Error::new(Code::IllegalTransition, detail)
}

/// Locks a debrief for somebody who may do this to it.
///
/// # Errors
/// `not_found` or `forbidden`.
fn hold(tx: &mut Tx<'_>, actor: &Actor, id: DebriefId, action: Action) -> Result<Held> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, before.application_id)?;
    dialect::lock(tx.conn, Root::Debrief, id.any())?;
    let debrief = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let (scope, standing) = place.scope(tx.conn, actor, id)?;
    let permit = crate::access::permit(tx.conn, actor, action, &scope)?;
    // To whoever owes a card there is one round.
    if standing.owes && debrief.round > 1 {
        return Err(Error::not_found());
    }
    Ok(Held { place, debrief, permit, standing })
}

impl Held {
    /// Refuses whoever owes a card for the application: to them it still gathers, whatever it does.
    ///
    /// # Errors
    /// `forbidden`.
    fn require_nothing_owed(&self) -> Result<()> {
        if self.standing.owes {
            let detail = "You owe a scorecard for this application; hand it in first.";
            return Err(Error::new(Code::Forbidden, detail));
        }
        Ok(())
    }

    /// Refuses what was not asked of the version that stands.
    ///
    /// # Errors
    /// `stale`.
    fn require_version(&self, expected: i64) -> Result<()> {
        let (_, version) = self.shown();
        if version == expected { Ok(()) } else { Err(Error::stale()) }
    }

    /// The state and version that the actor is shown.
    fn shown(&self) -> (DebriefState, i64) {
        if !self.standing.owes {
            return (self.debrief.state, self.debrief.version);
        }
        let phase = sealed_phase(self.debrief.gathering_at, self.debrief.created_at);
        (phase.state, phase.version)
    }

    /// What cannot be done from where the debrief stands.
    fn illegal(&self, command: &'static str) -> Error {
        Illegal { from: self.debrief.state.as_str(), command }.into()
    }
}
