//! Writing, changing and removing notes.

use std::collections::HashSet;

use super::api::{CreateNote, UpdateNote};
use super::store::{self, Note};
use crate::access::{self, Action, Actor, Permit, candidate_scope};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::ids::{CandidateId, NoteId, UserId};
use crate::users;

/// How many notes a candidate has at most.
const NOTES_MAX: i64 = 2000;

/// Writes a note about a candidate.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid` for somebody who is named and cannot act here;
/// `illegal_transition` when there are as many as there may be.
pub(super) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    candidate_id: CandidateId,
    input: &CreateNote,
) -> Result<NoteId> {
    lock(tx.conn, Root::Candidate, candidate_id.any())?;
    let scope = candidate_scope(tx.conn, actor, candidate_id)?;
    let id: NoteId = tx.id();
    let permit = access::permit(tx.conn, actor, Action::WriteNotes, &scope)?.extend_to(id);
    if store::count(tx.conn, candidate_id)? >= NOTES_MAX {
        let detail = format!("A candidate has at most {NOTES_MAX} notes.");
        return Err(Error::new(Code::IllegalTransition, detail));
    }
    check_mentions(tx, &input.mention_ids)?;
    let now = tx.now();
    let row = Note {
        id,
        candidate_id,
        author_id: actor.reader_id(),
        visibility: input.visibility,
        body: input.body.to_text(),
        removed_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &permit, &row, &input.mention_ids)?;
    record(tx, &permit, &event(EventKind::NoteAdded, &row))?;
    Ok(id)
}

/// Changes a note.
///
/// # Errors
/// `not_found`; `forbidden` for everybody but its author; `stale`; `invalid` as above.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: NoteId,
    expected: Option<i64>,
    input: &UpdateNote,
) -> Result<NoteId> {
    let (mut row, permit) = open(tx, actor, id, expected)?;
    let mut changes = Changes::default();
    let body = input.body.as_ref().map(crate::http::fields::Prose::to_text);
    changes.set("body", &mut row.body, body);
    changes.set("visibility", &mut row.visibility, input.visibility);
    if let Some(mentions) = &input.mention_ids {
        let before = store::mentions_of(tx.conn, id)?;
        if before != *mentions {
            check_mentions(tx, mentions)?;
            store::name(tx, &permit, id, mentions)?;
            changes.note("mention_ids");
        }
    }
    if changes.names().is_empty() {
        return Ok(id);
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::NoteUpdated, &row).changed(changes.names()))?;
    Ok(id)
}

/// Removes a note: its words and whom it names.
///
/// # Errors
/// `not_found`; `forbidden` for everybody but its author; `stale`.
pub(super) fn remove(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: NoteId,
    expected: Option<i64>,
) -> Result<NoteId> {
    let (mut row, permit) = open(tx, actor, id, expected)?;
    row.removed_at = Some(tx.now());
    row.body.clear();
    store::name(tx, &permit, id, &[])?;
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &event(EventKind::NoteRemoved, &row))?;
    Ok(id)
}

/// A note under the lock of its candidate, for its author.
fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: NoteId,
    expected: Option<i64>,
) -> Result<(Note, Permit)> {
    let before = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    lock(tx.conn, Root::Candidate, before.candidate_id.any())?;
    let scope = candidate_scope(tx.conn, actor, before.candidate_id)?;
    let found =
        super::api::readable_in(tx.conn, actor, &scope, id)?.ok_or_else(Error::not_found)?;
    let row = found.row;
    let permit = access::permit(tx.conn, actor, Action::WriteNotes, &scope)?.extend_to(id);
    if row.author_id != actor.reader_id() {
        return Err(Error::new(Code::Forbidden, "Only its author changes a note."));
    }
    check_version(expected, row.version)?;
    Ok((row, permit))
}

/// Everybody who is named works here and can act, and is named once.
fn check_mentions(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<()> {
    let known = users::store::responsible_among(tx.conn, ids)?;
    let (mut seen, mut wrong) = (HashSet::new(), Vec::new());
    for (index, id) in ids.iter().enumerate() {
        let pointer = format!("/mention_ids/{index}");
        if !seen.insert(*id) {
            wrong.push(FieldError::body(pointer, "duplicate", "They are named already."));
        } else if !known.contains(id) {
            let detail = "There is no such user who can act here.";
            wrong.push(FieldError::body(pointer, "unknown_reference", detail));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}

fn event(kind: EventKind, row: &Note) -> Event {
    let event = Event::new(kind, row.id.into()).candidate(row.candidate_id);
    event.code("visibility", row.visibility.as_str())
}
