//! Writing, handing in and reading scorecards.

mod draft;
mod on_behalf;
mod reads;
mod revise;
mod submit;

pub(crate) use draft::check_ratings;
pub use draft::{save, start};
pub use on_behalf::submit_for;
pub use reads::note_reads;
pub use revise::revise;
pub use submit::submit;

use super::model::ScorecardCommand;
use super::seen::{self, Filter};
use super::store::{self, Placed};
use crate::access::{self, Action, Actor, Permit, Relation, Scope};
use crate::db::dialect::{self, Root};
use crate::db::{Conn, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::ScorecardId;
use crate::interviews::store::{self as interviews, Panelist};
use crate::loops::{Illegal, Place};

impl Placed {
    /// Where the card stands.
    fn place(&self) -> Place {
        Place {
            application_id: self.card.application_id,
            job_id: self.job_id,
            candidate_id: self.candidate_id,
            stage_id: self.stage_id,
            status: self.status,
        }
    }
}

/// The actor's own card, of the version that they read.
///
/// # Errors
/// `not_found` for a card that the actor cannot see, `forbidden` for one of somebody else, `stale`.
fn find_own(conn: &mut Conn, actor: &Actor, id: ScorecardId, expected: i64) -> Result<Placed> {
    let placed = find_authored(conn, actor, id)?;
    if placed.card.version == expected { Ok(placed) } else { Err(Error::stale()) }
}

/// The same of whatever version.
fn find_authored(conn: &mut Conn, actor: &Actor, id: ScorecardId) -> Result<Placed> {
    let placed = store::find_placed(conn, id)?.ok_or_else(Error::not_found)?;
    if placed.card.author_id != actor.user_id {
        let one = Filter { id: Some(id), limit: 1, ..Filter::default() };
        let seen = seen::cards(conn, actor, &one)?;
        return Err(if seen.is_empty() { Error::not_found() } else { not_yours() });
    }
    Ok(placed)
}

/// The actor's own draft, which stays one until the end of the transaction: to attach files to it, or
/// remove them.
///
/// # Errors
/// `not_found` for a card that the actor cannot see, `forbidden` for one of somebody else or after they
/// were removed from the panel, `illegal_transition` once it is in or the interview was called off.
pub(crate) fn lock_draft(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ScorecardId,
) -> Result<(Permit, Place)> {
    let place = find_authored(tx.conn, actor, id)?.place();
    dialect::lock(tx.conn, Root::Application, place.application_id.any())?;
    let placed = find_authored(tx.conn, actor, id)?;
    let (permit, _) = permit_author(tx, actor, &placed)?;
    placed.card.state.apply(ScorecardCommand::Attach)?;
    Ok((permit, place))
}

/// The permit of an author who still sits on the interview.
///
/// # Errors
/// `forbidden` for an author who was removed from the panel; the draft stays theirs to read.
/// `illegal_transition` for an interview that was called off.
fn permit_author(tx: &mut Tx<'_>, actor: &Actor, placed: &Placed) -> Result<(Permit, Panelist)> {
    let found = interviews::seat_and_state(tx.conn, placed.card.interview_id, actor.user_id)?;
    let removed = || Error::new(Code::Forbidden, "You are no longer on this panel.");
    let (seat, state) = found.ok_or_else(removed)?;
    if state.is_off() {
        return Err(Illegal { from: state.as_str(), command: "be judged" }.into());
    }
    let scope = Scope::of(placed.card.id).related([Relation::Panelist]);
    Ok((access::permit(tx.conn, actor, Action::WriteScorecard, &scope)?, seat))
}

fn not_yours() -> Error {
    Error::new(Code::Forbidden, "A scorecard is written by its author alone.")
}
