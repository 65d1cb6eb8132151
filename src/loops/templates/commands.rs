//! Adding and changing loop templates.

pub mod versions;

use super::Content;
use super::api::UpdateLoopTemplate;
use super::store::{self, LoopTemplate};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::{LoopTemplateId, LoopTemplateVersionId};
use crate::rubrics::{free_key, key_of};

/// A loop template to add.
#[derive(Debug, Clone)]
pub struct NewLoopTemplate {
    /// What names it in every installation; made of the name if there is none.
    pub key: Option<String>,
    /// What it is called.
    pub name: String,
    /// Whose work it is.
    pub attribution: Option<String>,
    /// The content of version 1.
    pub content: Content,
}

/// Adds a loop template with a draft of its first version.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewLoopTemplate) -> Result<LoopTemplateId> {
    let id: LoopTemplateId = tx.id();
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    let content = versions::written(tx, &new.content, "/version")?;
    create_inner(tx, &permit, id, &NewLoopTemplate { content, ..new.clone() })?;
    Ok(id)
}

/// Saves and records a new loop template with a draft of its first version, whose content is written
/// down as it is; the permit is for the loop template. Imports come in here.
pub(super) fn create_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: LoopTemplateId,
    new: &NewLoopTemplate,
) -> Result<LoopTemplateVersionId> {
    let now = tx.now();
    let key = if let Some(key) = &new.key {
        key.clone()
    } else {
        let base = key_of(&new.name, "loop");
        let taken = store::keys_like(tx.conn, &base)?;
        free_key(&base, |key| taken.iter().any(|taken| taken == key))
    };
    let row = LoopTemplate {
        id,
        key,
        name: new.name.clone(),
        attribution: new.attribution.clone(),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::LoopTemplateCreated, id.into()))?;
    versions::draft_inner(tx, permit, id, 1, &new.content)
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
    if let Some(attribution) = &input.attribution {
        row.attribution = attribution.as_ref().map(Line::to_text);
        changed.push("attribution");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::LoopTemplateUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// Takes a loop template that an import made out of use; the permit is for it.
pub(super) fn archive_inner(tx: &mut Tx<'_>, permit: &Permit, id: LoopTemplateId) -> Result<()> {
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    row.archived_at = Some(tx.now());
    store::save(tx, permit, &row)?;
    let event = Event::new(EventKind::LoopTemplateUpdated, id.into()).changed(&["archived"]);
    record(tx, permit, &event)?;
    Ok(())
}
