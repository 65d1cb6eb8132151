//! Adding and changing departments.

use super::api::{CreateDepartment, UpdateDepartment};
use super::store::{self, Department};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::{Event, EventKind, record};
use crate::ids::DepartmentId;

/// Adds a department as an actor asks.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateDepartment,
) -> Result<DepartmentId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    check_parent(tx, id, input.parent_id)?;
    add(tx, &permit, id, input.name.to_text(), input.parent_id)?;
    Ok(id)
}

/// Adds a department below one that exists.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: DepartmentId,
    name: String,
    parent_id: Option<DepartmentId>,
) -> Result<()> {
    let now = tx.now();
    let row = Department {
        id,
        name,
        parent_id,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::DepartmentCreated, id.into()))?;
    Ok(())
}

/// Changes a department.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DepartmentId,
    expected: Option<i64>,
    input: &UpdateDepartment,
) -> Result<DepartmentId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    if expected.is_some_and(|version| version != row.version) {
        return Err(Error::stale());
    }
    let mut changed = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.to_text();
        changed.push("name");
    }
    if let Some(parent_id) = input.parent_id {
        check_parent(tx, id, parent_id)?;
        row.parent_id = parent_id;
        changed.push("parent_id");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::DepartmentUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// How deep the tree may be.
const DEPTH_MAX: usize = 20;

/// The parent exists, and going up from it never meets the department itself.
fn check_parent(tx: &mut Tx<'_>, id: DepartmentId, parent_id: Option<DepartmentId>) -> Result<()> {
    let mut above = parent_id;
    for _ in 0..DEPTH_MAX {
        let Some(next) = above else { return Ok(()) };
        if next == id {
            return Err(Error::invalid(
                "/parent_id",
                "cycle",
                "A department cannot lie below itself.",
            ));
        }
        let row =
            store::find(tx.conn, next)?.ok_or_else(|| Error::unknown_reference("/parent_id"))?;
        above = row.parent_id;
    }
    Err(Error::invalid("/parent_id", "too_deep", "The tree is at most 20 levels deep."))
}
