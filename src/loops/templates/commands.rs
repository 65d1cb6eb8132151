//! Adding and changing loop templates.

pub mod versions;

use super::Content;
use super::api::UpdateLoopTemplate;
use super::store::{self, LoopTemplate};
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::ids::LoopTemplateId;

/// Adds a loop template with a draft of its first version.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    name: &str,
    content: &Content,
) -> Result<LoopTemplateId> {
    let (id, now): (LoopTemplateId, _) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let row = LoopTemplate {
        id,
        name: name.to_owned(),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let content = versions::written(tx, content, "/version")?;
    store::insert(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::LoopTemplateCreated, id.into()))?;
    versions::draft_inner(tx, &permit, id, 1, &content)?;
    Ok(id)
}

/// Changes a loop template.
pub(super) fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: LoopTemplateId,
    expected: Option<i64>,
    input: &UpdateLoopTemplate,
) -> Result<LoopTemplateId> {
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    lock(tx.conn, Root::LoopTemplate, id.any())?;
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
    record(tx, &permit, &Event::new(EventKind::LoopTemplateUpdated, id.into()).changed(&changed))?;
    Ok(id)
}
