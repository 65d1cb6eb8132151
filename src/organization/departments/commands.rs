//! Adding, moving and archiving departments.

use super::api::{CreateDepartment, UpdateDepartment};
use super::model::{DEPTH_MAX, Misplaced};
use super::store::{self, Department};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{self, Root};
use crate::error::{Code, Error, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::{DepartmentId, UserId};
use crate::organization::settings;
use crate::users::leaving::{HandOver, ObligationKind};
use crate::{jobs, users};

/// Adds a department as an actor asks.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateDepartment,
) -> Result<DepartmentId> {
    let id = tx.id();
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    settings::store::hold(tx)?;
    check_head(tx, input.head_id)?;
    if let Some(parent_id) = input.parent_id {
        check_place(tx, id, parent_id)?;
    }
    insert(tx, &permit, id, input.name.to_text(), input.parent_id, input.head_id)?;
    Ok(id)
}

/// Adds a department that another system told of, at the top of the tree.
pub(crate) fn add(tx: &mut Tx<'_>, permit: &Permit, id: DepartmentId, name: String) -> Result<()> {
    insert(tx, permit, id, name, None, None)
}

fn insert(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: DepartmentId,
    name: String,
    parent_id: Option<DepartmentId>,
    head_id: Option<UserId>,
) -> Result<()> {
    let now = tx.now();
    let row = Department {
        id,
        name,
        parent_id,
        head_id,
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
///
/// # Errors
/// `still_in_use` when it is archived under a department in use or an open job; `not_ready` when it
/// would stand in use below one that is archived.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DepartmentId,
    expected: Option<i64>,
    input: &UpdateDepartment,
) -> Result<DepartmentId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    settings::store::hold(tx)?;
    dialect::lock(tx.conn, Root::Department, id.any())?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let was_in_use = row.archived_at.is_none();
    check_head(tx, input.head_id.flatten())?;
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("parent_id", &mut row.parent_id, input.parent_id);
    changes.set("head_id", &mut row.head_id, input.head_id);
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    if let Some(parent_id) = input.parent_id.flatten() {
        check_place(tx, id, parent_id)?;
    }
    match (was_in_use, row.archived_at.is_none(), row.parent_id) {
        (true, false, _) => check_unused(tx, id)?,
        (false, true, Some(parent_id)) if !store::is_usable(tx.conn, parent_id)? => {
            return Err(Error::new(Code::NotReady, "The department above it is archived."));
        }
        _ => {}
    }
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::DepartmentUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Holds a department that a job is about to be hung on, so that it is not archived meanwhile.
///
/// # Errors
/// `invalid` when there is none, or it is archived.
pub(crate) fn hold(tx: &mut Tx<'_>, id: Option<DepartmentId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    dialect::lock(tx.conn, Root::Department, id.any())?;
    if store::is_usable(tx.conn, id)? {
        return Ok(());
    }
    Err(Error::unknown_reference("/department_id"))
}

/// The parent is in use, the tree stays a tree, and not too deep a one.
fn check_place(tx: &mut Tx<'_>, id: DepartmentId, parent_id: DepartmentId) -> Result<()> {
    if !store::is_usable(tx.conn, parent_id)? {
        return Err(Error::unknown_reference("/parent_id"));
    }
    store::tree(tx.conn)?.check(id, parent_id).map_err(|misplaced| {
        let refused = |code, detail: String| Error::invalid("/parent_id", code, detail);
        match misplaced {
            Misplaced::Cycle => {
                refused("cycle", "A department cannot lie below itself.".to_owned())
            }
            Misplaced::TooDeep => {
                refused("too_deep", format!("The tree is at most {DEPTH_MAX} levels deep."))
            }
            Misplaced::Unknown => Error::unknown_reference("/parent_id"),
        }
    })
}

/// Nothing in use stands on a department that is about to be archived.
fn check_unused(tx: &mut Tx<'_>, id: DepartmentId) -> Result<()> {
    let refused = |detail| Err(Error::new(Code::StillInUse, detail));
    if store::has_used_below(tx.conn, id)? {
        return refused("Departments below it are in use; archive or move them first.");
    }
    if jobs::store::is_hiring_for(tx.conn, id)? {
        return refused("Jobs of it are not closed; close or move them first.");
    }
    Ok(())
}

fn check_head(tx: &mut Tx<'_>, id: Option<UserId>) -> Result<()> {
    match id {
        Some(id) if users::store::find_responsible(tx.conn, id)?.is_none() => {
            Err(Error::unknown_reference("/head_id"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Gives the departments that somebody who leaves heads to a successor, or to nobody.
pub(crate) fn leave(tx: &mut Tx<'_>, permit: &Permit, hand: &mut HandOver) -> Result<()> {
    let successor = hand.to(ObligationKind::DepartmentHead);
    for row in store::headed_by(tx.conn, hand.leaver)? {
        let permit = permit.extend_to(row.id);
        store::save(tx, &permit, &Department { head_id: successor, ..row.clone() })?;
        let event = Event::new(EventKind::DepartmentUpdated, row.id.into());
        record(tx, &permit, &event.changed(&["head_id"]))?;
        if let Some(successor) = successor {
            hand.took(successor, 1);
        }
    }
    Ok(())
}
