//! Adding and changing rubrics.

pub mod versions;

use super::api::UpdateRubric;
use super::store::{self, Rubric};
use super::{Content, Proposal, free_key, key_of};
use crate::access::{Action, Actor, Permit, permit_known};
use crate::db::Tx;
use crate::db::dialect::{Root, lock};
use crate::error::{Error, Result, check_version};
use crate::events::{Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::{RubricId, RubricVersionId};

/// A rubric to add.
#[derive(Debug, Clone)]
pub struct NewRubric {
    /// What names it in every installation; made of the name if there is none.
    pub key: Option<String>,
    /// What it is called.
    pub name: String,
    /// Whose work it is.
    pub attribution: Option<String>,
    /// The content of version 1.
    pub content: Proposal,
}

/// Adds a rubric with a draft of its first version.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewRubric) -> Result<RubricId> {
    let id: RubricId = tx.id();
    let permit = permit_known(actor, Action::ManageRubrics, id)?;
    create_inner(tx, &permit, id, new)?;
    Ok(id)
}

/// Saves and records a new rubric with a draft of its first version; the permit is for the rubric.
/// Imports come in here.
pub fn create_inner(
    tx: &mut Tx<'_>,
    permit: &Permit,
    id: RubricId,
    new: &NewRubric,
) -> Result<RubricVersionId> {
    let now = tx.now();
    let content = versions::keyed(new.content.clone(), &Content::default(), "/version")?;
    let key = if let Some(key) = &new.key {
        key.clone()
    } else {
        let base = key_of(&new.name, "rubric");
        let taken = store::keys_like(tx.conn, &base)?;
        free_key(&base, |key| taken.iter().any(|taken| taken == key))
    };
    let row = Rubric {
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
    record(tx, permit, &Event::new(EventKind::RubricCreated, id.into()))?;
    versions::draft_inner(tx, permit, id, 1, &content)
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
    if let Some(attribution) = &input.attribution {
        row.attribution = attribution.as_ref().map(Line::to_text);
        changed.push("attribution");
    }
    if let Some(archived) = input.archived {
        row.archived_at = if archived { row.archived_at.or(Some(tx.now())) } else { None };
        changed.push("archived");
    }
    store::save(tx, &permit, &row)?;
    record(tx, &permit, &Event::new(EventKind::RubricUpdated, id.into()).changed(&changed))?;
    Ok(id)
}

/// Takes a rubric that an import made out of use; the permit is for it.
pub(super) fn archive_inner(tx: &mut Tx<'_>, permit: &Permit, id: RubricId) -> Result<()> {
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    row.archived_at = Some(tx.now());
    store::save(tx, permit, &row)?;
    record(tx, permit, &Event::new(EventKind::RubricUpdated, id.into()).changed(&["archived"]))?;
    Ok(())
}
