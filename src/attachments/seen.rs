//! Files as somebody sees them. What one may not read is not there.

use super::AttachmentKind;
use super::store::{self, Found};
use crate::access::{Action, Actor, Holdings, candidate_scope, holdings};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{AttachmentId, CandidateId, ScorecardId};
use crate::scorecards::seen as cards;

/// A file that the actor may read.
pub struct Seen {
    /// The file.
    pub found: Found,
    /// The card whose reading must be noted before any of it is shown.
    pub unnoted: Option<ScorecardId>,
}

/// A file, if the actor may read it: one on a card as far as the card is open to them, one of the
/// candidate's own by its kind.
///
/// # Errors
/// `not_found`.
pub fn find(conn: &mut Conn, actor: &Actor, id: AttachmentId) -> Result<Seen> {
    let found = store::find(conn, id)?.ok_or_else(Error::not_found)?;
    let Some(card) = found.row.scorecard_id else {
        let scope = candidate_scope(conn, actor, found.row.candidate_id)?;
        let kinds = kinds(&holdings(conn, actor, &scope)?).map_err(|_hidden| Error::not_found())?;
        if !kinds.contains(&found.row.kind) {
            return Err(Error::not_found());
        }
        return Ok(Seen { found, unnoted: None });
    };
    let one = cards::Filter { id: Some(card), limit: 1, ..cards::Filter::default() };
    let card = cards::cards(conn, actor, &one)?.pop();
    let card = card.filter(|card| card.judgement.is_some()).ok_or_else(Error::not_found)?;
    let unnoted = card.must_be_noted(actor.user_id).then_some(card.id);
    Ok(Seen { found, unnoted })
}

/// The kinds of a candidate's files that somebody may read.
///
/// # Errors
/// `not_found` or `forbidden` when there are none.
pub fn kinds(holdings: &Holdings) -> Result<&'static [AttachmentKind]> {
    if holdings.allow(Action::ReadAttachments) {
        return Ok(AttachmentKind::ALL);
    }
    holdings.require(Action::ReadResume)?;
    Ok(AttachmentKind::FOR_PANELS)
}

/// What a panel reads of a candidate's files, newest first.
pub fn for_panel(
    conn: &mut Conn,
    actor: &Actor,
    id: CandidateId,
    page: &PageRequest,
) -> Result<Vec<Found>> {
    let scope = candidate_scope(conn, actor, id)?;
    if !holdings(conn, actor, &scope)?.allow(Action::ReadResume) {
        return Ok(Vec::new());
    }
    Ok(store::of_candidate(conn, id, AttachmentKind::FOR_PANELS, page)?)
}
