//! Tagging candidates.

use std::collections::HashSet;

use super::api::ReplaceTags;
use super::store;
use crate::access::{Action, Actor, candidate_scope, permit};
use crate::candidates::store as candidates;
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, FieldError, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::{CandidateId, TagId};
use crate::organization::{settings, tags};

/// Gives a candidate these tags in place of the ones before. An archived tag may stay, not come.
pub(in crate::candidates) fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CandidateId,
    expected: Option<i64>,
    input: &ReplaceTags,
) -> Result<CandidateId> {
    settings::store::hold(tx)?;
    lock(tx.conn, Root::Candidate, id.any())?;
    let scope = candidate_scope(tx.conn, actor, id)?;
    let permit = permit(tx.conn, actor, Action::ManageCandidate, &scope)?;
    let row = candidates::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let before = store::of(tx.conn, &[id])?.remove(&id).unwrap_or_default();
    let mut known = tags::store::usable_among(tx.conn, &input.tag_ids)?;
    known.extend(before.into_iter().map(|(tag_id, _)| tag_id));
    check(&input.tag_ids, &known)?;
    candidates::save(tx, &permit, &row)?;
    store::replace(tx, &permit, id, &input.tag_ids)?;
    let event = Event::new(EventKind::CandidateUpdated, id.into()).candidate(id);
    record(tx, &permit, &event.changed(&["tags"]))?;
    Ok(id)
}

/// Each tag is known and named once.
fn check(ids: &[TagId], known: &HashSet<TagId>) -> Result<()> {
    let (mut seen, mut wrong) = (HashSet::new(), Vec::new());
    for (index, id) in ids.iter().enumerate() {
        let pointer = format!("/tag_ids/{index}");
        if !seen.insert(*id) {
            wrong.push(FieldError::body(pointer, "duplicate", "It stands in the list already."));
        } else if !known.contains(id) {
            wrong.push(FieldError::body(
                pointer,
                "unknown_reference",
                "There is no such tag in use.",
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid_fields(wrong)) }
}
