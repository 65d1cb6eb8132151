//! Another round of a debrief on the page: where it goes on, and how one is begun.

use serde::Serialize;

use super::packet::Packet;
use crate::access::{self, Action, Actor};
use crate::applications::ApplicationStatus;
use crate::db::Conn;
use crate::debriefs::api::BeginRound;
use crate::debriefs::store::round;
use crate::debriefs::{DebriefState, DebriefWay, Evidence, words};
use crate::error::{Error, Result};
use crate::ids::DebriefId;
use crate::loops::Place;
use crate::pages::form::Form;

/// The fields of the form, in the order of the page.
pub(super) const FIELDS: [(&str, &str); 2] =
    [("evidence", "What became known"), ("round_reason", "What it says, and why you decide again")];

/// What becomes of a decision that stands.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Rounds {
    /// The round that followed.
    pub(super) next: Option<DebriefId>,
    /// Whether the reader can begin one.
    pub(super) begins: bool,
}

/// Whether a decision that stands is decided again, or can be; the reader owes no card.
pub(super) fn rounds(conn: &mut Conn, actor: &Actor, packet: &Packet) -> Result<Rounds> {
    let debrief = &packet.debrief;
    let stands = matches!(debrief.state, DebriefState::Decided | DebriefState::Closed);
    if !stands || debrief.way == DebriefWay::Light {
        return Ok(Rounds::default());
    }
    if let Some(next) = round::following(conn, debrief.id)? {
        return Ok(Rounds { next: Some(next), begins: false });
    }
    let place = Place::of(conn, debrief.application_id)?.ok_or_else(Error::not_found)?;
    let (scope, _) = place.scope(conn, actor, debrief.id)?;
    let drives = access::may(conn, actor, Action::DriveDebrief, &scope)?;
    Ok(Rounds { next: None, begins: drives && place.status == ApplicationStatus::Active })
}

/// What the template reads of it.
#[derive(Serialize)]
pub(super) struct Again {
    /// Where the next round is.
    next: Option<String>,
    begins: bool,
    evidence: Vec<(&'static str, &'static str)>,
}

/// What the page offers.
pub(super) fn again(packet: &Packet) -> Again {
    Again {
        next: packet.rounds.next.map(super::path_of),
        begins: packet.rounds.begins,
        evidence: Evidence::ALL.iter().map(|one| (one.as_str(), words::evidence(*one))).collect(),
    }
}

/// The round that a form begins, by the people of the one before; none when something does not fit, which is
/// then marked.
pub(super) fn beginning(form: &mut Form) -> Option<BeginRound> {
    let evidence = form.field("evidence");
    let reason = form.field("round_reason");
    Some(BeginRound { evidence: evidence?, reason: reason?, decider_id: None, driver_id: None })
}
