//! Adding and changing rubrics.

pub mod versions;

use super::Content;
use super::api::UpdateRubric;
use super::store::{self, Rubric};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::RubricId;

/// Adds a rubric with a draft of its first version.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, name: &str, content: &Content) -> Result<RubricId> {
    let id: RubricId = tx.id();
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    create_inner(tx, &permit, id, name, content)?;
    Ok(id)
}

/// Saves and records a new rubric with a draft of its first version; the permit is for the rubric.
/// Imports come in here.
pub fn create_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: RubricId,
    name: &str,
    content: &Content,
) -> Result<()> {
    let now = tx.now();
    let row = Rubric {
        id,
        name: name.to_owned(),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::RubricCreated, id.into()))?;
    versions::draft_inner(tx, permit, id, 1, content)?;
    Ok(())
}

/// Changes a rubric.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RubricId,
    expected: Option<i64>,
    input: &UpdateRubric,
) -> Result<RubricId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    lock(tx.conn, Root::Rubric, id.any())?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::RubricUpdated, id.into()).changed(&changed))?;
    Ok(id)
}
