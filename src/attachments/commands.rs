//! Attaching and removing files.

use super::AttachmentKind;
use super::model::{CANDIDATE_MAX, NewFile, SCORECARD_MAX, VERSION};
use super::seen;
use super::store::{self, Attachment};
use crate::access::{self, Action, Actor, Permit, candidate_scope};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Audience, Event, EventKind, record};
use crate::ids::{AnyId, AttachmentId, CandidateId, ScorecardId};
use crate::loops::Place;
use crate::scorecards::commands::lock_draft;

/// A file, and what it is.
#[derive(Debug, Clone)]
pub struct ToAttach {
    /// What it is.
    pub kind: AttachmentKind,
    /// The file.
    pub file: NewFile,
}

/// Attaches a file to a candidate.
///
/// # Errors
/// `not_found`, `forbidden`; `illegal_transition` when there are as many as there may be.
pub fn attach_to_candidate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CandidateId,
    input: &ToAttach,
) -> Result<AttachmentId> {
    lock(tx.conn, Root::Candidate, id.any())?;
    let scope = candidate_scope(tx.conn, actor, id)?;
    let permit = access::permit(tx.conn, actor, Action::ManageAttachments, &scope)?;
    require_room(store::count_of_candidate(tx.conn, id)?, CANDIDATE_MAX, "A candidate")?;
    let row = insert(tx, &permit, actor.reader_id(), (id, None), input)?;
    record(tx, &permit.extend_to(row.id), &of_candidate(EventKind::AttachmentAdded, &row))?;
    Ok(row.id)
}

/// Attaches a file to a candidate who sent it themselves, and has none yet.
pub fn attach_as_candidate(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: CandidateId,
    input: &ToAttach,
) -> Result<AttachmentId> {
    let row = insert(tx, permit, id.any(), (id, None), input)?;
    record(tx, &permit.extend_to(row.id), &of_candidate(EventKind::AttachmentAdded, &row))?;
    Ok(row.id)
}

/// Attaches a file to the author's draft.
///
/// # Errors
/// `illegal_transition` once the card is in, the interview was called off, or when there are as many as
/// there may be; `not_found`, `forbidden`.
pub fn attach_to_scorecard(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ScorecardId,
    input: &ToAttach,
) -> Result<AttachmentId> {
    let (permit, place) = lock_draft(tx, actor, id)?;
    require_room(store::count_of_card(tx.conn, id)?, SCORECARD_MAX, "A scorecard")?;
    let row = insert(tx, &permit, actor.reader_id(), (place.candidate_id, Some(id)), input)?;
    let event = of_card(EventKind::AttachmentAdded, &row, &place, id);
    record(tx, &permit.extend_to(row.id), &event)?;
    Ok(row.id)
}

/// Removes a file, and what it holds where no other file has it.
///
/// # Errors
/// `illegal_transition` for a file on a card that is in, `forbidden`, `not_found`, `stale`.
pub fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AttachmentId,
    expected: Option<i64>,
) -> Result<AttachmentId> {
    let row = seen::find(tx.conn, actor, id)?.found.row;
    let (permit, event) = if let Some(card) = row.scorecard_id {
        let (permit, place) = lock_draft(tx, actor, card)?;
        (permit, of_card(EventKind::AttachmentRemoved, &row, &place, card))
    } else {
        lock(tx.conn, Root::Candidate, row.candidate_id.any())?;
        let scope = candidate_scope(tx.conn, actor, row.candidate_id)?;
        let permit = access::permit(tx.conn, actor, Action::ManageAttachments, &scope)?;
        (permit, of_candidate(EventKind::AttachmentRemoved, &row))
    };
    check_version(expected, VERSION)?;
    let permit = permit.extend_to(id);
    store::remove(tx, &permit, &row, actor.reader_id())?;
    record(tx, &permit, &event)?;
    Ok(id)
}

fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    uploaded_by: AnyId,
    (candidate_id, scorecard_id): (CandidateId, Option<ScorecardId>),
    input: &ToAttach,
) -> Result<Attachment> {
    let id: AttachmentId = tx.id();
    let file = &input.file;
    let row = Attachment {
        id,
        candidate_id,
        scorecard_id,
        kind: input.kind,
        file_name: file.name.clone(),
        media_type: file.media_type,
        size_bytes: i64::try_from(file.sent.bytes.len()).map_err(Error::internal)?,
        sha256: Some(file.sent.sha256.to_vec()),
        uploaded_by,
        created_at: tx.now(),
        removed_by: None,
        removed_at: None,
    };
    store::insert(tx, &permit.extend_to(id), &row, file)?;
    Ok(row)
}

fn of_candidate(kind: EventKind, row: &Attachment) -> Event {
    Event::new(kind, row.id.into()).candidate(row.candidate_id).code("kind", row.kind.as_str())
}

fn of_card(kind: EventKind, row: &Attachment, place: &Place, card: ScorecardId) -> Event {
    let event = place.event(kind, row.id).id("scorecard_id", card);
    event.code("kind", row.kind.as_str()).only_for(Audience::Sealed)
}

fn require_room(there: i64, most: i64, what: &str) -> Result<()> {
    if there < most {
        return Ok(());
    }
    Err(Error::new(Code::IllegalTransition, format!("{what} has at most {most} files.")))
}
