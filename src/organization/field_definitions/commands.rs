//! Defining and changing custom fields.

use std::collections::HashSet;

use super::FieldType;
use super::api::{CreateFieldDefinition, UpdateFieldDefinition};
use super::store::{self, FieldDefinition};
use super::values::FIELDS_MAX;
use crate::access::{Action, Actor, permit_known};
use crate::db::Tx;
use crate::db::types::Document;
use crate::error::{Code, Error, FieldError, Result, check_version};
use crate::events::{Changes, Event, EventKind, record};
use crate::http::fields::Line;
use crate::ids::FieldDefinitionId;
use crate::organization::settings;

/// Defines a field.
///
/// # Errors
/// `already_exists` when the noun has the key; `not_ready` when it has as many fields as it may have.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &CreateFieldDefinition,
) -> Result<FieldDefinitionId> {
    let (id, now) = (tx.id(), tx.now());
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    settings::store::hold(tx)?;
    let row = FieldDefinition {
        id,
        noun: input.noun,
        key: input.key.to_text(),
        name: input.name.to_text(),
        kind: input.kind,
        options: options(input.kind, input.options.as_deref())?,
        audience: input.audience,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check_count(tx, &row)?;
    store::insert(tx, &permit, &row)?;
    let event = Event::new(EventKind::FieldDefinitionCreated, id.into());
    record(tx, &permit, &event.code("noun", row.noun.as_str()))?;
    Ok(id)
}

/// Changes what may change of a field.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: FieldDefinitionId,
    expected: Option<i64>,
    input: &UpdateFieldDefinition,
) -> Result<FieldDefinitionId> {
    let permit = permit_known(actor, Action::ManageOrganization, id)?;
    settings::store::hold(tx)?;
    let mut row = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    check_version(expected, row.version)?;
    let was_archived = row.archived_at.is_some();
    let mut changes = Changes::default();
    changes.set("name", &mut row.name, input.name.as_ref().map(Line::to_text));
    changes.set("audience", &mut row.audience, input.audience);
    if let Some(wanted) = &input.options {
        row.options = options(row.kind, Some(wanted))?;
        changes.note("options");
    }
    changes.archive(&mut row.archived_at, input.archived, tx.now());
    if was_archived && row.archived_at.is_none() {
        check_count(tx, &row)?;
    }
    store::save(tx, &permit, &row)?;
    let event = Event::new(EventKind::FieldDefinitionUpdated, id.into());
    record(tx, &permit, &event.changed(changes.names()))?;
    Ok(id)
}

/// Options belong to a select, and to nothing else; each stands there once.
fn options(kind: FieldType, options: Option<&[Line<100>]>) -> Result<Option<Document>> {
    let options = options.unwrap_or_default();
    if kind.has_options() == options.is_empty() {
        let detail =
            if options.is_empty() { "A select has options." } else { "Only a select has options." };
        return Err(Error::invalid("/options", "options", detail));
    }
    let mut seen = HashSet::new();
    let doubled = options.iter().enumerate().filter(|(_, option)| !seen.insert(option.to_text()));
    let wrong: Vec<FieldError> = doubled
        .map(|(index, _)| {
            let pointer = format!("/options/{index}");
            FieldError::body(pointer, "duplicate", "It stands in the list already.")
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    let words: Vec<String> = options.iter().map(Line::to_text).collect();
    kind.has_options().then(|| Document::of(&words)).transpose()
}

fn check_count(tx: &mut Tx<'_>, row: &FieldDefinition) -> Result<()> {
    if store::of_noun(tx.conn, row.noun)?.len() < FIELDS_MAX {
        return Ok(());
    }
    let detail = format!("It has {FIELDS_MAX} fields in use; archive one first.");
    Err(Error::new(Code::NotReady, detail))
}
